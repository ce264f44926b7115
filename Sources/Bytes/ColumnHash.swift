public import CBytes

/// Hashes the plain values of a column, many rows at a time; see `cb_hash_column`.
public struct ColumnHash: BitwiseCopyable, Sendable {
  /// Rows taken at a time.
  public static var rowLimit: Int { Int(CB_COLUMN_ROWS) }
  private let rule: cb_column_rule

  /// What plain values are hashed as. `number`: those below `limit`, their point left out; integer cells only if it is `exact`.
  public enum Form: Sendable {
    case other, text, boolean, uuid, date
    /// Microseconds since 1970.
    case moment
    case number(limit: UInt64, exact: Bool)
  }

  /// Values of a form are hashed under `seed`.
  public init(_ form: Form, null: Hash128, seed: UInt64) {
    var rule = cb_column_rule()
    rule.null = null.c
    rule.seed = seed
    if case .number(let limit, let exact) = form { (rule.number_limit, rule.is_exact) = (limit, exact ? 1 : 0) }
    let kind =
      switch form {
      case .other: CB_FORM_OTHER
      case .text: CB_FORM_TEXT
      case .number: CB_FORM_NUMBER
      case .boolean: CB_FORM_BOOLEAN
      case .uuid: CB_FORM_UUID
      case .date: CB_FORM_DATE
      case .moment: CB_FORM_MOMENT
      }
    rule.form = UInt8(kind)
    self.rule = rule
  }

  /// Adds the hashes of `rows` cells, `stride` apart, to the hashes of their rows. Returns a bit for each row that is left;
  /// `low` receives the low words of the hashes, 0 for absent and left ones. All pointers are good for as many rows.
  public func add(
    _ heap: borrowing ByteHeap, _ cells: UnsafePointer<cb_cell>, stride: Int, rows: Int,
    to sums: UnsafeMutablePointer<Hash128>, low: UnsafeMutablePointer<UInt64>, tally: inout cb_tally
  ) -> UInt64 {
    precondition(rows <= Self.rowLimit)
    var rule = rule
    return sums.withMemoryRebound(to: cb_hash128.self, capacity: rows) { sums in
      cb_hash_column(heap.base, heap.count, cells, stride, rows, &rule, sums, low, &tally)
    }
  }
}

extension Hash128 {
  /// Mixes each of some rows' sums with `mixer`; the sum of all.
  public static func finish(_ sums: inout [Hash128], mixer: Hash128) -> Hash128 {
    var total = cb_hash128()
    sums.withUnsafeMutableBufferPointer { sums in
      sums.withMemoryRebound(to: cb_hash128.self) { cb_finish_rows($0.baseAddress, $0.count, mixer.c, &total) }
    }
    return Hash128(total)
  }
}

/// Notes up to 64 hashes in the 2^bits registers of a HyperLogLog; 0 is none.
public func noteDistinct(_ hashes: Span<UInt64>, in registers: inout [UInt8], bits: Int) {
  precondition(bits > 0 && bits < 32 && registers.count == 1 << bits)
  registers.withUnsafeMutableBufferPointer { registers in
    hashes.withUnsafeBufferPointer {
      cb_note_distinct(registers.baseAddress, UInt32(bits), $0.baseAddress, $0.count)
    }
  }
}

/// A bit for each of up to 64 hashes other than 0 that is not in a table of open addressing, which has a free slot.
public func unknownHashes(_ hashes: Span<UInt64>, in slots: [UInt64]) -> UInt64 {
  precondition(slots.count.nonzeroBitCount == 1 && hashes.count <= 64)
  return slots.withUnsafeBufferPointer { slots in
    hashes.withUnsafeBufferPointer { cb_unknown_hashes(slots.baseAddress, slots.count, $0.baseAddress, $0.count) }
  }
}

/// Texts that take no more than a look.
public enum PlainTexts: UInt32, Sendable {
  case all, none
  /// Of UUIDs in small letters, of dates and times in their most frequent spelling, of plain numbers with a point.
  case uuid, date, timestamp, timestamptz, fraction
}

extension ByteHeap {
  /// Looks at the plain values among `rows` cells, `stride` apart; a bit for each that takes more. See `cb_look_column`.
  public func look(
    _ cells: UnsafePointer<cb_cell>, stride: Int, rows: Int, texts: PlainTexts, _ look: inout cb_look
  ) -> UInt64 {
    precondition(rows <= ColumnHash.rowLimit)
    return cb_look_column(base, storedCount, cells, stride, rows, Int32(texts.rawValue), &look)
  }

  /// Sets the bits of the short whole numbers among `rows` cells, `stride` apart; a bit for each row taken. See
  /// `cb_column_bits`. Every slot is below the number of chunks of 1,024 words.
  public func setBits(
    _ cells: UnsafePointer<cb_cell>, stride: Int, rows: Int, in words: inout [UInt64], slots: [Int32],
    added: inout Int
  ) -> UInt64 {
    precondition(rows <= ColumnHash.rowLimit)
    return words.withUnsafeMutableBufferPointer { words in
      slots.withUnsafeBufferPointer { slots in
        var set = cb_integer_bits(words: words.baseAddress, slots: slots.baseAddress, slot_count: slots.count)
        return cb_column_bits(base, storedCount, cells, stride, rows, &set, &added)
      }
    }
  }
}
