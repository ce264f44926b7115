internal import Bytes
internal import Records

/// What the values of one column look like; grows with every batch.
package struct ColumnProfile: Equatable, Sendable {
  package private(set) var nullCount = 0
  /// Records without a value: an absent key, or the column did not exist yet.
  package internal(set) var missingCount = 0
  package private(set) var booleanCount = 0
  package private(set) var bytesCount = 0
  /// Values too large for the heap; they are also counted by their kind.
  package private(set) var externalCount = 0
  /// Float cells; they are also among `numbers`.
  package private(set) var doubleCount = 0
  package private(set) var numbers = NumberProfile()
  package private(set) var text = TextProfile()
  package private(set) var json = JSONProfile()
  /// Least and greatest number of bytes of texts, numbers in digits, JSON and byte strings; `minimumLength` exceeds
  /// `maximumLength` when there was none.
  package private(set) var minimumLength = Int.max
  package private(set) var maximumLength = 0
  /// Distinct values; nil when it was not asked for.
  package internal(set) var distinct: DistinctEstimate?

  package init(estimatesDistinct: Bool = false) {
    distinct = estimatesDistinct ? DistinctEstimate() : nil
  }

  /// Records with a value.
  package var valueCount: Int { booleanCount + bytesCount + numbers.count + text.count + json.count }
  /// Records with null or without a value.
  package var absentCount: Int { nullCount + missingCount }
  /// Whether every value is text.
  package var isText: Bool { text.count > 0 && text.count == valueCount }
  /// Whether every value is a number.
  package var isNumber: Bool { numbers.count > 0 && numbers.count == valueCount }
  /// The kinds of values seen, as words: `boolean`, `number`, `text`, `array`, `object`, `bytes`.
  package var kinds: [String] {
    let counts = [
      ("boolean", booleanCount), ("number", numbers.count), ("text", text.count), ("array", json.arrayCount),
      ("object", json.objectCount), ("json", json.otherCount), ("bytes", bytesCount),
    ]
    return counts.filter { $0.1 > 0 }.map(\.0)
  }

  /// Takes the cells of some rows of one column.
  mutating func add(_ batch: borrowing RecordBatch, column: Int, rows: Range<Int>) {
    var at = rows.lowerBound &* batch.columnCount &+ column
    for _ in rows {
      let cell = batch.cells[at]
      at &+= batch.columnCount
      switch cell.kind {
      case .text:
        note(length: cell.count)
        text.add(cell, in: batch)
      case .number:
        note(length: cell.count)
        numbers.add(batch.bytes(of: cell))
      case .integer: numbers.add(cell.integer)
      case .null: nullCount &+= 1
      case .missing: missingCount &+= 1
      case .boolean: booleanCount &+= 1
      case .json:
        note(length: cell.count)
        json.add(cell, in: batch)
      case .double:
        doubleCount &+= 1
        numbers.add(cell.double)
      case .bytes:
        note(length: cell.count)
        bytesCount &+= 1
      case .external: add(batch.externals[cell.offset])
      }
    }
    if distinct != nil { estimate(batch, column: column, rows: rows) }
  }

  private mutating func add(_ value: ExternalValue) {
    externalCount &+= 1
    note(length: Int(clamping: value.byteCount))
    switch value.kind {
    case .json: json.addOther()
    case .bytes: bytesCount &+= 1
    default: text.addLong(value.flags)
    }
  }

  @inline(__always)
  private mutating func note(length: Int) {
    if length < minimumLength { minimumLength = length }
    if length > maximumLength { maximumLength = length }
  }

  /// Feeds the distinct estimate. Values too large for the heap are each taken for new.
  private mutating func estimate(_ batch: borrowing RecordBatch, column: Int, rows: Range<Int>) {
    guard var estimate = distinct else { return }
    distinct = nil  // so that the registers are changed in place
    for row in rows {
      let cell = batch[row, column]
      switch cell.kind {
      case .null, .missing: continue
      case .boolean: estimate.insert(scrambled(cell.boolean ? 1 : 2))
      case .integer: estimate.insert(scrambled(UInt64(bitPattern: cell.integer)))
      case .double: estimate.insert(scrambled(cell.double.bitPattern ^ 1 << 63))
      case .text, .number, .json, .bytes:
        estimate.insert(batch.heap.hash(at: cell.offset, count: cell.count, seed: UInt64(cell.kind.rawValue)).low)
      case .external:
        let value = batch.externals[cell.offset]
        estimate.insert(scrambled(UInt64(bitPattern: value.offset) &* 31 &+ UInt64(bitPattern: value.byteCount)))
      }
    }
    distinct = estimate
  }
}

/// Spreads the bits of a number over all 64: the finalizer of SplitMix64.
@inline(__always)
func scrambled(_ value: UInt64) -> UInt64 {
  var z = value &+ 0x9E37_79B9_7F4A_7C15
  z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
  return z ^ z >> 31
}
