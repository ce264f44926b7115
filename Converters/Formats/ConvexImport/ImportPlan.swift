internal import Bytes
internal import Conversion
internal import Records

/// A column as a field of documents.
struct ImportField: Sendable {
  enum Form: Sendable, Equatable {
    case boolean
    /// Whole numbers that every float holds.
    case integer
    /// Whole numbers that are floats unless one of them is too large for that.
    case longInteger
    /// Convex's own integers.
    case int64
    case float
    case decimal
    case text
    case bytes
    case json(NestedValue.Numbers)
    /// Keys of the rows of the table at a position.
    case reference(Int)
  }
  let column: Int
  let form: Form
  /// `,"name":`
  let key: [UInt8]
  let name: Name
}

/// A table as it becomes documents.
struct ImportTable: Sendable {
  /// How rows come to their ids.
  enum Identity: Sendable {
    /// They have them, and times, in these columns.
    case kept(id: Int, time: Int)
    /// They are made of the values of some columns, or of the row's number where there are none.
    case made(number: UInt32, keys: [Int], created: Int?)
  }
  let schema: TableSchema
  /// `_components/a/_components/b/`, empty for the deployment itself.
  let prefix: [UInt8]
  fileprivate(set) var name: Name
  let identity: Identity
  let fields: [ImportField]

  /// Whether these are descriptions of stored files, which are no table of a user.
  var isStorage: Bool { name == "_storage" }
  /// Columns whose values may not occur twice, where nothing has made sure of it: ids would occur twice, too.
  var uniqueColumns: [Int] {
    switch identity {
    case .kept(let id, _): schema.primaryKey == ["_id"] ? [] : [id]
    case .made(_, let keys, _): keys
    }
  }
  var hasLongIntegers: Bool { fields.contains { $0.form == .longInteger } }
}

/// How tables become tables of Convex.
struct ImportPlan: Sendable {
  private(set) var tables: [ImportTable] = []
  /// The tables as they were announced.
  let schemas: [TableSchema]

  /// Columns that tell when a row was made.
  private static let creation: [Name] = [
    "created_at", "createdAt", "created", "date_joined", "created_on", "inserted_at",
  ]
  /// What the numbers of users' tables begin behind; and of tables beside such as have theirs.
  static let firstNumber: UInt32 = 10_000
  private static let nextNumber: UInt32 = 20_000

  /// `isExport`: the rows come from an export of Convex. `isFlat`: all tables are written as those of the deployment itself.
  init(_ schemas: [TableSchema], isExport: Bool, isFlat: Bool = false) {
    self.schemas = schemas
    let kept = schemas.map(Self.ownIDs)
    let positions = Dictionary(schemas.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let names = Self.names(schemas, kept.map { $0 != nil }, isFlat: isFlat)
    var number = kept.contains { $0 != nil } ? Self.nextNumber : Self.firstNumber
    for (t, schema) in schemas.enumerated() {
      let identity: ImportTable.Identity
      if let (id, time) = kept[t] {
        identity = .kept(id: id, time: time)
      } else {
        number += 1
        let keys = schema.primaryKey.compactMap { schema.index(of: $0) }
        identity = .made(
          number: number, keys: keys.count == schema.primaryKey.count ? keys : [],
          created: Self.creation.lazy.compactMap { schema.index(of: $0) }.first)
      }
      var references: [Name: Int] = [:]
      for key in schema.foreignKeys where key.columns.count == 1 && references[key.columns[0]] == nil {
        guard let target = positions[key.table], kept[target] == nil else { continue }
        let primary = schemas[target].primaryKey
        if primary.count == 1, key.referencedColumns == primary || key.referencedColumns.isEmpty,
          schemas[target].index(of: primary[0]) != nil
        {
          references[key.columns[0]] = target
        }
      }
      tables.append(
        ImportTable(
          schema: schema, prefix: names[t].prefix, name: names[t].name, identity: identity,
          fields: Self.fields(schema, identity, references, isExport: isExport)))
    }
  }

  /// Gives tables other names, each of which `substitute` makes of the one before.
  mutating func rename(_ substitute: (Name) -> Name) {
    for t in tables.indices { tables[t].name = substitute(tables[t].name) }
  }

  /// Where a table has Convex's own ids and times.
  private static func ownIDs(_ schema: TableSchema) -> (id: Int, time: Int)? {
    guard let id = schema.index(of: "_id"), let time = schema.index(of: "_creationTime"),
      schema.columns[id].type == .text, schema.columns[time].type.isNumeric
    else { return nil }
    return (id, time)
  }

  /// Components and names of tables; only tables of Convex lie in components.
  private static func names(
    _ schemas: [TableSchema], _ isKept: [Bool], isFlat: Bool
  ) -> [(prefix: [UInt8], name: Name)] {
    let slash = UInt8(ascii: "/")
    let prefixes = zip(schemas, isKept).map { schema, isKept -> [UInt8] in
      guard isKept, !isFlat, let component = schema.namespace else { return [] }
      return component.bytes.split(separator: slash).flatMap {
        Array("_components/".utf8) + ImportNames.component(Array($0)) + [slash]
      }
    }
    var names = zip(schemas, isKept).map { $1 && !isFlat ? $0.localName : $0.name }
    // A component's tables have names of their own.
    for (_, all) in Dictionary(grouping: schemas.indices, by: { Name(prefixes[$0]) }) {
      let members = all.filter { !isKept[$0] || names[$0] != "_storage" }
      for (t, name) in zip(members, ImportNames.assign(members.map { names[$0] }, isTables: true)) { names[t] = name }
    }
    return Array(zip(prefixes, names))
  }

  private static func fields(
    _ schema: TableSchema, _ identity: ImportTable.Identity, _ references: [Name: Int], isExport: Bool
  ) -> [ImportField] {
    var columns = Array(schema.columns.indices)
    if case .kept(let id, let time) = identity { columns.removeAll { $0 == id || $0 == time } }
    let names = ImportNames.assign(columns.map { schema.columns[$0].name }, isTables: false)
    return zip(columns, names).map { c, name in
      let column = schema.columns[c]
      let form = references[column.name].map { .reference($0) } ?? form(of: column.type, isExport: isExport)
      return ImportField(
        column: c, form: form, key: Array(",\"".utf8) + escaped(name.bytes) + Array("\":".utf8), name: name)
    }
  }

  /// Only quotes and backslashes of what a name may hold mean something to JSON.
  private static func escaped(_ name: [UInt8]) -> [UInt8] {
    name.flatMap { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? [UInt8(ascii: "\\"), $0] : [$0] }
  }

  private static func form(of type: LogicalType, isExport: Bool) -> ImportField.Form {
    switch type {
    case .boolean: .boolean
    case .int32, .int64: isExport ? .int64 : type == .int32 ? .integer : .longInteger
    case .decimal: .decimal
    case .float64: .float
    case .bytes: .bytes
    case .json: .json(isExport ? .kept : .floats)
    case .array(let element): .json(isExport ? .kept : numbers(of: element))
    case .text, .uuid, .date, .time, .timestamp, .timestamptz, .interval, .enumeration: .text
    }
  }

  private static func numbers(of element: LogicalType) -> NestedValue.Numbers {
    switch element {
    case .array(let inner): numbers(of: inner)
    case .decimal: .texts
    default: .floats
    }
  }
}
