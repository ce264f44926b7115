internal import Bytes
internal import Conversion

/// What a file's name says: the format of its ending, and a table's name.
struct PlainName {
  /// Id of the import format whose ending the name has, once compressions' endings are taken away.
  let format: String?
  /// The name without these endings.
  let table: Name

  init(_ path: [UInt8], _ toolbox: Toolbox) {
    var name = path.lastPathComponent
    while let shorter = Self.dropping(toolbox.decoders.flatMap(\.endings), from: name) { name = shorter }
    let known = toolbox.importFormats.first { Self.dropping($0.endings, from: name) != nil }
    format = known?.id
    table = Name(known.flatMap { Self.dropping($0.endings, from: name) } ?? name)
  }

  /// The name without one of the endings, whatever its case; nil when it has none or nothing would be left.
  private static func dropping(_ endings: [String], from name: [UInt8]) -> [UInt8]? {
    for ending in endings {
      let suffix = [UInt8(ascii: ".")] + Array(ending.utf8)
      if name.count > suffix.count, name.suffix(suffix.count).map(asciiLower) == suffix {
        return Array(name.dropLast(suffix.count))
      }
    }
    return nil
  }
}
