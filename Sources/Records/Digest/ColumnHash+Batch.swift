internal import Bytes
internal import CBytes

extension ColumnHash {
  /// Adds the plain values of a column in some rows of a batch to the hashes of the batch's rows; the bits of the rows that
  /// are left, counted from the first.
  func add(
    _ batch: borrowing RecordBatch, column: Int, _ rows: Range<Int>, to sums: inout [Hash128],
    low: inout [32 of UInt64],
    _ tally: inout cb_tally
  ) -> UInt32 {
    let width = batch.columnCount
    precondition(rows.count <= Self.rowLimit && column < width && rows.upperBound <= sums.count)
    precondition(rows.upperBound &* width <= batch.cells.count)
    return unsafe batch.cells.withUnsafeBytes { cells in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        var lowSpan = low.mutableSpan
        return unsafe lowSpan.withUnsafeMutableBufferPointer { low in
          // A cell has the same layout in C; a test says so.
          let first = unsafe cells.baseAddress! + (rows.lowerBound &* width &+ column) &* MemoryLayout<cb_cell>.stride
          return unsafe add(
            batch.heap, first.assumingMemoryBound(to: cb_cell.self), stride: width, rows: rows.count,
            to: sums.baseAddress! + rows.lowerBound, low: low.baseAddress!, tally: &tally)
        }
      }
    }
  }
}
