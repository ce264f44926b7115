internal import Bytes

/// One token of a schema file.
struct PrismaToken: Sendable {
  enum Kind: Sendable {
    case word, number, text
    /// One byte of punctuation.
    case symbol
    /// The end of a line.
    case lineEnd
    /// `/// …`.
    case documentation
  }
  var kind: Kind
  var range: Range<Int>
}

/// Cuts a schema file into tokens; whatever stands in texts and comments is passed over.
struct PrismaLexer {
  /// Tokens beyond these are not looked at.
  static let tokenLimit = 4_000_000

  let bytes: [UInt8]
  private(set) var tokens: [PrismaToken] = []
  /// Whether tokens were left out.
  private(set) var isCut = false

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var at = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while at < bytes.count {
      guard tokens.count < Self.tokenLimit else {
        isCut = true
        return
      }
      let start = at
      switch bytes[at] {
      case UInt8(ascii: "\n"):
        at += 1
        tokens.append(PrismaToken(kind: .lineEnd, range: start..<at))
      case 0...0x20: at += 1
      case UInt8(ascii: "/") where at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "/"):
        at = end(of: start) { $0 != UInt8(ascii: "\n") }
        if at - start > 2, bytes[start + 2] == UInt8(ascii: "/") {
          tokens.append(PrismaToken(kind: .documentation, range: (start + 3)..<at))
        }
      case UInt8(ascii: "/") where at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "*"):
        at += 2
        while at < bytes.count,
          !(bytes[at - 1] == UInt8(ascii: "*") && bytes[at] == UInt8(ascii: "/") && at > start + 2)
        { at += 1 }
        at = min(at + 1, bytes.count)
      case UInt8(ascii: "\""):
        at = textEnd(start)
        tokens.append(PrismaToken(kind: .text, range: start..<at))
      case let byte where Self.isWord(byte):
        at = end(of: start) { Self.isWord($0) || $0 == UInt8(ascii: "-") }
        tokens.append(PrismaToken(kind: Self.isNumber(bytes[start..<at]) ? .number : .word, range: start..<at))
        if tokens[tokens.count - 1].kind == .number { takeFraction(&at) }
      case UInt8(ascii: "-") where at + 1 < bytes.count && isDigit(bytes[at + 1]):
        at = end(of: start + 1) { isDigit($0) }
        tokens.append(PrismaToken(kind: .number, range: start..<at))
        takeFraction(&at)
      default:
        at += 1
        tokens.append(PrismaToken(kind: .symbol, range: start..<at))
      }
    }
  }

  /// Takes a point and digits, or an exponent, into the number that was read last.
  private mutating func takeFraction(_ at: inout Int) {
    let last = tokens.count - 1
    if at + 1 < bytes.count, bytes[at] == UInt8(ascii: "."), isDigit(bytes[at + 1]) {
      at = end(of: at + 1) { isDigit($0) }
    }
    tokens[last].range = tokens[last].range.lowerBound..<at
  }

  private func end(of start: Int, _ isPart: (UInt8) -> Bool) -> Int {
    var at = start
    while at < bytes.count, isPart(bytes[at]) { at += 1 }
    return at
  }

  /// Behind the closing quote, or at the end of the line when there is none.
  private func textEnd(_ start: Int) -> Int {
    var at = start + 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\n") {
      if bytes[at] == UInt8(ascii: "\"") { return at + 1 }
      at += bytes[at] == UInt8(ascii: "\\") && at + 1 < bytes.count && bytes[at + 1] != UInt8(ascii: "\n") ? 2 : 1
    }
    return min(at, bytes.count)
  }

  static func isWord(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z") || isDigit(byte) || byte == UInt8(ascii: "_")
      || byte >= 0x80
  }
  private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool { bytes.allSatisfy { isDigit($0) } }
}

/// The text that a quoted token stands for: escapes undone, quotes left out.
func prismaText(_ token: ArraySlice<UInt8>) -> [UInt8] {
  var text: [UInt8] = []
  var rest = token.dropFirst()
  if rest.last == UInt8(ascii: "\"") { rest = rest.dropLast() }
  var at = rest.startIndex
  while at < rest.endIndex {
    guard rest[at] == UInt8(ascii: "\\"), at + 1 < rest.endIndex else {
      text.append(rest[at])
      at += 1
      continue
    }
    at += 2
    switch rest[at - 1] {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"):
      var code: UInt32 = 0, count = 0
      while count < 4, at < rest.endIndex, let digit = hexValue(rest[at]) {
        code = code << 4 | UInt32(digit)
        at += 1
        count += 1
      }
      guard count == 4, let scalar = Unicode.Scalar(code) else { continue }
      text += Array(String(scalar).utf8)
    default: text.append(rest[at - 1])
    }
  }
  return text
}
