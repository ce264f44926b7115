internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

/// A table that is in the target before the load.
struct ExistingTable {
  var identifier: Int
  /// Quoted, with its schema.
  var quotedName: [UInt8]
  var rows = 0
  /// Names of its columns that rows can give values for.
  var columns: Set<Name> = []
  /// Columns that must have a value, have no default and so must be in the rows.
  var neededColumns: [Name] = []
  /// Names of the primary key's columns; empty when there is none.
  var primaryKey: [Name] = []
  /// Columns whose sequence counts on, and the sequence's quoted name.
  var sequences: [(column: Name, sequence: [UInt8])] = []
  /// Whether foreign keys are checked at the end of every statement.
  /// Columns that must have a value, whatever gives it.
  var requiredColumns: [Name] = []
  /// What stands in columns that rows give no value for.
  var defaults: [(column: Name, value: [UInt8])] = []
  /// Columns that are computed or numbered.
  var computedColumns: Set<Name> = []
  var hasImmediateKeys = false
  var hasForeignKeys = false
}

/// A table with rows, whoever made it.
struct FilledTable {
  var name: [UInt8]
  var rows: Int
}

extension PostgresSession {
  /// Tables of people, not those of the server, of extensions, of other sessions and of our own records of loads.
  private static let userTables = """
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'coffer') AND n.nspname !~ '^pg_(toast|temp)'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')
    """

  /// Tables with rows, in the order of their names.
  func filledTables() throws(PostgresError) -> [FilledTable] {
    let names = try query(
      "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) \(Self.userTables) ORDER BY n.nspname, c.relname"
    ) { rows in (0..<rows.count).compactMap { rows[$0, 0] } }
    var filled: [FilledTable] = []
    for name in names {
      let isFilled = try integer(words("SELECT 1 FROM ") + name + words(" LIMIT 1")) == 1
      if isFilled { filled.append(FilledTable(name: name, rows: try count(name))) }
    }
    return filled
  }

  /// Number of rows of a table, given by its quoted name.
  func count(_ name: [UInt8]) throws(PostgresError) -> Int {
    try integer(words("SELECT pg_catalog.count(*) FROM ") + name)
  }

  /// What is at the place of a table; nil when nothing is. A view or the like there is an error.
  func existing(_ table: SQLTable) throws(PostgresError) -> ExistingTable? {
    let schema = table.schemaName?.bytes
    let found: (identifier: Int, name: [UInt8], kind: [UInt8])? = try query(
      """
      SELECT c.oid::pg_catalog.int8, pg_catalog.format('%I.%I', n.nspname, c.relname), c.relkind
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = COALESCE($1, pg_catalog.current_schema()) AND c.relname = $2
      """, [schema, table.name.bytes]
    ) { rows in rows.count > 0 ? (rows.integer(0, 0) ?? 0, rows[0, 1] ?? [], rows[0, 2] ?? []) : nil }
    guard let found else { return nil }
    guard found.kind == words("r") || found.kind == words("p") else {
      throw PostgresError(message: "\(displayed(found.name)) is there and is no table")
    }
    var existing = ExistingTable(identifier: found.identifier, quotedName: found.name)
    try learnColumns(of: &existing)
    let identifier = words("\(found.identifier)")
    existing.primaryKey = try query(
      """
      SELECT a.attname FROM pg_catalog.pg_index i, pg_catalog.unnest(i.indkey) WITH ORDINALITY k (number, place),
        pg_catalog.pg_attribute a
      WHERE i.indrelid = $1::pg_catalog.oid AND i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.number
      ORDER BY k.place
      """, [identifier]
    ) { rows in (0..<rows.count).compactMap { rows[$0, 0].map { Name($0) } } }
    existing.hasImmediateKeys =
      try integer(
        words(
          """
          SELECT 1 FROM pg_catalog.pg_constraint
          WHERE contype = 'f' AND NOT condeferrable AND conrelid = $1::pg_catalog.oid LIMIT 1
          """), [identifier]) == 1
    existing.hasForeignKeys =
      try integer(
        words("SELECT 1 FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conrelid = $1::pg_catalog.oid LIMIT 1"),
        [identifier]) == 1
    existing.rows = try count(found.name)
    return existing
  }

  private func learnColumns(of table: inout ExistingTable) throws(PostgresError) {
    typealias Row = (
      name: Name, isComputed: Bool, isRequired: Bool, isNumbered: Bool, value: [UInt8]?, sequence: [UInt8]?
    )
    let found: [Row] = try query(
      """
      SELECT a.attname, a.attgenerated <> '', a.attnotnull, a.attidentity <> '', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
        CASE WHEN a.atthasdef OR a.attidentity <> ''
          THEN pg_catalog.pg_get_serial_sequence($2, a.attname::pg_catalog.text) END
      FROM pg_catalog.pg_attribute a
        LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
      """, [words("\(table.identifier)"), table.quotedName]
    ) { rows in
      (0..<rows.count).map {
        (
          Name(rows[$0, 0] ?? []), rows.isTrue($0, 1), rows.isTrue($0, 2), rows.isTrue($0, 3), rows[$0, 4], rows[$0, 5]
        )
      }
    }
    for row in found {
      if row.isComputed || row.isNumbered { table.computedColumns.insert(row.name) }
      guard !row.isComputed else { continue }
      table.columns.insert(row.name)
      if row.isRequired { table.requiredColumns.append(row.name) }
      if row.isRequired, row.value == nil, !row.isNumbered { table.neededColumns.append(row.name) }
      if let value = row.value { table.defaults.append((row.name, value)) }
      if let sequence = row.sequence { table.sequences.append((row.name, sequence)) }
    }
  }

  /// Tables outside the load with rows that may refer to its tables, and so hinder or follow their deletion.
  func referringTables(to tables: [ExistingTable]) throws(PostgresError) -> [FilledTable] {
    let list = words("{" + tables.map { "\($0.identifier)" }.joined(separator: ",") + "}")
    let names = try query(
      """
      SELECT DISTINCT pg_catalog.format('%I.%I', n.nspname, c.relname)
      FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE k.contype = 'f' AND k.confrelid = ANY ($1::pg_catalog.oid[]) AND NOT k.conrelid = ANY ($1::pg_catalog.oid[])
      ORDER BY 1
      """, [list]
    ) { rows in (0..<rows.count).compactMap { rows[$0, 0] } }
    var tables: [FilledTable] = []
    for name in names { tables.append(FilledTable(name: name, rows: try count(name))) }
    return tables
  }
}
