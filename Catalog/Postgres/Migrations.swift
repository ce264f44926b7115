internal import Bytes
internal import CatalogStore
internal import PostgresClient

/// The steps from an empty schema to the newest version, in order; step i leads to version i + 1.
private let migrations: [[UInt8]] = [
  PackageResources.v0001_initial_sql, PackageResources.v0002_objects_sql, PackageResources.v0003_lineages_sql,
]

extension Session {
  /// Brings the catalog to the newest version, making it if asked to; throws when there is none, when its schema is another
  /// program's or role's, and when it is one of a newer program.
  func migrate(creates: Bool) throws(CatalogError) {
    if try version(creates: creates) == migrations.count { return }
    try execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
    do throws(CatalogError) {
      try lock(0)
      // Another process may have been faster.
      let old = try version(creates: creates)
      if old == 0 {
        try execute(
          """
          CREATE SCHEMA \(Self.schema); CREATE TABLE version (number BIGINT NOT NULL); INSERT INTO version VALUES (0)
          """)
      }
      for step in old..<migrations.count { try execute(migrations[step]) }
      try execute("UPDATE version SET number = \(migrations.count)")
      try execute("COMMIT")
    } catch {
      if isInTransaction { try? execute("ROLLBACK") }
      throw error
    }
  }

  /// What is known of the schema before anything in it is believed.
  private struct State {
    var isThere = false
    /// Whether the role is the owner or a member of it: what another's schema holds could do anything in our name.
    var isOurs = false
    var isCatalog = false
    var isUTF8 = false
  }

  /// The version of the catalog; 0 when there is none and one may be made.
  private func version(creates: Bool) throws(CatalogError) -> Int {
    let state = try state()
    guard state.isUTF8 else {
      throw CatalogError(
        .server("the database is not encoded in UTF8", advice: "make one that is: createdb -E UTF8 -T template0 NAME"))
    }
    guard state.isThere else {
      guard creates else { throw CatalogError(.absent(path: Array(place.shown.utf8))) }
      return 0
    }
    guard state.isOurs else {
      throw CatalogError(
        .server(
          "the schema \(Self.schema) belongs to a role that this one is no member of",
          advice: "connect as its owner, or have the owner grant its role to this one"))
    }
    guard state.isCatalog else { throw CatalogError(.foreign(path: Array("\(place.shown), \(Self.schema)".utf8))) }
    let number = try query(Array("SELECT number FROM version".utf8)) { $0.count == 1 ? $0.binaryInteger(0, 0) : nil }
    guard let number else { throw CatalogError(.damaged("the table 'version' has not one row")) }
    guard number <= migrations.count else {
      throw CatalogError(.newer(found: Int(number), known: migrations.count))
    }
    return Int(number)
  }

  private func state() throws(CatalogError) -> State {
    try query(
      Array(
        """
        SELECT pg_catalog.current_setting('server_encoding') = 'UTF8', n.oid IS NOT NULL,
          pg_catalog.pg_has_role(n.nspowner, 'USAGE'),
          EXISTS (SELECT 1 FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'version')
        FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = '\(Self.schema)'
        """.utf8)
    ) {
      State(
        isThere: $0.binaryInteger(0, 1) == 1, isOurs: $0.binaryInteger(0, 2) == 1,
        isCatalog: $0.binaryInteger(0, 3) == 1,
        isUTF8: $0.binaryInteger(0, 0) == 1)
    }
  }
}
