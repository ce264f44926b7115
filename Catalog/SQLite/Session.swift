internal import Bytes
internal import CatalogStore
internal import RowIndex
internal import SQLiteClient

/// A value bound to a parameter.
enum Value {
  case null
  case integer(Int64)
  /// Exactly these bytes as TEXT.
  case text([UInt8])
  case blob([UInt8])

  static func integer(_ value: Int) -> Value { .integer(Int64(value)) }
  static func integer(_ value: Int?) -> Value { value.map { .integer(Int64($0)) } ?? .null }
  static func integer(_ value: Int64?) -> Value { value.map { .integer($0) } ?? .null }
  static func boolean(_ value: Bool) -> Value { .integer(value ? Int64(1) : 0) }
  static func boolean(_ value: Bool?) -> Value { value.map { boolean($0) } ?? .null }
  static func text(_ value: String) -> Value { .text(Array(value.utf8)) }
  static func text(_ value: String?) -> Value { value.map { text($0) } ?? .null }
  static func text(_ value: [UInt8]?) -> Value { value.map { .text($0) } ?? .null }
  static func text(_ value: Name) -> Value { .text(value.bytes) }
  static func text(_ value: Name?) -> Value { value.map { .text($0.bytes) } ?? .null }
}

/// The connection of a catalog with what lives as long as a transaction.
final class Session: @unchecked Sendable {  // guarded by the mutex of its SQLiteCatalog
  let connection: Connection
  private let busyTimeout: Int32
  /// The rows of the lineages that were asked for.
  let rows: LineageRows
  /// Tables and backups added in this transaction, by their numbers.
  var openTables: [Int64: OpenTable] = [:]
  var openBackups: [Int64: OpenBackup] = [:]

  init(_ path: [UInt8], _ options: SQLiteCatalog.Options, creates: Bool) throws(CatalogError) {
    busyTimeout = options.busyTimeout
    rows = LineageRows(path, secretKey: options.secretKey)
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
    openTables = [:]
    openBackups = [:]
    try? connection.execute("PRAGMA busy_timeout=\(busyTimeout)")
  }

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

  /// The rows of a query, each made into a value.
  func rows<T>(
    _ sql: String, _ values: [Value] = [], _ make: (borrowing Statement) throws(CatalogError) -> T
  ) throws(CatalogError) -> [T] {
    var result: [T] = []
    try forEach(sql, values) { (row) throws(CatalogError) in result.append(try make(row)) }
    return result
  }

  /// Calls `body` for each row of a query.
  func forEach(
    _ sql: String, _ values: [Value] = [], _ body: (borrowing Statement) throws(CatalogError) -> Void
  ) throws(CatalogError) {
    var statement = try prepare(sql, values)
    while true {
      do throws(SQLiteError) { if try !statement.step() { return } } catch { throw CatalogError(error) }
      try body(statement)
    }
  }

  /// The first value of the first row; nil when there is no row or it is NULL.
  func integer(_ sql: String, _ values: [Value] = []) throws(CatalogError) -> Int64? {
    try rows(sql, values) { (row) throws(CatalogError) in row.optionalInteger(0) }.first ?? nil
  }
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

  func name(_ column: Int) -> Name { Name(bytes(column)) }
  func optionalName(_ column: Int) -> Name? { optionalBytes(column).map { Name($0) } }
  func optionalString(_ column: Int) -> String? { isNull(column) ? nil : string(column) }
}
