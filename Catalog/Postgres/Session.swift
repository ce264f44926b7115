internal import Bytes
internal import CatalogSQL
internal import CatalogStore
internal import PostgresClient

/// The connection of a catalog, with one transaction at a time.
final class Session: SQLSession, @unchecked Sendable {  // guarded by the mutex of its PostgresCatalog
  /// Where the catalog is in its database.
  static let schema = "coffer_catalog"

  let dialect: any CatalogDialect = PostgresDialect()
  let rows: LineageRows
  let place: PostgresPlace
  private let options: PostgresCatalog.Options
  /// nil once it is lost.
  private var connection: PostgresConnection?
  /// Names this client in `receipts`.
  let client = (0..<16).map { _ in UInt8.random(in: 0...255) }
  /// Number of the transaction in `receipts`.
  var number: Int64 = 0

  init(_ place: PostgresPlace, _ options: PostgresCatalog.Options) throws(CatalogError) {
    self.place = place
    self.options = options
    rows = LineageRows(secretKey: options.secretKey)
    try connect()
  }

  /// Connects, anew when the connection was lost.
  func connect() throws(CatalogError) {
    do throws(PostgresError) { connection = .some(try Self.connection(place, options)) } catch {
      throw CatalogError(error)
    }
  }

  /// A connection on which nothing depends on the settings of server, database or role.
  static func connection(
    _ place: PostgresPlace, _ options: PostgresCatalog.Options
  ) throws(PostgresError) -> PostgresConnection {
    let connection = try PostgresConnection(place)
    guard connection.serverVersion >= 120_000 else {
      throw PostgresError(
        state: "08001", message: "PostgreSQL \(connection.serverVersion / 10_000) is too old for a catalog",
        advice: "12 is the oldest that holds one")
    }
    try connection.execute(
      """
      SET search_path = \(schema), pg_temp; SET client_min_messages = warning; SET bytea_output = hex;
      SET standard_conforming_strings = on; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET row_security = off;
      SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = \(options.lockTimeout);
      SELECT pg_catalog.set_config('synchronous_commit', 'on', false)
        WHERE pg_catalog.current_setting('synchronous_commit') = 'off'
      """)
    return connection
  }

  // MARK: Transactions

  var isInTransaction: Bool { connection?.isInTransaction ?? false }
  var processID: Int { connection?.processID ?? 0 }
  func heedInterruptions(_ heeds: Bool) { connection?.heedsInterruption = heeds }

  /// Runs `body` in one transaction, which is committed when it returns.
  func transaction<R, E: Error>(
    writes: Bool, failed: (CatalogError) -> E, _ body: () throws(E) -> R
  ) throws(E) -> R {
    do { try begin(writes) } catch { throw failed(error) }
    do throws(E) {
      let result = try body()
      do { try writes ? commit() : execute("COMMIT") } catch { throw failed(error) }
      rows.settle()
      return result
    } catch {
      abandon()
      rows.forgetChanges()
      throw error
    }
  }

  private func begin(_ writes: Bool) throws(CatalogError) {
    // Changes see what others committed before them, once their lock is theirs; a reader sees one state.
    let words =
      writes ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    if connection?.isBroken ?? true { try connect() }
    do throws(PostgresError) { try using { (connection) throws(PostgresError) in try connection.execute(words) } } catch
    {
      // Nothing has been done yet: a connection that was cut while nobody used it does not matter.
      guard error.isConnectionLost else { throw CatalogError(error) }
      try connect()
      try execute(words)
    }
  }

  /// Ends the transaction without a trace: the server does that when the connection goes.
  private func abandon() {
    guard isInTransaction else { return }
    do throws(CatalogError) { try execute("ROLLBACK") } catch { connection = nil }
  }

  /// Lends the connection; drops it when it cannot be used any more.
  func using<T: ~Copyable>(
    _ body: (borrowing PostgresConnection) throws(PostgresError) -> T
  ) throws(PostgresError) -> T {
    guard connection != nil else {
      var error = PostgresError(state: "08003", message: "the connection to the server is gone")
      error.isConnectionLost = true
      throw error
    }
    do throws(PostgresError) { return try body(connection!) } catch {
      if error.isConnectionLost || error.isInterruption { connection = nil }
      throw error
    }
  }

  /// Runs statements of ours.
  func execute(_ sql: String) throws(CatalogError) { try execute(Array(sql.utf8)) }
  func execute(_ sql: [UInt8]) throws(CatalogError) {
    do throws(PostgresError) {
      try using { (connection) throws(PostgresError) in try connection.execute(sql) }
    } catch { throw CatalogError(error) }
  }
}
