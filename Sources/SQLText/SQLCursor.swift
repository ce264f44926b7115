package import Bytes

/// The tokens of one statement, with a place among them.
package struct SQLCursor: Sendable {
  /// Tokens that are looked at; a statement of more is not understood.
  package static var tokenLimit: Int { 4 << 20 }

  package let lexer: SQLLexer
  package let tokens: [SQLToken]
  /// Number of the next token.
  package var at = 0
  /// Whether the statement has more tokens than are looked at.
  package let isCut: Bool

  package init(_ bytes: [UInt8], _ syntax: SQLSyntax, limit: Int = tokenLimit) {
    var scanner = SQLLexer(bytes, syntax), tokens: [SQLToken] = []
    while tokens.count < limit, let token = scanner.next() { tokens.append(token) }
    isCut = tokens.count == limit && scanner.next() != nil
    self.tokens = tokens
    lexer = scanner
  }

  package var bytes: [UInt8] { lexer.bytes }
  package var isPostgres: Bool { lexer.syntax.family == .postgres }
  package var isAtEnd: Bool { at >= tokens.count }
  /// The token some places ahead; nil behind the end.
  package func peek(_ distance: Int = 0) -> SQLToken? {
    at + distance < tokens.count && at + distance >= 0 ? tokens[at + distance] : nil
  }
  package mutating func skip(_ count: Int = 1) { at = min(at + count, tokens.count) }

  /// Whether certain words come next.
  package func isNext(_ word: String) -> Bool { at < tokens.count && lexer.isWord(tokens[at], word) }
  package func isNext(_ words: String...) -> Bool { isNext(words) }
  func isNext(_ words: [String], ahead: Int = 0) -> Bool {
    words.indices.allSatisfy { i in peek(ahead + i).map { lexer.isWord($0, words[i]) } ?? false }
  }
  /// Moves behind certain words if they come next.
  package mutating func accept(_ word: String) -> Bool {
    guard at < tokens.count, lexer.isWord(tokens[at], word) else { return false }
    at += 1
    return true
  }
  package mutating func accept(_ words: String...) -> Bool {
    guard isNext(words) else { return false }
    at += words.count
    return true
  }
  /// Moves behind one of some words if it comes next, and returns it.
  mutating func accept(oneOf words: [String]) -> String? {
    guard let word = words.first(where: { isNext($0) }) else { return nil }
    at += 1
    return word
  }
  package func isSymbol(_ symbol: Unicode.Scalar, ahead: Int = 0) -> Bool {
    peek(ahead).map { lexer.isSymbol($0, symbol) } ?? false
  }
  package mutating func acceptSymbol(_ symbol: Unicode.Scalar) -> Bool {
    guard isSymbol(symbol) else { return false }
    at += 1
    return true
  }

  /// Takes the name that comes next.
  package mutating func name() -> Name? {
    guard let token = peek(), let name = lexer.name(token) else { return nil }
    at += 1
    return name
  }
  /// Takes the name that comes next with what stands before it: `a.b.c`.
  package mutating func qualifiedName() -> [Name]? {
    guard let first = name() else { return nil }
    var parts = [first]
    while isSymbol(".") {
      let before = at
      at += 1
      guard let part = name() else {
        at = before
        break
      }
      parts.append(part)
    }
    return parts
  }
  /// Takes the string that comes next.
  package mutating func string() -> [UInt8]? {
    guard let token = peek(), token.isString else { return nil }
    at += 1
    return lexer.value(token)
  }

  /// The statement's text from one token up to another.
  package func text(_ range: Range<Int>) -> [UInt8] {
    let range = range.clamped(to: 0..<tokens.count)
    guard !range.isEmpty else { return [] }
    return Array(bytes[tokens[range.lowerBound].range.lowerBound..<tokens[range.upperBound - 1].range.upperBound])
  }
  /// The text from a token up to the place.
  package func text(from start: Int) -> [UInt8] { text(start..<max(start, at)) }
  /// The text of all that is left.
  package var rest: [UInt8] { text(at..<max(at, tokens.count)) }

  /// Moves behind the bracket that closes the one at the place; to the end when none does.
  package mutating func skipBrackets() {
    var depth = 0
    while let token = peek() {
      at += 1
      if lexer.isSymbol(token, "(") || lexer.isSymbol(token, "[") { depth += 1 }
      if lexer.isSymbol(token, ")") || lexer.isSymbol(token, "]") { depth -= 1 }
      if depth <= 0 { return }
    }
  }
  /// Takes what stands in brackets, without them; nil when no bracket comes next.
  package mutating func bracketed() -> [UInt8]? {
    guard isSymbol("(") else { return nil }
    let start = at
    skipBrackets()
    let isClosed = at - 1 > start && lexer.isSymbol(tokens[at - 1], ")")
    return text((start + 1)..<max(start + 1, isClosed ? at - 1 : at))
  }
  /// Takes the names in brackets, whatever follows each; nil when no bracket comes next or something is no name.
  package mutating func nameList() -> [Name]? {
    guard acceptSymbol("(") else { return nil }
    var names: [Name] = [], isPlain = true
    while !isAtEnd, !acceptSymbol(")") {
      if let name = name() { names.append(name) } else { isPlain = false }
      while !isAtEnd, !isSymbol(","), !isSymbol(")") { if isSymbol("(") { skipBrackets() } else { at += 1 } }
      _ = acceptSymbol(",")
    }
    return isPlain ? names : nil
  }
  /// Moves to a comma, a closing bracket or one of some words at this depth.
  package mutating func skip(to words: [String]) {
    while let token = peek() {
      if lexer.isSymbol(token, ",") || lexer.isSymbol(token, ")") { return }
      if token.kind == .word, words.contains(where: { lexer.isWord(token, $0) }) { return }
      if lexer.isSymbol(token, "(") || lexer.isSymbol(token, "[") { skipBrackets() } else { at += 1 }
    }
  }
}
