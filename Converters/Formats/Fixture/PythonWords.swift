internal import Bytes

/// Names and texts as Python's sources have them.
enum PythonWords {
  /// A text in quotes.
  static func literal(_ text: [UInt8]) -> [UInt8] {
    var literal = [UInt8(ascii: "\"")]
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): literal += [UInt8(ascii: "\\"), byte]
      case 0..<0x20, 0x7F:
        literal += [UInt8(ascii: "\\"), UInt8(ascii: "x"), hexDigit(byte >> 4), hexDigit(byte & 15)]
      default: literal.append(byte)
      }
    }
    return literal + [UInt8(ascii: "\"")]
  }

  /// Whether a name can be one of a class or module: letters, digits and underscores, no digit first.
  static func isIdentifier(_ name: Name) -> Bool {
    guard let first = name.bytes.first, !isDigit(first), name.isUTF8 else { return false }
    return name.bytes.allSatisfy { byte in
      let lower = asciiLower(byte)
      return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || isDigit(byte) || byte == UInt8(ascii: "_")
        || byte >= 0x80
    }
  }
}
