package import Bytes

// What tokens mean.
extension SQLLexer {
  /// The token as it stands.
  package func text(_ token: SQLToken) -> [UInt8] { Array(bytes[token.range]) }

  /// Whether a token is a word, in letters of either case.
  package func isWord(_ token: SQLToken, _ word: String) -> Bool {
    guard token.kind == .word, Int(token.count) == word.utf8.count else { return false }
    var at = token.range.lowerBound
    for letter in word.utf8 {
      guard asciiLower(bytes[at]) == asciiLower(letter) else { return false }
      at += 1
    }
    return true
  }

  /// Whether a token is one character of punctuation or of an operator.
  package func isSymbol(_ token: SQLToken, _ symbol: Unicode.Scalar) -> Bool {
    (token.kind == .punctuation || token.kind == .operator) && token.range.count == 1
      && bytes[token.range.lowerBound] == UInt8(ascii: symbol)
  }

  /// The name that a token is; PostgreSQL's without quotes in lower case. Nil when it is no name.
  package func name(_ token: SQLToken) -> Name? {
    switch token.kind {
    case .word:
      let word = Name(text(token))
      return syntax.family == .postgres ? word.lowercased : word
    case .quotedIdentifier, .unicodeIdentifier: return Name(value(token))
    // SQLite takes a string for a name where only a name can stand.
    case .string where syntax.family == .sqlite: return Name(value(token))
    default: return nil
    }
  }

  /// The value of a token without its quotes and escapes; the text of any other. `U&` strings are taken to use backslashes
  /// unless their `UESCAPE` is given.
  package func value(_ token: SQLToken, unicodeEscape: UInt8 = UInt8(ascii: "\\")) -> [UInt8] {
    let range = token.range
    switch token.kind {
    case .string: return unescaped(content(token), bytes[opening(token)], syntax.backslashEscapes ? syntax.family : nil)
    case .escapeString: return unescaped(content(token), UInt8(ascii: "'"), .postgres)
    case .quotedIdentifier:
      return bytes[range.lowerBound] == UInt8(ascii: "[")
        ? Array(bytes[content(token)]) : unescaped(content(token), bytes[range.lowerBound], nil)
    case .unicodeString, .unicodeIdentifier:
      return unicodeUnescaped(content(token), bytes[opening(token)], unicodeEscape)
    case .hexString where syntax.family != .postgres: return hexBytes(content(token))
    case .bitString where syntax.family != .postgres: return bitBytes(content(token))
    case .hexString, .bitString: return Array(bytes[content(token)])
    case .dollarString: return Array(bytes[content(token)])
    default: return Array(bytes[range])
    }
  }

  /// Where the opening quote of a token is.
  private func opening(_ token: SQLToken) -> Int {
    let start = token.range.lowerBound
    return token.range.first { [UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`")].contains(bytes[$0]) } ?? start
  }

  /// What stands between the quotes of a token.
  package func content(_ token: SQLToken) -> Range<Int> {
    let range = token.range, last = range.upperBound
    switch token.kind {
    case .dollarString:
      let tag = (bytes[(range.lowerBound + 1)..<last].firstIndex(of: UInt8(ascii: "$")) ?? last - 1) + 1
      return tag..<max(tag, token.isClosed ? last - (tag - range.lowerBound) : last)
    case .hexString, .bitString:
      guard bytes[range.lowerBound] != UInt8(ascii: "0") else { return min(range.lowerBound + 2, last)..<last }
      fallthrough
    case .string, .escapeString, .unicodeString, .unicodeIdentifier:
      let first = opening(token) + 1
      return first..<max(first, token.isClosed ? last - 1 : last)
    case .quotedIdentifier: return (range.lowerBound + 1)..<max(range.lowerBound + 1, token.isClosed ? last - 1 : last)
    default: return range
    }
  }

  /// Text with doubled quotes made single, and the escapes of a dialect undone.
  private func unescaped(_ range: Range<Int>, _ quote: UInt8, _ escapes: SQLSyntax.Family?) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(range.count)
    var at = range.lowerBound
    while at < range.upperBound {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\\"), let escapes, at + 1 < range.upperBound {
        at = escapes == .mysql ? mysqlEscape(at, &output) : postgresEscape(at, range.upperBound, &output)
        continue
      }
      output.append(byte)
      at += byte == quote && at + 1 < range.upperBound && bytes[at + 1] == quote ? 2 : 1
    }
    return output
  }

  /// Undoes the escape at an offset and returns where it ends.
  private func mysqlEscape(_ at: Int, _ output: inout [UInt8]) -> Int {
    switch bytes[at + 1] {
    case UInt8(ascii: "0"): output.append(0)
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "Z"): output.append(0x1A)
    case UInt8(ascii: "%"), UInt8(ascii: "_"): output += [UInt8(ascii: "\\"), bytes[at + 1]]
    default: output.append(bytes[at + 1])
    }
    return at + 2
  }

  /// Undoes the escape at an offset and returns where it ends.
  private func postgresEscape(_ at: Int, _ end: Int, _ output: inout [UInt8]) -> Int {
    let letter = bytes[at + 1]
    switch letter {
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0C)
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      let (value, next) = digits(at + 1, min(at + 4, end), radix: 8)
      output.append(UInt8(truncatingIfNeeded: value))
      return next
    case UInt8(ascii: "x"):
      let (value, next) = digits(at + 2, min(at + 4, end), radix: 16)
      output.append(next > at + 2 ? UInt8(truncatingIfNeeded: value) : letter)
      return next
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      return appendScalar(at, end, UInt8(ascii: "\\"), &output)
    default: output.append(letter)
    }
    return at + 2
  }

  /// The number of some digits, and where it ends.
  func digits(_ start: Int, _ end: Int, radix: UInt32) -> (value: UInt32, next: Int) {
    var value: UInt32 = 0, at = start
    while at < end, let digit = hexValue(bytes[at]), UInt32(digit) < radix {
      value = value &* radix &+ UInt32(digit)
      at += 1
    }
    return (value, at)
  }
}
