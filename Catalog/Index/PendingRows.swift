internal import Bytes
internal import Records

/// Rows of one shape that wait for their block.
final class PendingRows {
  let shape: RowShape
  let number: Int
  let table: Hash128
  var digester: RowDigester
  private(set) var batch = RecordBatch(capacity: 96 << 10)
  private(set) var hashes: [Hash128] = []
  private(set) var keys: [UInt64] = []
  private(set) var erased: [Bool] = []

  init(_ table: TableSchema, number: Int) {
    shape = RowShape(table)
    self.number = number
    self.table = RowKey.table(table.name)
    digester = RowDigester(table)
    batch.removeAll(columnCount: table.columns.count)
  }

  var isFull: Bool { batch.heap.count >= RowBlockWriter.textLimit || batch.rowCount >= RowBlockWriter.rowLimit }

  func append(_ row: Int, of other: borrowing RecordBatch, hash: Hash128, key: UInt64, isErased: Bool) {
    for column in 0..<other.columnCount {
      let cell = other[row, column]
      switch cell.kind {
      case .number, .text, .bytes, .json:
        let offset = batch.heap.append(other.bytes(of: cell))
        batch.cells.append(Cell(cell.kind, offset: offset, count: cell.count, flags: cell.flags))
      case .null, .missing, .boolean, .integer, .double, .external: batch.cells.append(cell)
      }
    }
    batch.rowCount += 1
    hashes.append(hash)
    keys.append(key)
    erased.append(isErased)
  }

  func removeAll() {
    batch.removeAll(columnCount: shape.columns.count)
    hashes.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    erased.removeAll(keepingCapacity: true)
  }
}
