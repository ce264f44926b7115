internal import Bytes

/// Texts in the cells of a sheet.
enum SheetText {
  /// Units of UTF-16 that a cell may have.
  static let limit = 32_767
  /// Bytes of which a cell takes no more.
  static let byteLimit = limit * 4

  /// Bytes of a character that begins so.
  static func length(of byte: UInt8) -> Int { byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4 }

  /// Whether `_xHHHH_` stands at a place, which would be read as the character of that number.
  static func isEscape(_ text: Span<UInt8>, at i: Int) -> Bool {
    guard i + 6 < text.count, text[i] == UInt8(ascii: "_"), text[i + 1] == UInt8(ascii: "x"),
      text[i + 6] == UInt8(ascii: "_")
    else { return false }
    for digit in i + 2..<i + 6 {
      let lower = asciiLower(text[digit])
      guard isDigit(lower) || lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "f") else { return false }
    }
    return true
  }
}

extension OutputBuffer {
  /// Appends text as a cell holds it, cut where it is longer than a cell may be; whether it was cut. What XML has no character for
  /// is written as `_xHHHH_`.
  mutating func append(sheetText text: Span<UInt8>) throws(IOError) -> Bool {
    var start = 0, i = 0, units = 0
    while i < text.count {
      let byte = text[i], length = min(SheetText.length(of: byte), text.count - i)
      units += length == 4 ? 2 : 1
      if units > SheetText.limit {
        try append(text.extracting(start..<i))
        return true
      }
      if byte < 0x80 ? byte > 0x3E && byte != UInt8(ascii: "_") : length != 3 {
        i += length
        continue
      }
      if let code = Self.escaped(text, at: i, length) {
        try append(text.extracting(start..<i))
        try append(escape: code)
        start = i + length
      } else if let entity = Self.entity(byte) {
        try append(text.extracting(start..<i))
        try append(entity)
        start = i + length
      } else if SheetText.isEscape(text, at: i) {
        try append(text.extracting(start..<i))
        try append("_x005F")
        start = i
      }
      i += length
    }
    try append(text.extracting(start..<text.count))
    return false
  }

  /// The number of a character that XML has not.
  private static func escaped(_ text: Span<UInt8>, at i: Int, _ length: Int) -> UInt32? {
    let byte = text[i]
    if byte < 0x20 { return byte == 0x09 || byte == 0x0A ? nil : UInt32(byte) }
    guard length == 3, byte >= 0xED else { return nil }
    let code = UInt32(byte & 0xF) << 12 | UInt32(text[i + 1] & 0x3F) << 6 | UInt32(text[i + 2] & 0x3F)
    return 0xD800...0xDFFF ~= code || code >= 0xFFFE ? code : nil
  }

  private static func entity(_ byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    default: nil
    }
  }

  private mutating func append(escape code: UInt32) throws(IOError) {
    try append("_x")
    for shift: UInt32 in [12, 8, 4, 0] {
      let digit = hexDigit(UInt8(truncatingIfNeeded: code >> shift & 15))
      try append(digit >= UInt8(ascii: "a") ? digit - 32 : digit)
    }
    try append("_")
  }
}
