internal import Bytes

/// What the name of a migration's file says: `20250101000001_create_tables.sql`.
struct MigrationName: Equatable, Sendable {
  var version: [UInt8]
  var name: Name

  /// Reads a path; nil when the file is no migration.
  init?(_ path: [UInt8]) {
    let file = path.lastPathComponent
    let version = file.prefix { isDigit($0) }
    guard !version.isEmpty, version.count <= 32, file.suffix(4).elementsEqual(".sql".utf8),
      file.count > version.count + 5, file[version.count] == UInt8(ascii: "_")
    else { return nil }
    self.version = Array(version)
    name = Name(Array(file[(version.count + 1)...].dropLast(4)))
  }

  /// The folder above `migrations/` of a path to a migration; nil for other paths.
  static func root(of path: [UInt8]) -> [UInt8]? {
    guard MigrationName(path) != nil else { return nil }
    return folder(above: "migrations", directly: true, path)
  }
}

/// The path above the first folder of a name, or with `directly` above the folder of that name that the file lies in; empty at the
/// top, nil when there is none.
func folder(above name: String, directly: Bool = false, _ path: [UInt8]) -> [UInt8]? {
  let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropLast()
  let isNamed = { (part: ArraySlice<UInt8>) in part.elementsEqual(name.utf8) }
  let place = directly ? parts.last.flatMap { isNamed($0) ? parts.count - 1 : nil } : parts.firstIndex(where: isNamed)
  guard let place else { return nil }
  return Array(parts.prefix(place).joined(separator: [UInt8(ascii: "/")]))
}
