internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLiteClient

// What is made and checked when the rows are there.
extension SQLiteLoader {
  /// Makes unique keys and indexes. Of rows that a unique key does not allow side by side, the first stays.
  func makeKeys() throws(SQLiteError) -> [Loss] {
    var losses: [Loss] = []
    for key in schema.keyStatements() {
      do throws(SQLiteError) { try connection.execute(key.text) } catch {
        guard error.isConstraint, !key.uniqueKey.isEmpty else { throw error }
        let table = schema.tables[key.table]
        let count = try removeDuplicates(of: key.uniqueKey, in: table)
        try connection.execute(key.text)
        losses.append(
          Loss(
            LossKind.constraint.code, LossKind.constraint.message, table: table.source.name,
            column: table.source.columns[key.uniqueKey[0]].name, count: count, isReject: true))
      }
    }
    return losses
  }

  /// Deletes all rows of a key but the first; tells how many.
  private func removeDuplicates(of key: [Int], in table: SQLTable) throws(SQLiteError) -> Int {
    guard let row = table.rowAlias else {
      throw SQLiteError(
        code: 1, message: "a unique key holds duplicates and the columns hide all names of the row number")
    }
    func words(_ text: String) -> [UInt8] { Array(text.utf8) }
    // Rows without a value in the key never collide.
    let isWhole = key.map { table.columns[$0].quotedName + words(" IS NOT NULL") }.joined(separator: words(" AND "))
    try connection.execute(
      words("DELETE FROM ") + table.quotedName + words(" WHERE \(row) IN (SELECT r FROM (SELECT \(row) AS r, ")
        + words("row_number() OVER (PARTITION BY ") + table.list(key) + words(" ORDER BY \(row)) AS n FROM ")
        + table.quotedName + words(" WHERE ") + Array(isWhole) + words(") WHERE n > 1)"))
    return Int(connection.changes)
  }

  /// Rows whose foreign keys lead nowhere: they are in the file, where a connection that enforces keys will not like them.
  func danglingRows(of tables: [Int]) throws(SQLiteError) -> [Loss] {
    let sources = Dictionary(uniqueKeysWithValues: schema.tables.map { ($0.name, $0.source.name) })
    var losses: [Loss] = []
    for table in tables where !schema.tables[table].foreignKeys.isEmpty {
      let name = schema.tables[table].source.name
      var counts: [(parent: [UInt8], count: Int)] = []
      var check = try connection.prepare(
        Array("PRAGMA foreign_key_check(".utf8) + schema.tables[table].quotedName + Array(")".utf8))
      while try check.step() {
        let parent = check.bytes(2)
        if let i = counts.firstIndex(where: { $0.parent == parent }) {
          counts[i].count += 1
        } else {
          counts.append((parent, 1))
        }
      }
      for (parent, count) in counts {
        let target = sources[Name(parent)] ?? Name(parent)
        losses.append(
          Loss(
            "foreign-key-dangling", "rows refer to rows of '\(displayed(target))' that are not there", table: name,
            count: count))
      }
    }
    return losses
  }
}
