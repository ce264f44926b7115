internal import Bytes
internal import Conversion
internal import Records

/// Leaves in a batch the columns in which rows are compared, in their order.
struct Projection: Sendable {
  private let positions: [Int]
  /// Columns, among those that are left, whose texts are JSON where they can be when their spelling does not count.
  private let json: [Int]
  /// Columns of arrays, in which a string of JSON is an array in another spelling.
  private let arrays: [Int]
  /// Columns whose values become ids, how, and what hashes the values.
  private let references: [(column: Int, ids: any RowIDs)]
  private var digester: RowDigester?
  private var scratch: [Cell] = []

  init(_ positions: [Int], json: [Int], arrays: [Int], references: [ReferenceID?]) {
    self.positions = positions
    self.json = json
    self.arrays = arrays
    self.references = references.enumerated().compactMap { column, reference in reference.map { (column, $0.ids) } }
    if !self.references.isEmpty {
      digester = RowDigester(TableSchema("", references.map { $0?.key ?? Column("", .text) }))
    }
  }

  mutating func apply(to batch: inout RecordBatch) {
    guard positions.count != batch.columnCount || positions.enumerated().contains(where: { $0 != $1 }) else { return }
    scratch.removeAll(keepingCapacity: true)
    scratch.reserveCapacity(batch.rowCount &* positions.count)
    for row in 0..<batch.rowCount {
      let from = row &* batch.columnCount
      for position in positions { scratch.append(batch.cells[from &+ position]) }
    }
    swap(&scratch, &batch.cells)
    batch.columnCount = positions.count
  }

  /// Makes equal, in a batch of the columns that are left, what differs only in how formats spell it.
  mutating func loosen(_ batch: inout RecordBatch) throws(IOError) {
    for i in batch.cells.indices where batch.cells[i].kind == .null { batch.cells[i] = .missing }
    for column in json { takeJSON(&batch, column) }
    for column in arrays { takeStrings(&batch, column) }
    for (column, ids) in references { try takeIDs(&batch, column, ids) }
  }

  private mutating func takeIDs(_ batch: inout RecordBatch, _ column: Int, _ ids: any RowIDs) throws(IOError) {
    for row in 0..<batch.rowCount where batch[row, column].kind != .missing {
      guard let hash = try digester?.hash(of: row, column, in: batch) else { return }
      let id = ids.id(of: hash)
      batch.cells[row &* batch.columnCount &+ column] = batch.cell(.text, id.span)
    }
  }

  private func takeStrings(_ batch: inout RecordBatch, _ column: Int) {
    for row in 0..<batch.rowCount {
      let at = row &* batch.columnCount &+ column, cell = batch.cells[at]
      guard cell.kind == .text || cell.kind == .json, isJSON(cell, batch), batch.heap[cell.offset] == UInt8(ascii: "\"")
      else { continue }
      var flags: UInt32 = 0, bad = 0
      let count = batch.heap.jsonUnescape(at: cell.offset + 1, count: cell.count - 2, flags: &flags, bad: &bad)
      if count >= 0 { batch.cells[at] = Cell(.text, offset: cell.offset + 1, count: count) }
    }
  }

  private func takeJSON(_ batch: inout RecordBatch, _ column: Int) {
    for row in 0..<batch.rowCount {
      let at = row &* batch.columnCount &+ column, cell = batch.cells[at]
      if cell.kind == .text, isJSON(cell, batch) {
        batch.cells[at] = Cell(.json, offset: cell.offset, count: cell.count)
      }
    }
  }

  /// Whether all of a text is one value of JSON.
  private func isJSON(_ cell: Cell, _ batch: borrowing RecordBatch) -> Bool {
    guard cell.count > 0 else { return false }
    var walk = JSONWalk(python: false), end = cell.offset
    return batch.heap.jsonWalk(&walk, at: &end, isLast: true) == .done && end == cell.offset + cell.count
  }
}
