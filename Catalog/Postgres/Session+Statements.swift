internal import Bytes
internal import CatalogSQL
internal import CatalogStore
internal import PostgresClient
internal import RowIndex

extension Session {
  func run(_ sql: String, _ values: [Value]) throws(CatalogError) {
    try query(Self.numbered(sql), values.map { PostgresValue($0) }) { _ in }
  }

  func run(_ sql: String, each rows: some Collection<[Value]>) throws(CatalogError) {
    // Rows that are inserted go many at a time, so that their number does not become one of journeys to the server.
    let parts = sql.split(separator: "VALUES", maxSplits: 1)
    guard parts.count == 2, sql.hasPrefix("INSERT") else {
      for values in rows { try run(sql, values) }
      return
    }
    var pending: [PostgresValue] = [], count = 0, size = 0
    for row in rows {
      for value in row {
        pending.append(PostgresValue(value))
        size += value.byteCount
      }
      count += 1
      guard count == 250 || size > 1 << 20 else { continue }
      try insert(String(parts[0]), pending, rows: count)
      (pending, count, size) = ([], 0, 0)
    }
    if count > 0 { try insert(String(parts[0]), pending, rows: count) }
  }

  /// Inserts rows by one statement.
  private func insert(_ head: String, _ values: [PostgresValue], rows: Int) throws(CatalogError) {
    var sql = Array(head.utf8) + Array("VALUES ".utf8)
    let width = values.count / rows
    for row in 0..<rows {
      sql += Array((row == 0 ? "(" : ", (").utf8)
      for column in 0..<width { sql += Array("\(column == 0 ? "" : ", ")$\(row * width + column + 1)".utf8) }
      sql.append(UInt8(ascii: ")"))
    }
    try query(sql, values) { _ in }
  }

  func insert(_ sql: String, _ values: [Value]) throws(CatalogError) -> Int64 {
    try query(Self.numbered(sql + " RETURNING id"), values.map { PostgresValue($0) }) {
      $0.count > 0 ? $0.binaryInteger(0, 0) ?? 0 : 0
    }
  }

  func forEach(
    _ sql: String, _ values: [Value], _ body: (any SQLRow) throws(CatalogError) -> Void
  ) throws(CatalogError) {
    let row = Row()
    try forEachRow(Self.numbered(sql), values.map { PostgresValue($0) }) { (rows) throws(CatalogError) in
      row.rows = .some(rows)
      try body(row)
    }
  }

  func lock(projects: [Name]) throws(CatalogError) {
    // In one order, so that two who want the same two do not wait for each other.
    for key in Set(projects.map { Self.lockKey(of: $0) }).sorted() { try lock(key) }
  }

  /// Takes a lock of this catalog, until the transaction ends.
  func lock(_ key: Int32) throws(CatalogError) {
    try query(
      Array("SELECT pg_catalog.pg_advisory_xact_lock($1, $2)".utf8),
      [.integer(Int64(Self.lockClass)), .integer(Int64(key))]
    ) { _ in }
  }

  /// The class of all locks of catalogs: "Cofr", as a number.
  static let lockClass: Int32 = 0x436F_6672

  private static func lockKey(of project: Name) -> Int32 {
    var checksum = SHA256()
    checksum.update(project.bytes.span)
    return checksum.finish().prefix(4).reduce(0) { $0 << 8 | Int32($1) }
  }

  func lockAll() throws(CatalogError) { try execute("LOCK TABLE projects, backups, lineages, pages IN EXCLUSIVE MODE") }

  func setNextKeys(of tables: [String]) throws(CatalogError) {
    for table in tables {
      try execute(
        "SELECT setval(pg_get_serial_sequence('\(table)', 'id'), max(id)) FROM \(table) HAVING max(id) IS NOT NULL")
    }
  }

  func pages() -> any PageStore { PostgresPageStore(self) }

  /// What is deleted stays in the server's files until it cleans up; see the manual.
  func setErasing(_ isOn: Bool) {}

  // MARK: Values

  /// Runs one statement and hands its rows to `body`.
  func query<T>(
    _ sql: [UInt8], _ values: [PostgresValue] = [], _ body: (borrowing PostgresRows) -> T
  ) throws(CatalogError) -> T {
    do throws(PostgresError) {
      return try using { (connection) throws(PostgresError) in body(try connection.query(sql, values: values)) }
    } catch { throw CatalogError(error) }
  }

  /// Calls `body` for each row of a query, which must not use the session.
  func forEachRow(
    _ sql: [UInt8], _ values: [PostgresValue], _ body: (consuming PostgresRows) throws(CatalogError) -> Void
  ) throws(CatalogError) {
    var failure: CatalogError?
    do throws(PostgresError) {
      try using { (connection) throws(PostgresError) in
        try connection.forEach(sql, values: values, failed: { $0 }) { (rows) throws(PostgresError) in
          guard failure == nil else { return }
          do throws(CatalogError) { try body(rows) } catch { failure = error }
        }
      }
    } catch { throw CatalogError(error) }
    if let failure { throw failure }
  }

  /// The statement with `$1` for `?1`.
  private static func numbered(_ sql: String) -> [UInt8] {
    var bytes = Array(sql.utf8)
    for i in bytes.indices.dropLast() where bytes[i] == UInt8(ascii: "?") && isDigit(bytes[i + 1]) {
      bytes[i] = UInt8(ascii: "$")
    }
    return bytes
  }
  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

/// The row that a query has come to.
private final class Row: SQLRow {
  var rows: PostgresRows?
  func isNull(_ column: Int) -> Bool { rows?.isNull(0, column) ?? true }
  func integer(_ column: Int) -> Int64 { (rows?.binaryInteger(0, column) ?? nil) ?? 0 }
  func bytes(_ column: Int) -> [UInt8] { (rows?[0, column] ?? nil) ?? [] }
}

extension PostgresValue {
  fileprivate init(_ value: Value) {
    self =
      switch value {
      case .null: .null
      case .integer(let number): .integer(number)
      case .text(let bytes), .blob(let bytes): .bytes(bytes)
      }
  }
}

extension Value {
  fileprivate var byteCount: Int {
    switch self {
    case .null, .integer: 8
    case .text(let bytes), .blob(let bytes): bytes.count
    }
  }
}
