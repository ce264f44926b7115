internal import Bytes

/// Names as Convex allows them.
enum ImportNames {
  private static let tableLimit = 64, fieldLimit = 1024

  /// Names for `names`, in the same order, each given once. Those that can stay are given out first, so that they do stay.
  static func assign(_ names: [Name], isTables: Bool) -> [Name] {
    let allows = isTables ? allowsTable : allowsField
    var taken: Set<Name> = []
    let kept = names.map { allows($0) && taken.insert($0).inserted }
    return zip(names, kept).map { $1 ? $0 : substitute(for: $0, isTable: isTables, &taken) }
  }

  /// Letters, digits and underscores, which begin no name of a user's table.
  static func allowsTable(_ name: Name) -> Bool {
    guard let first = name.bytes.first, name.bytes.count <= tableLimit, isLetter(first) else { return false }
    return name.bytes.allSatisfy(isIdentifier)
  }

  /// Printable ASCII; what begins with an underscore is the system's, and a dollar sign tags values.
  static func allowsField(_ name: Name) -> Bool { name.bytes.first != UInt8(ascii: "_") && allowsKey(name.bytes) }

  /// The same for keys of nested objects, which may begin with an underscore.
  static func allowsKey(_ key: [UInt8]) -> Bool {
    key.count <= fieldLimit && key.first != UInt8(ascii: "$") && key.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }

  /// A key that may stand in an object which has those that are taken.
  static func key(for key: [UInt8], _ taken: inout Set<Name>) -> [UInt8] {
    if allowsKey(key), taken.insert(Name(key)).inserted { return key }
    return substitute(for: Name(key), isTable: false, &taken).bytes
  }

  /// A part of the path of a component.
  static func component(_ part: [UInt8]) -> [UInt8] {
    let name = part.map { isIdentifier($0) || $0 == UInt8(ascii: "-") ? $0 : UInt8(ascii: "_") }
    return name.isEmpty ? [UInt8(ascii: "_")] : Array(name.prefix(tableLimit))
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    let lower = asciiLower(byte)
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }
  private static func isIdentifier(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_")
  }

  /// A name like another, or made of its beginning and a hash of the whole, so that it is the same in every run.
  private static func substitute(for name: Name, isTable: Bool, _ taken: inout Set<Name>) -> Name {
    var readable: [UInt8] = []
    for byte in name.bytes {
      let stays = isTable ? isIdentifier(byte) : byte >= 0x20 && byte < 0x7F
      // One mark for each character, however many bytes it has.
      if stays { readable.append(byte) } else if byte < 0x80 || byte >= 0xC0 { readable.append(UInt8(ascii: "_")) }
    }
    readable = Array(readable.drop { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "$") })
    if isTable, let first = readable.first, !isLetter(first) { readable = Array("table_".utf8) + readable }
    if readable.isEmpty { readable = Array((isTable ? "table" : "field").utf8) }
    let limit = isTable ? tableLimit : fieldLimit
    let short = Name(Array(readable.prefix(limit)))
    if readable.count <= limit, taken.insert(short).inserted { return short }
    let hash = Array(Hash128.of(name.bytes.span, seed: 0).description.utf8)
    for digits in [8, 16, 32] {
      let suffix = [UInt8(ascii: "_")] + hash.prefix(digits)
      let candidate = Name(Array(readable.prefix(limit - suffix.count)) + suffix)
      if taken.insert(candidate).inserted { return candidate }
    }
    // Three hashes taken by other names of the backup is no accident; count on.
    var number = taken.count
    while true {
      let candidate = Name((isTable ? "table_" : "field_") + "\(number)")
      if taken.insert(candidate).inserted { return candidate }
      number += 1
    }
  }
}
