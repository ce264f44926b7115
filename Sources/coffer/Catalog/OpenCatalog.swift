internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogPostgres
internal import CatalogSQL
internal import CatalogSQLite
internal import CatalogStore
internal import CommandLine
internal import Conversion

extension Session {
  /// Opens the catalog, which has to exist.
  func openCatalog() throws(Failure) -> any CatalogStore {
    let place = try CatalogPlace(settings)
    return try telling { () throws(CatalogError) in try place.open() }
  }

  /// Opens the catalog, creating it if need be.
  func createCatalog() throws(Failure) -> any CatalogStore {
    let place = try CatalogPlace(settings)
    return try telling { () throws(CatalogError) in try place.create() }
  }
}

extension CatalogPlace {
  /// Opens the catalog, which has to exist.
  func open() throws(CatalogError) -> any SQLCatalog {
    if isOnServer { return try PostgresCatalog.open(path) }
    return try SQLiteCatalog.open(path)
  }

  /// Opens the catalog, creating it if need be.
  func create() throws(CatalogError) -> any SQLCatalog {
    if isOnServer { return try PostgresCatalog.create(path) }
    return try SQLiteCatalog.create(path)
  }
}

/// A catalog of its own for what is read without being registered; it goes away with the value.
final class PassingCatalog: Sendable {
  let store: any CatalogStore
  private let directory: PrivateDirectory

  init() throws(Failure) {
    let directory = try telling { () throws(IOError) in try PrivateDirectory() }
    store = try telling { () throws(CatalogError) in
      try SQLiteCatalog.create(directory.path.appending(path: Array("catalog.db".utf8)))
    }
    self.directory = directory
  }
}
