internal import Bytes
internal import CatalogPostgres
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

/// Where the catalog is, and who said so.
struct CatalogPlace: Sendable {
  /// A path, or the URL of a PostgreSQL database.
  var path: [UInt8]
  /// A flag, an environment variable or a place in a file; nil for the default.
  var origin: String?

  /// What the settings say, else a default in the user's data directory.
  init(_ settings: Settings) throws(Failure) {
    if let choice = settings[.catalog] {
      path = choice.bytes
      origin = choice.origin.shown
    } else {
      path = try Self.fallback()
      if environment("XDG_DATA_HOME")?.first == UInt8(ascii: "/") { origin = "XDG_DATA_HOME" }
    }
    guard !path.isEmpty else { throw .usage("--catalog is empty") }
  }

  /// A place that was named outright.
  init(_ path: [UInt8]) { self.path = path }

  /// The file in the user's data directory.
  private static func fallback() throws(Failure) -> [UInt8] {
    if let data = environment("XDG_DATA_HOME"), data.first == UInt8(ascii: "/") { return data.appending(path: name) }
    if let home = environment("HOME"), !home.isEmpty {
      return home.appending(path: Array(".local/share".utf8)).appending(path: name)
    }
    throw Failure(.failure, "there is no place for the catalog", advice: "set HOME or name a file with --catalog")
  }

  /// Below the data directory.
  private static let name = Array("coffer/catalog.db".utf8)

  /// Whether it is in a PostgreSQL database.
  var isOnServer: Bool { path.starts(with: "postgres://".utf8) || path.starts(with: "postgresql://".utf8) }

  /// The place for people: a URL without its password.
  func shown() throws(Failure) -> [UInt8] {
    guard isOnServer else { return path }
    return Array(try telling { () throws(CatalogError) in try PostgresCatalog.shown(path) }.utf8)
  }

  /// The directory of what is kept beside the catalog: the user's when the catalog is on a server.
  func directory() throws(Failure) -> [UInt8] { try (isOnServer ? Self.fallback() : path).directoryPath }
}
