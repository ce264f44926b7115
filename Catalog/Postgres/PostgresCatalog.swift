internal import Bytes
internal import CatalogModel
package import CatalogSQL
package import CatalogStore
internal import PostgresClient
package import RowIndex
internal import Synchronization

/// A catalog in the schema `coffer_catalog` of a PostgreSQL database, which many clients share.
///
/// Whoever writes holds an advisory lock for each project that is changed, so that backups of different projects are registered
/// side by side. Within `read` and `write` the catalog may not be called again.
package final class PostgresCatalog: SQLCatalog {
  /// How a catalog is opened.
  package struct Options: Sendable {
    /// How long another client's lock is waited for, in milliseconds.
    package var lockTimeout = 5000
    /// Under which secret values are known without being kept.
    package var secretKey: SecretKey?
    package init() {}
  }

  private let session: Mutex<Session>
  let place: PostgresPlace
  let options: Options

  private init(_ place: PostgresPlace, _ options: Options, creates: Bool) throws(CatalogError) {
    self.place = place
    self.options = options
    let session = try Session(place, options)
    try session.migrate(creates: creates)
    if creates, try session.knownKey() == nil {
      try session.transaction(writes: true, failed: { $0 }) { () throws(CatalogError) in try session.rememberKey() }
    }
    self.session = Mutex(session)
  }

  /// Opens the catalog in the database at a URL or `key=value` string of libpq's; throws `absent` when there is none.
  package static func open(
    _ place: [UInt8], _ options: Options = Options()
  ) throws(CatalogError) -> PostgresCatalog {
    try PostgresCatalog(try self.place(place), options, creates: false)
  }

  /// Opens the catalog in a database, creating its schema as needed.
  package static func create(
    _ place: [UInt8], _ options: Options = Options()
  ) throws(CatalogError) -> PostgresCatalog {
    try PostgresCatalog(try self.place(place), options, creates: true)
  }

  /// Whether a word is the place of such a catalog by its looks; nothing is opened.
  package static func recognises(_ place: [UInt8]) -> Bool { PostgresPlace.recognises(place) }
  /// The place without what is secret.
  package static func shown(_ place: [UInt8]) throws(CatalogError) -> String { try self.place(place).shown }

  private static func place(_ place: [UInt8]) throws(CatalogError) -> PostgresPlace {
    do throws(PostgresError) { return try PostgresPlace(place) } catch {
      throw CatalogError(
        .server(error.message.replacing("target's URL", with: "URL of the database"), advice: error.advice))
    }
  }

  package func read<R: Sendable, E: Error>(
    failed: (CatalogError) -> E, _ body: (inout any CatalogReader & ~Copyable) throws(E) -> R
  ) throws(E) -> R {
    try session.withLock { (session) throws(E) -> R in
      var reader: any CatalogReader & ~Copyable = CatalogTransaction(session)
      return try session.transaction(writes: false, failed: failed) { () throws(E) -> R in try body(&reader) }
    }
  }

  package func write<R: Sendable, E: Error>(
    failed: (CatalogError) -> E, _ body: (inout any CatalogWriter & ~Copyable) throws(E) -> R
  ) throws(E) -> R {
    try session.withLock { (session) throws(E) -> R in
      var writer: any CatalogWriter & ~Copyable = CatalogTransaction(session)
      return try session.transaction(writes: true, failed: failed) { () throws(E) -> R in try body(&writer) }
    }
  }

  package func statements<R: Sendable>(
    writes: Bool, _ body: (any SQLSession) throws(CatalogError) -> R
  ) throws(CatalogError) -> R {
    try session.withLock { (session) throws(CatalogError) -> R in
      try session.transaction(writes: writes, failed: { $0 }) { () throws(CatalogError) -> R in try body(session) }
    }
  }

  /// The pages of its row index, on a connection of their own; for one thread at a time.
  package func pages() throws(CatalogError) -> PostgresPageStore { PostgresPageStore(try Session(place, options)) }
}
