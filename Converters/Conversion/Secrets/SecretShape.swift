internal import Bytes

/// A set of ASCII bytes, as classes.
struct ByteClass: OptionSet, Sendable {
  let rawValue: UInt16
  static let digit = ByteClass(rawValue: 1)
  /// `a` to `f`, `g` to `z`, `A` to `F`, `G` to `Z`.
  static let lowHex = ByteClass(rawValue: 2)
  static let low = ByteClass(rawValue: 4)
  static let highHex = ByteClass(rawValue: 8)
  static let high = ByteClass(rawValue: 16)
  /// `-` and `_`.
  static let joiner = ByteClass(rawValue: 32)
  static let point = ByteClass(rawValue: 64)
  /// `/` and `+`.
  static let base64Sign = ByteClass(rawValue: 128)
  static let equals = ByteClass(rawValue: 256)
  static let dollar = ByteClass(rawValue: 512)
  /// `,`, `:`, `~`, `|`.
  static let separator = ByteClass(rawValue: 1024)
  /// Other printable ASCII without the space.
  static let otherSign = ByteClass(rawValue: 2048)
  static let space = ByteClass(rawValue: 4096)
  /// Not ASCII.
  static let foreign = ByteClass(rawValue: 8192)

  static let lowerHex: ByteClass = [.digit, .lowHex]
  static let hex: ByteClass = [.digit, .lowHex, .highHex]
  static let lower: ByteClass = [.lowHex, .low]
  static let upper: ByteClass = [.highHex, .high]
  static let letter: ByteClass = [.lower, .upper]
  static let word: ByteClass = [.letter, .digit]
  /// Letters, digits, `-`, `_`.
  static let base64URL: ByteClass = [.word, .joiner]
  /// Standard base64 and the alphabet of crypt, which has a point.
  static let base64: ByteClass = [.word, .base64Sign, .equals, .point]
  /// What stands in modular crypt strings behind the name.
  static let crypt: ByteClass = [.base64, .joiner, .dollar, .separator]
  static let salt: ByteClass = [.base64, .joiner]

  /// The class of each byte.
  static let table: [ByteClass] = (0..<256).map { byte in
    switch UInt8(byte) {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
    case UInt8(ascii: "a")...UInt8(ascii: "f"): .lowHex
    case UInt8(ascii: "g")...UInt8(ascii: "z"): .low
    case UInt8(ascii: "A")...UInt8(ascii: "F"): .highHex
    case UInt8(ascii: "G")...UInt8(ascii: "Z"): .high
    case UInt8(ascii: "-"), UInt8(ascii: "_"): .joiner
    case UInt8(ascii: "."): .point
    case UInt8(ascii: "/"), UInt8(ascii: "+"): .base64Sign
    case UInt8(ascii: "="): .equals
    case UInt8(ascii: "$"): .dollar
    case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "~"), UInt8(ascii: "|"): .separator
    case 0x21...0x7E: .otherSign
    case 0x80...: .foreign
    default: .space
    }
  }
}

/// A form that secrets have, as data: what the value begins with, and what follows.
struct SecretShape: Sendable {
  enum Part: Sendable, ExpressibleByStringLiteral {
    /// These bytes.
    case literal([UInt8])
    /// Bytes of a class, as many as there are; at least and at most so many.
    case run(ByteClass, Int, Int)
    /// Anything to the end of the value, with these words in it.
    case rest(containing: [UInt8], within: Int)
    /// `user:password@host` and anything after it.
    case credentials

    init(stringLiteral text: String) { self = .literal(Array(text.utf8)) }
    static func digits(_ least: Int, _ most: Int) -> Part { .run(.digit, least, most) }
    static func hex(_ count: Int) -> Part { .run(.hex, count, count) }
    static func crypt(_ count: Int) -> Part { .run([.word, .base64Sign, .point], count, count) }
    static func words(_ least: Int, _ most: Int = 4096) -> Part { .run(.word, least, most) }
    static func url64(_ least: Int, _ most: Int = 8192) -> Part { .run([.base64URL, .point], least, most) }
    static let salt = Part.run(.salt, 0, 128)
  }

  let kind: SecretKind
  /// Such as `bcrypt` or `GitHub token`.
  let family: String
  let parts: [Part]
  /// Whether digits have to be among the bytes behind the first literal, so that words do not count.
  let needsDigit: Bool
  /// The literal all values begin with.
  let prefix: [UInt8]

  init(_ kind: SecretKind, _ family: String, _ parts: [Part], needsDigit: Bool = false) {
    self.kind = kind
    self.family = family
    self.parts = parts
    self.needsDigit = needsDigit
    if case .literal(let bytes)? = parts.first { prefix = bytes } else { prefix = [] }
  }

  /// Whether a value begins like all of this form.
  func begins(_ value: Span<UInt8>) -> Bool { holds(value, prefix, at: 0, end: value.count) }

  /// Whether the whole of a value, apart from white space at its end, has this form.
  func matches(_ value: Span<UInt8>) -> Bool {
    var count = value.count
    while count > 0 && value[count - 1] <= 0x20 { count -= 1 }
    var at = 0
    var hasDigit = false
    for part in parts {
      switch part {
      case .literal(let bytes):
        guard holds(value, bytes, at: at, end: count) else { return false }
        at += bytes.count
      case .run(let allowed, let least, let most):
        let start = at
        while at < count && at - start < most {
          let found = ByteClass.table[Int(value[at])]
          guard allowed.contains(found) else { break }
          if found == .digit { hasDigit = true }
          at += 1
        }
        guard at - start >= least else { return false }
      case .rest(let words, let within):
        let limit = min(count - words.count, at + within)
        guard at <= limit, (at...limit).contains(where: { holds(value, words, at: $0, end: count) }) else {
          return false
        }
        return true
      case .credentials: return hasCredentials(value, at: at, end: count)
      }
    }
    return at == count && (hasDigit || !needsDigit)
  }
}

extension SecretShape {
  /// The end of what has this form at a place within a text, where something else may follow; nil when nothing has.
  func end(in text: Span<UInt8>, at start: Int) -> Int? {
    var at = start, hasDigit = false
    for part in parts {
      switch part {
      case .literal(let bytes):
        guard holds(text, bytes, at: at, end: text.count) else { return nil }
        at += bytes.count
      case .run(let allowed, let least, let most):
        let begin = at
        while at < text.count && at - begin < most {
          let found = ByteClass.table[Int(text[at])]
          guard allowed.contains(found) else { break }
          if found == .digit { hasDigit = true }
          at += 1
        }
        guard at - begin >= least else { return nil }
      case .rest(let words, let within):
        let limit = min(text.count - words.count, at + within)
        guard at <= limit, let place = (at...limit).first(where: { holds(text, words, at: $0, end: text.count) }) else {
          return nil
        }
        return Self.endOfBlock(text, from: place + words.count)
      case .credentials:
        guard let end = Self.endOfCredentials(text, at: at) else { return nil }
        return end
      }
    }
    // A form of fixed length is none when it goes on.
    if at < text.count, case .run(let allowed, _, let most)? = parts.last, most <= 128,
      ByteClass.word.contains(ByteClass.table[Int(text[at])]),
      allowed.contains(ByteClass.table[Int(text[at])])
    {
      return nil
    }
    return at - start >= SecretShapes.minimumCount && (hasDigit || !needsDigit) ? at : nil
  }

  /// Where a block such as PEM's ends: behind its last line, or at the end of the text.
  private static func endOfBlock(_ text: Span<UInt8>, from start: Int) -> Int {
    let end = Array("-----END ".utf8), dashes = Array("-----".utf8)
    guard let last = firstOffset(of: end.span, in: text, from: start),
      let close = firstOffset(of: dashes.span, in: text, from: last + end.count)
    else { return text.count }
    return close + dashes.count
  }

  /// Behind `user:password@`.
  private static func endOfCredentials(_ text: Span<UInt8>, at start: Int) -> Int? {
    var at = start, colon = -1
    while at < text.count && at - start < 1024 {
      switch text[at] {
      case UInt8(ascii: ":"): if colon < 0 { colon = at }
      case UInt8(ascii: "@"): return colon >= 0 && at > colon + 1 ? at + 1 : nil
      case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), 0...0x20, UInt8(ascii: "\""), UInt8(ascii: "<"),
        UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "|"), UInt8(ascii: "{"), UInt8(ascii: "}"):
        return nil
      default: break
      }
      at += 1
    }
    return nil
  }
}

/// Whether `bytes` stand at a place before `end`.
private func holds(_ value: Span<UInt8>, _ bytes: [UInt8], at offset: Int, end: Int) -> Bool {
  guard offset + bytes.count <= end else { return false }
  for i in bytes.indices where value[offset + i] != bytes[i] { return false }
  return true
}

/// Whether `user:password@` stands at a place; the user may be empty, the password not.
private func hasCredentials(_ value: Span<UInt8>, at offset: Int, end: Int) -> Bool {
  var at = offset
  var colon = -1
  while at < end {
    switch value[at] {
    case UInt8(ascii: ":"): if colon < 0 { colon = at }
    case UInt8(ascii: "@"): return colon >= 0 && at > colon + 1 && at + 1 < end
    case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), 0...0x20: return false
    default: break
    }
    at += 1
  }
  return false
}

/// A value recognised as a secret by its form alone.
package struct SecretMatch: Equatable, Sendable {
  package var kind: SecretKind
  /// Such as `bcrypt` or `GitHub token`.
  package var family: String
}

/// The form of secrets that a value has, whatever its column is called; nil when it has none.
package func secretMatch(_ value: Span<UInt8>) -> SecretMatch? {
  SecretShapes.index(of: value).map {
    SecretMatch(kind: SecretShapes.all[$0].kind, family: SecretShapes.all[$0].family)
  }
}
