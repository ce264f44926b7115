internal import Bytes

/// What all texts of a column have in common; the most special shape that fits.
///
/// A shape is given only where the text is the plain spelling of a value: nothing is trimmed, and letters count.
package enum TextShape: UInt8, Sendable, CaseIterable {
  /// No text that is not empty has been seen.
  case none
  /// Lower-case hexadecimal digits with dashes.
  case uuid
  case date
  /// Time of day with seconds.
  case time
  case timestamp
  case timestamptz
  /// A length of time: Django's, PostgreSQL's with a clock, or ISO 8601.
  case interval
  /// Digits without leading zeros, with at most a minus sign.
  case integer
  /// Digits, a point, digits; no leading zeros.
  case decimal
  /// Integers and decimals mixed, or floats with an exponent as programs print them, `NaN`, `Infinity`.
  case number
  /// `true` or `false`.
  case boolean
  /// A JSON object or array.
  case json
  /// Standard base64 with padding.
  case base64
  /// Nothing in common: final.
  case text

  /// Whether texts are numbers in digits.
  package var isNumeric: Bool { self == .integer || self == .decimal || self == .number }

  /// Texts that leave a column of this shape as it is, as a kernel tells.
  var plainTexts: PlainTexts {
    switch self {
    case .text: .all
    case .uuid: .uuid
    case .date: .date
    case .timestamp: .timestamp
    case .timestamptz: .timestamptz
    case .decimal, .number: .fraction
    default: .none
    }
  }

  /// The shape of values of both shapes.
  func joined(with other: TextShape) -> TextShape {
    if self == other || other == .none { return self }
    if self == .none { return other }
    if isNumeric && other.isNumeric { return .number }
    // A clock below 24 hours is a length of time where others are.
    if self == .time && other == .interval || self == .interval && other == .time { return .interval }
    return .text
  }
}

// Recognition. Each function looks at the whole of a text that is not empty.
extension TextShape {
  /// Whether the text is a UUID as programs print it.
  static func isUUID(_ text: Span<UInt8>) -> Bool {
    guard text.count == 36 else { return false }
    var i = 0
    while i < 36 {
      let byte = text[i]
      if i == 8 || i == 13 || i == 18 || i == 23 {
        guard byte == UInt8(ascii: "-") else { return false }
      } else {
        guard byte &- UInt8(ascii: "0") < 10 || byte &- UInt8(ascii: "a") < 6 else { return false }
      }
      i &+= 1
    }
    return true
  }

  /// `date`, `time`, `timestamp` or `timestamptz`; nil for anything else and for what no database keeps.
  static func ofDate(_ text: Span<UInt8>) -> TextShape? {
    guard let value = DateText(text), value.nanosecondRest == 0, value.zoneOffset.magnitude < 16 * 3600 else {
      return nil
    }
    switch value.kind {
    case .date: return .date
    case .time: return text.count >= 8 ? .time : nil
    case .timestamp: return .timestamp
    case .timestamptz: return .timestamptz
    }
  }

  /// Whether the text is a length of time with a clock of two-digit hours, or in ISO 8601. Words alone (`3 days`) are prose.
  static func isInterval(_ text: Span<UInt8>) -> Bool {
    guard text.count <= 64 else { return false }
    var colon = 0
    while colon < text.count && text[colon] != UInt8(ascii: ":") {
      if text[colon] == UInt8(ascii: ",") { return false }
      colon &+= 1
    }
    if colon == text.count {
      let first = text[0] == UInt8(ascii: "-") && text.count > 1 ? text[1] : text[0]
      guard first == UInt8(ascii: "P") else { return false }
    } else {
      guard colon >= 2, isDigit(text[colon &- 1]), isDigit(text[colon &- 2]) else { return false }
    }
    return DurationText(text) != nil
  }

  /// Whether the text is `true` or `false`.
  static func isBoolean(_ text: Span<UInt8>) -> Bool {
    text.count == 4 && hasBytes(text, "true") || text.count == 5 && hasBytes(text, "false")
  }

  /// Whether the text is base64 in the standard alphabet: whole groups of four, padded, with no stray bits at the end.
  static func isBase64(_ text: Span<UInt8>) -> Bool {
    let count = text.count
    guard count >= 4 && count % 4 == 0 else { return false }
    let padding = text[count &- 1] != UInt8(ascii: "=") ? 0 : text[count &- 2] != UInt8(ascii: "=") ? 1 : 2
    guard base64LetterCount(text.extracting(0..<(count &- padding))) == count &- padding,
      let last = base64Value(text[count &- padding &- 1])
    else { return false }
    return last & (padding == 0 ? 0 : padding == 1 ? 0x3 : 0xF) == 0
  }

  /// Whether a number in text is one that a program printed: fractions and `e`-notation with a signed exponent.
  static func isPrintedNumber(_ form: NumberProfile.Form, _ text: Span<UInt8>) -> Bool {
    switch form {
    case .integer: return true
    case .fraction: return text.count > 2  // not `-0`
    case .exponent:
      for i in text.indices where text[i] == UInt8(ascii: "e") {
        return i &+ 1 < text.count && !isDigit(text[i &+ 1])
      }
      return false
    case .special: return hasBytes(text, "NaN") || hasBytes(text, "Infinity") || hasBytes(text, "-Infinity")
    case .irregular: return false
    }
  }
}

/// The six bits of a letter of standard base64; nil for another byte.
private func base64Value(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte &- UInt8(ascii: "A")
  case UInt8(ascii: "a")...UInt8(ascii: "z"): byte &- UInt8(ascii: "a") &+ 26
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &- UInt8(ascii: "0") &+ 52
  case UInt8(ascii: "+"): 62
  case UInt8(ascii: "/"): 63
  default: nil
  }
}

/// Whether the text is `word`.
func hasBytes(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
  guard text.count == word.utf8CodeUnitCount else { return false }
  var i = 0
  return word.withUTF8Buffer { bytes in
    while i < bytes.count {
      if unsafe bytes[i] != text[i] { return false }
      i &+= 1
    }
    return true
  }
}
