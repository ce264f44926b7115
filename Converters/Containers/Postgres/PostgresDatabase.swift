package import Bytes
package import Conversion
package import Diagnostics
package import PostgresClient
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
  private let script: LiveScript
  /// The name by which other connections see what this one sees.
  package let snapshot: [UInt8]
  package let database: Name
  /// Such as 150017 for 15.17.
  package let serverVersion: Int
  /// Holds the snapshot as long as something may be read of it.
  private let keeper: Mutex<ConnectionBox>

  /// `tables`: quoted names, with their schemas, of the only tables that are wanted.
  package convenience init(_ path: [UInt8], tables: [[UInt8]]? = nil) throws(ReadError) {
    do throws(PostgresError) { try self.init(PostgresPlace(path), tables: tables) } catch {
      throw ReadError(.refused(error.message))
    }
  }

  /// The same of a place that was looked at.
  package init(_ place: PostgresPlace, tables: [[UInt8]]? = nil) throws(PostgresError) {
    let connection = try Self.connect(place)
    snapshot = try connection.query(Array("SELECT pg_catalog.pg_export_snapshot()".utf8))[0, 0] ?? []
    script = try LiveScript(connection, only: tables)
    database = connection.database
    serverVersion = connection.serverVersion
    path = Array(place.shown.utf8)
    entries = [ContainerEntry(path: fileName(for: connection.database) + Array(".sql".utf8))]
    self.place = place
    keeper = Mutex(ConnectionBox(connection))
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

  package func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable { try open(.complete) }

  package func openDeclared(_ entry: ContainerEntry) throws(IOError) -> (any ByteSource & ~Copyable)? {
    try open(.schema)
  }

  /// The script of a part of the database.
  package func open(_ content: ScriptContent) throws(IOError) -> any ByteSource & ~Copyable {
    do throws(PostgresError) { return PostgresCopySource(try connection(), script.parts(content)) } catch {
      throw IOError("read", detail: error.message, advice: error.advice)
    }
  }

  /// One more connection that sees what the script sees, and can change nothing.
  package func connection() throws(PostgresError) -> PostgresConnection {
    let connection = try Self.connect(place)
    try connection.execute(Array("SET TRANSACTION SNAPSHOT '".utf8) + snapshot + Array("'".utf8))
    return connection
  }
}

/// A connection that is kept open.
private struct ConnectionBox: ~Copyable {
  private let connection: PostgresConnection
  init(_ connection: consuming PostgresConnection) { self.connection = connection }
}
