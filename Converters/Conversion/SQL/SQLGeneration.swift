internal import Bytes
internal import Records
internal import SQLText

/// What PostgreSQL computes a column from, taken apart and put together again.
///
/// Only operators and functions that are built in and known to be immutable are understood, and only with operands of the types they
/// are made for, so that the server takes what is written. The source's text itself is never written.
struct SQLGeneration {
  /// What values of a term are.
  enum Kind: Equatable {
    case integer, decimal, float, text, boolean
    /// A `tsvector`.
    case lexemes
    /// A literal in quotes, which becomes what is needed.
    case literal([UInt8])
    case other

    var isNumeric: Bool { self == .integer || self == .decimal || self == .float }
    var isText: Bool { if case .literal = self { true } else { self == .text } }
  }
  /// A part of the expression.
  struct Term {
    var text: [UInt8]
    var kind: Kind
    init(_ text: [UInt8], _ kind: Kind) {
      self.text = text
      self.kind = kind
    }
  }

  static let tokenLimit = 500
  static let depthLimit = 100
  private let columns: [Name: SQLColumn]
  var cursor: SQLCursor
  var depth = 0

  /// The expression in `GENERATED ALWAYS AS (…)` for a column; nil when not all of it is understood. `columns`: those that may be
  /// referred to, by their names in the source.
  static func clause(_ expression: [UInt8], _ type: SQLType, columns: [Name: SQLColumn]) -> [UInt8]? {
    var parser = SQLGeneration(columns: columns, cursor: SQLCursor(expression, .postgres, limit: tokenLimit))
    guard !parser.cursor.isCut, let term = parser.disjunction(), parser.cursor.isAtEnd else { return nil }
    let kind = kind(of: type)
    let fits = term.kind == kind || kind.isNumeric && term.kind.isNumeric || kind == .text && term.kind.isText
    return fits && kind != .other ? term.text : nil
  }

  private init(columns: [Name: SQLColumn], cursor: SQLCursor) {
    self.columns = columns
    self.cursor = cursor
  }

  private static func kind(of type: SQLType) -> Kind {
    if type.word == "tsvector" { return .lexemes }
    guard type.labels == nil, type.values == nil || type.values == .int16 || type.values == .float32 else {
      return .other
    }
    switch type.form {
    case .int32, .int64: return .integer
    case .decimal: return .decimal
    case .float: return .float
    case .text: return .text
    case .boolean: return .boolean
    default: return .other
    }
  }

  /// A name, a constant, a call, or an expression in brackets.
  mutating func primary() -> Term? {
    guard depth < Self.depthLimit, let token = cursor.peek() else { return nil }
    depth += 1
    defer { depth -= 1 }
    if cursor.acceptSymbol("(") {
      guard let inside = disjunction(), cursor.acceptSymbol(")") else { return nil }
      return Term(inside.text, inside.kind)
    }
    switch token.kind {
    case .number: return number(token)
    case .string:
      // What a backslash means depends on the session; PostgreSQL writes E'…' where one is needed.
      guard token.isClosed, let text = cursor.string(), !text.contains(0), !text.contains(UInt8(ascii: "\\")) else {
        return nil
      }
      return Term(SQLDialect.postgres.literal(text), .literal(text))
    case .word where cursor.accept("case"): return cases()
    case .word where cursor.accept("true"): return Term("TRUE", .boolean)
    case .word where cursor.accept("false"): return Term("FALSE", .boolean)
    case .word, .quotedIdentifier:
      guard token.isClosed, let name = cursor.name() else { return nil }
      if cursor.acceptSymbol("(") { return call(name) }
      guard let column = columns[name] else { return nil }
      return Term(column.quotedName, Self.kind(of: column.type))
    default: return nil
    }
  }

  private mutating func number(_ token: SQLToken) -> Term? {
    let digits = cursor.lexer.text(token)
    cursor.skip()
    guard digits.count <= 64, isJSONNumber(digits.span), let number = DecimalText(digits.span), number.scale <= 64,
      number.magnitude <= 64
    else { return nil }
    return Term(digits, Int64(digits: digits.span) == nil ? .decimal : .integer)
  }

  /// What stands behind CASE: conditions and values of one kind.
  private mutating func cases() -> Term? {
    var text = Array("CASE".utf8), values: [Term] = []
    while cursor.accept("when") {
      guard let condition = disjunction(), condition.kind == .boolean, cursor.accept("then"), let value = disjunction()
      else { return nil }
      text += Array(" WHEN ".utf8) + condition.text + Array(" THEN ".utf8) + value.text
      values.append(value)
    }
    if cursor.accept("else") {
      guard let value = disjunction() else { return nil }
      text += Array(" ELSE ".utf8) + value.text
      values.append(value)
    }
    guard cursor.accept("end"), let kind = Self.common(values) else { return nil }
    return Term(Array("(".utf8) + text + Array(" END)".utf8), kind)
  }

  /// The kind that terms have together; nil when they have none, or PostgreSQL might find another.
  static func common(_ terms: [Term]) -> Kind? {
    let known = terms.map(\.kind).filter { if case .literal = $0 { false } else { true } }
    guard let first = known.first else { return nil }
    if known.allSatisfy(\.isNumeric), known.count == terms.count { return widest(known) }
    if known.allSatisfy({ $0 == .text }) { return .text }
    return known.count == terms.count && first == .boolean && known.allSatisfy({ $0 == .boolean }) ? .boolean : nil
  }

  /// What numbers become when they meet.
  static func widest(_ kinds: [Kind]) -> Kind {
    kinds.contains(.float) ? .float : kinds.contains(.decimal) ? .decimal : .integer
  }
}

extension SQLGeneration.Term {
  init(_ word: StaticString, _ kind: SQLGeneration.Kind) {
    self.init(Array(word.description.utf8), kind)
  }
}
