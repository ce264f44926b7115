internal import Bytes
internal import Conversion
internal import Records

/// What becomes of logical types in a datasource of Prisma, as data.
enum DraftTypes {
  struct Rule {
    let type: Name
    let native: String?
    let kind: DraftField.Kind
    init(_ type: Name, _ native: String?, _ kind: DraftField.Kind) {
      (self.type, self.native, self.kind) = (type, native, kind)
    }
  }

  /// The type of a column that is no list and no enum; `isKey`: it has an index.
  static func rule(_ type: LogicalType, _ column: Column, _ dialect: SQLDialect, isKey: Bool) -> Rule {
    let length = column.maximumLength
    switch (type, dialect) {
    case (.boolean, _): return Rule("Boolean", nil, .boolean)
    case (.int32, .postgres) where column.sourceType == Array("smallint".utf8): return Rule("Int", "SmallInt", .int)
    case (.int32, _): return Rule("Int", nil, .int)
    case (.int64, _): return Rule("BigInt", nil, .bigInt)
    case (.decimal(let precision, let scale), _): return decimal(precision, scale ?? 0, dialect)
    case (.float64, _): return Rule("Float", nil, .float)
    case (.uuid, .postgres): return Rule("String", "Uuid", .text)
    case (.uuid, .mysql): return Rule("String", "Char(36)", .text)
    case (.date, .sqlite), (.time, .sqlite): return Rule("String", nil, .text)
    case (.date, _): return Rule("DateTime", "Date", .date)
    case (.time, _): return Rule("DateTime", "Time(6)", .time)
    case (.timestamp, .postgres): return Rule("DateTime", "Timestamp(6)", .timestamp)
    case (.timestamptz, .postgres): return Rule("DateTime", "Timestamptz(6)", .instant)
    case (.timestamp, .mysql): return Rule("DateTime", "DateTime(6)", .timestamp)
    case (.timestamptz, .mysql): return Rule("DateTime", "Timestamp(6)", .instant)
    case (.timestamp, .sqlite): return Rule("DateTime", nil, .timestamp)
    case (.timestamptz, .sqlite): return Rule("DateTime", nil, .instant)
    case (.json, _), (.array, _): return Rule("Json", nil, .json)
    case (.bytes, .mysql): return Rule("Bytes", "LongBlob", .bytes)
    case (.bytes, _): return Rule("Bytes", nil, .bytes)
    case (_, .postgres):
      return Rule("String", length.flatMap { 1...10_485_760 ~= $0 ? "VarChar(\($0))" : nil }, .text)
    case (_, .mysql):
      if let length, 1...16_383 ~= length { return Rule("String", "VarChar(\(length))", .text) }
      return Rule("String", isKey ? "VarChar(191)" : "LongText", .text)
    case (_, .sqlite): return Rule("String", nil, .text)
    }
  }

  private static func decimal(_ precision: Int?, _ scale: Int, _ dialect: SQLDialect) -> Rule {
    let limit = dialect == .postgres ? 1000 : 65
    switch (dialect, precision) {
    case (.sqlite, _): return Rule("Decimal", nil, .decimal)
    case (_, let precision?) where 1...limit ~= precision && 0...precision ~= scale:
      return Rule("Decimal", "Decimal(\(precision), \(scale))", .decimal)
    case (.postgres, _): return Rule("Decimal", "Decimal", .decimal)
    default: return Rule("Decimal", "Decimal(65, 30)", .decimal)
    }
  }

  /// Whether a list of such values can be a field.
  static func allowsList(of element: LogicalType, _ dialect: SQLDialect) -> Bool {
    guard dialect == .postgres else { return false }
    switch element {
    case .array, .bytes, .date, .time, .timestamp, .timestamptz, .enumeration: return false
    default: return true
    }
  }

  /// Whether values of a type are texts here that are something else in the source.
  static func isWeakened(_ type: LogicalType, _ dialect: SQLDialect) -> Bool {
    switch type {
    case .interval: true
    case .uuid, .date, .time, .enumeration: dialect == .sqlite
    default: false
    }
  }

  /// What `@default(…)` says of a source's own default: a constant, or one of a few functions; nil for anything else.
  static func defaultValue(_ text: [UInt8], _ field: DraftField) -> [UInt8]? {
    var text = text
    if let cast = text.lastIndex(of: UInt8(ascii: ":")), cast > 0, text[cast - 1] == UInt8(ascii: ":"),
      !text[cast...].contains(UInt8(ascii: "'"))
    {
      text = Array(text[..<(cast - 1)])
    }
    let word = String(decoding: text.prefix(40).map(asciiLower), as: UTF8.self)
    switch field.kind {
    case .boolean: return ["true", "false"].contains(word) ? Array(word.utf8) : nil
    case .int, .bigInt: return Int64(digits: text.span).map { Array(String($0).utf8) }
    case .float, .decimal: return isJSONNumber(text.span) ? text : nil
    case .timestamp, .instant:
      return ["now()", "current_timestamp", "current_timestamp()"].contains(word) ? Array("now()".utf8) : nil
    case .text:
      if field.native == "Uuid", ["gen_random_uuid()", "uuid_generate_v4()"].contains(word) {
        return Array("dbgenerated(\"gen_random_uuid()\")".utf8)
      }
      guard text.count >= 2, text.first == UInt8(ascii: "'"), text.last == UInt8(ascii: "'"),
        !text.contains(UInt8(ascii: "\\")), !text.dropFirst().dropLast().contains(UInt8(ascii: "'"))
      else { return nil }
      return quoted(Array(text.dropFirst().dropLast()))
    default: return nil
    }
  }
}

/// A text as JSON, Prisma's schemas and JavaScript quote it.
func quoted(_ text: [UInt8]) -> [UInt8] {
  var heap = ByteHeap(capacity: text.count + 2)
  heap.append(jsonString: text)
  return Array(heap.span)
}
