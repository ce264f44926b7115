internal import CatalogModel
internal import CatalogStore
internal import CommandLine

/// The catalog to ask, and which of its backups are meant.
struct Scope: Sendable {
  var catalog: any CatalogStore
  var query: BackupQuery
  /// Keeps a catalog that was made for one path alive.
  private var passing: PassingCatalog?

  /// What the flags say; a path is registered in a catalog of its own, for as long as the value lives.
  init(_ session: Session, indexing: Indexing) throws(Failure) {
    let invocation = session.invocation
    query = ScopeFlags.query(session)
    guard let word = invocation.bytes(ScopeFlags.backup) else {
      catalog = try session.openCatalog()
      return
    }
    switch try session.address(word) {
    case .registered(let backup, _):
      catalog = try session.openCatalog()
      query.keys = [backup.key]
    case .path(let path):
      let passing = try PassingCatalog()
      query.keys = [try session.register(path, in: passing, indexing: indexing).key]
      catalog = passing.store
      self.passing = passing
    }
  }
}
