internal import Bytes
package import Records

extension RecordBatch {
  /// Takes over a cell of another batch, with its bytes.
  package mutating func take(_ cell: Cell, from batch: borrowing RecordBatch) -> Cell {
    switch cell.kind {
    case .text, .number, .json, .bytes:
      let offset = heap.append(from: batch.heap, at: cell.offset, count: cell.count)
      return Cell(cell.kind, offset: offset, count: cell.count, flags: cell.flags)
    case .external:
      externals.append(batch.externals[cell.offset])
      return .external(externals.count - 1)
    case .null, .missing, .boolean, .integer, .double: return cell
    }
  }
}
