internal import Bytes
internal import Records

// Values that mean more than SQLite can say.
extension DatabaseTable {
  /// Gives the cells of a batch the kinds that the types of their columns call for.
  func respell(_ batch: inout RecordBatch) {
    batch.heap.clearPadding()
    for (column, reading) in readings.enumerated() where reading != .plain {
      var at = column
      for _ in 0..<batch.rowCount {
        respell(&batch, at, reading)
        at += batch.columnCount
      }
    }
  }

  private func respell(_ batch: inout RecordBatch, _ at: Int, _ reading: ColumnReading) {
    let cell = batch.cells[at]
    switch (reading, cell.kind) {
    case (.boolean, .integer): batch.cells[at] = .boolean(cell.integer != 0)
    case (.digits, .double) where cell.double.isFinite:
      let digits = Array(cell.double.description.utf8)
      batch.cells[at] = batch.cell(.number, digits.span)
    case (.digits, .text):
      if cell.count > 0, batch.heap.jsonNumberCount(at: cell.offset) == cell.count {
        batch.cells[at] = Cell(.number, offset: cell.offset, count: cell.count)
      }
    case (.json, .text):
      if isJSON(cell, batch) { batch.cells[at] = Cell(.json, offset: cell.offset, count: cell.count) }
    case (.json, .external):
      if isJSON(batch.externals[cell.offset]) { batch.externals[cell.offset].kind = .json }
    case (.utc, .text):
      let text = Array(batch.bytes(of: cell)) + sql("+00:00")
      batch.cells[at] = batch.cell(.text, text.span)
    case (.microseconds, .integer):
      let text = spelt(microseconds: cell.integer)
      batch.cells[at] = batch.cell(.text, text.span)
    case (.bytes, .text): batch.cells[at] = Cell(.bytes, offset: cell.offset, count: cell.count)
    case (.bytes, .external): batch.externals[cell.offset].kind = .bytes
    case (.tagged, .bytes):
      let text = sql("{\"$bytes\":\"") + encodeBase64(batch.bytes(of: cell)) + sql("\"}")
      batch.cells[at] = batch.cell(.json, text.span)
    case (.tagged, .double) where !cell.double.isFinite:
      let text = sql("{\"$float\":\"\(cell.double < 0 ? "-" : "")Infinity\"}")
      batch.cells[at] = batch.cell(.json, text.span)
    default: break
    }
  }

  /// A length of time as Django writes it: `-1 00:00:01.000000`, days only where there are some.
  private func spelt(microseconds value: Int64) -> [UInt8] {
    let day: Int64 = 86_400_000_000
    var days = value / day, rest = value % day
    if rest < 0 { (days, rest) = (days - 1, rest + day) }
    func digits(_ value: Int64, _ count: Int) -> [UInt8] {
      let text = sql(String(value))
      return Array(repeating: UInt8(ascii: "0"), count: max(0, count - text.count)) + text
    }
    let seconds = rest / 1_000_000, fraction = rest % 1_000_000
    var text = days == 0 ? [] : sql("\(days) ")
    text += digits(seconds / 3600, 2) + sql(":") + digits(seconds / 60 % 60, 2) + sql(":") + digits(seconds % 60, 2)
    if fraction > 0 { text += sql(".") + digits(fraction, 6) }
    return text
  }

  private func isJSON(_ cell: Cell, _ batch: borrowing RecordBatch) -> Bool {
    guard cell.count > 0 else { return false }
    var walk = JSONWalk(python: false), end = cell.offset
    return batch.heap.jsonWalk(&walk, at: &end, isLast: true) == .done && end == cell.offset + cell.count
  }

  /// Longest text outside the heap that is looked at.
  private static let longLimit = 64 << 20

  /// Whether a long text is JSON; it is held in memory for that.
  private func isJSON(_ value: ExternalValue) -> Bool {
    guard value.kind == .text, value.byteCount <= Self.longLimit,
      let bytes = try? value.file.bytes(at: value.offset, count: Int(value.byteCount))
    else { return false }
    var heap = ByteHeap(capacity: bytes.count), walk = JSONWalk(python: false), end = 0
    heap.append(bytes.span)
    heap.clearPadding()
    return heap.jsonWalk(&walk, at: &end, isLast: true) == .done && end == bytes.count
  }
}
