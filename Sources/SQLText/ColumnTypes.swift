internal import Bytes
internal import Records

/// A column's type as it is declared.
struct ParsedType: Sendable {
  var logical: LogicalType = .text
  /// The source's own spelling.
  var source: [UInt8] = []
  var maximumLength: Int?
  var userType: Place?
  var isArray = false
  var isSerial = false
  var isNotNull = false
}

/// Names of types in lower case and what they are in the common schema.
enum ColumnTypes {
  static let postgres: [(name: String, type: LogicalType)] = [
    ("boolean", .boolean), ("bool", .boolean), ("smallint", .int32), ("int2", .int32), ("integer", .int32),
    ("int", .int32), ("int4", .int32), ("bigint", .int64), ("int8", .int64), ("oid", .int64),
    ("xid8", .decimal(precision: 20, scale: 0)),
    ("smallserial", .int32), ("serial2", .int32), ("serial", .int32), ("serial4", .int32), ("bigserial", .int64),
    ("serial8", .int64), ("numeric", .decimal), ("decimal", .decimal), ("dec", .decimal), ("real", .float64),
    ("float", .float64), ("float4", .float64), ("float8", .float64), ("double precision", .float64), ("uuid", .uuid),
    ("date", .date), ("time", .time), ("timestamp", .timestamp), ("timestamptz", .timestamptz),
    ("interval", .interval), ("json", .json), ("jsonb", .json), ("bytea", .bytes), ("text", .text),
    ("character", .text), ("char", .text), ("varchar", .text), ("character varying", .text), ("bpchar", .text),
    ("timetz", .text), ("bit", .text), ("bit varying", .text), ("varbit", .text), ("name", .text), ("money", .text),
  ]
  static let mysql: [(name: String, type: LogicalType)] = [
    ("tinyint", .int32), ("smallint", .int32), ("mediumint", .int32), ("int", .int32), ("integer", .int32),
    ("int1", .int32), ("int2", .int32), ("int3", .int32), ("int4", .int32), ("bigint", .int64), ("int8", .int64),
    ("serial", .decimal(precision: 20, scale: 0)), ("year", .int32), ("bool", .boolean), ("boolean", .boolean),
    ("decimal", .decimal), ("dec", .decimal), ("numeric", .decimal), ("fixed", .decimal), ("float", .float64),
    ("double", .float64), ("double precision", .float64), ("real", .float64), ("bit", .bytes), ("date", .date),
    ("datetime", .timestamp), ("timestamp", .timestamptz), ("time", .text), ("json", .json), ("binary", .bytes),
    ("varbinary", .bytes), ("tinyblob", .bytes), ("blob", .bytes), ("mediumblob", .bytes), ("longblob", .bytes),
    ("uuid", .uuid), ("geometry", .bytes), ("point", .bytes), ("linestring", .bytes), ("polygon", .bytes),
    ("multipoint", .bytes), ("multilinestring", .bytes), ("multipolygon", .bytes), ("geometrycollection", .bytes),
    ("geomcollection", .bytes), ("vector", .bytes),
  ]
  static let sqlite: [(name: String, type: LogicalType)] = [
    ("boolean", .boolean), ("bool", .boolean), ("datetime", .timestamp), ("timestamp", .timestamp),
    ("timestamptz", .timestamptz), ("timestamp with time zone", .timestamptz),
    ("timestamp without time zone", .timestamp), ("date", .date), ("time", .time), ("decimal", .decimal),
    ("numeric", .decimal), ("dec", .decimal), ("json", .json), ("jsonb", .json), ("bytea", .bytes), ("binary", .bytes),
    ("varbinary", .bytes), ("uuid", .text),
  ]

  /// The type that a name of a table means.
  static func find(_ name: Name, in table: [(name: String, type: LogicalType)]) -> LogicalType? {
    table.first { name.bytes.elementsEqual($0.name.utf8) }?.type
  }

  /// The logical type of SQLite's name of a type, by the table and then by affinity.
  static func sqliteType(_ name: Name) -> LogicalType {
    if let known = find(name, in: sqlite) { return known }
    func has(_ part: String) -> Bool { contains(name.bytes, Array(part.utf8)) }
    if has("int") { return .int64 }
    if has("char") || has("clob") || has("text") { return .text }
    if has("blob") { return .bytes }
    return has("real") || has("floa") || has("doub") ? .float64 : .text
  }

  /// Whether some bytes stand within others; both are short.
  static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    guard bytes.count >= part.count, bytes.count <= 256 else { return false }
    return (0...(bytes.count - part.count)).contains { bytes[$0..<($0 + part.count)].elementsEqual(part) }
  }

  /// A decimal's type from the numbers behind its name; without limits when they are unusual.
  static func decimal(_ numbers: [Int]) -> LogicalType {
    guard let precision = numbers.first, precision > 0, precision <= 1000 else { return .decimal }
    let scale = numbers.count > 1 ? numbers[1] : 0
    return scale >= 0 && scale <= precision ? .decimal(precision: precision, scale: scale) : .decimal
  }
}
