internal import Bytes
internal import Conversion
internal import PostgresClient
internal import Records

// Which row of the source became which of the target: `coffer.lineage`, in the transaction of the rows.
extension PostgresWriter {
  private static var create: String {
    """
    SET LOCAL client_min_messages = warning;
    CREATE SCHEMA IF NOT EXISTS coffer;
    CREATE TABLE IF NOT EXISTS coffer.lineage (source_system text NOT NULL, source_table text NOT NULL, old_id text NOT NULL,
      target_table text NOT NULL, target_column text NOT NULL, new_id text NOT NULL, load text NOT NULL,
      PRIMARY KEY (target_table, new_id, source_system, source_table, old_id));
    CREATE INDEX IF NOT EXISTS lineage_old_id ON coffer.lineage (old_id)
    """
  }
  /// The name of a table, given by its quoted name in the first parameter, as the server writes it.
  private static var tableName: String {
    """
    (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::pg_catalog.regclass)
    """
  }

  /// Keeps the keys that the mapping changed, of rows that are there.
  mutating func keepLineage(_ lineage: KeyLineage) throws(WriteError) {
    guard ledger.transaction == nil else {
      return session.note("ids are not kept: the role may not make coffer.lineage")
    }
    try telling { (session) throws(PostgresError) in
      try session.execute(Self.create)
      try session.execute(
        "CREATE TEMP TABLE \"coffer ids\" (number int4, old_id text, new_id text) ON COMMIT DROP")
      try session.beginCopy(words("COPY pg_temp.\"coffer ids\" FROM STDIN"))
    }
    try lineage.forEach { (table, before, after) throws(WriteError) in
      do throws(IOError) {
        try output.append(decimal: Int64(table))
        try output.append(UInt8(ascii: "\t"))
        try output.appendCopyText(before)
        try output.append(UInt8(ascii: "\t"))
        try output.appendCopyText(after)
        try output.append(UInt8(ascii: "\n"))
      } catch { throw failure(error) }
    }
    do throws(IOError) { try output.flush() } catch { throw failure(error) }
    _ = try telling { (session) throws(PostgresError) in try session.endCopy() }
    var kept = 0
    for (number, table) in lineage.tables.enumerated() {
      guard let position = schema.index(of: table.target),
        let column = schema.tables[position].source.index(of: table.column)
      else { continue }
      let name = schema.tables[position].columns[column].name
      let place = plan.name(position, schema)
      let statement =
        words("INSERT INTO coffer.lineage SELECT $2, $3, i.old_id, " + Self.tableName + ", $4, i.new_id, $5")
        + words(" FROM pg_temp.\"coffer ids\" i WHERE i.number = \(number) AND EXISTS (SELECT FROM ") + place
        + words(" t WHERE t.") + SQLDialect.postgres.quoted(name)
        + words("::pg_catalog.text = i.new_id) ON CONFLICT DO NOTHING")
      let values = [place, words(lineage.system), table.source.bytes, name.bytes, ledger.identifier]
      kept += try telling(position) { (session) throws(PostgresError) in
        try session.query(statement, values) { $0.changes }
      }
    }
    session.note("\(kept) \(kept == 1 ? "id is" : "ids are") kept in coffer.lineage, as before and after the mapping")
  }

  /// Takes away what was kept of rows that are gone.
  func cleanLineage() throws(WriteError) {
    for i in plan.tables.indices {
      guard let existing = plan.tables[i].existing else { continue }
      try telling(i) { (session) throws(PostgresError) in
        let mayChange = try session.query(
          """
          SELECT pg_catalog.to_regclass('coffer.lineage') IS NOT NULL
            AND pg_catalog.has_table_privilege(pg_catalog.to_regclass('coffer.lineage'), 'SELECT, DELETE')
          """
        ) { $0.isTrue(0, 0) }
        guard mayChange else { return }
        let columns = try session.query(
          "SELECT DISTINCT target_column FROM coffer.lineage WHERE target_table = $1", [existing.quotedName]
        ) { rows in (0..<rows.count).compactMap { rows[$0, 0].map { Name($0) } } }
        for column in columns where existing.columns.contains(column) {
          try session.query(
            words(
              "DELETE FROM coffer.lineage l WHERE l.target_table = $1 AND l.target_column = $2 AND NOT EXISTS (SELECT FROM "
            )
              + existing.quotedName + words(" t WHERE t.") + SQLDialect.postgres.quoted(column)
              + words("::pg_catalog.text = l.new_id)"), [existing.quotedName, column.bytes]
          ) { _ in }
        }
      }
    }
  }
}
