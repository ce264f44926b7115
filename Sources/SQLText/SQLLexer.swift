internal import Bytes

/// Cuts one statement into tokens; comments and white space are skipped.
///
/// The content of MySQL's version comments (`/*!40101 … */`) is code: only its frame is skipped. What lacks a closing quote
/// reaches to the end. Text behind 4 GiB is not looked at.
package struct SQLLexer: Sendable {
  package let bytes: [UInt8]
  package let syntax: SQLSyntax
  /// Where the next token is looked for.
  package private(set) var offset: Int
  /// Whether the comment before the last token has no end.
  package private(set) var endsInComment = false
  let end: Int

  package init(_ bytes: [UInt8], _ syntax: SQLSyntax, at offset: Int = 0) {
    self.bytes = bytes
    self.syntax = syntax
    end = min(bytes.count, Int(UInt32.max))
    self.offset = min(max(offset, 0), end)
  }

  /// The byte at an offset; 0 behind the end.
  func byte(_ at: Int) -> UInt8 { at < end ? bytes[at] : 0 }

  /// The next token; nil at the end.
  package mutating func next() -> SQLToken? {
    skipSpace()
    guard offset < end else { return nil }
    let token = scan(offset)
    offset = max(token.range.upperBound, offset + 1)
    return token
  }

  /// Moves behind white space, comments and the frames of version comments.
  private mutating func skipSpace() {
    while offset < end {
      let first = bytes[offset], second = byte(offset + 1)
      switch first {
      case UInt8(ascii: " "), 0x09...0x0D: offset += 1
      case UInt8(ascii: "-") where second == UInt8(ascii: "-") && beginsLineComment(offset + 2): skipLine()
      case UInt8(ascii: "#") where syntax.family == .mysql: skipLine()
      case UInt8(ascii: "/") where second == UInt8(ascii: "*"): skipComment()
      // The end of a version comment; the statement may have been cut out behind its beginning.
      case UInt8(ascii: "*") where syntax.family == .mysql && second == UInt8(ascii: "/"): offset += 2
      default: return
      }
    }
  }

  /// Whether two dashes before an offset begin a comment: in MySQL white space must follow.
  private func beginsLineComment(_ at: Int) -> Bool { syntax.family != .mysql || at >= end || bytes[at] <= 0x20 }

  private mutating func skipLine() {
    while offset < end, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
  }

  private mutating func skipComment() {
    if let content = versionComment(offset) {
      offset = content
      return
    }
    var depth = 1, at = offset + 2
    while at < end {
      let first = bytes[at], second = byte(at + 1)
      if first == UInt8(ascii: "*"), second == UInt8(ascii: "/") {
        depth -= 1
        at += 2
        if depth == 0 { break }
      } else if first == UInt8(ascii: "/"), second == UInt8(ascii: "*"), syntax.family == .postgres {
        depth += 1
        at += 2
      } else {
        at += 1
      }
    }
    endsInComment = depth > 0
    offset = min(at, end)
  }

  /// Where the content of the version comment at an offset begins; nil when it is another comment, or a command of the client
  /// such as MariaDB's `/*M!999999\- …*/`.
  private func versionComment(_ start: Int) -> Int? {
    guard syntax.family == .mysql else { return nil }
    var at = start + 2
    if byte(at) == UInt8(ascii: "M") { at += 1 }
    guard byte(at) == UInt8(ascii: "!") else { return nil }
    at += 1
    while isDigit(byte(at)) { at += 1 }
    return byte(at) == UInt8(ascii: "\\") ? nil : at
  }

  /// The token that begins at an offset, which is no white space.
  private func scan(_ at: Int) -> SQLToken {
    let first = bytes[at], second = byte(at + 1)
    switch first {
    case UInt8(ascii: "'"): return quoted(.string, at, at)
    case UInt8(ascii: "\""): return quoted(syntax.doubleQuotesName ? .quotedIdentifier : .string, at, at)
    case UInt8(ascii: "`") where syntax.family != .postgres: return quoted(.quotedIdentifier, at, at)
    case UInt8(ascii: "[") where syntax.family == .sqlite: return bracketed(at)
    case UInt8(ascii: "$") where syntax.family == .postgres: return dollar(at)
    case UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "$"), UInt8(ascii: ":"):
      if let parameter = parameter(at) { return parameter }
    case UInt8(ascii: "."), UInt8(ascii: "0")...UInt8(ascii: "9"):
      if first != UInt8(ascii: ".") || isDigit(second) { return number(at) }
    default: break
    }
    if isWordStart(first) { return prefixed(at) ?? SQLToken(.word, at..<wordEnd(at)) }
    switch first {
    case UInt8(ascii: ":") where second == UInt8(ascii: ":"): return SQLToken(.operator, at..<(at + 2))
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "."), UInt8(ascii: ":"):
      return SQLToken(.punctuation, at..<(at + 1))
    default: return isOperator(first) ? self.operator(at) : SQLToken(.unknown, at..<(at + 1))
    }
  }

  /// A run of the characters of operators; of several, a sign ends it only in PostgreSQL's own kinds of operators.
  private func `operator`(_ start: Int) -> SQLToken {
    guard syntax.family == .postgres else { return SQLToken(.operator, start..<(start + 1)) }
    var at = start, mayEndInSign = false
    while at < end, isOperator(bytes[at]) {
      let second = byte(at + 1)
      if bytes[at] == UInt8(ascii: "-"), second == UInt8(ascii: "-") { break }
      if bytes[at] == UInt8(ascii: "/"), second == UInt8(ascii: "*") { break }
      if "~!@#%^&|`?".utf8.contains(bytes[at]) { mayEndInSign = true }
      at += 1
    }
    while !mayEndInSign, at > start + 1, bytes[at - 1] == UInt8(ascii: "+") || bytes[at - 1] == UInt8(ascii: "-") {
      at -= 1
    }
    return SQLToken(.operator, start..<max(at, start + 1))
  }
}

func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
func isOperator(_ byte: UInt8) -> Bool { "+-*/<>=~!@#%^&|`?".utf8.contains(byte) }
/// Whether a word may begin with a byte; all that is not ASCII counts as a letter.
func isWordStart(_ byte: UInt8) -> Bool {
  let lower = asciiLower(byte)
  return byte >= 0x80 || byte == UInt8(ascii: "_") || lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
}
func isWordPart(_ byte: UInt8) -> Bool { isWordStart(byte) || isDigit(byte) || byte == UInt8(ascii: "$") }
