internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogPostgres
internal import CatalogSQL
internal import CatalogSQLite
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import RowIndex

extension Session {
  /// Opens the catalog, which has to exist.
  func openCatalog() throws(Failure) -> any CatalogStore {
    let place = try CatalogPlace(settings)
    let key = try SecretKeyFile.read()
    return try telling { () throws(CatalogError) in try place.open(key) }
  }

  /// Opens the catalog, creating it if need be.
  func createCatalog() throws(Failure) -> any CatalogStore {
    let place = try CatalogPlace(settings)
    let key = try SecretKeyFile.readOrCreate()
    return try telling { () throws(CatalogError) in try place.create(key) }
  }
}

extension CatalogPlace {
  /// Opens the catalog, which has to exist; `key`: of secret values.
  func open(_ key: SecretKey?) throws(CatalogError) -> any SQLCatalog {
    if isOnServer { return try PostgresCatalog.open(path, server(key)) }
    return try SQLiteCatalog.open(path, file(key))
  }

  /// Opens the catalog, creating it if need be.
  func create(_ key: SecretKey?) throws(CatalogError) -> any SQLCatalog {
    if isOnServer { return try PostgresCatalog.create(path, server(key)) }
    return try SQLiteCatalog.create(path, file(key))
  }

  private func server(_ key: SecretKey?) -> PostgresCatalog.Options {
    var options = PostgresCatalog.Options()
    options.secretKey = key
    return options
  }
  private func file(_ key: SecretKey?) -> SQLiteCatalog.Options {
    var options = SQLiteCatalog.Options()
    options.secretKey = key
    return options
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
