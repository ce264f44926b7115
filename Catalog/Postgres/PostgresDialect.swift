internal import Bytes
internal import CatalogSQL
internal import CatalogStore

/// What PostgreSQL says differently.
struct PostgresDialect: CatalogDialect {
  /// A regular expression over the hexadecimal digits of bytes, in which every element takes whole bytes.
  func value(of pattern: NamePattern) -> Value {
    var text: [UInt8] = []
    for byte in pattern.bytes {
      switch byte {
      case UInt8(ascii: "*"): text += Array("(..)*".utf8)
      case UInt8(ascii: "?"): text += Array("..".utf8)
      case UInt8(ascii: "a")...UInt8(ascii: "z"):
        text += Array("(".utf8) + digits(byte) + Array("|".utf8) + digits(byte & 0xDF) + Array(")".utf8)
      default: text += digits(byte)
      }
    }
    return .text(text)
  }
  private func digits(_ byte: UInt8) -> [UInt8] { [hexDigit(byte >> 4), hexDigit(byte & 15)] }

  func matches(_ expression: String, _ parameter: String, _ part: PatternPart) -> String {
    let (start, end) =
      switch part {
      case .whole: ("^", "$")
      case .behindSlash: ("^(..)*2f", "$")
      case .beginning: ("^", "")
      }
    return "encode(\(expression), 'hex') ~ ('\(start)' || CAST(\(parameter) AS TEXT) || '\(end)')"
  }

  func hexadecimal(_ expression: String) -> String { "convert_to(encode(\(expression), 'hex'), 'UTF8')" }
}
