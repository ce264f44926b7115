internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLiteClient

// What is made and checked when the rows are there, by SQLite itself.
extension SQLiteLoader {
  private func open() throws(SQLiteError) -> Connection {
    let connection = try Connection(path, ConnectionOptions(.write))
    try connection.execute(
      """
      PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA secure_delete=OFF;
      PRAGMA foreign_keys=OFF; PRAGMA cache_size=-32768
      """)
    return connection
  }

  /// Makes the unique keys and indexes that are not there yet. Of rows that a key does not allow side by side, the first stays.
  mutating func finishKeys(_ unfinished: UnfinishedKeys) throws(SQLiteError) -> [Loss] {
    let later = unfinished.named.map(\.key) + laterKeys
    guard !later.isEmpty || !unfinished.primary.isEmpty else { return [] }
    let connection = try open()
    try connection.execute("BEGIN")
    for (name, _) in unfinished.named {
      try connection.execute(Array("DROP INDEX ".utf8) + SQLDialect.sqlite.quoted(Name(name)))
    }
    for table in unfinished.primary { try makePrimaryKey(of: table, connection) }
    let losses = try makeKeys(later, connection)
    try connection.execute("COMMIT")
    return losses
  }

  /// Fills the index of a primary key, with the rows anew when there are duplicates.
  private mutating func makePrimaryKey(of position: Int, _ connection: borrowing Connection) throws(SQLiteError) {
    let table = schema.tables[position]
    func words(_ text: String) -> [UInt8] { Array(text.utf8) }
    do throws(SQLiteError) { return try connection.execute(words("REINDEX main.") + table.quotedName) } catch {
      guard error.isConstraint else { throw error }
    }
    let kept = words("temp.\"rows of a table whose key has duplicates\"")
    try connection.execute(
      words("CREATE TABLE ") + kept + words(" AS SELECT * FROM main.") + table.quotedName
        + words(" NOT INDEXED; DELETE FROM main.") + table.quotedName)
    try connection.execute(
      words("INSERT OR IGNORE INTO main.") + table.quotedName + words(" SELECT * FROM ") + kept
        + words(" ORDER BY rowid"))
    let stored = connection.changes
    try connection.execute(words("DELETE FROM ") + kept)
    for _ in stored..<connection.changes { countRefusal(.constraint, table: position) }
    try connection.execute(words("DROP TABLE ") + kept)
  }

  /// Makes unique keys and indexes.
  private func makeKeys(
    _ keys: [SQLKeyStatement], _ connection: borrowing Connection
  ) throws(SQLiteError) -> [Loss] {
    var losses: [Loss] = []
    for key in keys {
      do throws(SQLiteError) { try connection.execute(key.text) } catch {
        guard error.isConstraint, key.isUnique else { throw error }
        let table = schema.tables[key.table]
        let count = try removeDuplicates(of: key.columns, in: table, connection)
        try connection.execute(key.text)
        losses.append(
          Loss(
            LossKind.constraint.code, LossKind.constraint.message, table: table.source.name,
            column: table.source.columns[key.columns[0]].name, count: count, isReject: true))
      }
    }
    return losses
  }

  /// Deletes all rows of a key but the first; tells how many.
  private func removeDuplicates(
    of key: [Int], in table: SQLTable, _ connection: borrowing Connection
  ) throws(SQLiteError) -> Int {
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
    let tables = tables.filter { !schema.tables[$0].foreignKeys.isEmpty }
    guard !tables.isEmpty else { return [] }
    let connection = try open()
    let sources = Dictionary(uniqueKeysWithValues: schema.tables.map { ($0.name, $0.source.name) })
    var losses: [Loss] = []
    for table in tables {
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
