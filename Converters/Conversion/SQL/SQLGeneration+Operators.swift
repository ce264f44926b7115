internal import Bytes
internal import Records
internal import SQLText

// Operators, those that bind least first. All terms are put in brackets when they are put together.
extension SQLGeneration {
  mutating func disjunction() -> Term? {
    guard depth < Self.depthLimit else { return nil }
    depth += 1
    defer { depth -= 1 }
    guard var left = conjunction() else { return nil }
    while cursor.accept("or") {
      guard let right = conjunction(), left.kind == .boolean, right.kind == .boolean else { return nil }
      left = joined(left, "OR", right, .boolean)
    }
    return left
  }

  private mutating func conjunction() -> Term? {
    guard var left = negation() else { return nil }
    while cursor.accept("and") {
      guard let right = negation(), left.kind == .boolean, right.kind == .boolean else { return nil }
      left = joined(left, "AND", right, .boolean)
    }
    return left
  }

  private mutating func negation() -> Term? {
    guard cursor.accept("not") else { return test() }
    // A second NOT stands in brackets wherever PostgreSQL writes one.
    guard let inside = test(), inside.kind == .boolean else { return nil }
    return Term(Array("(NOT ".utf8) + inside.text + Array(")".utf8), .boolean)
  }

  private mutating func test() -> Term? {
    guard var term = comparison() else { return nil }
    while cursor.accept("is") {
      let word = cursor.accept("not") ? " IS NOT " : " IS "
      if cursor.accept("null") {
        term = Term(Array("(".utf8) + term.text + Array((word + "NULL)").utf8), .boolean)
      } else {
        guard term.kind == .boolean else { return nil }
        let isTrue = cursor.accept("true")
        guard isTrue || cursor.accept("false") else { return nil }
        term = Term(Array("(".utf8) + term.text + Array((word + (isTrue ? "TRUE)" : "FALSE)")).utf8), .boolean)
      }
    }
    return term
  }

  private mutating func comparison() -> Term? {
    guard let left = concatenation() else { return nil }
    guard let word = accept(["=", "<>", "<", ">", "<=", ">="]) else { return left }
    guard let right = concatenation(), Self.common([left, right]) != nil else { return nil }
    return joined(left, word, right, .boolean)
  }

  private mutating func concatenation() -> Term? {
    guard var left = sum() else { return nil }
    while accept(["||"]) != nil {
      // Beside a text, PostgreSQL takes a bare literal for a text too; other pairs are not immutable.
      guard let right = sum(), let kind = Self.common([left, right]) ?? lexemes(left, right),
        kind == .text || kind == .lexemes
      else { return nil }
      left = joined(left, "||", right, kind)
    }
    return left
  }
  private func lexemes(_ left: Term, _ right: Term) -> Kind? {
    left.kind == .lexemes && right.kind == .lexemes ? .lexemes : nil
  }

  private mutating func sum() -> Term? {
    guard var left = product() else { return nil }
    while let word = accept(["+", "-"]) {
      guard let right = product(), let term = arithmetic(left, word, right) else { return nil }
      left = term
    }
    return left
  }

  private mutating func product() -> Term? {
    guard var left = signed() else { return nil }
    while let word = accept(["*", "/", "%"]) {
      guard let right = signed(), let term = arithmetic(left, word, right) else { return nil }
      if word == "%", term.kind == .float { return nil }
      left = term
    }
    return left
  }

  private func arithmetic(_ left: Term, _ word: String, _ right: Term) -> Term? {
    guard left.kind.isNumeric, right.kind.isNumeric else { return nil }
    return joined(left, word, right, Self.widest([left.kind, right.kind]))
  }

  private mutating func signed() -> Term? {
    guard accept(["-"]) != nil else { return cast() }
    guard let term = cast(), term.kind.isNumeric else { return nil }
    return Term(Array("(- ".utf8) + term.text + Array(")".utf8), term.kind)
  }

  private func joined(_ left: Term, _ word: String, _ right: Term, _ kind: Kind) -> Term {
    Term(Array("(".utf8) + left.text + Array(" \(word) ".utf8) + right.text + Array(")".utf8), kind)
  }

  private mutating func accept(_ words: [String]) -> String? {
    guard let token = cursor.peek(), token.kind == .operator else { return nil }
    let text = cursor.lexer.text(token)
    guard let word = words.first(where: { text.elementsEqual($0.utf8) }) else { return nil }
    cursor.skip()
    return word
  }

  // MARK: Casts

  private mutating func cast() -> Term? {
    guard var term = primary() else { return nil }
    while accept(["::"]) != nil {
      guard let (word, kind) = typeName(), let made = cast(term, word, kind) else { return nil }
      term = made
    }
    return term
  }

  /// A type, as it is written and what its values are.
  private mutating func typeName() -> (word: String, kind: Kind)? {
    if cursor.accept("character", "varying") || cursor.accept("varchar") || cursor.accept("text") {
      return cursor.isSymbol("(") ? nil : ("text", .text)
    }
    if cursor.accept("double", "precision") { return ("double precision", .float) }
    if cursor.accept("numeric") { return cursor.isSymbol("(") ? nil : ("numeric", .decimal) }
    for word in ["integer", "bigint", "smallint"] where cursor.accept(word) { return (word, .integer) }
    return cursor.accept("boolean") ? ("boolean", .boolean) : nil
  }

  private func cast(_ term: Term, _ word: String, _ kind: Kind) -> Term? {
    let isTaken: Bool
    switch term.kind {
    case .literal(let text): isTaken = takes(text, as: kind, word)
    case .integer, .decimal: isTaken = kind.isNumeric || kind == .text
    case .float: isTaken = kind.isNumeric
    case .text: isTaken = kind == .text || kind.isNumeric
    case .boolean: isTaken = kind == .text || kind == .boolean
    case .lexemes, .other: isTaken = false
    }
    guard isTaken else { return nil }
    return Term(Array("(".utf8) + term.text + Array(")::\(word)".utf8), kind)
  }

  /// Whether a literal is one of a type.
  private func takes(_ text: [UInt8], as kind: Kind, _ word: String) -> Bool {
    switch kind {
    case .text: return true
    case .boolean: return [Array("true".utf8), Array("false".utf8), Array("t".utf8), Array("f".utf8)].contains(text)
    case .integer:
      guard let value = Int64(digits: text.span) else { return false }
      return word == "bigint" || (word == "integer" ? Int32(exactly: value) != nil : Int16(exactly: value) != nil)
    case .decimal, .float:
      guard text.count <= 64, isJSONNumber(text.span), let number = DecimalText(text.span) else { return false }
      return number.magnitude <= 64 && number.scale <= 64
    case .lexemes, .literal, .other: return false
    }
  }
}
