internal import Bytes
internal import Records

/// A value that a row of an INSERT statement gives.
enum SQLValue {
  case null
  /// The column's default.
  case missing
  case boolean(Bool)
  case number([UInt8])
  case text([UInt8])
  case bytes([UInt8])
  /// Source text of an expression that is not evaluated.
  case expression([UInt8])
}

/// Reads rows of INSERT statements that hold more than plain literals: what dumps write instead of them (`replace(…)`,
/// `char(…)`, `unistr(…)`, `||`, casts), and nothing else.
struct SQLExpression {
  enum Row {
    /// Values, and the number of bytes up to behind the closing parenthesis.
    case values([SQLValue], count: Int)
    case cut
    /// No row begins here.
    case none
  }
  private var cursor: SQLRowCursor
  private static let depthLimit = 64

  private init(_ cursor: SQLRowCursor) { self.cursor = cursor }

  /// Reads the row that begins at a place, with what space there is before it.
  static func row(_ heap: borrowing ByteHeap, at start: Int, _ rule: StatementRule) -> Row {
    var size = 1 << 12
    while true {
      let count = min(size, heap.count - start)
      var reader = SQLExpression(SQLRowCursor(Array(heap.span(at: start, count: count)), rule))
      let row = reader.row()
      guard case .cut = row, start + count < heap.count else { return row }
      size *= 8
    }
  }

  private mutating func row() -> Row {
    guard cursor.take(byte: UInt8(ascii: "(")) else { return cursor.isCut ? .cut : .none }
    var values: [SQLValue] = []
    if cursor.take(byte: UInt8(ascii: ")")) { return .values([], count: cursor.at) }
    while true {
      cursor.isCut = false
      cursor.skipSpace()
      let start = cursor.at
      var value = expression(0)
      cursor.skipSpace()
      if value == nil || !(cursor.peek(0) == UInt8(ascii: ",") || cursor.peek(0) == UInt8(ascii: ")")) {
        cursor.at = start
        skip()
        value = .expression(Array(cursor.bytes[start..<min(cursor.at, cursor.bytes.count)]))
      }
      guard cursor.at < cursor.bytes.count, let value else { return .cut }
      values.append(value)
      guard values.count <= TableSchema.columnLimit else { return .none }
      cursor.at += 1
      if cursor.bytes[cursor.at - 1] == UInt8(ascii: ")") { return .values(values, count: cursor.at) }
    }
  }

  /// Steps to the comma or parenthesis that ends an expression.
  private mutating func skip() {
    var depth = 0
    while let byte = cursor.peek(0) {
      switch byte {
      case UInt8(ascii: "'"):
        guard cursor.string(backslashes: cursor.hasBackslashes) != nil else { return }
        continue
      case UInt8(ascii: "\""), UInt8(ascii: "`"):
        if cursor.name() == nil { cursor.at += 1 }
        continue
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")") where depth == 0, UInt8(ascii: ",") where depth == 0: return
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      cursor.at += 1
    }
  }

  private mutating func expression(_ depth: Int) -> SQLValue? {
    guard depth < Self.depthLimit, var value = term(depth) else { return nil }
    while true {
      cursor.skipSpace()
      if cursor.peek(0) == UInt8(ascii: "|"), cursor.peek(1) == UInt8(ascii: "|") {
        cursor.at += 2
        guard let right = term(depth + 1), let a = Self.text(value), let b = Self.text(right) else { return nil }
        value = .text(a + b)
      } else if cursor.peek(0) == UInt8(ascii: ":"), cursor.peek(1) == UInt8(ascii: ":") {
        cursor.at += 2
        skipType()
      } else {
        return value
      }
    }
  }

  /// Steps over the name of a type.
  private mutating func skipType() {
    guard cursor.path() != nil else { return }
    while true {
      cursor.skipSpace()
      if cursor.peek(0) == UInt8(ascii: "("), cursor.take(byte: UInt8(ascii: "(")) {
        while let byte = cursor.peek(0), byte != UInt8(ascii: ")") { cursor.at += 1 }
        cursor.at += 1
      } else if cursor.peek(0) == UInt8(ascii: "["), cursor.peek(1) == UInt8(ascii: "]") {
        cursor.at += 2
      } else if let byte = cursor.peek(0), SQLRowCursor.isName(byte) {
        _ = cursor.word()
      } else {
        return
      }
    }
  }

  private mutating func term(_ depth: Int) -> SQLValue? {
    cursor.skipSpace()
    guard let first = cursor.next else { return nil }
    switch first {
    case UInt8(ascii: "'"): return strings(backslashes: cursor.hasBackslashes)
    case UInt8(ascii: "("):
      cursor.at += 1
      guard let value = expression(depth + 1), cursor.take(byte: UInt8(ascii: ")")) else { return nil }
      return value
    case UInt8(ascii: "+"):
      cursor.at += 1
      return term(depth + 1)
    case UInt8(ascii: "-"):
      cursor.at += 1
      guard depth < Self.depthLimit, case .number(let digits)? = term(depth + 1) else { return nil }
      return .number(digits.first == UInt8(ascii: "-") ? Array(digits.dropFirst()) : [UInt8(ascii: "-")] + digits)
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): return number()
    default: return named(depth)
    }
  }

  private mutating func number() -> SQLValue? {
    let start = cursor.at
    if cursor.peek(0) == UInt8(ascii: "0"), asciiLower(cursor.peek(1) ?? 0) == UInt8(ascii: "x") {
      cursor.at += 2
      let digits = cursor.word()
      return cursor.family == .mysql ? Self.hexadecimal(digits).map { .bytes($0) } : nil
    }
    while let byte = cursor.peek(0), byte == UInt8(ascii: ".") || SQLRowCursor.isName(byte) || isSign(byte) {
      cursor.at += 1
    }
    if cursor.at == cursor.bytes.count { cursor.isCut = true }
    var digits = Array(cursor.bytes[start..<cursor.at])
    if digits.first == UInt8(ascii: ".") { digits.insert(UInt8(ascii: "0"), at: 0) }
    if digits.last == UInt8(ascii: ".") { digits.removeLast() }
    return DecimalText(digits.span) == nil ? nil : .number(digits)
  }
  /// Whether a sign belongs to an exponent.
  private func isSign(_ byte: UInt8) -> Bool {
    (byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+"))
      && asciiLower(cursor.bytes[cursor.at - 1]) == UInt8(ascii: "e")
  }

  /// A word with what belongs to it: a prefix of a string, a constant, a function.
  private mutating func named(_ depth: Int) -> SQLValue? {
    let word = cursor.word()
    guard !word.isEmpty else { return nil }
    let text = String(decoding: word.prefix(24), as: UTF8.self)
    if cursor.peek(0) == UInt8(ascii: "'") {
      switch text {
      case "e" where cursor.family == .postgres: return strings(backslashes: true)
      case "n": return strings(backslashes: cursor.hasBackslashes)
      case "x" where cursor.family != .postgres:
        return cursor.string(backslashes: false).flatMap(Self.hexadecimal).map { .bytes($0) }
      case "b":
        guard let bits = cursor.string(backslashes: false) else { return nil }
        return cursor.family == .postgres ? .text(bits) : .bytes(Self.bits(bits))
      default: break
      }
    }
    if word[0] == UInt8(ascii: "_"), cursor.family == .mysql {
      // A character set before a string; the file's own is taken for granted.
      cursor.skipSpace()
      guard let value = term(depth + 1), let bytes = Self.text(value) else { return nil }
      return text == "_binary" ? .bytes(bytes) : .text(bytes)
    }
    switch text {
    case "null": return .null
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "default": return .missing
    case "inf", "infinity": return .number(Array("Infinity".utf8))
    case "nan": return .number(Array("NaN".utf8))
    default: return function(text, depth)
    }
  }

  private mutating func function(_ name: String, _ depth: Int) -> SQLValue? {
    guard cursor.take(byte: UInt8(ascii: "(")) else { return nil }
    var arguments: [SQLValue] = []
    while true {
      guard arguments.count < 1_000, let value = expression(depth + 1) else { return nil }
      arguments.append(value)
      if name == "cast", cursor.take("as") {
        skipType()
        return cursor.take(byte: UInt8(ascii: ")")) ? Self.castText(value) : nil
      }
      if cursor.take(byte: UInt8(ascii: ")")) { break }
      guard cursor.take(byte: UInt8(ascii: ",")) else { return nil }
    }
    switch name {
    case "char", "chr": return Self.characters(arguments).map { .text($0) }
    case "replace" where arguments.count == 3:
      guard let text = Self.text(arguments[0]), let old = Self.text(arguments[1]), let new = Self.text(arguments[2])
      else { return nil }
      return .text(Self.replace(old, by: new, in: text))
    case "unistr" where arguments.count == 1: return Self.text(arguments[0]).flatMap(Self.unistr).map { .text($0) }
    default: return nil
    }
  }

  /// A string and those that follow it on further lines.
  private mutating func strings(backslashes: Bool) -> SQLValue? {
    guard var text = cursor.string(backslashes: backslashes) else { return nil }
    while true {
      let before = cursor.at
      cursor.skipSpace()
      guard cursor.peek(0) == UInt8(ascii: "'") else {
        cursor.at = before
        return .text(text)
      }
      guard let more = cursor.string(backslashes: backslashes) else { return nil }
      text += more
    }
  }
}
