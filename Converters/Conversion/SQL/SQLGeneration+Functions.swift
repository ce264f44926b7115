internal import Bytes
internal import Records
internal import SQLText

// Calls of functions that are part of PostgreSQL and immutable.
extension SQLGeneration {
  private enum Operand { case text, integer, decimal, number }
  private struct Function {
    var name: String
    var operands: [Operand]
    /// How many of them must be there.
    var required: Int
    /// Nil: that of the first operand.
    var result: Kind?
    init(_ name: String, _ operands: [Operand], required: Int? = nil, _ result: Kind?) {
      self.name = name
      self.operands = operands
      self.required = required ?? operands.count
      self.result = result
    }
  }
  private static let functions: [Function] = [
    Function("lower", [.text], .text), Function("upper", [.text], .text), Function("initcap", [.text], .text),
    Function("length", [.text], .integer), Function("char_length", [.text], .integer),
    Function("btrim", [.text, .text], required: 1, .text), Function("ltrim", [.text, .text], required: 1, .text),
    Function("rtrim", [.text, .text], required: 1, .text), Function("replace", [.text, .text, .text], .text),
    Function("md5", [.text], .text), Function("left", [.text, .integer], .text),
    Function("right", [.text, .integer], .text), Function("strpos", [.text, .text], .integer),
    Function("substr", [.text, .integer, .integer], required: 2, .text),
    Function("split_part", [.text, .text, .integer], .text), Function("abs", [.number], nil),
    Function("round", [.decimal, .integer], required: 1, .decimal), Function("floor", [.decimal], .decimal),
    Function("ceil", [.decimal], .decimal), Function("ceiling", [.decimal], .decimal),
  ]
  /// What the grammar itself knows: some operands of one kind.
  private static let ofOneKind = ["coalesce", "nullif", "greatest", "least"]
  /// Configurations of the text search that every server has.
  private static let configurations = [
    "simple", "danish", "dutch", "english", "finnish", "french", "german", "hungarian", "italian", "norwegian",
    "portuguese", "romanian", "russian", "spanish", "swedish", "turkish",
  ]

  /// The call of a function; the cursor stands behind its bracket.
  mutating func call(_ name: Name) -> Term? {
    if name == "to_tsvector" { return vector() }
    if name == "setweight" { return weight() }
    var operands: [Term] = []
    repeat {
      guard let operand = disjunction() else { return nil }
      operands.append(operand)
    } while cursor.acceptSymbol(",")
    guard cursor.acceptSymbol(")") else { return nil }
    let list = Array(operands.map(\.text).joined(separator: Array(", ".utf8))) + Array(")".utf8)
    if let word = Self.ofOneKind.first(where: { name == Name($0) }) {
      guard operands.count == 2 || word != "nullif", let kind = Self.common(operands) else { return nil }
      return Term(Array("\(word.uppercased())(".utf8) + list, kind)
    }
    guard let function = Self.functions.first(where: { name == Name($0.name) }), operands.count >= function.required,
      operands.count <= function.operands.count, zip(operands, function.operands).allSatisfy(Self.isTaken)
    else { return nil }
    let call = Array("pg_catalog.\"\(function.name)\"(".utf8)
    return Term(call + list, function.result ?? operands[0].kind)
  }

  private static func isTaken(_ term: Term, _ operand: Operand) -> Bool {
    switch operand {
    case .text: term.kind.isText
    case .integer: term.kind == .integer
    // An integer would be made a float.
    case .decimal: term.kind == .decimal
    case .number: term.kind.isNumeric
    }
  }

  /// `to_tsvector('english'::regconfig, …)`: without a configuration it is not immutable.
  private mutating func vector() -> Term? {
    guard let name = cursor.string(),
      let word = Self.configurations.first(where: {
        name.elementsEqual($0.utf8) || name.elementsEqual("pg_catalog.\($0)".utf8)
      }),
      acceptCast(to: "regconfig"), cursor.acceptSymbol(","), let text = disjunction(), text.kind.isText,
      cursor.acceptSymbol(")")
    else { return nil }
    let call = Array("pg_catalog.to_tsvector('pg_catalog.\(word)'::pg_catalog.regconfig, ".utf8)
    return Term(call + text.text + Array(")".utf8), .lexemes)
  }

  /// `setweight(…, 'A'::"char")`.
  private mutating func weight() -> Term? {
    guard let vector = disjunction(), vector.kind == .lexemes, cursor.acceptSymbol(","), let letter = cursor.string(),
      let word = ["A", "B", "C", "D"].first(where: { letter.elementsEqual($0.utf8) }), acceptCast(to: "char"),
      cursor.acceptSymbol(")")
    else { return nil }
    return Term(Array("pg_catalog.setweight(".utf8) + vector.text + Array(", '\(word)'::\"char\")".utf8), .lexemes)
  }

  private mutating func acceptCast(to type: String) -> Bool {
    guard let token = cursor.peek(), cursor.lexer.text(token).elementsEqual("::".utf8) else { return false }
    cursor.skip()
    return cursor.name() == Name(type)
  }
}
