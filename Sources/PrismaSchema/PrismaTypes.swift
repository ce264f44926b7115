internal import Bytes
internal import Records

/// A column's type in the database.
struct PrismaType {
  var logical: LogicalType
  /// As the database itself spells it.
  var source: [UInt8]
  var maximumLength: Int?
}

/// How a database spells one of Prisma's types.
private struct TypeRule {
  let name: Name
  let logical: LogicalType
  /// `#` stands for the arguments in brackets, if there are any.
  let spelling: String
  init(_ name: Name, _ logical: LogicalType, _ spelling: String) {
    self.name = name
    self.logical = logical
    self.spelling = spelling
  }
}

/// The types of columns, as data.
enum PrismaTypes {
  /// The type of a field; nil for relations.
  static func type(_ field: PrismaField, _ provider: PrismaSource.Provider) -> PrismaType? {
    // `@db.VarChar(20)`, whatever the datasource is called.
    let native = field.attributes.first { $0.name.bytes.contains(UInt8(ascii: ".")) }
    let rules = rules(provider)
    let own = native.flatMap { native in
      let name = native.name.bytes.split(separator: UInt8(ascii: ".")).last ?? []
      return rules.native.first { $0.name.bytes.elementsEqual(name) }
    }
    guard let rule = own ?? rules.scalars.first(where: { $0.name == field.type }) else { return nil }
    var arguments: [[UInt8]] = []
    for argument in native?.arguments ?? [] {
      if case .number(let digits) = argument.value { arguments.append(digits) }
    }
    var type = PrismaType(logical: rule.logical, source: spelled(rule.spelling, arguments))
    let numbers = numbers(in: type.source)
    switch rule.logical {
    case .decimal(nil, nil):
      if let precision = numbers.first, precision > 0, precision <= 1000, numbers.count == 1 || numbers[1] <= precision
      {
        type.logical = .decimal(precision: precision, scale: numbers.count > 1 ? numbers[1] : 0)
      }
    case .text where rule.spelling.contains("char"):
      // `character` alone is one character.
      type.maximumLength = numbers.first ?? (rule.spelling.hasPrefix("char") && rule.name == "Char" ? 1 : nil)
    default: break
    }
    // MySQL keeps yes and no in numbers.
    if field.type == "Boolean", provider == .mysql { type.logical = .boolean }
    return type
  }

  /// The numbers in brackets of a spelling such as `numeric(65,30)`.
  private static func numbers(in spelling: [UInt8]) -> [Int] {
    guard let open = spelling.firstIndex(of: UInt8(ascii: "(")) else { return [] }
    let inside = spelling[(open + 1)...].prefix { $0 != UInt8(ascii: ")") }
    return inside.split(separator: UInt8(ascii: ",")).prefix(2).compactMap { digits in
      Int64(digits: Array(digits).span).flatMap { $0 >= 0 ? Int(clamping: $0) : nil }
    }
  }

  private static func spelled(_ pattern: String, _ arguments: [[UInt8]]) -> [UInt8] {
    var text: [UInt8] = []
    for byte in pattern.utf8 {
      guard byte == UInt8(ascii: "#") else {
        text.append(byte)
        continue
      }
      guard !arguments.isEmpty else { continue }
      text.append(UInt8(ascii: "("))
      text += Array(arguments.joined(separator: [UInt8(ascii: ",")]))
      text.append(UInt8(ascii: ")"))
    }
    return text
  }

  private static func rules(_ provider: PrismaSource.Provider) -> (scalars: [TypeRule], native: [TypeRule]) {
    switch provider {
    case .postgresql, .cockroachdb: (postgres, postgresNative)
    case .mysql: (mysql, mysqlNative)
    case .sqlite: (sqlite, [])
    case .sqlserver: (sqlserver, sqlserverNative)
    case .mongodb: (mongodb, mongodbNative)
    }
  }

  private static let postgres: [TypeRule] = [
    TypeRule("String", .text, "text"), TypeRule("Boolean", .boolean, "boolean"), TypeRule("Int", .int32, "integer"),
    TypeRule("BigInt", .int64, "bigint"), TypeRule("Float", .float64, "double precision"),
    TypeRule("Decimal", .decimal, "numeric(65,30)"),
    TypeRule("DateTime", .timestamp, "timestamp(3) without time zone"), TypeRule("Json", .json, "jsonb"),
    TypeRule("Bytes", .bytes, "bytea"),
  ]
  private static let postgresNative: [TypeRule] = [
    TypeRule("SmallInt", .int32, "smallint"), TypeRule("Integer", .int32, "integer"),
    TypeRule("Int2", .int32, "smallint"), TypeRule("Int4", .int32, "integer"), TypeRule("Int8", .int64, "bigint"),
    TypeRule("BigInt", .int64, "bigint"), TypeRule("Oid", .int64, "oid"), TypeRule("Real", .float64, "real"),
    TypeRule("DoublePrecision", .float64, "double precision"), TypeRule("Float4", .float64, "real"),
    TypeRule("Float8", .float64, "double precision"), TypeRule("Decimal", .decimal, "numeric#"),
    TypeRule("Money", .text, "money"), TypeRule("Inet", .text, "inet"), TypeRule("Citext", .text, "citext"),
    TypeRule("VarChar", .text, "character varying#"), TypeRule("Char", .text, "character#"),
    TypeRule("String", .text, "text"), TypeRule("Text", .text, "text"), TypeRule("ByteA", .bytes, "bytea"),
    TypeRule("Timestamp", .timestamp, "timestamp# without time zone"),
    TypeRule("Timestamptz", .timestamptz, "timestamp# with time zone"), TypeRule("Date", .date, "date"),
    TypeRule("Time", .time, "time# without time zone"), TypeRule("Timetz", .text, "time# with time zone"),
    TypeRule("Boolean", .boolean, "boolean"), TypeRule("Bool", .boolean, "boolean"), TypeRule("Bit", .text, "bit#"),
    TypeRule("VarBit", .text, "bit varying#"), TypeRule("Uuid", .uuid, "uuid"), TypeRule("Xml", .text, "xml"),
    TypeRule("Json", .json, "json"), TypeRule("JsonB", .json, "jsonb"),
  ]

  private static let mysql: [TypeRule] = [
    TypeRule("String", .text, "varchar(191)"), TypeRule("Boolean", .boolean, "tinyint(1)"),
    TypeRule("Int", .int32, "int"), TypeRule("BigInt", .int64, "bigint"), TypeRule("Float", .float64, "double"),
    TypeRule("Decimal", .decimal, "decimal(65,30)"), TypeRule("DateTime", .timestamp, "datetime(3)"),
    TypeRule("Json", .json, "json"), TypeRule("Bytes", .bytes, "longblob"),
  ]
  private static let mysqlNative: [TypeRule] = [
    TypeRule("Int", .int32, "int"), TypeRule("UnsignedInt", .int64, "int unsigned"),
    TypeRule("SmallInt", .int32, "smallint"), TypeRule("UnsignedSmallInt", .int32, "smallint unsigned"),
    TypeRule("MediumInt", .int32, "mediumint"), TypeRule("UnsignedMediumInt", .int32, "mediumint unsigned"),
    TypeRule("TinyInt", .int32, "tinyint#"), TypeRule("UnsignedTinyInt", .int32, "tinyint# unsigned"),
    TypeRule("BigInt", .int64, "bigint"),
    TypeRule("UnsignedBigInt", .decimal(precision: 20, scale: 0), "bigint unsigned"),
    TypeRule("Decimal", .decimal, "decimal#"), TypeRule("Float", .float64, "float"),
    TypeRule("Double", .float64, "double"), TypeRule("Bit", .bytes, "bit#"), TypeRule("Char", .text, "char#"),
    TypeRule("VarChar", .text, "varchar#"), TypeRule("Binary", .bytes, "binary#"),
    TypeRule("VarBinary", .bytes, "varbinary#"), TypeRule("TinyBlob", .bytes, "tinyblob"),
    TypeRule("Blob", .bytes, "blob"), TypeRule("MediumBlob", .bytes, "mediumblob"),
    TypeRule("LongBlob", .bytes, "longblob"), TypeRule("TinyText", .text, "tinytext"), TypeRule("Text", .text, "text"),
    TypeRule("MediumText", .text, "mediumtext"), TypeRule("LongText", .text, "longtext"),
    TypeRule("Date", .date, "date"), TypeRule("Time", .time, "time#"), TypeRule("DateTime", .timestamp, "datetime#"),
    TypeRule("Timestamp", .timestamptz, "timestamp#"), TypeRule("Year", .int32, "year"),
    TypeRule("Json", .json, "json"),
  ]

  private static let sqlite: [TypeRule] = [
    TypeRule("String", .text, "TEXT"), TypeRule("Boolean", .boolean, "BOOLEAN"), TypeRule("Int", .int32, "INTEGER"),
    TypeRule("BigInt", .int64, "BIGINT"), TypeRule("Float", .float64, "REAL"), TypeRule("Decimal", .decimal, "DECIMAL"),
    TypeRule("DateTime", .timestamp, "DATETIME"), TypeRule("Json", .json, "JSONB"), TypeRule("Bytes", .bytes, "BLOB"),
  ]

  private static let sqlserver: [TypeRule] = [
    TypeRule("String", .text, "nvarchar(1000)"), TypeRule("Boolean", .boolean, "bit"), TypeRule("Int", .int32, "int"),
    TypeRule("BigInt", .int64, "bigint"), TypeRule("Float", .float64, "float"),
    TypeRule("Decimal", .decimal, "decimal(32,16)"), TypeRule("DateTime", .timestamp, "datetime2"),
    TypeRule("Json", .json, "nvarchar(max)"), TypeRule("Bytes", .bytes, "varbinary(max)"),
  ]
  private static let sqlserverNative: [TypeRule] = [
    TypeRule("Date", .date, "date"), TypeRule("Time", .time, "time"), TypeRule("DateTime", .timestamp, "datetime"),
    TypeRule("DateTime2", .timestamp, "datetime2"), TypeRule("DateTimeOffset", .timestamptz, "datetimeoffset"),
    TypeRule("UniqueIdentifier", .uuid, "uniqueidentifier"), TypeRule("VarChar", .text, "varchar#"),
    TypeRule("NVarChar", .text, "nvarchar#"), TypeRule("Char", .text, "char#"), TypeRule("NChar", .text, "nchar#"),
    TypeRule("SmallInt", .int32, "smallint"), TypeRule("TinyInt", .int32, "tinyint"),
    TypeRule("Decimal", .decimal, "decimal#"), TypeRule("Money", .decimal, "money"),
  ]

  private static let mongodb: [TypeRule] = [
    TypeRule("String", .text, "string"), TypeRule("Boolean", .boolean, "bool"), TypeRule("Int", .int32, "int"),
    TypeRule("BigInt", .int64, "long"), TypeRule("Float", .float64, "double"),
    TypeRule("DateTime", .timestamptz, "date"), TypeRule("Json", .json, "object"), TypeRule("Bytes", .bytes, "binData"),
  ]
  private static let mongodbNative: [TypeRule] = [TypeRule("ObjectId", .text, "objectId")]
}
