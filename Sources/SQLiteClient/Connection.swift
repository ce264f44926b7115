internal import CSQLite

/// An open SQLite database; closes itself.
///
/// Owned by one task at a time: it is opened without SQLite's own mutex. Statements and blobs made from it belong to the same
/// owner; they keep the database open until they are gone.
package struct Connection: ~Copyable, @unchecked Sendable {  // one owner at a time; only `interrupter` is shared
  let database: OpaquePointer
  /// When running statements are ended, in nanoseconds of the monotonic clock; read by the progress handler.
  let deadline: UnsafeMutablePointer<UInt64>
  /// Lets another thread end what this connection is doing.
  package let interrupter: Interrupter

  /// Opens the database at `path`.
  package init(_ path: [UInt8], _ options: ConnectionOptions) throws(SQLiteError) {
    guard !path.isEmpty, !path.contains(0) else { throw .misuse("path of a database is empty or holds a NUL") }
    if options.mode == .create { try Self.createPrivately(path) }
    database = try Self.open(options.isImmutable ? Self.immutableURI(path) : Self.plainPath(path), options)
    interrupter = Interrupter(database)
    deadline = .allocate(capacity: 1)
    deadline.initialize(to: .max)
  }

  /// Opens a private database that lives in memory.
  package init(inMemory options: ConnectionOptions = .init(.create)) throws(SQLiteError) {
    database = try Self.open(Array(":memory:".utf8), options)
    interrupter = Interrupter(database)
    deadline = .allocate(capacity: 1)
    deadline.initialize(to: .max)
  }

  deinit {
    interrupter.close()
    sqlite3_progress_handler(database, 0, nil, nil)
    sqlite3_close_v2(database)
    deadline.deallocate()
  }

  /// SQLite's version, such as `3.40.1`.
  package static var engineVersion: String { String(cString: sqlite3_libversion()) }

  // MARK: Running

  /// Runs one statement or several, separated by semicolons, and throws their rows away.
  package func execute(_ sql: [UInt8]) throws(SQLiteError) {
    guard !sql.contains(0) else { throw .misuse("SQL holds a NUL character") }
    let code = (sql + [0]).withUnsafeBufferPointer { text in
      text.withMemoryRebound(to: CChar.self) { sqlite3_exec(database, $0.baseAddress, nil, nil, nil) }
    }
    guard code == SQLITE_OK else { throw SQLiteError(code, on: database) }
  }
  /// The same for SQL that is ours or the user's.
  package func execute(_ sql: String) throws(SQLiteError) { try execute(Array(sql.utf8)) }

  /// Compiles one statement. `isKept` tells SQLite that it will be used for long.
  package func prepare(_ sql: [UInt8], isKept: Bool = false) throws(SQLiteError) -> Statement {
    try Statement(self, sql, isKept: isKept)
  }
  /// The same for SQL that is ours or the user's.
  package func prepare(_ sql: String, isKept: Bool = false) throws(SQLiteError) -> Statement {
    try Statement(self, Array(sql.utf8), isKept: isKept)
  }

  /// The first column of the first row as an integer; nil when there is no row or the value is NULL.
  package func integer(_ sql: String) throws(SQLiteError) -> Int64? {
    var statement = try prepare(sql)
    guard try statement.step(), !statement.isNull(0) else { return nil }
    return statement.integer(0)
  }

  // MARK: State

  /// Key of the row inserted last.
  package var lastInsertRowID: Int64 { sqlite3_last_insert_rowid(database) }
  /// Number of rows changed by the last statement.
  package var changes: Int64 { sqlite3_changes64(database) }
  /// Whether a transaction is open.
  package var isInTransaction: Bool { sqlite3_get_autocommit(database) == 0 }

  // MARK: Transactions

  package enum TransactionKind: String, Sendable { case deferred, immediate, exclusive }

  /// Runs `body` in a transaction, which is committed when it returns and rolled back when it throws.
  package func transaction<T: ~Copyable>(
    _ kind: TransactionKind = .immediate, _ body: () throws(SQLiteError) -> T
  ) throws(SQLiteError) -> T {
    try transaction(kind, failed: { $0 }, body)
  }

  /// The same for a body with errors of its own; `failed` wraps SQLite's.
  package func transaction<T: ~Copyable, E: Error>(
    _ kind: TransactionKind = .immediate, failed: (SQLiteError) -> E, _ body: () throws(E) -> T
  ) throws(E) -> T {
    do { try execute("BEGIN \(kind.rawValue)") } catch { throw failed(error) }
    do throws(E) {
      let result = try body()
      do { try execute("COMMIT") } catch { throw failed(error) }
      return result
    } catch {
      // Some errors have ended the transaction already; a rollback that fails has nothing left to undo.
      if isInTransaction { try? execute("ROLLBACK") }
      throw error
    }
  }
}
