internal import Bytes
internal import Conversion
internal import Records

/// A column as a field of its model.
struct FixtureField: Sendable {
  let column: Int
  var name: Name = ""
  var isReference = false
  let type: LogicalType
  /// Whether JSON is written as text that holds it.
  let isText: Bool
  /// What stands before the value.
  let head: [UInt8]

  /// Whether values of all kinds are JSON.
  var holdsJSON: Bool { type == .json && !isText }
}

/// A table of pairs as a list of its model's objects.
struct FixtureList: Sendable {
  /// Position among all lists, and how many columns come before it.
  let list: Int
  let place: Int
  /// What stands before the elements.
  let head: [UInt8]
  let name: Name
  /// The model that elements lead to, and the table of pairs.
  let target: Name
  let table: Name
}

/// A table as it becomes objects, or elements of lists.
struct FixtureTable: Sendable {
  enum Role: Sendable {
    /// Rows are objects.
    case model
    /// Rows are elements of the list at a position.
    case list(Int, owner: Int, element: Int)
    /// Rows have no place.
    case none
  }
  var role = Role.model
  var model: Name = ""
  /// Columns of the primary key, with their types.
  var keys: [FixtureField] = []
  var fields: [FixtureField] = []
  var lists: [FixtureList] = []
  /// Columns that refer to tables with natural keys.
  var references: [Int: Int] = [:]
  /// Whether the primary key refers to rows that get new ones.
  var hasLostKey = false
  /// Of a list: the model and field that it belongs to, and the model of its elements.
  var list: (owner: Name, field: Name, target: Name)?
}

/// How tables become models, and columns fields.
struct FixturePlan: Sendable {
  let schemas: [TableSchema]
  private(set) var tables: [FixtureTable] = []
  private(set) var listCount = 0
  /// Natural keys by table, where they are wanted.
  private(set) var natural: [NaturalKey?]
  /// How many kinds of models are written one after the other.
  private(set) var levelCount = 1

  /// The plan that the flags ask for.
  init(_ schemas: [TableSchema], _ options: WriteOptions, _ syntax: FixtureSyntax) {
    self.init(schemas, models: options.models, label: options.appLabel, syntax)
    guard let wanted = options.naturalKeys else { return }
    natural = NaturalKey.all(of: self, wanted)
    levelCount = 2 + (natural.compactMap { $0?.level }.max() ?? 0)
    for (t, schema) in schemas.enumerated() {
      for c in schema.columns.indices {
        guard let target = NaturalKey.target(of: c, schema, self), let key = natural[target] else { continue }
        if schema.primaryKey == [schema.columns[c].name] {
          tables[t].hasLostKey = key.replacesKey
        } else {
          tables[t].references[c] = target
        }
      }
    }
  }

  /// How many kinds of models are written before one.
  func level(_ t: Int) -> Int { natural[t]?.level ?? levelCount - 1 }

  init(_ schemas: [TableSchema], models: [Name: SourceModel], label: Name?, _ syntax: FixtureSyntax) {
    self.schemas = schemas
    let byName = Dictionary(schemas.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let isProject = !models.isEmpty || FixtureNames.isProject(schemas)
    var lists: [Name: [SourceModel.List]] = [:]
    for schema in schemas where isProject {
      if let model = models[schema.name] {
        lists[schema.name, default: []] += model.lists.filter { byName[$0.table] != nil }
      } else if let found = FixtureNames.list(schema, among: byName), models[found.owner]?.lists.isEmpty ?? true {
        lists[found.owner, default: []].append(found.list)
      }
    }
    tables = schemas.map { _ in FixtureTable() }
    natural = schemas.map { _ in nil }
    var used: [Name: Int] = [:], names: [Name: Name] = [:]
    for schema in schemas {
      var name =
        models[schema.name]?.name
        ?? (isProject ? FixtureNames.model(ofProject: schema.name) : FixtureNames.model(of: schema, label: label))
      // Tables that lead to one name are numbered.
      let count = used[name, default: 0]
      used[name] = count + 1
      if count > 0 { name = name + Name("_\(count + 1)") }
      names[schema.name] = name
    }
    let positions = Dictionary(schemas.indices.map { (schemas[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
    for (t, schema) in schemas.enumerated() {
      if schema.name == FixtureNames.history, isProject { tables[t].role = .none }
      fill(t, models[schema.name], names, syntax)
      for list in lists[schema.name] ?? [] {
        guard let join = positions[list.table], let owner = schemas[join].index(of: list.owner),
          let element = schemas[join].index(of: list.element), case .model = tables[join].role
        else { continue }
        let key = schemas[join].foreignKeys.first { $0.columns == [list.element] }
        let target = key.flatMap { names[$0.table] } ?? list.target ?? ""
        tables[join].role = .list(listCount, owner: owner, element: element)
        tables[join].list = (names[schema.name] ?? "", list.name, target)
        tables[t].lists.append(
          FixtureList(
            list: listCount, place: list.place,
            head: Self.head(list.name, syntax, className: "", relation: "ManyToManyRel", target), name: list.name,
            target: target, table: list.table))
        listCount += 1
      }
    }
  }

  private mutating func fill(_ t: Int, _ model: SourceModel?, _ names: [Name: Name], _ syntax: FixtureSyntax) {
    let schema = schemas[t]
    tables[t].model = names[schema.name] ?? ""
    let references = Dictionary(
      schema.foreignKeys.filter { $0.columns.count == 1 }.map { ($0.columns[0], $0) },
      uniquingKeysWith: { first, _ in first })
    let columns = Set(schema.columns.map(\.name)), keys = Set(schema.primaryKey)
    let unique = Set(schema.uniqueKeys.filter { $0.count == 1 }.map { $0[0] })
    for (c, column) in schema.columns.enumerated() {
      let known = model?.fields[column.name], reference = references[column.name]
      var name = known?.name
      if name == nil {
        let short = FixtureNames.field(column.name, isReference: reference != nil)
        name =
          columns.contains(short) && short != column.name ? FixtureNames.field(column.name, isReference: false) : short
      }
      // Django takes no field of that name but a key.
      if known == nil, name == "id", !keys.isEmpty, !keys.contains(column.name) {
        name = "id_field"
        while let taken = name, columns.contains(taken) { name = taken + "_field" }
      }
      let className = known?.className.flatMap { $0.isEmpty ? nil : $0 }
      let target = known?.target ?? reference.map { names[$0.table] ?? FixtureNames.model(ofProject: $0.table) }
      let isOne = className == "OneToOneField" || unique.contains(column.name)
      let field = FixtureField(
        column: c, name: name ?? column.name, isReference: target != nil, type: column.type,
        isText: known?.isText ?? false || Self.isTextClass(className),
        head: Self.head(
          name ?? column.name, syntax, className: FixtureClasses.internalType(className, column),
          relation: target == nil ? nil : isOne ? "OneToOneRel" : "ManyToOneRel", target))
      if keys.contains(column.name) { tables[t].keys.append(field) }
      if schema.primaryKey != [column.name] { tables[t].fields.append(field) }
    }
    let places = Dictionary(
      schema.primaryKey.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    func place(_ field: FixtureField) -> Int { places[schema.columns[field.column].name] ?? 0 }
    tables[t].keys.sort { place($0) < place($1) }
  }

  /// Whether Django writes the field's JSON as text.
  private static func isTextClass(_ name: Name?) -> Bool {
    guard let name else { return false }
    return name == "HStoreField" || name == "ArrayField" || name.hasSuffix("RangeField")
  }

  /// What stands before a field's value.
  private static func head(
    _ name: Name, _ syntax: FixtureSyntax, className: Name, relation: Name?, _ target: Name?
  ) -> [UInt8] {
    var head: [UInt8] = []
    switch syntax {
    case .json, .jsonl:
      head.append(jsonString: name.bytes, isASCII: false)
      head += Array(": ".utf8)
    case .xml:
      head = Array("<field name=".utf8)
      head.append(xmlAttribute: name.bytes)
      if let relation {
        head += Array(" rel=\"".utf8) + relation.bytes + Array("\" to=".utf8)
        head.append(xmlAttribute: target?.bytes ?? [])
      } else {
        head += Array(" type=".utf8)
        head.append(xmlAttribute: className.bytes)
      }
      head.append(UInt8(ascii: ">"))
    case .yaml:
      var text = YAMLText()
      text.newLine(indent: 4)
      text.key(name.bytes, indent: 4)
      head = Array(text.bytes.dropFirst())
    }
    return head
  }
}

/// Django's names for types of fields.
enum FixtureClasses {
  private static let ofClass: [Name: Name] = [
    "EmailField": "CharField", "URLField": "CharField", "ImageField": "FileField",
    "CommaSeparatedIntegerField": "CharField", "OrderWrt": "IntegerField",
  ]

  /// What `get_internal_type` says of a field.
  static func internalType(_ className: Name?, _ column: Column) -> Name {
    // A computed field has the type of what it computes.
    if let className, className != "GeneratedField" { return ofClass[className] ?? className }
    switch column.type {
    case .boolean: return "BooleanField"
    case .int32: return "IntegerField"
    case .int64: return "BigIntegerField"
    case .decimal: return "DecimalField"
    case .float64: return "FloatField"
    case .text: return column.maximumLength == nil ? "TextField" : "CharField"
    case .uuid: return "UUIDField"
    case .date: return "DateField"
    case .time: return "TimeField"
    case .timestamp, .timestamptz: return "DateTimeField"
    case .interval: return "DurationField"
    case .json: return "JSONField"
    case .bytes: return "BinaryField"
    case .array: return "ArrayField"
    case .enumeration: return "CharField"
    }
  }
}
