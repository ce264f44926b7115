internal import Bytes

// XML as Python's generator of SAX events writes it.
extension [UInt8] {
  /// Appends text between tags. A carriage return goes as a reference, which readers do not turn into a line feed.
  mutating func append(xmlText text: [UInt8]) {
    for byte in text {
      switch byte {
      case UInt8(ascii: "&"): append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): append(contentsOf: "&gt;".utf8)
      case 0x0D: append(contentsOf: "&#13;".utf8)
      default: append(byte)
      }
    }
  }

  /// Appends an attribute's value in the quotes that it needs.
  mutating func append(xmlAttribute text: [UInt8]) {
    let double = UInt8(ascii: "\""), single = UInt8(ascii: "'")
    let quote = text.contains(double) && !text.contains(single) ? single : double
    append(quote)
    for byte in text {
      switch byte {
      case UInt8(ascii: "&"): append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): append(contentsOf: "&gt;".utf8)
      case 0x09: append(contentsOf: "&#9;".utf8)
      case 0x0A: append(contentsOf: "&#10;".utf8)
      case 0x0D: append(contentsOf: "&#13;".utf8)
      case double where quote == double: append(contentsOf: "&quot;".utf8)
      default: append(byte)
      }
    }
    append(quote)
  }
}

/// What XML has no characters for.
func holdsUnwritable(_ text: [UInt8]) -> Bool {
  for (i, byte) in text.enumerated() {
    if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { return true }
    if byte == 0xEF, i + 2 < text.count, text[i + 1] == 0xBF, text[i + 2] >= 0xBE { return true }
  }
  return false
}

/// Whether text begins or ends with white space, which Django's reader of XML takes away.
func hasOuterSpace(_ text: [UInt8]) -> Bool {
  guard let first = text.first, let last = text.last else { return false }
  func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x09 && byte <= 0x0D }
  return isSpace(first) || isSpace(last)
}
