package import Bytes

/// A name to look for: `*` stands for any bytes, `?` for any one; ASCII letters count without regard to case.
package struct NamePattern: Hashable, Sendable {
  package let bytes: [UInt8]
  package init(_ bytes: [UInt8]) { self.bytes = bytes.map(asciiLower) }
  package init(_ text: String) { self.init(Array(text.utf8)) }

  private static let star = UInt8(ascii: "*")
  private static let question = UInt8(ascii: "?")

  /// Whether a name fits; linear but for one step back per star.
  package func matches(_ name: [UInt8]) -> Bool {
    var i = 0, j = 0
    var afterStar: Int?
    var resume = 0
    while i < name.count {
      if j < bytes.count, bytes[j] == Self.star {
        afterStar = j + 1
        resume = i
        j += 1
      } else if j < bytes.count, bytes[j] == Self.question || bytes[j] == asciiLower(name[i]) {
        i += 1
        j += 1
      } else if let back = afterStar {
        resume += 1
        i = resume
        j = back
      } else {
        return false
      }
    }
    return bytes[j...].allSatisfy { $0 == Self.star }
  }
  package func matches(_ name: Name) -> Bool { matches(name.bytes) }

  /// The pattern for SQL's LIKE with `\` as the escape character.
  package var like: [UInt8] {
    bytes.flatMap { (byte: UInt8) -> [UInt8] in
      switch byte {
      case Self.star: [UInt8(ascii: "%")]
      case Self.question: [UInt8(ascii: "_")]
      case UInt8(ascii: "%"), UInt8(ascii: "_"), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
      default: [byte]
      }
    }
  }
}
