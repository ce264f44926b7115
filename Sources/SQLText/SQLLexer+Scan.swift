internal import Bytes

// Tokens of more than one character: quotes, words, numbers.
extension SQLLexer {
  /// The end of the word that begins at an offset.
  func wordEnd(_ start: Int) -> Int {
    var at = start
    while at < end, isWordPart(bytes[at]) { at += 1 }
    return at
  }

  /// What a quote at `open` begins; the token itself begins at `start`.
  func quoted(_ kind: SQLToken.Kind, _ start: Int, _ open: Int) -> SQLToken {
    let quote = bytes[open], escapes = kind == .escapeString || kind == .string && syntax.backslashEscapes
    var at = open + 1
    while at < end {
      if bytes[at] == quote {
        guard byte(at + 1) == quote else { return SQLToken(kind, start..<(at + 1)) }
        at += 2
      } else {
        at += escapes && bytes[at] == UInt8(ascii: "\\") ? 2 : 1
      }
    }
    return SQLToken(kind, start..<end, isClosed: false)
  }

  /// SQLite's `[…]`, in which nothing is escaped.
  func bracketed(_ start: Int) -> SQLToken {
    var at = start + 1
    while at < end, bytes[at] != UInt8(ascii: "]") { at += 1 }
    return SQLToken(.quotedIdentifier, start..<min(at + 1, end), isClosed: at < end)
  }

  /// A string with letters before its quote: `E''`, `B''`, `X''`, `N''`, `U&''`, `U&""`.
  func prefixed(_ start: Int) -> SQLToken? {
    let quote = UInt8(ascii: "'"), isPostgres = syntax.family == .postgres
    switch (asciiLower(bytes[start]), byte(start + 1)) {
    case (UInt8(ascii: "x"), quote): return quoted(.hexString, start, start + 1)
    case (UInt8(ascii: "b"), quote) where syntax.family != .sqlite: return quoted(.bitString, start, start + 1)
    case (UInt8(ascii: "n"), quote) where syntax.family != .sqlite: return quoted(.string, start, start + 1)
    case (UInt8(ascii: "e"), quote) where isPostgres: return quoted(.escapeString, start, start + 1)
    case (UInt8(ascii: "u"), UInt8(ascii: "&")) where isPostgres:
      if byte(start + 2) == quote { return quoted(.unicodeString, start, start + 2) }
      return byte(start + 2) == UInt8(ascii: "\"") ? quoted(.unicodeIdentifier, start, start + 2) : nil
    default: return nil
    }
  }

  /// PostgreSQL's `$1` or `$tag$…$tag$`.
  func dollar(_ start: Int) -> SQLToken {
    var at = start + 1
    if isDigit(byte(at)) {
      while isDigit(byte(at)) { at += 1 }
      return SQLToken(.parameter, start..<at)
    }
    while at < end, isWordPart(bytes[at]), bytes[at] != UInt8(ascii: "$") { at += 1 }
    guard byte(at) == UInt8(ascii: "$") else { return SQLToken(.unknown, start..<(start + 1)) }
    let tag = start..<(at + 1)
    at += 1
    // A `$` of a failed match may begin the next: only the tag's ends hold one.
    while at < end {
      guard bytes[at] == UInt8(ascii: "$") else {
        at += 1
        continue
      }
      if bytes.count - at >= tag.count, bytes[at..<(at + tag.count)] == bytes[tag] {
        return SQLToken(.dollarString, start..<(at + tag.count))
      }
      at += 1
    }
    return SQLToken(.dollarString, start..<end, isClosed: false)
  }

  /// A parameter or variable; nil when the character begins none.
  func parameter(_ start: Int) -> SQLToken? {
    guard syntax.family != .postgres else { return nil }
    let first = bytes[start]
    var at = start + 1
    if first == UInt8(ascii: "?") {
      while isDigit(byte(at)) { at += 1 }
      return SQLToken(.parameter, start..<at)
    }
    if syntax.family == .mysql {
      guard first == UInt8(ascii: "@") else {
        return first == UInt8(ascii: "$") ? SQLToken(.word, start..<max(at, wordEnd(start))) : nil
      }
      if byte(at) == UInt8(ascii: "@") { at += 1 }
    }
    guard isWordPart(byte(at)) else { return nil }
    while isWordPart(byte(at)) || syntax.family == .mysql && byte(at) == UInt8(ascii: ".") { at += 1 }
    return SQLToken(.parameter, start..<at)
  }

  /// A number; letters that follow its prefix belong to it.
  func number(_ start: Int) -> SQLToken {
    var at = start
    let marker = asciiLower(byte(start + 1))
    if bytes[start] == UInt8(ascii: "0"),
      marker == UInt8(ascii: "x") || marker == UInt8(ascii: "b") || marker == UInt8(ascii: "o")
    {
      at = wordEnd(start)
      guard syntax.family == .mysql else { return SQLToken(.number, start..<at) }
      return SQLToken(marker == UInt8(ascii: "x") ? .hexString : .bitString, start..<at)
    }
    while isDigit(byte(at)) || byte(at) == UInt8(ascii: "_") { at += 1 }
    if byte(at) == UInt8(ascii: "."), byte(at + 1) != UInt8(ascii: ".") {
      at += 1
      while isDigit(byte(at)) || byte(at) == UInt8(ascii: "_") { at += 1 }
    }
    if asciiLower(byte(at)) == UInt8(ascii: "e") {
      let sign = byte(at + 1) == UInt8(ascii: "+") || byte(at + 1) == UInt8(ascii: "-") ? 1 : 0
      if isDigit(byte(at + 1 + sign)) {
        at += 1 + sign
        while isDigit(byte(at)) { at += 1 }
      }
    }
    // MySQL lets a name begin with digits.
    if syntax.family == .mysql, at < end, isWordStart(bytes[at]) { return SQLToken(.word, start..<wordEnd(start)) }
    return SQLToken(.number, start..<at)
  }
}
