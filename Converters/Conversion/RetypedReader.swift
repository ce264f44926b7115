internal import Bytes
package import Diagnostics
package import Records

/// Gives the texts of a format that has nothing else the kinds of their columns: numbers in numeric columns, booleans in
/// boolean ones. Digits stay as they are; what is no literal of its column's type stays text.
package struct RetypedReader: RecordReader, ~Copyable {
  private var reader: any RecordReader & ~Copyable
  private let nullsAreMissing: Bool
  private var table: TableSchema?

  /// `nullsAreMissing`: whether an empty field stands for an absent key instead of a null.
  package init(_ reader: consuming any RecordReader & ~Copyable, nullsAreMissing: Bool = false) {
    self.reader = reader
    self.nullsAreMissing = nullsAreMissing
  }

  package private(set) var findings: [Finding] = []

  package mutating func nextTable() throws(ReadError) -> TableSchema? {
    defer { findings = reader.findings }
    table = try reader.nextTable()
    return table
  }

  package mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    do throws(ReadError) {
      guard try reader.read(into: &batch) else { return false }
    } catch {
      findings = reader.findings
      throw error
    }
    guard let table else { return true }
    for (column, facts) in table.columns.enumerated() where column < batch.columnCount {
      switch facts.type {
      case .int32, .int64, .float64, .decimal: Self.takeNumbers(&batch, column)
      case .boolean: Self.takeBooleans(&batch, column)
      default: break
      }
    }
    if nullsAreMissing {
      for i in batch.cells.indices where batch.cells[i].kind == .null { batch.cells[i] = .missing }
    }
    return true
  }

  private static func takeNumbers(_ batch: inout RecordBatch, _ column: Int) {
    var at = column
    for _ in 0..<batch.rowCount {
      let cell = batch.cells[at]
      if cell.kind == .text, cell.count > 0, batch.heap.jsonNumberCount(at: cell.offset) == cell.count {
        batch.cells[at] = Cell(.number, offset: cell.offset, count: cell.count)
      }
      at += batch.columnCount
    }
  }

  private static func takeBooleans(_ batch: inout RecordBatch, _ column: Int) {
    let yes = Array("true".utf8), no = Array("false".utf8)
    var at = column
    for _ in 0..<batch.rowCount {
      let cell = batch.cells[at]
      if cell.kind == .text {
        if batch.heap.equals(yes, at: cell.offset, count: cell.count) { batch.cells[at] = .boolean(true) }
        if batch.heap.equals(no, at: cell.offset, count: cell.count) { batch.cells[at] = .boolean(false) }
      }
      at += batch.columnCount
    }
  }
}
