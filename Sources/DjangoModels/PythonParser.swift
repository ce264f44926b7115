internal import Bytes
internal import Records

/// A class of Python source: its assignments, and the classes within it.
struct PythonClass: Sendable {
  var name: Name
  /// With dots.
  var bases: [Name] = []
  var assignments: [(name: Name, value: PythonValue)] = []
  var classes: [PythonClass] = []
  /// Whether parts of the body depend on conditions.
  var isConditional = false

  subscript(_ name: Name) -> PythonValue? { assignments.last { $0.name == name }?.value }
}

/// Reads Python source as classes and assignments; functions and everything else are passed over.
struct PythonParser {
  /// Expressions within expressions.
  private static let depthLimit = 64
  /// Texts or lists that are added up.
  private static let termLimit = 256

  private let tokens: [PythonToken]
  private var at = 0
  private var depth = 0

  /// The file as a class without a name.
  static func module(_ bytes: [UInt8]) throws(ReadError) -> PythonClass {
    var parser = PythonParser(tokens: try PythonTokenizer.tokens(bytes))
    var module = PythonClass(name: "")
    while parser.token.kind != .end { parser.statement(&module) }
    return module
  }

  private init(tokens: [PythonToken]) { self.tokens = tokens }

  private var token: PythonToken { tokens[min(at, tokens.count - 1)] }
  private func next(_ ahead: Int) -> PythonToken { tokens[min(at + ahead, tokens.count - 1)] }
  private mutating func take(_ symbol: StaticString) -> Bool {
    guard token.isSymbol(symbol) else { return false }
    at += 1
    return true
  }

  // MARK: Statements

  private mutating func statement(_ body: inout PythonClass) {
    switch token.kind {
    case .newline, .indent, .dedent, .end: at += 1
    case .name where token.isName("class"): classStatement(&body)
    case .name
    where ["if", "else", "elif", "try", "except", "finally", "with", "for", "while"].contains(Name(token.text)):
      body.isConditional = true
      skipStatement()
    case .name where next(1).isSymbol("=") && !next(2).isSymbol("="):
      let name = Name(token.text)
      at += 2
      assign(name, &body)
    case .name where next(1).isSymbol(":") && !token.isName("lambda"): annotated(&body)
    default: skipStatement()
    }
  }

  /// `name: type = value`.
  private mutating func annotated(_ body: inout PythonClass) {
    let name = Name(token.text)
    at += 2
    _ = expression()
    if take("=") { assign(name, &body) } else { skipStatement() }
  }

  private mutating func assign(_ name: Name, _ body: inout PythonClass) {
    let value = expression()
    // `a, b = …` and the like are computed.
    let isWhole = token.kind == .newline || token.isSymbol(";") || token.kind == .end
    body.assignments.append((name, isWhole ? value : .unknown))
    if take(";") { return }
    skipStatement()
  }

  private mutating func classStatement(_ body: inout PythonClass) {
    at += 1
    guard token.kind == .name, depth < Self.depthLimit else { return skipStatement() }
    var made = PythonClass(name: Name(token.text))
    at += 1
    if take("(") {
      while token.kind != .end, !take(")") {
        if token.kind == .name, next(1).isSymbol("="), !next(2).isSymbol("=") {
          at += 2
          _ = expression()
        } else if let base = expression().named {
          made.bases.append(base)
        }
        if !take(","), !token.isSymbol(")") { at += 1 }
      }
    }
    guard take(":") else { return skipStatement() }
    guard token.kind == .newline else {
      skipStatement()
      return body.classes.append(made)
    }
    at += 1
    guard token.kind == .indent else { return body.classes.append(made) }
    at += 1
    depth += 1
    while token.kind != .dedent, token.kind != .end { statement(&made) }
    depth -= 1
    if token.kind == .dedent { at += 1 }
    body.classes.append(made)
  }

  /// Passes over the rest of a line and the block behind it.
  private mutating func skipStatement() {
    while token.kind != .newline, token.kind != .end { at += 1 }
    if token.kind == .newline { at += 1 }
    guard token.kind == .indent else { return }
    var open = 0
    repeat {
      if token.kind == .indent { open += 1 } else if token.kind == .dedent { open -= 1 }
      at += 1
    } while open > 0 && token.kind != .end
  }

  // MARK: Expressions

  private mutating func expression() -> PythonValue {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.depthLimit else {
      skipExpression()
      return .unknown
    }
    var value = operand(), terms = 1
    while terms < Self.termLimit, take("+") {
      terms += 1
      let other = operand()
      switch (value, other) {
      case (.string(let a), .string(let b)): value = .string(a + b)
      case (.list(let a), .list(let b)): value = .list(a + b)
      default: value = .unknown
      }
    }
    if isEndOfExpression { return value }
    skipExpression()
    return .unknown
  }

  private var isEndOfExpression: Bool {
    if token.kind == .newline || token.kind == .end { return true }
    return token.kind == .symbol && [",", ")", "]", "}", "=", ":", ";"].contains(Name(token.text))
  }

  /// Passes over what is computed, up to the end of the expression.
  private mutating func skipExpression() {
    var open = 0
    while token.kind != .end {
      if token.kind == .symbol {
        switch token.text.first {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
          if open == 0 { return }
          open -= 1
        case UInt8(ascii: ","), UInt8(ascii: ";"): if open == 0 { return }
        default: break
        }
      } else if open == 0, token.kind == .newline {
        return
      }
      at += 1
    }
  }

  private mutating func operand() -> PythonValue {
    let first = token
    switch first.kind {
    case .string: return strings()
    case .number:
      at += 1
      return .number(first.text)
    case .name: return name()
    case .symbol where first.isSymbol("-"):
      guard next(1).kind == .number else { return .unknown }
      at += 2
      return .number([UInt8(ascii: "-")] + tokens[at - 1].text)
    case .symbol where first.isSymbol("("), .symbol where first.isSymbol("["): return list()
    case .symbol where first.isSymbol("{"): return braces()
    default: return .unknown
    }
  }

  /// Strings beside each other are one.
  private mutating func strings() -> PythonValue {
    var text: [UInt8] = [], isExact = true
    while case .string(let exact) = token.kind {
      text += token.text
      isExact = isExact && exact
      at += 1
    }
    return isExact ? .string(text) : .unknown
  }

  private mutating func name() -> PythonValue {
    var name = token.text
    at += 1
    while token.isSymbol("."), next(1).kind == .name {
      name += [UInt8(ascii: ".")] + next(1).text
      at += 2
    }
    switch Name(name) {
    case "None": return .none
    case "True": return .boolean(true)
    case "False": return .boolean(false)
    case "lambda", "not", "await", "yield": return .unknown
    default: break
    }
    guard token.isSymbol("(") else { return .name(name) }
    let call = arguments(name)
    // What is done to the result is not known, nor what it is then.
    guard token.isSymbol(".") || token.isSymbol("(") || token.isSymbol("[") else {
      // A translated text is its text.
      if ["_", "gettext", "gettext_lazy", "ugettext_lazy"].contains(call.short), call.arguments.count == 1 {
        return call.arguments[0]
      }
      if ["frozenset", "set", "list", "tuple"].contains(Name(name)), call.keywords.isEmpty {
        return call.arguments.first?.list.map { .list($0) } ?? .list([])
      }
      return .call(call)
    }
    return .unknown
  }

  private mutating func arguments(_ name: [UInt8]) -> PythonCall {
    var call = PythonCall(name: name)
    at += 1
    while token.kind != .end, !take(")") {
      if token.kind == .name, next(1).isSymbol("="), !next(2).isSymbol("=") {
        let keyword = Name(token.text)
        at += 2
        call.keywords.append((keyword, expression()))
      } else {
        call.arguments.append(expression())
      }
      if !take(","), !token.isSymbol(")") { skipToEnd() }
    }
    return call
  }

  /// Passes over what ends an item in an unknown way, such as a comprehension.
  private mutating func skipToEnd() {
    let before = at
    skipExpression()
    if at == before { at += 1 }
  }

  /// `(…)`, `[…]`; a single value in parentheses is itself.
  private mutating func list() -> PythonValue {
    let isTuple = token.isSymbol("(")
    at += 1
    var items: [PythonValue] = [], hasComma = false
    while token.kind != .end, !token.isSymbol(")"), !token.isSymbol("]") {
      items.append(expression())
      if take(",") {
        hasComma = true
      } else if !token.isSymbol(")"), !token.isSymbol("]") {
        skipToEnd()
        items = [.unknown]
      }
    }
    at += 1
    if isTuple, items.count == 1, !hasComma { return items[0] }
    return .list(items)
  }

  /// `{…}`: a dictionary or a set.
  private mutating func braces() -> PythonValue {
    at += 1
    var members: [(key: PythonValue, value: PythonValue)] = [], items: [PythonValue] = []
    while token.kind != .end, !take("}") {
      let item = expression()
      if take(":") { members.append((item, expression())) } else { items.append(item) }
      if !take(","), !token.isSymbol("}") { skipToEnd() }
    }
    return items.isEmpty ? .dictionary(members) : .list(items)
  }
}
