package import Bytes
package import Conversion
package import Diagnostics
internal import PostgresClient
package import Records
internal import Synchronization

/// Live PostgreSQL databases, read as the dump that pg_dump would write of their tables: one snapshot, and nothing is changed.
package struct PostgresDatabase: ContainerFormat {
  package init() {}
  package var id: String { "postgres" }

  package func open(_ path: [UInt8]) throws(ReadError) -> (any BackupContainer)? {
    guard PostgresPlace.recognises(path) else { return nil }
    return try PostgresContainer(path)
  }
  package func open(standardInput file: SharedFile) throws(ReadError) -> (any BackupContainer)? { nil }
}

/// A live database as a container of one entry, the script of what it holds.
package final class PostgresContainer: BackupContainer {
  /// The place, without what is secret.
  package let path: [UInt8]
  package let isDirectory = false
  package let entries: [ContainerEntry]
  package let findings: [Finding] = []
  private let place: PostgresPlace
  private let parts: [PostgresCopySource.Part]
  private let snapshot: [UInt8]
  /// Holds the snapshot as long as something may be read of it.
  private let keeper: Mutex<ConnectionBox>

  /// `tables`: quoted names, with their schemas, of the only tables that are wanted.
  package init(_ path: [UInt8], tables: [[UInt8]]? = nil) throws(ReadError) {
    do throws(PostgresError) {
      let place = try PostgresPlace(path)
      let connection = try Self.connect(place)
      snapshot = try connection.query(Array("SELECT pg_catalog.pg_export_snapshot()".utf8))[0, 0] ?? []
      parts = try LiveScript(connection, only: tables).parts
      self.path = Array(place.shown.utf8)
      entries = [ContainerEntry(path: fileName(for: connection.database) + Array(".sql".utf8))]
      self.place = place
      keeper = Mutex(ConnectionBox(connection))
    } catch { throw ReadError(.refused(error.message)) }
  }

  private static func connect(_ place: PostgresPlace) throws(PostgresError) -> PostgresConnection {
    let connection = try PostgresConnection(place)
    try connection.execute(
      """
      SET search_path = ''; SET datestyle = 'ISO, YMD'; SET intervalstyle = postgres; SET extra_float_digits = 3;
      SET bytea_output = hex; SET timezone = 'UTC'; SET row_security = off; SET statement_timeout = 0;
      SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = 0;
      BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
      """)
    return connection
  }

  package func file(of entry: ContainerEntry) -> [UInt8] { path }

  package func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable { try read(parts) }

  package func openDeclared(_ entry: ContainerEntry) throws(IOError) -> (any ByteSource & ~Copyable)? {
    try read(parts.filter { if case .text = $0 { true } else { false } })
  }

  private func read(_ parts: [PostgresCopySource.Part]) throws(IOError) -> any ByteSource & ~Copyable {
    do throws(PostgresError) {
      let connection = try Self.connect(place)
      try connection.execute(
        Array("SET TRANSACTION SNAPSHOT '".utf8) + snapshot + Array("'".utf8))
      return PostgresCopySource(connection, parts)
    } catch { throw IOError("read", detail: error.message) }
  }
}

/// A connection that is kept open.
private struct ConnectionBox: ~Copyable {
  private let connection: PostgresConnection
  init(_ connection: consuming PostgresConnection) { self.connection = connection }
}
