internal import Bytes

/// What a file of a dump holds, whatever it is called.
struct DumpContent: Equatable, Sendable {
  var hasSchema: Bool
  var hasRows: Bool
  /// Such as `schema and rows`.
  var words: String {
    switch (hasSchema, hasRows) {
    case (true, true): "schema and rows"
    case (true, false): "schema without rows"
    case (false, true): "rows without schema"
    case (false, false): "neither schema nor rows"
    }
  }
}

/// What was measured of a backup; nil where nothing could be.
struct BackupFacts: Sendable {
  struct File: Sendable {
    var path: [UInt8]
    var byteCount: Int?
    /// Of dumps.
    var content: DumpContent?
    /// What psql printed for people under the name of a script.
    var printed: PsqlOutput.Yield?
  }
  /// Everything in the backup, in byte order of the paths.
  var files: [File] = []
  /// The files whose sizes a summary adds up: dumps.
  var dumps: Set<[UInt8]> = []
  /// Number of rows by table: `orders`, `auth.users`.
  var rows: [Name: Int]?
  /// Tables of the application, without those of the platform.
  var tables: [Name]?
  /// Names of the application's functions.
  var functions: [Name]?
  /// Those of them that run with their owner's rights.
  var definerFunctions: [Name]?
  /// The table of each policy.
  var policies: [Name]?
  /// Tables of the application on which row level security is off.
  var tablesWithoutRowSecurity: [Name]?
  /// Versions of the migration files, in order.
  var migrations: [Name]?
  /// Names of the edge functions.
  var edgeFunctions: [Name]?
  /// Version of the server, such as `15.8 (Debian …)`.
  var serverVersion: [UInt8]?
  /// Microseconds since 1970 as clocks showed.
  var takenAt: Int64?
  /// Tables that refer to each other in circles.
  var circularTables: [Name]?
  var buckets: Int?
  var storageObjects: Int?
  /// Bodies of storage objects that are there.
  var storageBodies: Int?

  /// Number of rows of the application's tables.
  var rowTotal: Int? {
    guard let rows, let tables else { return nil }
    return tables.reduce(0) { $0 &+ (rows[$1] ?? 0) }
  }
}

extension BackupFacts {
  /// The file that a document means by a path: same name, or the whole of the path's end. Names may have places to fill.
  func file(named path: [UInt8]) -> File? {
    let name = path.lastPathComponent
    return files.first { $0.path.lastPathComponent == name || Self.matches($0.path.lastPathComponent, name) }
  }

  /// Whether a document's path is there, be it a file or a folder.
  func holds(_ path: [UInt8]) -> Bool {
    var path = path[...]
    if path.starts(with: "./".utf8) { path = path.dropFirst(2) }
    guard path.last == UInt8(ascii: "/") else { return file(named: Array(path)) != nil }
    let folder = path.dropLast().split(separator: UInt8(ascii: "/")).last.map(Array.init) ?? []
    return files.contains { file in
      file.path.split(separator: UInt8(ascii: "/")).dropLast().contains {
        $0.elementsEqual(folder) || Self.matches(Array($0), folder)
      }
    }
  }

  /// Whether a name fits one with `*` or `YYYYMMDD_HHMMSS` in it.
  static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
    var parts: [ArraySlice<UInt8>] = [], rest = pattern[...]
    for place in ["YYYYMMDD_HHMMSS", "YYYY-MM-DD", "LATEST", "*"] where contains(pattern, place) {
      parts = []
      rest = pattern[...]
      while let found = firstOffset(of: Array(place.utf8).span, in: pattern.span, from: rest.startIndex) {
        parts.append(rest[..<found])
        rest = pattern[(found + place.utf8.count)...]
      }
      parts.append(rest)
      break
    }
    guard parts.count > 1, parts.count < 8, name.starts(with: parts[0]) else { return false }
    var at = parts[0].count
    for part in parts.dropFirst().dropLast() {
      let wanted = Array(part)
      guard let found = firstOffset(of: wanted.span, in: name.span, from: at) else { return false }
      at = found + wanted.count
    }
    let last = parts[parts.count - 1]
    return name.count - at >= last.count && name.suffix(last.count).elementsEqual(last)
  }
}
