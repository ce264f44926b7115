internal import Bytes
internal import CatalogModel
package import CatalogSQL
package import CatalogStore
package import RowIndex
internal import SQLiteClient
internal import Synchronization

/// A catalog in a SQLite file.
///
/// The file is never opened except through SQLite: closing any other descriptor of it would drop this process's locks.
/// Within `read` and `write` the catalog may not be called again.
package final class SQLiteCatalog: SQLCatalog {
  /// How a catalog is opened.
  package struct Options: Sendable {
    /// How long another process's lock is waited for, in milliseconds.
    package var busyTimeout: Int32 = 5000
    /// Memory for pages, in KiB.
    package var cacheSize = 32 << 10
    /// Under which secret values are known without being kept.
    package var secretKey: SecretKey?
    package init() {}
  }

  private let session: Mutex<Session>
  private let path: [UInt8]
  private let options: Options

  private init(_ path: [UInt8], _ options: Options, _ session: Session) {
    self.path = path
    self.options = options
    self.session = Mutex(session)
  }

  /// Opens the catalog at `path`; throws `absent` when there is none.
  package static func open(_ path: [UInt8], _ options: Options = Options()) throws(CatalogError) -> SQLiteCatalog {
    // A file of no bytes is what a kill right after its creation leaves behind.
    guard let status = try status(path), status.byteCount > 0 else { throw CatalogError(.absent(path: path)) }
    guard status.kind == .regular else { throw CatalogError(.foreign(path: path)) }
    return SQLiteCatalog(path, options, try Session(path, options, creates: false))
  }

  /// Opens the catalog at `path`, creating it with mode 0600, and the directories above it with mode 0700, as needed.
  package static func create(_ path: [UInt8], _ options: Options = Options()) throws(CatalogError) -> SQLiteCatalog {
    let old = try status(path)
    if let old, old.kind != .regular { throw CatalogError(.foreign(path: path)) }
    if old == nil { try createDirectories(path.directoryPath) }
    let session = try Session(path, options, creates: true)
    if old == nil {
      do { try synchronizeDirectory(path.directoryPath) } catch { throw CatalogError(.io(error)) }
    }
    if try session.knownKey() == nil {
      try session.transaction("BEGIN IMMEDIATE", failed: { $0 }) { () throws(CatalogError) in
        try session.rememberKey()
      }
    }
    return SQLiteCatalog(path, options, session)
  }

  private static func status(_ path: [UInt8]) throws(CatalogError) -> FileStatus? {
    do { return try fileStatus(path) } catch { throw CatalogError(.io(error)) }
  }

  /// Creates a directory and those above it that are missing.
  private static func createDirectories(_ path: [UInt8]) throws(CatalogError) {
    guard try status(path) == nil else { return }
    let parent = path.directoryPath
    if parent != path { try createDirectories(parent) }
    do {
      try createDirectory(path)
      try synchronizeDirectory(parent)
    } catch { throw CatalogError(.io(error)) }
  }

  package func read<R: Sendable, E: Error>(
    failed: (CatalogError) -> E, _ body: (inout any CatalogReader & ~Copyable) throws(E) -> R
  ) throws(E) -> R {
    try session.withLock { (session) throws(E) -> R in
      var reader: any CatalogReader & ~Copyable = CatalogTransaction(session)
      return try session.transaction("BEGIN", failed: failed) { () throws(E) -> R in try body(&reader) }
    }
  }

  package func write<R: Sendable, E: Error>(
    failed: (CatalogError) -> E, _ body: (inout any CatalogWriter & ~Copyable) throws(E) -> R
  ) throws(E) -> R {
    try session.withLock { (session) throws(E) -> R in
      var writer: any CatalogWriter & ~Copyable = CatalogTransaction(session)
      return try session.transaction("BEGIN IMMEDIATE", failed: failed) { () throws(E) -> R in try body(&writer) }
    }
  }

  package func statements<R: Sendable>(
    writes: Bool, _ body: (any SQLSession) throws(CatalogError) -> R
  ) throws(CatalogError) -> R {
    try session.withLock { (session) throws(CatalogError) -> R in
      try session.transaction(writes ? "BEGIN IMMEDIATE" : "BEGIN", failed: { $0 }) { () throws(CatalogError) -> R in
        try body(session)
      }
    }
  }

  package func query(_ sql: [UInt8], into consumer: inout any QueryConsumer & ~Copyable) throws(CatalogError) {
    do throws(SQLiteError) {
      var settings = ConnectionOptions(.write)
      settings.busyTimeout = options.busyTimeout
      let connection = try Connection(path, settings)
      try connection.restrictToReading()
      var statement = try connection.prepare(sql)
      consumer.begin(columns: (0..<statement.columnCount).map { Name(statement.columnName($0)) })
      while try statement.step() {
        guard consumer.row((0..<statement.columnCount).map { Self.value(statement, $0) }) else { return }
      }
    } catch {
      if error.isRefused { throw CatalogError(.invalid("only queries are allowed: \(error.message)")) }
      let mapped = CatalogError(error)
      if case .store = mapped.code { throw CatalogError(.invalid(error.message)) }
      throw mapped
    }
  }

  private static func value(_ statement: borrowing Statement, _ column: Int) -> QueryValue {
    switch statement.storageClass(column) {
    case .integer: .integer(statement.integer(column))
    case .real: .real(statement.double(column))
    case .text: .text(statement.bytes(column))
    case .blob: .blob(statement.bytes(column))
    case .null: .null
    }
  }
}

extension CatalogError {
  /// What SQLite's refusal means to the catalog.
  init(_ error: SQLiteError) {
    if error.isBusy {
      self.init(.locked)
    } else if error.isFull {
      self.init(.full)
    } else if error.isDamaged {
      self.init(.damaged(error.message))
    } else if error.isInterrupted {
      self.init(.interrupted)
    } else if error.code == 8 || error.code == 14 || error.code == 3 {  // READONLY, CANTOPEN, PERM
      self.init(.denied(error.message))
    } else {
      self.init(.store(error.message))
    }
  }
}
