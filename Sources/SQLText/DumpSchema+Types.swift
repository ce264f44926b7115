internal import Bytes
internal import Records

// Types of columns.
extension DumpSchema {
  /// Takes the type that comes next. `ending`: words that end it where names of types may be several words.
  func type(_ cursor: inout SQLCursor) -> ParsedType? {
    let start = cursor.at
    var type =
      switch syntax.family {
      case .postgres: postgresType(&cursor)
      case .mysql: mysqlType(&cursor)
      case .sqlite: sqliteType(&cursor)
      }
    type?.source = cursor.text(from: start)
    return type
  }

  /// The whole numbers in the brackets that come next; `-1` for anything else.
  private func numbers(_ cursor: inout SQLCursor) -> [Int] {
    guard cursor.acceptSymbol("(") else { return [] }
    var numbers: [Int] = [], sign = 1
    while let token = cursor.peek(), !cursor.isSymbol(")") {
      cursor.skip()
      if cursor.lexer.isSymbol(token, "-") { sign = -1 }
      guard token.kind == .number, numbers.count < 8 else { continue }
      var value: Int? = 0
      for digit in cursor.bytes[token.range] {
        guard let so = value, isDigit(digit), so < 1 << 40 else {
          value = nil
          break
        }
        value = so * 10 + Int(digit - UInt8(ascii: "0"))
      }
      numbers.append(value.map { $0 * sign } ?? -1)
      sign = 1
    }
    _ = cursor.acceptSymbol(")")
    return numbers
  }

  private func postgresType(_ cursor: inout SQLCursor) -> ParsedType? {
    _ = cursor.accept("setof")
    let isQuoted = cursor.peek()?.kind == .quotedIdentifier
    guard let parts = cursor.qualifiedName(), let last = parts.last else { return nil }
    var name = last, type = ParsedType()
    if parts.count == 1, !isQuoted {
      if name == "national", let next = cursor.name() { name = next }
      if name == "double", cursor.accept("precision") { name = "double precision" }
      if name == "character" || name == "char" || name == "nchar", cursor.accept("varying") {
        name = "character varying"
      }
      if name == "bit", cursor.accept("varying") { name = "bit varying" }
      if name == "interval" {
        while cursor.accept(oneOf: ["year", "month", "day", "hour", "minute", "second", "to"]) != nil {}
      }
    }
    let numbers = numbers(&cursor)
    var zone: Bool?
    if name == "time" || name == "timestamp" {
      if cursor.accept("with", "time", "zone") { zone = true }
      if cursor.accept("without", "time", "zone") { zone = false }
    }
    let isBuiltIn = parts.count == 1 || parts[0] == "pg_catalog"
    if isBuiltIn, !(isQuoted && name == "char"), let known = ColumnTypes.find(name, in: ColumnTypes.postgres) {
      type.logical = known
      if zone == true { type.logical = name == "timestamp" ? .timestamptz : .text }
      if case .decimal = known { type.logical = ColumnTypes.decimal(numbers) }
      if ["character", "char", "varchar", "character varying", "bpchar"].contains(name) {
        type.maximumLength = numbers.first.flatMap { $0 > 0 ? $0 : nil }
        // `char` alone is one character, `bpchar` has no limit.
        if numbers.isEmpty, name == "character" || name == "char" { type.maximumLength = 1 }
      }
      type.isSerial = parts.count == 1 && contains(name, "serial")
    } else if let place = userType(parts) {
      type.userType = place
      if let known = types[place] { type = resolved(type, known) }
    }
    arrayBrackets(&cursor, &type)
    return type
  }

  private func contains(_ name: Name, _ part: String) -> Bool { ColumnTypes.contains(name.bytes, Array(part.utf8)) }

  private func arrayBrackets(_ cursor: inout SQLCursor, _ type: inout ParsedType) {
    var isArray = cursor.accept("array")
    while cursor.isSymbol("[") {
      cursor.skipBrackets()
      isArray = true
    }
    guard isArray else { return }
    type.isArray = true
    type.isNotNull = false
    type.maximumLength = nil
    type.logical = .array(type.logical)
  }

  /// What a column of one of the dump's own types is.
  func resolved(_ type: ParsedType, _ known: UserType) -> ParsedType {
    var type = type
    switch known {
    case .enumeration(let labels): type.logical = .enumeration(labels)
    case .domain(let base):
      type.logical = base.logical
      type.maximumLength = base.maximumLength
      type.isNotNull = base.isNotNull
    case .other: type.logical = .text
    }
    return type
  }

  private func mysqlType(_ cursor: inout SQLCursor) -> ParsedType? {
    guard let token = cursor.peek(), token.kind == .word, var name = cursor.name()?.lowercased else { return nil }
    var type = ParsedType()
    if name == "national", let next = cursor.name()?.lowercased { name = next }
    if name == "double" { _ = cursor.accept("precision") }
    if name == "character" || name == "char" || name == "long" {
      _ = cursor.accept("varying") || cursor.accept("varchar")
    }
    if name == "enum" || name == "set" {
      let labels = strings(&cursor)
      if name == "enum", let labels { type.logical = .enumeration(labels) }
      return type
    }
    let numbers = numbers(&cursor)
    var isUnsigned = false
    while let word = cursor.accept(oneOf: ["unsigned", "signed", "zerofill"]) {
      if word != "signed" { isUnsigned = true }
    }
    type.logical = ColumnTypes.find(name, in: ColumnTypes.mysql) ?? .text
    switch type.logical {
    case .decimal where name != "serial": type.logical = ColumnTypes.decimal(numbers.isEmpty ? [10, 0] : numbers)
    case .int32 where name == "tinyint" && numbers == [1] && !isUnsigned: type.logical = .boolean
    case .int32 where isUnsigned && (name == "int" || name == "integer" || name == "int4"): type.logical = .int64
    case .int64 where isUnsigned: type.logical = .decimal(precision: 20, scale: 0)
    case .bytes where name == "bit" && (numbers.isEmpty || numbers == [1]): type.logical = .boolean
    case .text where name != "time": type.maximumLength = numbers.first.flatMap { $0 > 0 ? $0 : nil }
    default: break
    }
    type.isSerial = name == "serial"
    return type
  }

  private func sqliteType(_ cursor: inout SQLCursor) -> ParsedType? {
    var words: [UInt8] = [], type = ParsedType()
    let ends = [
      "constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references", "generated", "as",
      "on",
    ]
    while let token = cursor.peek(), token.isIdentifier || token.kind == .string {
      if ends.contains(where: { cursor.lexer.isWord(token, $0) }) { break }
      guard let word = cursor.name(), words.count < 256 else { break }
      words += (words.isEmpty ? [] : [UInt8(ascii: " ")]) + word.lowercased.bytes
    }
    guard !words.isEmpty else { return type }
    let name = Name(words), numbers = numbers(&cursor)
    type.logical = ColumnTypes.sqliteType(name)
    if case .decimal = type.logical { type.logical = ColumnTypes.decimal(numbers) }
    if type.logical == .text { type.maximumLength = numbers.first.flatMap { $0 > 0 ? $0 : nil } }
    return type
  }

  /// Takes a list of strings in brackets; nil when one of them is not UTF-8.
  func strings(_ cursor: inout SQLCursor) -> [String]? {
    guard cursor.acceptSymbol("(") else { return nil }
    var labels: [String]? = []
    while !cursor.isAtEnd, !cursor.acceptSymbol(")") {
      guard let label = cursor.string() else {
        if cursor.isSymbol("(") { cursor.skipBrackets() } else { cursor.skip() }
        continue
      }
      guard Name(label).isUTF8 else {
        labels = nil
        continue
      }
      labels?.append(String(decoding: label, as: UTF8.self))
    }
    return labels
  }
}
