internal import Bytes
internal import CBytes

extension ColumnHash {
  /// Adds the plain values of a column in some rows of a batch to the hashes of the batch's rows; the bits of the rows that
  /// are left, counted from the first.
  func add(
    _ batch: borrowing RecordBatch, column: Int, _ rows: Range<Int>, to sums: inout [Hash128],
    low: inout [64 of UInt64], _ tally: inout cb_tally
  ) -> UInt64 {
    precondition(rows.upperBound <= sums.count)
    return unsafe batch.withCells(column: column, rows) { cells in
      unsafe sums.withUnsafeMutableBufferPointer { sums in
        var lowSpan = low.mutableSpan
        return unsafe lowSpan.withUnsafeMutableBufferPointer { low in
          unsafe add(
            batch.heap, cells, stride: batch.columnCount, rows: rows.count, to: sums.baseAddress! + rows.lowerBound,
            low: low.baseAddress!, tally: &tally)
        }
      }
    }
  }
}
