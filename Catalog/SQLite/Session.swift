internal import Bytes
internal import CatalogSQL
internal import CatalogStore
internal import RowIndex
internal import SQLiteClient

/// The connection of a catalog with what lives as long as a transaction.
final class Session: SQLSession, @unchecked Sendable {  // guarded by the mutex of its SQLiteCatalog
  let connection: Connection
  private let busyTimeout: Int32
  let dialect: any CatalogDialect = SQLiteDialect()
  let rows: LineageRows
  private let path: [UInt8]
  private var store: SQLitePageStore?
  /// Whether the transaction is one that writes.
  private var isWriting = false

  init(_ path: [UInt8], _ options: SQLiteCatalog.Options, creates: Bool) throws(CatalogError) {
    busyTimeout = options.busyTimeout
    rows = LineageRows(secretKey: options.secretKey)
    self.path = path
    do throws(SQLiteError) {
      var settings = ConnectionOptions(creates ? .create : .write)
      settings.busyTimeout = options.busyTimeout
      connection = try Connection(path, settings)
    } catch { throw CatalogError(error) }
    do throws(SQLiteError) {
      if creates { try connection.execute("PRAGMA page_size=8192") }
      try connection.execute(
        """
        PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;
        PRAGMA cache_size=-\(options.cacheSize)
        """)
    } catch {
      throw error.isDamaged ? CatalogError(.foreign(path: path)) : CatalogError(error)
    }
    try migrate(path)
  }

  /// Runs `body` between `begin` and COMMIT.
  func transaction<R, E: Error>(
    _ begin: String, failed: (CatalogError) -> E, _ body: () throws(E) -> R
  ) throws(E) -> R {
    do {
      try execute(begin)
    } catch { throw failed(error) }
    isWriting = begin != "BEGIN"
    defer { endTransaction() }
    do throws(E) {
      // Whoever has begun may wait longer: searches that are under way end by themselves, and work would be lost.
      do { try execute("PRAGMA busy_timeout=\(max(busyTimeout, 600_000))") } catch { throw failed(error) }
      let result = try body()
      do { try execute("COMMIT") } catch { throw failed(error) }
      rows.settle()
      return result
    } catch {
      // Some errors have ended the transaction already.
      if connection.isInTransaction { try? connection.execute("ROLLBACK") }
      rows.forgetChanges()
      throw error
    }
  }

  private func endTransaction() {
    try? connection.execute("PRAGMA busy_timeout=\(busyTimeout)")
  }

  /// Nobody else writes once a transaction that writes has begun.
  func lock(projects: [Name]) {}

  func lockAll() {}
  func setNextKeys(of tables: [String]) {}

  /// The pages are in a file of their own beside the catalog, `catalog.pages.db`, which is committed before it. Whoever only reads makes none.
  func pages() throws(CatalogError) -> any PageStore {
    if let store { return store }
    let suffix = Array(".db".utf8)
    let file =
      (path.suffix(suffix.count).elementsEqual(suffix) ? Array(path.dropLast(suffix.count)) : path)
      + Array(".pages.db".utf8)
    do throws(IOError) {
      let status = try fileStatus(file)
      if status == nil, !isWriting { return MemoryPageStore() }
    } catch { throw CatalogError(.io(error)) }
    do throws(IndexError) {
      let opened = try SQLitePageStore(file)
      store = opened
      return opened
    } catch { throw CatalogError(error) }
  }

  func setErasing(_ isOn: Bool) throws(CatalogError) { try execute("PRAGMA secure_delete=\(isOn ? "ON" : "OFF")") }

  // MARK: Statements

  func execute(_ sql: String) throws(CatalogError) {
    do { try connection.execute(sql) } catch { throw CatalogError(error) }
  }

  /// Compiles one statement and binds its values.
  func prepare(_ sql: String, _ values: [Value] = []) throws(CatalogError) -> Statement {
    do throws(SQLiteError) {
      var statement = try connection.prepare(sql)
      try statement.bind(values)
      return statement
    } catch { throw CatalogError(error) }
  }

  /// Runs one statement with values for `?1`, `?2`…
  func run(_ sql: String, _ values: [Value]) throws(CatalogError) {
    var statement = try prepare(sql, values)
    do { try statement.run() } catch { throw CatalogError(error) }
  }

  /// Runs one statement for each row of values.
  func run(_ sql: String, each rows: some Collection<[Value]>) throws(CatalogError) {
    guard !rows.isEmpty else { return }
    do throws(SQLiteError) {
      var statement = try connection.prepare(sql)
      for values in rows {
        try statement.bind(values)
        try statement.run()
      }
    } catch { throw CatalogError(error) }
  }

  /// Runs an INSERT and returns the number of the new row.
  func insert(_ sql: String, _ values: [Value]) throws(CatalogError) -> Int64 {
    try run(sql, values)
    return connection.lastInsertRowID
  }

  /// Calls `body` for each row of a query.
  func forEach(
    _ sql: String, _ values: [Value], _ body: (any SQLRow) throws(CatalogError) -> Void
  ) throws(CatalogError) {
    let row = Row(try prepare(sql, values))
    while try row.step() { try body(row) }
  }
}

/// A row of a statement.
private final class Row: SQLRow {
  private var statement: Statement
  init(_ statement: consuming Statement) { self.statement = statement }

  /// Goes to the next row; false at the end.
  func step() throws(CatalogError) -> Bool {
    do throws(SQLiteError) { return try statement.step() } catch { throw CatalogError(error) }
  }
  func isNull(_ column: Int) -> Bool { statement.isNull(column) }
  func integer(_ column: Int) -> Int64 { statement.integer(column) }
  func bytes(_ column: Int) -> [UInt8] { statement.bytes(column) }
}

extension Statement {
  /// Binds values to the parameters from 1 on.
  mutating func bind(_ values: [Value]) throws(SQLiteError) {
    for (i, value) in values.enumerated() {
      switch value {
      case .null: try bindNull(at: i + 1)
      case .integer(let number): try bind(number, at: i + 1)
      case .text(let bytes): try bind(text: bytes.span, at: i + 1)
      case .blob(let bytes): try bind(blob: bytes.span, at: i + 1)
      }
    }
  }
}
