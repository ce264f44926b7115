internal import Bytes
internal import Conversion
internal import Records
internal import SQLiteClient
internal import SQLitePages

/// An empty database with all its tables and keys, and where their trees begin.
struct SQLiteLayout {
  /// One for each table that has columns.
  private(set) var fills: [SQLiteTableFill?]
  /// Statements that make keys whose index is not filled here.
  private(set) var laterKeys: [SQLKeyStatement] = []

  /// Creates the database, which is closed again.
  init(_ path: [UInt8], _ schema: SQLSchema) throws(SQLiteError) {
    fills = schema.tables.map { _ in nil }
    let connection = try Connection(path, ConnectionOptions(.create))
    // The version is what it was: setting it makes the first page of a database without tables, too.
    try connection.execute(
      "PRAGMA page_size=\(PageFile.pageSize); PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; BEGIN; PRAGMA user_version=0"
    )
    var earlyKeys: [SQLKeyStatement] = []
    for table in schema.tables where !table.columns.isEmpty { try connection.execute(schema.createTable(table)) }
    for key in schema.keyStatements() {
      if schema.tables[key.table].canFill(key.columns) {
        try connection.execute(key.text)
        earlyKeys.append(key)
      } else {
        laterKeys.append(key)
      }
    }
    try connection.execute("COMMIT")
    try readRoots(connection, schema, earlyKeys)
  }

  /// Reads where trees begin: SQLite lists tables and indexes in the order in which they were made, with the index of a primary
  /// key behind its table.
  private mutating func readRoots(
    _ connection: borrowing Connection, _ schema: SQLSchema, _ keys: [SQLKeyStatement]
  ) throws(SQLiteError) {
    let budget = SortBudget(bytes: 24 << 20)
    var tables = schema.tables.indices.filter { !schema.tables[$0].columns.isEmpty }[...], keys = keys[...], table = 0
    var list = try connection.prepare(
      "SELECT type = 'table', name, rootpage, sql IS NULL FROM sqlite_schema ORDER BY rowid")
    while try list.step() {
      let root = UInt32(truncatingIfNeeded: list.integer(2))
      if list.integer(0) != 0 {
        table = tables.removeFirst()
        fills[table] = SQLiteTableFill(schema.tables[table], root: root, budget: budget)
      } else if list.integer(3) != 0 {
        fills[table]?.addPrimaryKey(root: root, of: schema.tables[table], table: table, budget: budget)
      } else {
        let key = keys.removeFirst()
        fills[key.table]?.add(key, name: list.bytes(1), root: root, of: schema.tables[key.table], budget: budget)
      }
    }
    for fill in fills { fill?.makeRows(budget: budget) }
  }
}

extension SQLTable {
  /// Whether an index on these columns is filled here.
  func canFill(_ key: [Int]) -> Bool {
    key.count < IndexFill.columnLimit && Set(key).count == key.count
      && key.allSatisfy { [.integer, .text].contains(StorageClass(columns[$0].type.form)) }
  }
}
