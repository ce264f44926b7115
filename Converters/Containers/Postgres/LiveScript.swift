internal import Bytes
internal import PostgresClient
internal import Records

/// Which part of a database a script holds.
package enum ScriptContent: String, Sendable { case complete, schema, data }

/// The script of the tables of a live database, in the words of pg_dump: types, tables, rows, keys and indexes.
struct LiveScript: Sendable {
  private var pieces: [(content: ScriptContent, part: PostgresCopySource.Part)] = []

  /// What a script of a content is made of.
  func parts(_ content: ScriptContent) -> [PostgresCopySource.Part] {
    // What is of both stands in every script.
    pieces.filter { $0.content == .complete || content == .complete || $0.content == content }.map(\.part)
  }

  /// What the connection's snapshot holds; rows come later. `names`: quoted names of the only tables that are wanted.
  init(_ connection: borrowing PostgresConnection, only names: [[UInt8]]?) throws(PostgresError) {
    let tables = try connection.tables().filter { names?.contains($0.name) ?? true }
    let identifiers = words("{" + tables.map { "\($0.identifier)" }.joined(separator: ",") + "}")
    var text = words("--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version ")
    text += words("\(connection.serverVersion / 10_000)\n\nSET client_encoding = 'UTF8';\n")
    text += words("SET standard_conforming_strings = on;\nSET search_path = '';\n\n")
    pieces.append((.complete, .text(text)))
    text = []
    for statement in try connection.statements(Self.types, []) { text += statement + words(";\n\n") }
    for table in tables { text += table.definition + words(";\n\n") }
    for statement in try connection.statements(Self.identities, [identifiers]) { text += statement + words(";\n\n") }
    pieces.append((.schema, .text(text)))
    for table in tables where !table.columns.isEmpty {
      let head = words("COPY ") + table.name + words(" (") + table.columns + words(") FROM stdin;\n")
      pieces += [(.data, .text(head)), (.data, .rows(table.copy)), (.data, .text(words("\\.\n\n\n")))]
    }
    text = []
    for statement in try connection.statements(Self.keys, [identifiers]) { text += statement + words(";\n\n") }
    pieces.append((.schema, .text(text)))
    pieces.append((.complete, .text(words("--\n-- PostgreSQL database dump complete\n--\n\n"))))
  }

  /// Schemas, enumerations and domains of people.
  private static let types = """
    SELECT text FROM (
      SELECT 0 AS step, nspname::pg_catalog.text AS name, pg_catalog.format('CREATE SCHEMA %I', nspname) AS text
      FROM pg_catalog.pg_namespace
      WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'coffer', 'public') AND nspname !~ '^pg_(toast|temp)'
      UNION ALL
      SELECT 1, t.typname, pg_catalog.format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname,
        (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
         FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid))
      FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE t.typtype = 'e' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'coffer')
      UNION ALL
      SELECT 2, t.typname, pg_catalog.format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname,
        pg_catalog.format_type(t.typbasetype, t.typtypmod))
      FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      WHERE t.typtype = 'd' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'coffer')
    ) s ORDER BY step, name
    """

  private static let identities = """
    SELECT pg_catalog.format('ALTER TABLE %I.%I ALTER COLUMN %I ADD GENERATED %s AS IDENTITY', n.nspname, c.relname, a.attname,
      CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END)
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attrelid = ANY ($1::pg_catalog.oid[]) AND a.attidentity <> '' AND NOT a.attisdropped
    ORDER BY n.nspname, c.relname, a.attnum
    """

  /// Keys first, then indexes that are none, then foreign keys.
  private static let keys = """
    SELECT text FROM (
      SELECT CASE k.contype WHEN 'f' THEN 2 ELSE 0 END AS step, k.conrelid AS owner, k.conname::pg_catalog.text AS name,
        pg_catalog.format('ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname,
          pg_catalog.pg_get_constraintdef(k.oid)) AS text
      FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE k.conrelid = ANY ($1::pg_catalog.oid[]) AND k.contype IN ('p', 'u', 'f')
      UNION ALL
      SELECT 1, i.indrelid, c.relname::pg_catalog.text, pg_catalog.pg_get_indexdef(i.indexrelid)
      FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = ANY ($1::pg_catalog.oid[])
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    ) s ORDER BY step, owner, name
    """
}

/// A table of a live database.
private struct LiveTable {
  var identifier: Int
  /// Quoted, with its schema.
  var name: [UInt8]
  var definition: [UInt8]
  /// Those that hold values of their own, quoted.
  var columns: [UInt8]
  var copy: [UInt8]
}

extension PostgresConnection {
  fileprivate borrowing func statements(_ sql: String, _ parameters: [[UInt8]?]) throws(PostgresError) -> [[UInt8]] {
    let rows = try query(sql, parameters)
    return (0..<rows.count).compactMap { rows[$0, 0] }
  }

  /// Tables of people, with what makes them.
  fileprivate borrowing func tables() throws(PostgresError) -> [LiveTable] {
    let rows = try query(
      """
      SELECT c.oid::pg_catalog.int8, pg_catalog.format('%I.%I', n.nspname, c.relname), c.relkind = 'p',
        pg_catalog.concat_ws(E',\\n',
          (SELECT pg_catalog.string_agg(
              pg_catalog.format('    %I %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod))
              || CASE WHEN a.attgenerated <> ''
                  THEN ' GENERATED ALWAYS AS (' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || ') STORED'
                WHEN d.adbin IS NOT NULL THEN ' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) ELSE '' END
              || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, E',\\n' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a
              LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
          (SELECT pg_catalog.string_agg(
              pg_catalog.format('    CONSTRAINT %I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid)), E',\\n'
              ORDER BY k.conname)
            FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c')),
        (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'coffer') AND n.nspname !~ '^pg_(toast|temp)'
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
      ORDER BY n.nspname, c.relname
      """)
    var tables: [LiveTable] = []
    for row in 0..<rows.count {
      let name = rows[row, 1] ?? [], columns = rows[row, 4] ?? []
      // The rows of a partitioned table lie in others.
      let copy =
        rows.isTrue(row, 2)
        ? words("COPY (SELECT ") + columns + words(" FROM ") + name + words(") TO STDOUT")
        : words("COPY ") + name + words(" (") + columns + words(") TO STDOUT")
      tables.append(
        LiveTable(
          identifier: rows.integer(row, 0) ?? 0, name: name,
          definition: words("CREATE TABLE ") + name + words(" (\n") + (rows[row, 3] ?? []) + words("\n)"),
          columns: columns, copy: copy))
    }
    return tables
  }
}

/// Bytes of our own words.
private func words(_ text: String) -> [UInt8] { Array(text.utf8) }
