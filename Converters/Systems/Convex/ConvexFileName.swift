internal import Bytes
internal import Conversion

/// What the name of a file in a script's folder says: `master_data_backup_2026-02-05_07-54-39-688Z.json`.
struct ConvexFileName: Sendable {
  let directory: [UInt8]
  /// The time in the name, as it stands; empty when there is none.
  let stamp: [UInt8]
  let takenAt: TakenAt?
  /// What precedes the time, without `_backup` at its end: a table's name in small letters, `complete`, `backup_summary`.
  let stem: Name
  /// The file's name without its endings.
  let base: [UInt8]
  /// The ending in small letters without the dot, compressions' endings left out.
  let ending: Name

  init(_ path: [UInt8], _ toolbox: Toolbox) {
    directory = path.contains(UInt8(ascii: "/")) ? path.directoryPath : []
    var name = path.lastPathComponent
    let compressions = toolbox.decoders.flatMap { $0.endings.map { Array($0.utf8) } }
    while let (rest, ending) = Self.split(name), compressions.contains(ending) { name = rest }
    let (base, ending) = Self.split(name) ?? (name, [])
    self.base = base
    self.ending = Name(ending)
    guard let found = FileStamp(in: base.span), found.hasTime else {
      (stamp, takenAt, stem) = ([], nil, Name(Self.tableStem(base)))
      return
    }
    stamp = Array(base[found.range])
    takenAt = TakenAt(microseconds: found.microseconds, hasZone: found.hasZone, origin: "name")
    stem = Name(Self.tableStem(Array(base[..<found.range.lowerBound])))
  }

  private static func split(_ name: [UInt8]) -> ([UInt8], [UInt8])? {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return nil }
    return (Array(name[..<dot]), name[(dot + 1)...].map(asciiLower))
  }

  private static func tableStem(_ name: [UInt8]) -> [UInt8] {
    var stem = name[...]
    func trim() { while let last = stem.last, "_-. ".utf8.contains(last) { stem = stem.dropLast() } }
    trim()
    if stem.count > 7, Array(stem.suffix(7)).map(asciiLower).elementsEqual("_backup".utf8) { stem = stem.dropLast(7) }
    trim()
    return Array(stem)
  }
}
