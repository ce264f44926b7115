internal import Bytes
internal import Records

/// Names of sheets as Excel allows them, each given once.
struct SheetNames {
  /// Units of UTF-16 that a name may have.
  private static let limit = 31
  private var taken: Set<Name> = []

  /// The name of a table's sheet; `part`: which of the sheets that hold the table's rows.
  mutating func name(_ table: Name, part: Int = 1) -> Name {
    let base = Self.legal(table.bytes)
    var ending = part > 1 ? " (\(part))" : "", number = 2
    while true {
      let name = Name(Self.cut(base, to: Self.limit - ending.utf8.count) + Array(ending.utf8))
      // Excel keeps this name for itself.
      if name.lowercased != "history", taken.insert(Self.folded(name)).inserted { return name }
      ending = part > 1 ? " (\(part)) ~\(number)" : " ~\(number)"
      number += 1
    }
  }

  /// Names that differ in the size of letters alone are one.
  private static func folded(_ name: Name) -> Name {
    Name(Array(String(decoding: name.bytes, as: UTF8.self).lowercased().utf8))
  }

  /// The name without what may not stand in one.
  private static func legal(_ bytes: [UInt8]) -> [UInt8] {
    var name = Array(String(decoding: bytes, as: UTF8.self).utf8).map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "*"),
        UInt8(ascii: "["), UInt8(ascii: "]"), 0..<0x20, 0x7F:
        UInt8(ascii: "_")
      default: byte
      }
    }
    // U+FFFE and U+FFFF, which XML has not either.
    for i in name.indices.dropLast(2) where name[i] == 0xEF && name[i + 1] == 0xBF && name[i + 2] >= 0xBE {
      name.replaceSubrange(i...i + 2, with: "___".utf8)
    }
    if name.first == UInt8(ascii: "'") { name[0] = UInt8(ascii: "_") }
    if name.last == UInt8(ascii: "'") { name[name.count - 1] = UInt8(ascii: "_") }
    return name.isEmpty ? Array("Sheet".utf8) : name
  }

  /// The beginning of a text that has so many units; no character is cut, nor is an apostrophe left at the end.
  private static func cut(_ bytes: [UInt8], to limit: Int) -> [UInt8] {
    var units = 0, end = 0
    while end < bytes.count {
      let length = SheetText.length(of: bytes[end])
      units += length == 4 ? 2 : 1
      if units > limit { break }
      end += length
    }
    var name = Array(bytes[..<min(end, bytes.count)])
    if name.last == UInt8(ascii: "'") { name[name.count - 1] = UInt8(ascii: "_") }
    return name
  }
}
