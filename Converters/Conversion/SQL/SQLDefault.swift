internal import Bytes
internal import Records

/// A default value that can be written without trusting the source's text: a constant, or one of a few functions.
struct SQLDefault {
  private enum Value {
    case null
    case number([UInt8])
    case boolean(Bool)
    case text([UInt8])
    /// A moment or day of now, or a random UUID.
    case now, today, randomUUID
  }
  private let value: Value

  /// Functions by their spellings in small letters.
  private static let functions: [(word: String, value: Value)] = [
    ("now()", .now), ("current_timestamp", .now), ("current_timestamp()", .now), ("transaction_timestamp()", .now),
    ("statement_timestamp()", .now), ("clock_timestamp()", .now), ("localtimestamp", .now), ("current_date", .today),
    ("gen_random_uuid()", .randomUUID), ("uuid_generate_v4()", .randomUUID),
    ("null", .null), ("true", .boolean(true)), ("false", .boolean(false)),
  ]

  /// Nil for everything else.
  init?(_ text: [UInt8]) {
    var text = Self.trimmed(text)
    while text.first == UInt8(ascii: "("), text.last == UInt8(ascii: ")"), text.count > 2,
      !text.dropFirst().dropLast().contains(where: { $0 == 0x28 || $0 == 0x29 })
    {
      text = Self.trimmed(Array(text.dropFirst().dropLast()))
    }
    if text.first == UInt8(ascii: "'") {
      guard let literal = Self.literal(text) else { return nil }
      value = .text(literal)
      return
    }
    // A cast of a constant says nothing that the column's type does not.
    if let colon = text.firstIndex(of: UInt8(ascii: ":")), Self.isCast(text[colon...]) {
      text = Self.trimmed(Array(text[..<colon]))
    }
    let word = String(decoding: text.prefix(40).map(asciiLower), as: UTF8.self)
    if let function = Self.functions.first(where: { $0.word == word }) {
      value = function.value
      return
    }
    guard text.count <= 64, DecimalText(text.span) != nil, isJSONNumber(text.span) else { return nil }
    value = .number(text)
  }

  private static func trimmed(_ text: [UInt8]) -> [UInt8] {
    let start = text.firstIndex { $0 > 0x20 } ?? text.count
    let end = (text.lastIndex { $0 > 0x20 } ?? start - 1) + 1
    return start < end ? Array(text[start..<end]) : []
  }

  /// The text of a whole literal, perhaps with a cast behind it; nil when it has escapes or is more than that.
  private static func literal(_ text: [UInt8]) -> [UInt8]? {
    var inside: [UInt8] = [], at = 1
    while at < text.count {
      if text[at] == UInt8(ascii: "'") {
        guard at + 1 < text.count, text[at + 1] == UInt8(ascii: "'") else {
          let rest = text[(at + 1)...]
          return rest.isEmpty || isCast(rest) ? inside : nil
        }
        at += 1
      }
      inside.append(text[at])
      at += 1
    }
    return nil
  }

  /// Whether the text is `::` and words of a type.
  private static func isCast(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count > 2, text.starts(with: "::".utf8) else { return false }
    return text.dropFirst(2).allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), 0x20, 0x28, 0x29, 0x2C, 0x2E, 0x22, 0x5B, 0x5D, 0x5F:
        true
      default: false
      }
    }
  }

  /// What stands behind DEFAULT for a column; nil when the column's type does not take it.
  func clause(_ type: SQLType, _ dialect: SQLDialect) -> [UInt8]? {
    // The wide checks of special types are too wide for a statement that all rows depend on.
    if let values = type.values, ![.int16, .float32, .padded].contains(values) { return nil }
    switch value {
    case .null: return Array("NULL".utf8)
    case .now: return moment(type, dialect).map { Array($0.utf8) }
    case .today: return type.form == .date && dialect == .postgres ? Array("CURRENT_DATE".utf8) : nil
    case .randomUUID: return type.form == .uuid && dialect == .postgres ? Array("gen_random_uuid()".utf8) : nil
    case .boolean(let isTrue):
      guard type.form == .boolean else { return nil }
      return Array((dialect == .postgres ? (isTrue ? "TRUE" : "FALSE") : isTrue ? "1" : "0").utf8)
    case .number(let digits):
      if type.form == .boolean, digits == [0x30] || digits == [0x31] {
        return SQLDefault(digits == [0x31] ? "true" : "false").clause(type, dialect)
      }
      guard isTaken(.number, digits, type, dialect) else { return nil }
      switch type.form {
      case .int32, .int64, .decimal, .float: return digits
      default: return nil
      }
    case .text(let text):
      guard !text.contains(0), dialect != .mysql || !type.word.hasPrefix("long") else { return nil }
      if type.form == .boolean {
        let word = String(decoding: text, as: UTF8.self)
        return ["t", "true"].contains(word)
          ? SQLDefault("true").clause(type, dialect)
          : ["f", "false"].contains(word) ? SQLDefault("false").clause(type, dialect) : nil
      }
      if type.form == .bytes || type.form == .array || type.form == .utc { return nil }
      let kind: Cell.Kind = type.form == .json ? .json : .text
      if kind == .json, !isJSONText(text) { return nil }
      return isTaken(kind, text, type, dialect) ? dialect.literal(text) : nil
    }
  }

  private init(_ word: String) { value = Self.functions.first { $0.word == word }?.value ?? .null }

  private func moment(_ type: SQLType, _ dialect: SQLDialect) -> String? {
    switch (dialect, type.form) {
    case (.postgres, .timestamp), (.postgres, .timestamptz): "now()"
    case (.postgres, .date): "CURRENT_DATE"
    case (.mysql, .timestamp), (.mysql, .utc): "CURRENT_TIMESTAMP(6)"
    // A text column with a logical type of its own; any other text is no moment.
    case (.sqlite, .text): nil
    default: nil
    }
  }

  /// Whether a value of a column would be taken as it is.
  private func isTaken(_ kind: Cell.Kind, _ bytes: [UInt8], _ type: SQLType, _ dialect: SQLDialect) -> Bool {
    let name = dialect.quoted("")
    let column = SQLColumn(name: "", quotedName: name, type: type, requiresValue: false, isIdentity: false)
    var batch = RecordBatch(capacity: bytes.count + 1)
    batch.removeAll(columnCount: 1)
    let cell = batch.cell(kind, bytes.span)
    batch.heap.clearPadding()
    return (try? SQLColumnRule(column, dialect).takes(cell, batch)) == true
  }

  private func isJSONText(_ text: [UInt8]) -> Bool {
    var heap = ByteHeap(capacity: text.count), walk = JSONWalk(python: false), at = 0
    heap.append(text.span)
    heap.clearPadding()
    return heap.jsonWalk(&walk, at: &at, isLast: true) == .done && heap.jsonSpace(from: at) == text.count
  }
}
