internal import Bytes
package import Records

extension RecordBatch {
  /// Becomes a copy of another batch in which the values of some columns are missing.
  package mutating func replace(by other: borrowing RecordBatch, withoutValuesOf columns: [Int]) {
    removeAll(columnCount: other.columnCount)
    externals = other.externals
    let leavesOut = (0..<other.columnCount).map { columns.contains($0) }
    for row in 0..<other.rowCount {
      for column in 0..<other.columnCount {
        let cell = other[row, column]
        switch cell.kind {
        case _ where leavesOut[column]: cells.append(.missing)
        case .number, .text, .bytes, .json:
          cells.append(
            Cell(cell.kind, offset: heap.append(other.bytes(of: cell)), count: cell.count, flags: cell.flags))
        case .null, .missing, .boolean, .integer, .double, .external: cells.append(cell)
        }
      }
      rowCount += 1
    }
  }
}
