internal import Bytes
internal import Conversion

/// What the name of a dump says: the time, and which part of a set it is meant to be.
struct DumpName: Sendable {
  enum Part: String, Sendable { case roles, schema, data, complete }
  /// The folder, without a slash at its end.
  let directory: [UInt8]
  /// The time in the name, as it stands; empty when there is none.
  let stamp: [UInt8]
  let takenAt: TakenAt?
  let part: Part?
  /// The ending in small letters without the dot, compressions' endings left out.
  let ending: Name

  init(_ path: [UInt8], _ toolbox: Toolbox) {
    // A dump in directory format is called as its directory is.
    let path = Self.isContents(path) && path.contains(UInt8(ascii: "/")) ? path.directoryPath + Self.suffix : path
    directory = path.contains(UInt8(ascii: "/")) ? path.directoryPath : []
    var name = path.lastPathComponent
    let compressions = toolbox.decoders.flatMap { $0.endings.map { Array($0.utf8) } }
    while let (rest, ending) = Self.split(name), compressions.contains(ending) { name = rest }
    let (base, ending) = Self.split(name) ?? (name, [])
    self.ending = Name(ending)
    let said = NameWords(Name(base)).words
    part =
      ([.complete, .schema, .data, .roles] as [Part]).first { said.contains(Array($0.rawValue.utf8)) }
      ?? (said.contains(Array("full".utf8)) ? .complete : nil)
    (stamp, takenAt) = Self.time(base)
  }

  /// The time in a name: as files have it, or as the dashboard writes it, `12-10-2025@03-04-05`.
  static func time(_ name: [UInt8]) -> ([UInt8], TakenAt?) {
    if let found = FileStamp(in: name.span) {
      return (
        Array(name[found.range]), TakenAt(microseconds: found.microseconds, hasZone: found.hasZone, origin: "name")
      )
    }
    guard let sign = name.firstIndex(of: UInt8(ascii: "@")), sign >= 10, sign + 9 <= name.count else {
      return ([], nil)
    }
    let day = name[(sign - 10)..<sign], clock = name[(sign + 1)..<(sign + 9)]
    // Turned round it is a time like others.
    let turned = Array(day.suffix(4)) + day.dropFirst(2).prefix(4) + day.prefix(2) + [UInt8(ascii: "_")] + clock
    guard let found = FileStamp(in: turned.span), found.hasTime else { return ([], nil) }
    return (
      Array(name[(sign - 10)..<(sign + 9)]), TakenAt(microseconds: found.microseconds, hasZone: false, origin: "name")
    )
  }

  private static func split(_ name: [UInt8]) -> ([UInt8], [UInt8])? {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return nil }
    return (Array(name[..<dot]), name[(dot + 1)...].map(asciiLower))
  }

  /// Endings of files that may be dumps.
  var mayBeDump: Bool { ["sql", "dump", "backup", "pgdump", "psql", "tar", "bak"].contains(ending) }

  private static let suffix = Array(".dump".utf8)
  /// Whether a file beside a table of contents is called as one with rows or large objects.
  static func isMember(_ path: [UInt8]) -> Bool {
    let parts = path.lastPathComponent.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count > 1, parts[1].elementsEqual("dat".utf8) || parts[1].elementsEqual("toc".utf8) else {
      return false
    }
    let start = parts[0].starts(with: "blob".utf8) ? parts[0].dropFirst(4).drop { $0 == 0x73 || $0 == 0x5F } : parts[0]
    return start.allSatisfy(isDigit) && !(start.isEmpty && !parts[0].starts(with: "blob".utf8))
  }
  /// Whether a file is the table of contents of a dump in directory format, whose rows lie in the files beside it.
  static func isContents(_ path: [UInt8]) -> Bool {
    path.lastPathComponent.elementsEqual("toc.dat".utf8) || path.lastPathComponent.elementsEqual("toc.dat.gz".utf8)
  }
}
