internal import Bytes
internal import Records

/// Names as Prisma allows them: letters, digits and underscores, a letter first.
struct DraftNames {
  private var taken: Set<Name> = []
  /// Names that no model may have.
  private static let reserved = Set(
    """
    prismaclient prisma unsupported string boolean int bigint float decimal datetime json bytes async await break case \
    catch class const continue debugger default delete do else enum export extends false finally for function if \
    implements import in instanceof interface let new null package private protected public return super switch this \
    throw true try using typeof var void while with yield model view type generator datasource
    """.split { $0 == " " || $0 == "\n" }.map { Name(String($0)) })

  /// A name for a model or type, other than all before; those that differ in the first letter's size alone are one to the client.
  mutating func model(_ name: Name) -> Name {
    var base = Self.legal(name, otherwise: "Model")
    if Self.reserved.contains(base.lowercased) { base = "Renamed_" + base }
    return unique(base) { Name([asciiLower($0.bytes[0])] + $0.bytes.dropFirst()) }
  }

  /// A name for a field, other than all before.
  mutating func field(_ name: Name) -> Name { unique(Self.legal(name, otherwise: "field")) { $0 } }

  /// Takes a name as it is, if that can be.
  mutating func keep(_ name: Name) -> Bool { Self.isLegal(name) && taken.insert(name).inserted }

  private mutating func unique(_ base: Name, _ key: (Name) -> Name) -> Name {
    var name = base, number = 2
    while !taken.insert(key(name)).inserted {
      name = base + Name("_\(number)")
      number += 1
    }
    return name
  }

  static func isLegal(_ name: Name) -> Bool {
    guard let first = name.bytes.first, isLetter(first) else { return false }
    return name.bytes.allSatisfy(isPart)
  }

  /// A name with one mark for each character that is not allowed.
  static func legal(_ name: Name, otherwise word: Name) -> Name {
    var bytes: [UInt8] = []
    for byte in name.bytes {
      if isPart(byte) { bytes.append(byte) } else if byte < 0x80 || byte >= 0xC0 { bytes.append(UInt8(ascii: "_")) }
    }
    let start = bytes.firstIndex(where: isLetter) ?? bytes.endIndex
    let rest = Array(bytes[start...])
    if rest.isEmpty { return bytes.contains { isDigit($0) } ? word + "_" + Name(bytes.filter { isDigit($0) }) : word }
    return Name(rest)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    asciiLower(byte) >= UInt8(ascii: "a") && asciiLower(byte) <= UInt8(ascii: "z")
  }
  private static func isPart(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") }
}
