package import Bytes
internal import Diagnostics

/// A program of PostgreSQL's that is installed, such as pg_dump: what it writes is complete, and it is maintained with the server.
package struct DumpProgram: Equatable, Sendable {
  package var path: [UInt8]
  /// Such as 15.
  package var version: Int

  /// Where distributions put the programs of several versions: directories of version numbers.
  private static let places: [(before: String, after: String)] = [
    ("/usr/lib/postgresql/", "/bin/"), ("/usr/pgsql-", "/bin/"),
  ]
  private static let newest = 40

  /// The program of a name that suits a server: of its own version, else the next newer one; an older one would refuse. Nil when
  /// there is none.
  package static func find(_ name: String, server version: Int) throws(IOError) -> DumpProgram? {
    let onPath = try find(named: name)
    if let onPath, onPath.version == version { return onPath }
    for number in version...max(version, newest) {
      for place in places {
        let path = Array("\(place.before)\(number)\(place.after)\(name)".utf8)
        if ChildProcess.isProgram(path) { return DumpProgram(path, number) }
      }
      if let onPath, onPath.version == number { return onPath }
    }
    return nil
  }

  /// The program of a name that the search path leads to.
  private static func find(named name: String) throws(IOError) -> DumpProgram? {
    for directory in (environment("PATH") ?? []).split(separator: UInt8(ascii: ":")) where directory.first == 0x2F {
      let path = Array(directory).appending(path: Array(name.utf8))
      if ChildProcess.isProgram(path) { return try DumpProgram(path) }
    }
    return nil
  }

  private init(_ path: [UInt8], _ version: Int) {
    self.path = path
    self.version = version
  }

  /// The program at a path; nil when it says no version.
  package init?(_ path: [UInt8]) throws(IOError) {
    var source: any ByteSource & ~Copyable = try ChildProcess([path, Array("--version".utf8)])
    guard let text = try? readAll(&source, limit: 1 << 12),
      let mark = firstOffset(of: Array("(PostgreSQL) ".utf8).span, in: text.span)
    else { return nil }
    let digits = text[(mark + 13)...].prefix { isDigit($0) }
    guard let number = Int(String(decoding: digits, as: UTF8.self)), number > 0 else { return nil }
    self.init(path, number)
  }
}
