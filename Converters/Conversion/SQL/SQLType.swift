internal import Bytes
internal import Records

/// How the values of a column are checked and written.
package enum SQLForm: UInt8, Sendable {
  case boolean
  case int32
  case int64
  /// A number by its digits.
  case decimal
  case float
  /// Any value as text.
  case text
  case uuid
  case date
  case time
  case timestamp
  case timestamptz
  /// Date and time without a zone, written in UTC: what a point in time becomes where there is no type for it.
  case utc
  case interval
  case json
  case bytes
  /// The array literal of PostgreSQL.
  case array
}

/// A column's type in a dialect.
package struct SQLType: Sendable, Equatable {
  /// As it stands in CREATE TABLE.
  package var word: String
  package var form: SQLForm
  /// Greatest number of digits; 0 for no limit.
  package var precision = 0
  /// Digits behind the point, when there is a precision.
  package var scale = 0
  /// Greatest number of characters; 0 for no limit.
  package var maximumLength = 0
  /// Form of an array's elements.
  package var element: SQLForm?
  /// What values of a type without a form of its own look like.
  var values: SQLValueSyntax?
  /// The only texts there are, when the source lists them.
  var labels: [[UInt8]]?

  init(_ word: String, _ form: SQLForm) {
    self.word = word
    self.form = form
  }
}

/// The types that need no parameter, by dialect. SQLite's are those of STRICT tables; what has no type of its own there is kept
/// as text, digit by digit and letter by letter.
private let plainTypes: [(of: LogicalType, postgres: SQLType, sqlite: SQLType, mysql: SQLType)] = [
  (.boolean, .init("boolean", .boolean), .init("INTEGER", .boolean), .init("tinyint(1)", .boolean)),
  (.int32, .init("integer", .int32), .init("INTEGER", .int64), .init("int", .int32)),
  (.int64, .init("bigint", .int64), .init("INTEGER", .int64), .init("bigint", .int64)),
  // A bare `decimal` of MySQL has ten digits and no fraction.
  (.decimal, .init("numeric", .decimal), .init("TEXT", .text), .init("longtext", .text)),
  (.float64, .init("double precision", .float), .init("REAL", .float), .init("double", .float)),
  (.text, .init("text", .text), .init("TEXT", .text), .init("longtext", .text)),
  (.uuid, .init("uuid", .uuid), .init("TEXT", .text), .init("char(36)", .uuid)),
  (.date, .init("date", .date), .init("TEXT", .text), .init("date", .date)),
  (.time, .init("time", .time), .init("TEXT", .text), .init("time(6)", .time)),
  (.timestamp, .init("timestamp", .timestamp), .init("TEXT", .text), .init("datetime(6)", .timestamp)),
  (
    .timestamptz, .init("timestamp with time zone", .timestamptz), .init("TEXT", .text), .init("datetime(6)", .utc)
  ),
  (.interval, .init("interval", .interval), .init("TEXT", .text), .init("longtext", .text)),
  // Not `jsonb`, which sorts keys, keeps one of two equal ones and forgets white space.
  (.json, .init("json", .json), .init("TEXT", .json), .init("longtext", .json)),
  (.bytes, .init("bytea", .bytes), .init("BLOB", .bytes), .init("longblob", .bytes)),
]
private let plainTypesByType = Dictionary(uniqueKeysWithValues: plainTypes.map { ($0.of, $0) })

extension SQLDialect {
  /// The type of values that mean `type`. `keyColumns`: number of columns of the widest key it is part of, 0 for none.
  func type(of column: Column, keyColumns: Int) -> SQLType {
    if self == .postgres, let source = column.sourceType, let known = PostgresType(source, for: column.type) {
      if keyColumns == 0 || known.isOrdered { return known.type }
    }
    let type = columnType(column.type)
    return keyColumns > 0 ? keyType(type, of: column, sharing: keyColumns) : boundedText(type, of: column)
  }

  private func columnType(_ type: LogicalType) -> SQLType {
    switch type {
    case .decimal(let precision?, let scale): decimal(precision, scale ?? 0) ?? plain(.decimal)
    case .array(let element):
      self == .postgres ? array(of: element) : plain(.json)
    case .enumeration(let labels): enumeration(labels)
    default: plain(type)
    }
  }

  /// Text of which a CHECK says what it may be, unless there is too much to list.
  private func enumeration(_ labels: [String]) -> SQLType {
    var type = plain(.text)
    let bytes = labels.map { Array($0.utf8) }
    if !bytes.isEmpty, bytes.count <= 1000, !bytes.contains(where: { $0.contains(0) }) { type.labels = bytes }
    return type
  }

  private func plain(_ type: LogicalType) -> SQLType {
    let row = plainTypesByType[type] ?? plainTypesByType[.text]!
    return switch self {
    case .postgres: row.postgres
    case .sqlite: row.sqlite
    case .mysql: row.mysql
    }
  }

  /// An exact decimal; nil where the dialect has none so large.
  private func decimal(_ precision: Int, _ scale: Int) -> SQLType? {
    let word: String
    switch self {
    case .postgres where precision >= 1 && precision <= 1000 && scale >= 0 && scale <= precision:
      word = "numeric(\(precision),\(scale))"
    case .mysql where precision >= 1 && precision <= 65 && scale >= 0 && scale <= min(30, precision):
      word = "decimal(\(precision),\(scale))"
    default: return nil
    }
    var type = SQLType(word, .decimal)
    type.precision = precision
    type.scale = scale
    return type
  }

  private func array(of element: LogicalType) -> SQLType {
    let inner = columnType(element)
    var type = SQLType(inner.word + "[]", .array)
    type.element = inner.element ?? inner.form
    type.precision = inner.precision
    type.scale = inner.scale
    return type
  }

  /// Text that the source itself limits. Longer limits are left out: they say nothing, and MySQL's rows are short.
  private func boundedText(_ type: SQLType, of column: Column) -> SQLType {
    guard type.form == .text, column.type == .text, let limit = column.maximumLength, limit >= 1 else { return type }
    guard self == .postgres && limit <= 65_535 || self == .mysql && limit <= 255 else { return type }
    var bounded = SQLType("varchar(\(limit))", .text)
    bounded.maximumLength = limit
    return bounded
  }

  /// The type of a key's column: one that the dialect can index.
  private func keyType(_ type: SQLType, of column: Column, sharing keyColumns: Int) -> SQLType {
    switch (self, type.form) {
    case (.postgres, .json): return plain(.text)  // `json` has no order and no equality
    case (.postgres, _), (.sqlite, _): return boundedText(type, of: column)
    case (.mysql, .int32): return plain(.int64)  // both ends of a foreign key must be of one type
    case (.mysql, .text) where type.word == "longtext", (.mysql, .json):
      // An index of InnoDB holds 3072 bytes, and a character takes four.
      let limit = min(column.maximumLength ?? .max, 768 / keyColumns)
      var key = SQLType("varchar(\(max(limit, 1)))", type.form)
      key.labels = type.labels
      key.maximumLength = max(limit, 1)
      return key
    case (.mysql, .bytes):
      var key = SQLType("varbinary(\(3072 / keyColumns))", .bytes)
      key.maximumLength = 3072 / keyColumns
      return key
    default: return type
    }
  }
}
