internal import Bytes
internal import Records

// Functions and triggers.
extension DumpSchema {
  private static let clauses = [
    "language", "as", "immutable", "stable", "volatile", "strict", "called", "security", "cost", "rows", "parallel",
    "set", "support", "leakproof", "window", "transform", "begin", "return", "external", "deterministic", "not", "sql",
    "contains", "no", "reads", "modifies", "comment",
  ]

  /// FUNCTION or PROCEDURE; the cursor stands behind the word.
  mutating func function(_ cursor: inout SQLCursor, _ kind: String) {
    _ = cursor.accept("if", "not", "exists")
    guard let parts = cursor.qualifiedName() else { return addStatement(cursor) }
    let (name, schema) = labelled(parts)
    let detail = signature(cursor), arguments = cursor.bracketed() ?? []
    var returns: [UInt8] = [], language: [UInt8] = syntax.family == .mysql ? Array("sql".utf8) : []
    var security = syntax.family == .mysql ? "definer" : "invoker", volatility = "volatile", path: [UInt8] = []
    while let token = cursor.peek() {
      let start = cursor.at
      if cursor.accept("returns"), !cursor.isNext("null") {
        skip(&cursor, to: Self.clauses)
        returns = cursor.text(from: start + 1)
      } else if cursor.accept("language") {
        language = cursor.name()?.bytes ?? cursor.string() ?? []
      } else if cursor.accept("security") {
        security = cursor.accept("definer") ? "definer" : "invoker"
      } else if let word = cursor.accept(oneOf: ["immutable", "stable", "volatile"]) {
        volatility = word
      } else if cursor.accept("set"), cursor.accept("search_path") {
        cursor.skip()
        let value = cursor.at
        repeat { cursor.skip() } while cursor.acceptSymbol(",")
        path = cursor.text(from: value)
      } else if cursor.isNext("begin") || cursor.isNext("return") {
        break
      } else if cursor.accept("as"), cursor.peek()?.isString == true {
        cursor.skip()
      } else if cursor.lexer.isSymbol(token, "(") {
        cursor.skipBrackets()
      } else if cursor.at == start {
        cursor.skip()
      }
    }
    addObject(
      kind, name, schema: schema, detail: detail, definition: cursor.bytes,
      [
        SchemaAttribute("arguments", arguments), SchemaAttribute("returns", returns),
        SchemaAttribute("language", language), SchemaAttribute("security", Array(security.utf8)),
        SchemaAttribute("volatility", kind == "function" && isPostgres ? Array(volatility.utf8) : []),
        SchemaAttribute("search-path", path),
      ])
  }

  /// Moves to one of some words outside of brackets.
  func skip(_ cursor: inout SQLCursor, to words: [String]) {
    while !cursor.isAtEnd, !words.contains(where: { cursor.isNext($0) }) {
      if cursor.isSymbol("(") || cursor.isSymbol("[") { cursor.skipBrackets() } else { cursor.skip() }
    }
  }

  /// The arguments in brackets by which functions of one name differ: without defaults, in lower case.
  func signature(_ cursor: SQLCursor) -> [UInt8] {
    var cursor = cursor, words: [UInt8] = [], isDefault = false, depth = 0
    guard cursor.isSymbol("(") else { return [] }
    repeat {
      guard let token = cursor.peek() else { break }
      cursor.skip()
      if cursor.lexer.isSymbol(token, "(") { depth += 1 }
      if cursor.lexer.isSymbol(token, ")") { depth -= 1 }
      if depth == 1, cursor.lexer.isSymbol(token, ",") { isDefault = false }
      if depth == 1, cursor.lexer.isWord(token, "default") || cursor.lexer.isSymbol(token, "=") { isDefault = true }
      if !isDefault, depth > 0, words.count < 4096 {
        words += [UInt8(ascii: " ")] + Name(cursor.lexer.text(token)).lowercased.bytes
      }
    } while depth > 0
    return words
  }

  mutating func aggregate(_ cursor: inout SQLCursor) {
    guard let parts = cursor.qualifiedName() else { return addStatement(cursor) }
    let (name, schema) = labelled(parts), detail = signature(cursor)
    addObject(
      "aggregate", name, schema: schema, detail: detail, definition: cursor.bytes,
      [SchemaAttribute("arguments", cursor.bracketed() ?? [])])
  }

  /// A trigger; the cursor stands behind TRIGGER.
  mutating func trigger(_ cursor: inout SQLCursor) {
    _ = cursor.accept("if", "not", "exists")
    guard let parts = cursor.qualifiedName(), let name = parts.last else { return addStatement(cursor) }
    var timing = Array("BEFORE".utf8)
    if let word = cursor.accept(oneOf: ["before", "after", "instead"]) {
      timing = Array((word == "instead" ? "INSTEAD OF" : word.uppercased()).utf8)
      _ = cursor.accept("of")
    }
    let start = cursor.at
    while !cursor.isAtEnd, !cursor.isNext("on") { cursor.skip() }
    let events = cursor.text(from: start)
    cursor.skip()
    guard let table = cursor.qualifiedName() else { return addStatement(cursor) }
    var function: [UInt8] = []
    if isPostgres {
      skip(&cursor, to: ["execute"])
      cursor.skip(2)
      let parts = cursor.qualifiedName() ?? []
      function = Array(parts.map(\.bytes).joined(separator: [UInt8(ascii: ".")]))
    }
    addObject(
      "trigger", name, table: tableLabel(table), definition: cursor.bytes,
      [
        SchemaAttribute("timing", timing), SchemaAttribute("events", events), SchemaAttribute("function", function),
      ])
  }

  mutating func eventTrigger(_ cursor: inout SQLCursor) {
    guard let name = cursor.name(), cursor.accept("on") else { return addStatement(cursor) }
    let event = cursor.name()?.bytes ?? []
    skip(&cursor, to: ["execute"])
    cursor.skip(2)
    let parts = cursor.qualifiedName() ?? []
    addObject(
      "event-trigger", name, definition: cursor.bytes,
      [
        SchemaAttribute("events", event),
        SchemaAttribute("function", Array(parts.map(\.bytes).joined(separator: [UInt8(ascii: ".")]))),
      ])
  }
}
