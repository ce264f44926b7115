internal import Bytes
internal import CommandLine
internal import Diagnostics

/// Where the catalog is, and who said so.
struct CatalogPlace: Sendable {
  var path: [UInt8]
  /// A flag, an environment variable or a place in a file; nil for the default.
  var origin: String?

  /// What the settings say, else a default in the user's data directory.
  init(_ settings: Settings) throws(Failure) {
    if let choice = settings[.catalog] {
      path = choice.bytes
      origin = choice.origin.shown
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
