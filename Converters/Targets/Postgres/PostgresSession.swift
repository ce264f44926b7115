internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

/// A PostgreSQL database that is open, with one load at a time.
final class PostgresSession: LoadSession, @unchecked Sendable {  // used by one thread at a time, as loads are
  let title: String
  let name: Name
  let dialect = SQLDialect.postgres
  private let place: PostgresPlace
  /// nil once it is lost.
  private var connection: PostgresConnection?
  var outcomes: [LoadOutcome] = []
  private(set) var remarks: [String] = []
  /// Why a COPY could not go on.
  var failure: PostgresError?

  init(_ place: PostgresPlace) throws(PostgresError) {
    self.place = place
    let connection = try PostgresConnection(place)
    title = place.shown
    name = connection.database
    guard connection.serverVersion >= 120_000 else {
      throw PostgresError(
        message: "PostgreSQL \(connection.serverVersion / 10_000) is too old: 12 is the oldest that is loaded",
        advice: "write a script instead: coffer convert BACKUP -t sql")
    }
    self.connection = .some(connection)
  }

  func makeWriter(_ tables: [TableSchema], _ options: LoadOptions) throws(WriteError) -> any RecordWriter & ~Copyable {
    outcomes = []
    remarks = []
    failure = nil
    var writer = try PostgresWriter(self, tables, options)
    try writer.restore()
    try writer.begin()
    return writer
  }

  // MARK: Statements

  /// Runs statements.
  func execute(_ sql: [UInt8]) throws(PostgresError) {
    try using { (connection) throws(PostgresError) in try connection.execute(sql) }
  }
  /// The same for SQL that is ours.
  func execute(_ sql: String) throws(PostgresError) { try execute(Array(sql.utf8)) }

  /// Runs one statement and hands its rows to `body`.
  func query<T>(
    _ sql: [UInt8], _ parameters: [[UInt8]?] = [], _ body: (borrowing PostgresRows) -> T
  ) throws(PostgresError) -> T {
    try using { (connection) throws(PostgresError) in body(try connection.query(sql, parameters)) }
  }
  /// The same for SQL that is ours.
  func query<T>(
    _ sql: String, _ parameters: [[UInt8]?] = [], _ body: (borrowing PostgresRows) -> T
  ) throws(PostgresError) -> T {
    try query(Array(sql.utf8), parameters, body)
  }

  /// The integer of a statement's first row; 0 when there is none.
  func integer(_ sql: [UInt8], _ parameters: [[UInt8]?] = []) throws(PostgresError) -> Int {
    try query(sql, parameters) { $0.count > 0 ? $0.integer(0, 0) ?? 0 : 0 }
  }

  /// Runs one statement; tells how many rows it changed.
  func change(_ sql: [UInt8]) throws(PostgresError) -> Int { try query(sql) { $0.changes } }

  func beginCopy(_ sql: [UInt8]) throws(PostgresError) {
    try using { (connection) throws(PostgresError) in try connection.beginCopy(sql) }
  }
  func put(_ bytes: Span<UInt8>) throws(PostgresError) {
    guard connection != nil else { throw Self.gone }
    try connection!.put(bytes)
  }
  func endCopy() throws(PostgresError) -> Int {
    try using { (connection) throws(PostgresError) in try connection.endCopy() }
  }

  private func using<T>(
    _ body: (borrowing PostgresConnection) throws(PostgresError) -> T
  ) throws(PostgresError) -> T {
    guard connection != nil else { throw Self.gone }
    return try body(connection!)
  }
  private static var gone: PostgresError {
    PostgresError(state: "08003", message: "the connection to the server is gone")
  }

  var processID: Int { connection?.processID ?? 0 }
  var connectionIsGone: Bool { connection?.isBroken ?? true }
  func heedInterruptions(_ heeds: Bool) { connection?.heedsInterruption = heeds }

  /// Ends the transaction without a trace: the server does that when the connection goes.
  func abandon() {
    guard let isOpen = connection?.isInTransaction, isOpen else { return connection = nil }
    do throws(PostgresError) {
      noteRemarks()
      try execute("ROLLBACK")
    } catch { connection = nil }
  }

  /// Connects anew after the connection was lost.
  func reconnect() throws(PostgresError) {
    connection = nil
    connection = .some(try PostgresConnection(place))
  }

  /// Keeps what the server remarked.
  func noteRemarks() {
    for line in connection?.takeNotices() ?? [] where remarks.count < 100 && !remarks.contains(line) {
      remarks.append(line)
    }
  }
  func note(_ line: String) { remarks.append(line) }
}

/// Sends what is written to it as rows of the COPY that has begun.
struct CopySink: ByteSink, ~Copyable {
  let session: PostgresSession

  mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    do throws(PostgresError) { try session.put(bytes) } catch {
      session.failure = error
      throw IOError("load", detail: error.message)
    }
  }
  mutating func finish() throws(IOError) {}
}

/// Bytes of our own words.
func words(_ text: String) -> [UInt8] { Array(text.utf8) }
