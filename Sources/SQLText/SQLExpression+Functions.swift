internal import Bytes

// What the functions that dumps use come to.
extension SQLExpression {
  /// A value as text; nil when it has none.
  static func text(_ value: SQLValue) -> [UInt8]? {
    switch value {
    case .text(let bytes), .number(let bytes), .bytes(let bytes): bytes
    default: nil
    }
  }

  /// `CAST(X'…' AS TEXT)` is how text with bytes of its own is written.
  static func castText(_ value: SQLValue) -> SQLValue {
    if case .bytes(let bytes) = value { return .text(bytes) }
    return value
  }

  static func hexadecimal(_ digits: [UInt8]) -> [UInt8]? {
    var bytes: [UInt8] = []
    return decodeHexBytes((Array("\\x".utf8) + digits).span, into: &bytes) ? bytes : nil
  }

  /// The bytes of a bit string, the last bit last.
  static func bits(_ digits: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [], byte: UInt8 = 0
    for (i, digit) in digits.enumerated() {
      byte = byte << 1 | (digit == UInt8(ascii: "1") ? 1 : 0)
      if (digits.count - i) % 8 == 1 {
        bytes.append(byte)
        byte = 0
      }
    }
    return bytes
  }

  /// The text of some code points.
  static func characters(_ values: [SQLValue]) -> [UInt8]? {
    var text: [UInt8] = []
    for value in values {
      guard case .number(let digits) = value, let code = Int64(digits: digits.span).flatMap({ UInt32(exactly: $0) }),
        let scalar = UnicodeScalar(code)
      else { return nil }
      text += Array(String(Character(scalar)).utf8)
    }
    return text
  }

  static func replace(_ old: [UInt8], by new: [UInt8], in text: [UInt8]) -> [UInt8] {
    guard !old.isEmpty else { return text }
    var result: [UInt8] = [], at = 0
    while let hit = firstOffset(of: old.span, in: text.span, from: at) {
      result += text[at..<hit]
      result += new
      at = hit + old.count
    }
    return result + text[at...]
  }

  /// Undoes `\XXXX`, `\uXXXX`, `\+XXXXXX`, `\UXXXXXXXX` and `\\`; nil when an escape is wrong.
  static func unistr(_ text: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = [], at = 0
    while at < text.count {
      guard text[at] == UInt8(ascii: "\\") else {
        result.append(text[at])
        at += 1
        continue
      }
      guard at + 1 < text.count else { return nil }
      var start = at + 1, count = 4
      switch text[start] {
      case UInt8(ascii: "\\"):
        result.append(text[start])
        at += 2
        continue
      case UInt8(ascii: "u"): start += 1
      case UInt8(ascii: "+"): (start, count) = (start + 1, 6)
      case UInt8(ascii: "U"): (start, count) = (start + 1, 8)
      default: break
      }
      guard start + count <= text.count else { return nil }
      var code: UInt32 = 0
      for digit in text[start..<(start + count)] {
        guard let value = hexValue(digit), code < 1 << 28 else { return nil }
        code = code << 4 | UInt32(value)
      }
      guard let scalar = UnicodeScalar(code) else { return nil }
      result += Array(String(Character(scalar)).utf8)
      at = start + count
    }
    return result
  }
}
