internal import Bytes
internal import Conversion
internal import Records

/// Whether the texts of a column are ids of one table.
struct ColumnReferences: Sendable {
  /// Number of the table; nil before the first text, or when the column is ruled out.
  private(set) var tableNumber: UInt32?
  private(set) var isRuledOut = false
  private(set) var count = 0

  /// Takes the values of a column; false when they rule it out.
  mutating func add(_ batch: borrowing RecordBatch, column: Int) -> Bool {
    guard !isRuledOut else { return false }
    for row in 0..<batch.rowCount {
      let cell = batch[row, column]
      if cell.isAbsent { continue }
      guard cell.kind == .text, let number = ConvexID.tableNumber(of: batch.bytes(of: cell)),
        tableNumber == nil || tableNumber == number
      else {
        isRuledOut = true
        tableNumber = nil
        return false
      }
      tableNumber = number
      count += 1
    }
    return true
  }
}
