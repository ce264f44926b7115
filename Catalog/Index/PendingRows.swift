internal import Bytes
internal import CIndex
internal import Records

/// Rows of one shape that wait for their block.
final class PendingRows {
  let shape: RowShape
  let number: Int
  let table: Hash128
  var digester: RowDigester
  let keys: KeyDigester
  /// Of the rows of the batch added last.
  var identities: [RowIdentity] = []
  private(set) var batch = RecordBatch(capacity: 96 << 10)
  private(set) var kept: [RowIdentity] = []
  private(set) var erased: [Bool] = []
  /// Of the values that are too large, which are external cells of the batch.
  private(set) var references: [ValueReference] = []

  init(_ table: TableSchema, number: Int) {
    shape = RowShape(table)
    self.number = number
    self.table = RowKey.table(table.name)
    digester = RowDigester(table, countsValues: false)
    keys = KeyDigester(shape.key, columnCount: table.columns.count)
    batch.removeAll(columnCount: table.columns.count)
  }

  var isFull: Bool { batch.heap.count >= RowBlockWriter.textLimit || batch.rowCount >= RowBlockWriter.rowLimit }

  /// Puts the identities of the rows of a batch into `identities`, by hashes of them as `RowDigester` makes them.
  func identify(_ batch: borrowing RecordBatch, _ hashes: [Hash128], seed: Hash128?) throws(IndexError) {
    precondition(hashes.count == batch.rowCount)
    try keys.add(batch)
    identities.removeAll(keepingCapacity: true)
    identities.append(contentsOf: repeatElement(RowIdentity(), count: hashes.count))
    identify(hashes, keys.hashes, seed)
    if shape.key.isEmpty { return }
    // A row without its key is told like those of a table without one.
    let incomplete = keys.incomplete(batch)
    if incomplete.isEmpty { return }
    var all = identities
    identify(hashes, [], seed)
    for row in incomplete { all[row] = identities[row] }
    identities = all
  }

  private func identify(_ hashes: [Hash128], _ keys: [Hash128], _ seed: Hash128?) {
    let table = [table.low, table.high], seed = seed.map { [$0.low, $0.high] } ?? []
    withWords(hashes) { hashes in
      withWords(keys) { keys in
        seed.withUnsafeBufferPointer { seed in
          identities.withUnsafeMutableBufferPointer { buffer in
            guard let hashes, let out = buffer.baseAddress else { return }
            ci_identities(hashes, keys, buffer.count, table, seed.baseAddress, out)
          }
        }
      }
    }
  }
  private func withWords(_ hashes: [Hash128], _ body: (UnsafePointer<UInt64>?) -> Void) {
    hashes.withUnsafeBytes { body($0.isEmpty ? nil : $0.assumingMemoryBound(to: UInt64.self).baseAddress) }
  }

  func append(_ row: Int, of other: borrowing RecordBatch, _ identity: RowIdentity, isErased: Bool) throws(IndexError) {
    for column in 0..<other.columnCount {
      let cell = other[row, column]
      switch cell.kind {
      case .external: refer(try ValueReference(other.externals[cell.offset]))
      case .number, .text, .bytes, .json:
        if cell.count > ValueReference.leastCount {
          refer(ValueReference(cell.kind, other.bytes(of: cell)))
          continue
        }
        let offset = batch.heap.append(other.bytes(of: cell))
        batch.cells.append(Cell(cell.kind, offset: offset, count: cell.count, flags: cell.flags))
      case .null, .missing, .boolean, .integer, .double: batch.cells.append(cell)
      }
    }
    batch.rowCount += 1
    kept.append(identity)
    erased.append(isErased)
  }

  private func refer(_ reference: ValueReference) {
    batch.cells.append(.external(references.count))
    references.append(reference)
  }

  func removeAll() {
    references.removeAll()
    batch.removeAll(columnCount: shape.columns.count)
    kept.removeAll(keepingCapacity: true)
    erased.removeAll(keepingCapacity: true)
  }
}
