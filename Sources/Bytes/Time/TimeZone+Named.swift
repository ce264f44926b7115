// Zones by name: `UTC`, an offset, `local`, or a name of the system's zone files.
extension TimeZone {
  /// The zone that a word names: `UTC` or `Z`, an offset such as `+02:00`, `local` for the system's own, or a name such as
  /// `Europe/Berlin`; nil when there is no such zone.
  public init?(named name: [UInt8]) {
    guard let first = name.first, name.count <= 64 else { return nil }
    if ["UTC", "utc", "Z", "z"].contains(where: { $0.utf8.elementsEqual(name) }) {
      self = .utc
    } else if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
      guard let offset = DateText.zone(name.span, at: 0) else { return nil }
      self.init(secondsEast: offset)
    } else if "local".utf8.elementsEqual(name) {
      self = Self.local
    } else {
      guard let zone = Self.ofFile(name) else { return nil }
      self = zone
    }
  }

  /// What `TZ` says, else `/etc/localtime`, else UTC.
  private static var local: TimeZone {
    guard var name = environment("TZ") else { return read(Array("/etc/localtime".utf8)) ?? .utc }
    if name.first == UInt8(ascii: ":") { name.removeFirst() }
    if name.first == UInt8(ascii: "/") { return read(name) ?? .utc }
    if let zone = ofFile(name) { return zone }
    guard let rule = ZoneRule(name) else { return .utc }
    return TimeZone(changes: [], offsets: [], first: Int32(truncatingIfNeeded: rule.standard), rule: rule)
  }

  /// Where the system keeps its zone files.
  private static var folder: [UInt8] {
    if let folder = environment("TZDIR"), folder.first == UInt8(ascii: "/") { return folder }
    return Array("/usr/share/zoneinfo".utf8)
  }

  /// Whether the system has zone files at all.
  public static var hasFiles: Bool { ((try? fileStatus(folder)) ?? nil)?.kind == .directory }

  private static func ofFile(_ name: [UInt8]) -> TimeZone? {
    // Nothing but names: no way out of the folder, no hidden files.
    let parts = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.first != UInt8(ascii: ".") && $0.allSatisfy(isNameByte) }) else {
      return nil
    }
    return read(folder.appending(path: name))
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
  }

  private static func read(_ path: [UInt8]) -> TimeZone? {
    guard let path = try? realPath(path), let bytes = content(path) else { return nil }
    var file = ZoneFile(bytes)
    return file.zone()
  }

  private static func content(_ path: [UInt8]) -> [UInt8]? {
    guard let file = try? FileSource(regularFile: path) else { return nil }
    var source: any ByteSource & ~Copyable = file
    return try? readAll(&source, limit: 1 << 20)
  }

  /// The names that the system has zone files for, for suggestions; empty when it keeps no list of them.
  public static var names: [[UInt8]] {
    // Lines such as "Z Europe/Berlin 0:53:28 - LMT 1893 Ap" and "L Europe/Berlin Europe/Oslo".
    guard let list = content(folder.appending(path: Array("tzdata.zi".utf8))) else { return [] }
    return list.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
      switch line.first {
      case UInt8(ascii: "Z") where words.count > 1: return Array(words[1])
      case UInt8(ascii: "L") where words.count > 2: return Array(words[2])
      default: return nil
      }
    }
  }
}
