internal import Bytes
internal import Conversion

extension [UInt8] {
  /// Appends JSON as Python's `json.dumps` spells it.
  mutating func append(json bytes: [UInt8], isTight: Bool, isASCII: Bool) {
    var tokens = JSONTokens()
    while let token = tokens.next(bytes) {
      switch token {
      case .open(let isObject): append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
      case .close(let isObject): append(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
      case .comma:
        append(UInt8(ascii: ","))
        if !isTight { append(UInt8(ascii: " ")) }
      case .colon:
        append(UInt8(ascii: ":"))
        append(UInt8(ascii: " "))
      case .word(let range): append(contentsOf: withoutPointZero(Array(bytes[range])))
      case .text(let range, let isEscaped):
        append(jsonString: JSONTokens.text(bytes, range, isEscaped: isEscaped), isASCII: isASCII)
      }
    }
  }

  /// Appends a JSON string as Python spells it; `isASCII`: all else is escaped.
  mutating func append(jsonString text: [UInt8], isASCII: Bool) {
    append(UInt8(ascii: "\""))
    var at = 0
    while at < text.count {
      let byte = text[at]
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(contentsOf: [UInt8(ascii: "\\"), byte])
      case 0x08: append(contentsOf: "\\b".utf8)
      case 0x09: append(contentsOf: "\\t".utf8)
      case 0x0A: append(contentsOf: "\\n".utf8)
      case 0x0C: append(contentsOf: "\\f".utf8)
      case 0x0D: append(contentsOf: "\\r".utf8)
      case 0..<0x20: append(unit: UInt32(byte))
      case 0x7F where isASCII: append(unit: UInt32(byte))
      case 0x80...:
        let character = Character4(text, at)
        at += character.count - 1
        let isSurrogate = character.value >= 0xD800 && character.value < 0xE000
        if !isASCII && !isSurrogate {
          append(contentsOf: text[at - character.count + 1...at])
        } else if character.value >= 0x10000 {
          append(unit: 0xD800 + (character.value - 0x10000) >> 10)
          append(unit: 0xDC00 + (character.value - 0x10000) & 0x3FF)
        } else {
          append(unit: character.value)
        }
      default: append(byte)
      }
      at += 1
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func append(unit: UInt32) {
    append(contentsOf: "\\u".utf8)
    for shift: UInt32 in [12, 8, 4, 0] { append(hexDigit(UInt8(truncatingIfNeeded: unit >> shift & 15))) }
  }
}

/// A number without the `.0` that PyYAML puts before an exponent.
func withoutPointZero(_ digits: [UInt8]) -> [UInt8] {
  let mark = Array(".0e".utf8)
  guard digits.count > 4, let at = firstOffset(of: mark.span, in: digits.span) else { return digits }
  return Array(digits[..<at] + digits[(at + 2)...])
}

/// A character of UTF-8, or of WTF-8.
struct Character4 {
  let value: UInt32
  let count: Int

  /// The character at a place; a byte that begins none stands for itself.
  init(_ text: [UInt8], _ at: Int) {
    let first = text[at]
    let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard length > 1, at + length <= text.count else {
      (value, count) = (UInt32(first), 1)
      return
    }
    var code = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for i in 1..<length { code = code << 6 | UInt32(text[at + i] & 0x3F) }
    (value, count) = (code, length)
  }
}
