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

  package init() {}

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

  /// Takes the cells of up to `RecordBatch.rowsAtOnce` rows of one column.
  mutating func add(_ batch: borrowing RecordBatch, column: Int, rows: Range<Int>) {
    let look = batch.look(column: column, rows, texts: text.shape.plainTexts)
    nullCount &+= look.nulls
    missingCount &+= look.missing
    booleanCount &+= look.booleans
    if look.texts > 0 { text.add(count: look.texts, empty: look.emptyTexts) }
    if let range = look.range { numbers.add(count: look.integers, range) }
    if let fractions = look.fractions { numbers.add(fractions) }
    if let fractions = look.textFractions { text.add(fractions) }
    if let lengths = look.lengths {
      note(length: lengths.lowerBound)
      note(length: lengths.upperBound)
    }
    var left = look.left
    while left != 0 {
      let row = rows.lowerBound &+ left.trailingZeroBitCount
      left &= left &- 1
      add(batch.cells[row &* batch.columnCount &+ column], in: batch)
    }
  }

  /// Takes a cell that is not counted by the look.
  @inline(__always)
  private mutating func add(_ cell: Cell, in batch: borrowing RecordBatch) {
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
}
