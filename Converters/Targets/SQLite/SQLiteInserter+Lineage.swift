internal import Bytes
internal import Conversion
internal import Records
internal import SQLiteClient
internal import SQLiteFormat

// Which row of the source became which of the target: `coffer_lineage`, in the transaction of the rows.
extension SQLiteInserter {
  /// Keeps the keys that the mapping changed, of rows that are there.
  func keepLineage(_ lineage: KeyLineage) throws(WriteError) -> Int {
    var kept = 0
    do throws(SQLiteError) {
      try connection.execute(
        """
        CREATE TABLE IF NOT EXISTS main.coffer_lineage (source_system TEXT NOT NULL, source_table TEXT NOT NULL,
          old_id TEXT NOT NULL, target_table TEXT NOT NULL, target_column TEXT NOT NULL, new_id TEXT NOT NULL,
          loaded_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
          PRIMARY KEY (target_table, new_id, source_system, source_table, old_id)) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS main.coffer_lineage_old_id ON coffer_lineage (old_id);
        CREATE TEMP TABLE coffer_ids (number INTEGER, old_id TEXT, new_id TEXT)
        """)
    } catch { throw WriteError(error) }
    try fill(lineage)
    do throws(SQLiteError) {
      for (number, table) in lineage.tables.enumerated() {
        guard let position = schema.index(of: table.target),
          let column = schema.tables[position].source.index(of: table.column)
        else { continue }
        let target = schema.tables[position]
        var insert = try connection.prepare(
          Array("INSERT OR IGNORE INTO main.coffer_lineage (source_system, source_table, old_id, target_table, ".utf8)
            + Array("target_column, new_id) SELECT ?1, ?2, i.old_id, ?3, ?4, i.new_id FROM temp.coffer_ids i ".utf8)
            + Array("WHERE i.number = \(number) AND EXISTS (SELECT 1 FROM main.".utf8) + target.quotedName
            + Array(" t WHERE CAST(t.".utf8) + target.columns[column].quotedName + Array(" AS TEXT) = i.new_id)".utf8))
        try insert.bind(text: lineage.system, at: 1)
        try insert.bind(text: table.source.bytes, at: 2)
        try insert.bind(text: target.name.bytes, at: 3)
        try insert.bind(text: target.columns[column].name.bytes, at: 4)
        try insert.run()
        kept += Int(connection.changes)
      }
      try connection.execute("DROP TABLE temp.coffer_ids")
    } catch { throw WriteError(error) }
    return kept
  }

  private func fill(_ lineage: KeyLineage) throws(WriteError) {
    var insert: Statement
    do throws(SQLiteError) {
      insert = try connection.prepare("INSERT INTO temp.coffer_ids VALUES (?1, ?2, ?3)")
    } catch { throw WriteError(error) }
    try lineage.forEach { (table, before, after) throws(WriteError) in
      do throws(SQLiteError) {
        try insert.bind(table, at: 1)
        try insert.bind(text: before, at: 2)
        try insert.bind(text: after, at: 3)
        try insert.run()
      } catch { throw WriteError(error) }
    }
  }

  /// Takes away what was kept of rows that are gone.
  func cleanLineage() throws(WriteError) {
    do throws(SQLiteError) {
      var isThere = try connection.prepare(
        "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = 'coffer_lineage'")
      guard try isThere.step() else { return }
      for table in schema.tables {
        var columns: [Name] = []
        var list = try connection.prepare(
          "SELECT DISTINCT target_column FROM main.coffer_lineage WHERE target_table = ?1")
        try list.bind(text: table.name.bytes, at: 1)
        while try list.step() { columns.append(Name(list.bytes(0))) }
        for column in columns where table.columns.contains(where: { $0.name == column }) {
          var delete = try connection.prepare(
            Array("DELETE FROM main.coffer_lineage WHERE target_table = ?1 AND target_column = ?2 AND NOT EXISTS ".utf8)
              + Array("(SELECT 1 FROM main.".utf8) + table.quotedName + Array(" t WHERE CAST(t.".utf8)
              + SQLDialect.sqlite.quoted(column) + Array(" AS TEXT) = coffer_lineage.new_id)".utf8))
          try delete.bind(text: table.name.bytes, at: 1)
          try delete.bind(text: column.bytes, at: 2)
          try delete.run()
        }
      }
    } catch { throw WriteError(error) }
  }
}
