package import Bytes
package import Records

/// What the values of one table look like; fed with every batch of every run of the table.
package struct TableProfile: Equatable, Sendable {
  /// Names of the columns, in the order of `columns`.
  package private(set) var names: [Name] = []
  package private(set) var columns: [ColumnProfile] = []
  package private(set) var recordCount = 0

  package init() {}

  /// Takes the names of a run's columns. Columns may be added behind those that are known, never moved.
  package mutating func begin(_ table: TableSchema) {
    precondition(table.columns.count >= names.count)
    for column in table.columns.dropFirst(names.count) { names.append(column.name) }
    widen(to: names.count)
  }

  /// Takes all records of a batch, whose columns are the table's.
  package mutating func add(_ batch: borrowing RecordBatch) {
    let width = batch.columnCount
    widen(to: width)
    var row = 0
    while row < batch.rowCount {
      let end = min(row + RecordBatch.rowsAtOnce, batch.rowCount)
      for column in 0..<width { columns[column].add(batch, column: column, rows: row..<end) }
      row = end
    }
    // Columns that this run does not have are absent from its records.
    for column in columns.indices.dropFirst(width) { columns[column].missingCount += batch.rowCount }
    recordCount += batch.rowCount
  }

  /// The profile of a column; nil when there is none of that name.
  package subscript(_ name: Name) -> ColumnProfile? { names.firstIndex(of: name).map { columns[$0] } }

  private mutating func widen(to width: Int) {
    while columns.count < width {
      var column = ColumnProfile()
      column.missingCount = recordCount
      columns.append(column)
    }
  }
}
