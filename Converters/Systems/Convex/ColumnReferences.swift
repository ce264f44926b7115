internal import Bytes
internal import Conversion
internal import ConvexValues
internal import Records

/// Whether the texts of a column are ids, and of which tables.
struct ColumnReferences: Sendable {
  /// Numbers of the tables, in order of appearance; none before the first id, or when the column is ruled out.
  private(set) var tableNumbers: [UInt32] = []
  private(set) var isRuledOut = false
  /// Ids so far, and texts that look like ids but whose checksum is wrong.
  private(set) var count = 0
  private(set) var wrongCount = 0

  /// Tables whose ids may be mixed in a column.
  private static let tableLimit = 16
  /// Wrong ids that are put up with before as many right ones have come.
  private static let patience = 4

  /// Number of the only table; nil when there are none or several.
  var tableNumber: UInt32? { tableNumbers.count == 1 ? tableNumbers[0] : nil }
  /// Whether the column's texts are ids with few exceptions.
  var holdsIDs: Bool { !isRuledOut && count > 0 && count >= 9 * wrongCount }

  /// Takes the values of a column; false when they rule it out.
  mutating func add(_ batch: borrowing RecordBatch, column: Int) -> Bool {
    guard !isRuledOut else { return false }
    for row in 0..<batch.rowCount {
      let cell = batch[row, column]
      if cell.isAbsent { continue }
      guard cell.kind == .text else { return ruleOut() }
      if let number = ConvexID.tableNumber(of: batch.bytes(of: cell)) {
        if number != tableNumbers.last, !tableNumbers.contains(number) {
          guard tableNumbers.count < Self.tableLimit else { return ruleOut() }
          tableNumbers.append(number)
        }
        count += 1
      } else {
        wrongCount += 1
        guard ConvexID.resembles(batch.bytes(of: cell)), wrongCount <= Self.patience || wrongCount <= count else {
          return ruleOut()
        }
      }
    }
    return true
  }

  private mutating func ruleOut() -> Bool {
    isRuledOut = true
    tableNumbers = []
    return false
  }
}
