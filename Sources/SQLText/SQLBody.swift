internal import Bytes

/// Whether a semicolon ends a statement or stands in the body of a function or trigger: `BEGIN ATOMIC … END` in PostgreSQL,
/// a trigger's `BEGIN … END` in SQLite.
///
/// The text so far is looked at once, however many semicolons it has.
package struct SQLBody: Sendable {
  private let syntax: SQLSyntax
  private var offset = 0
  private var seen = 0
  /// Whether the statement is one that may have a body.
  private var mayHaveBody: Bool?
  private var depth = 0
  private var brackets = 0
  private var isOver = false
  private var mayBeAtomic = false
  private var isAfterPeriod = false

  package init(_ syntax: SQLSyntax) { self.syntax = syntax }

  /// Whether the semicolon behind the text belongs to the statement. The text of a later call begins with that of the call
  /// before, semicolon included.
  package mutating func continues(_ statement: [UInt8]) -> Bool {
    guard mayHaveBody != false, syntax.family != .mysql else { return false }
    var lexer = SQLLexer(statement, syntax, at: offset)
    while let token = lexer.next() {
      take(token, lexer)
      if mayHaveBody == false { return false }
    }
    offset = statement.count
    return depth > 0
  }

  private mutating func take(_ token: SQLToken, _ lexer: SQLLexer) {
    defer { isAfterPeriod = lexer.isSymbol(token, ".") }
    if mayHaveBody == nil { decide(token, lexer) }
    seen += 1
    if lexer.isSymbol(token, "(") { brackets += 1 }
    if lexer.isSymbol(token, ")") { brackets -= 1 }
    guard token.kind == .word, !isOver, !isAfterPeriod else { return mayBeAtomic = false }
    if depth == 0 {
      guard brackets <= 0 else { return }
      if syntax.family == .sqlite, lexer.isWord(token, "begin") { depth = 1 }
      if mayBeAtomic, lexer.isWord(token, "atomic") { depth = 1 }
      mayBeAtomic = lexer.isWord(token, "begin")
    } else if lexer.isWord(token, "case") {
      depth += 1
    } else if lexer.isWord(token, "end") {
      depth -= 1
      isOver = depth == 0
    }
  }

  /// Looks at the first words.
  private mutating func decide(_ token: SQLToken, _ lexer: SQLLexer) {
    if seen == 0 {
      if !lexer.isWord(token, "create") { mayHaveBody = false }
      return
    }
    if ["or", "replace", "temp", "temporary"].contains(where: { lexer.isWord(token, $0) }) { return }
    let words = syntax.family == .postgres ? ["function", "procedure"] : ["trigger"]
    mayHaveBody = words.contains { lexer.isWord(token, $0) }
  }
}

extension DumpSchema {
  /// Whether the semicolon behind a text belongs to its statement. For many semicolons in one statement keep a `SQLBody`.
  package static func continuesBody(_ statement: [UInt8], _ syntax: SQLSyntax) -> Bool {
    var body = SQLBody(syntax)
    return body.continues(statement)
  }

  /// The statement without the frames of MySQL's version comments: their content is code. Bytes keep their places, for the
  /// frames become spaces.
  package static func unwrapped(_ statement: [UInt8], _ syntax: SQLSyntax) -> [UInt8] {
    guard syntax.family == .mysql else { return statement }
    var lexer = SQLLexer(statement, syntax), output = [UInt8](repeating: UInt8(ascii: " "), count: statement.count)
    while let token = lexer.next() { output.replaceSubrange(token.range, with: statement[token.range]) }
    return output
  }
}
