public import CBytes

/// Hashes the plain values of a column, many rows at a time; see `cb_hash_column`.
public struct ColumnHash: BitwiseCopyable, Sendable {
  /// Rows taken at a time.
  public static var rowLimit: Int { Int(CB_COLUMN_ROWS) }
  private let rule: cb_column_rule

  /// Numbers are hashed when they are below `numberLimit`, their point left out; texts and integer cells if it is said so.
  public init(
    null: Hash128, textSeed: UInt64, numberSeed: UInt64, numberLimit: UInt64, hashesText: Bool, hashesIntegers: Bool
  ) {
    rule = cb_column_rule(
      null: null.c, text_seed: textSeed, number_seed: numberSeed, number_limit: numberLimit,
      is_text: hashesText ? 1 : 0, is_exact: hashesIntegers ? 1 : 0)
  }

  /// Adds the hashes of `rows` cells, `stride` apart, to the hashes of their rows. Returns a bit for each row that is left;
  /// `low` receives the low words of the hashes, 0 for absent and left ones. All pointers are good for as many rows.
  public func add(
    _ heap: borrowing ByteHeap, _ cells: UnsafePointer<cb_cell>, stride: Int, rows: Int,
    to sums: UnsafeMutablePointer<Hash128>, low: UnsafeMutablePointer<UInt64>, tally: inout cb_tally
  ) -> UInt32 {
    precondition(rows <= Self.rowLimit)
    var rule = rule
    return sums.withMemoryRebound(to: cb_hash128.self, capacity: rows) { sums in
      cb_hash_column(heap.base, heap.count, cells, stride, rows, &rule, sums, low, &tally)
    }
  }
}

extension ByteHeap {
  /// Looks at the plain values among `rows` cells, `stride` apart; a bit for each that takes more. See `cb_look_column`.
  public func look(
    _ cells: UnsafePointer<cb_cell>, stride: Int, rows: Int, looksAtText: Bool, _ look: inout cb_look
  ) -> UInt32 {
    precondition(rows <= ColumnHash.rowLimit)
    return cb_look_column(base, storedCount, cells, stride, rows, looksAtText ? 1 : 0, &look)
  }

  /// Sets the bits of the short whole numbers among `rows` cells, `stride` apart; a bit for each row taken. See
  /// `cb_column_bits`. Every slot is below the number of chunks of 1,024 words.
  public func setBits(
    _ cells: UnsafePointer<cb_cell>, stride: Int, rows: Int, in words: inout [UInt64], slots: [Int32],
    added: inout Int
  ) -> UInt32 {
    precondition(rows <= ColumnHash.rowLimit)
    return words.withUnsafeMutableBufferPointer { words in
      slots.withUnsafeBufferPointer { slots in
        var set = cb_integer_bits(words: words.baseAddress, slots: slots.baseAddress, slot_count: slots.count)
        return cb_column_bits(base, storedCount, cells, stride, rows, &set, &added)
      }
    }
  }
}
