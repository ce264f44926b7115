internal import Bytes
internal import CommandLine
internal import Diagnostics

/// Where the catalog is, and who said so.
struct CatalogPlace: Sendable {
  var path: [UInt8]
  /// A flag or an environment variable; nil for the default.
  var origin: String?

  /// A flag goes before the environment, and that before the default in the user's data directory.
  init(_ invocation: Invocation) throws(Failure) {
    if let path = invocation.bytes(GlobalFlags.catalog) {
      self.path = path
      origin = "--catalog"
    } else if let path = environment("COFFER_CATALOG"), !path.isEmpty {
      self.path = path
      origin = "COFFER_CATALOG"
    } else if let data = environment("XDG_DATA_HOME"), data.first == UInt8(ascii: "/") {
      path = data.appending(path: Self.name)
      origin = "XDG_DATA_HOME"
    } else if let home = environment("HOME"), !home.isEmpty {
      path = home.appending(path: Array(".local/share".utf8)).appending(path: Self.name)
    } else {
      throw Failure(.failure, "there is no place for the catalog", advice: "set HOME or name a file with --catalog")
    }
    guard !path.isEmpty else { throw .usage("--catalog is empty") }
    if path.starts(with: "postgres://".utf8) || path.starts(with: "postgresql://".utf8) {
      throw Failure(
        .failure, "this version keeps its catalog in SQLite files only", advice: "name a file with --catalog")
    }
  }

  /// Below the data directory.
  private static let name = Array("coffer/catalog.db".utf8)
}
