internal import Bytes
package import Records

extension PrismaSchema {
  /// The tables of the database that `prisma migrate` makes of the schema: models and views in their order, link tables last.
  package func tables() -> [PrismaTable] {
    var builder = PrismaTableBuilder(self)
    return builder.build()
  }

  /// The types and indexes of that database.
  package func objects(_ tables: [PrismaTable]) -> [SchemaObject] {
    guard source.provider != .mongodb else { return [] }
    var objects: [SchemaObject] = []
    if source.provider == .postgresql || source.provider == .cockroachdb {
      for found in enums { objects.append(typeObject(found)) }
    }
    for table in tables where table.origin != .view {
      for index in table.indexes where index.kind != .primary { objects.append(indexObject(index, table)) }
    }
    return objects
  }

  private func typeObject(_ found: PrismaEnum) -> SchemaObject {
    let namespace = found.namespace.flatMap { $0 == "public" ? nil : $0 }
    let name = namespace.map { $0 + "." + found.typeName } ?? found.typeName
    var definition = Array("CREATE TYPE ".utf8)
    if let namespace { definition += postgresIdentifier(namespace) + [UInt8(ascii: ".")] }
    definition += postgresIdentifier(found.typeName) + Array(" AS ENUM (".utf8)
    definition += Array(found.values.map { postgresLiteral($0.stored.bytes) }.joined(separator: Array(", ".utf8)))
    definition += Array(")".utf8)
    var object = SchemaObject(kind: "type", name: name, definition: definition)
    object.attributes = [SchemaAttribute("form", Array("enum".utf8)), SchemaAttribute("model", found.name.bytes)]
    return object
  }

  private func indexObject(_ index: PrismaIndex, _ table: PrismaTable) -> SchemaObject {
    var definition = Array((index.kind == .unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ").utf8)
    definition += postgresIdentifier(index.name) + Array(" ON ".utf8)
    if let namespace = table.schema.namespace { definition += postgresIdentifier(namespace) + [UInt8(ascii: ".")] }
    definition += postgresIdentifier(table.schema.localName) + [UInt8(ascii: "(")]
    definition += Array(index.columns.map(postgresIdentifier).joined(separator: Array(", ".utf8)))
    definition += [UInt8(ascii: ")")]
    var object = SchemaObject(kind: "index", name: index.name, table: table.schema.name, definition: definition)
    if index.kind == .unique { object.attributes = [SchemaAttribute("unique", Array("yes".utf8))] }
    return object
  }
}

/// Puts the tables of a schema together.
struct PrismaTableBuilder {
  let schema: PrismaSchema
  let names: PrismaNames
  var provider: PrismaSource.Provider { schema.source.provider }
  /// Positions of models and enums by name.
  private var modelPlaces: [Name: Int] = [:]
  private var enumPlaces: [Name: Int] = [:]
  /// Columns of each model's fields.
  private var columnNames: [[Name: Name]] = []
  private var tables: [PrismaTable] = []

  init(_ schema: PrismaSchema) {
    self.schema = schema
    names = PrismaNames(schema.source.provider)
    for (i, model) in schema.models.enumerated() { modelPlaces[model.name] = i }
    for (i, found) in schema.enums.enumerated() { enumPlaces[found.name] = i }
  }

  mutating func build() -> [PrismaTable] {
    for model in schema.models { addTable(model) }
    for place in schema.models.indices { addKeys(place) }
    addRelations()
    let isKept = schema.models.map { $0.kind != .type } + tables.dropFirst(schema.models.count).map { _ in true }
    return zip(tables, isKept).compactMap { $1 ? $0 : nil }
  }

  // MARK: Columns

  private mutating func addTable(_ model: PrismaModel) {
    let hasNamespaces = provider == .postgresql || provider == .cockroachdb || provider == .sqlserver
    let usual: Name = provider == .sqlserver ? "dbo" : "public"
    let namespace = hasNamespaces ? model.namespace.flatMap { $0 == usual ? nil : $0 } : nil
    var table = TableSchema(namespace.map { $0 + "." + model.tableName } ?? model.tableName, [])
    table.namespace = namespace
    var columns: [PrismaColumn] = [], known: [Name: Name] = [:]
    for field in model.fields {
      guard let (column, meaning) = column(field) else { continue }
      known[field.name] = column.name
      table.columns.append(column)
      columns.append(meaning)
    }
    columnNames.append(known)
    var built = PrismaTable(
      origin: model.kind == .view ? .view : .model, model: model.name, schema: table, columns: columns)
    built.isHidden = model.isIgnored
    tables.append(built)
  }

  /// The column of a field; nil for a relation.
  private func column(_ field: PrismaField) -> (Column, PrismaColumn)? {
    var type: PrismaType, scalar: PrismaScalar
    if let unsupported = field.unsupported {
      (type, scalar) = (PrismaType(logical: .text, source: unsupported), .unsupported)
    } else if let place = enumPlaces[field.type] {
      let found = schema.enums[place]
      type = enumType(found)
      scalar = .enumeration(found.isMapped ? found.values : [])
    } else if let known = PrismaTypes.type(field, provider) {
      type = known
      scalar = PrismaScalar(field.type) ?? .string
    } else if let place = modelPlaces[field.type] {
      guard schema.models[place].kind == .type else { return nil }
      (type, scalar) = (PrismaType(logical: .json, source: Array("object".utf8)), .json)
    } else {
      // Declared in a file that is not here: a relation unless something says that it is a column.
      let isColumn = field.attributes.contains { ["default", "map", "unique", "id"].contains($0.name) }
      guard isColumn else { return nil }
      (type, scalar) = (PrismaType(logical: .text, source: []), .string)
    }
    if field.isList {
      type.logical = .array(type.logical)
      type.maximumLength = nil
      if !type.source.isEmpty { type.source += Array("[]".utf8) }
    }
    var column = Column(field.columnName, type.logical, maximumLength: type.maximumLength)
    column.isNullable = field.isOptional || field.isList
    column.sourceType = type.source.isEmpty ? nil : type.source
    setDefault(of: &column, field, scalar)
    return (
      column,
      PrismaColumn(
        field: field.name, scalar: scalar, isList: field.isList,
        isHidden: field.isIgnored || field.unsupported != nil)
    )
  }

  private func enumType(_ found: PrismaEnum) -> PrismaType {
    let labels = found.values.map { String(decoding: $0.stored.bytes, as: UTF8.self) }
    switch provider {
    case .postgresql, .cockroachdb:
      let source = postgresIdentifier(found.namespace ?? "public") + [UInt8(ascii: ".")]
      return PrismaType(logical: .enumeration(labels), source: source + postgresIdentifier(found.typeName))
    case .mysql:
      let list = found.values.map { postgresLiteral($0.stored.bytes) }.joined(separator: [UInt8(ascii: ",")])
      return PrismaType(logical: .enumeration(labels), source: Array("enum(".utf8) + Array(list) + Array(")".utf8))
    case .sqlite, .sqlserver, .mongodb:
      return PrismaType(logical: .enumeration(labels), source: Array("TEXT".utf8))
    }
  }

  // MARK: Defaults

  private func setDefault(of column: inout Column, _ field: PrismaField, _ scalar: PrismaScalar) {
    guard let value = field.attribute("default")?.argument("value", or: 0) else { return }
    if case .call(let function, let arguments) = value {
      switch function {
      case "autoincrement", "sequence": column.isIdentity = true
      case "now":
        column.defaultValue = Array((provider == .mysql ? "CURRENT_TIMESTAMP(3)" : "CURRENT_TIMESTAMP").utf8)
      case "dbgenerated": column.defaultValue = arguments.first?.value.text.flatMap { $0.isEmpty ? nil : $0 }
      // The client makes these itself; the database knows nothing of them.
      default: break
      }
      return
    }
    column.defaultValue = literal(value, column, scalar)
  }

  private func literal(_ value: PrismaValue, _ column: Column, _ scalar: PrismaScalar) -> [UInt8]? {
    let isPostgres = provider == .postgresql || provider == .cockroachdb
    var type = column.sourceType ?? []
    if case .list(let parts) = value {
      guard isPostgres else { return nil }
      var element = column
      if case .array(let inner) = column.type { element.type = inner }
      element.sourceType = Array(type.dropLast(2))
      let list = parts.compactMap { literal($0, element, scalar) }.joined(separator: Array(", ".utf8))
      return Array("ARRAY[".utf8) + Array(list) + Array("]".utf8) + (parts.isEmpty ? Array("::".utf8) + type : [])
    }
    // Lengths and digits are no part of a constant's type.
    if let open = type.firstIndex(of: UInt8(ascii: "(")), let close = type.firstIndex(of: UInt8(ascii: ")")),
      open < close
    {
      type.removeSubrange(open...close)
    }
    let cast = isPostgres ? Array("::".utf8) + type : []
    switch value {
    case .text(let text): return postgresLiteral(text) + cast
    case .number(let digits):
      let isWide = Int64(digits: digits.span).map { Int32(exactly: $0) == nil } ?? false
      guard isPostgres, digits.first == UInt8(ascii: "-") || isWide else { return digits }
      return postgresLiteral(digits) + cast
    case .word(let word):
      guard case .enumeration(let values) = scalar else { return word.bytes }
      return postgresLiteral((values.first { $0.name == word }?.stored ?? word).bytes) + cast
    case .call, .list: return nil
    }
  }

  // MARK: Keys

  private mutating func addKeys(_ place: Int) {
    let model = schema.models[place]
    guard model.kind == .model else { return }
    let table = tables[place].schema.localName
    for field in model.fields {
      guard let column = columnNames[place][field.name] else { continue }
      if let id = field.attribute("id") { setPrimary([column], id.argument("map")?.text, place) }
      if let unique = field.attribute("unique") {
        addIndex(
          .unique, [column], unique.argument("map")?.text.map { Name($0) } ?? names.name(table, [column], "_key"), place
        )
      }
    }
    for attribute in model.attributes {
      guard ["id", "unique", "index", "fulltext"].contains(attribute.name),
        let list = attribute.argument("fields", or: 0)
      else { continue }
      let columns = list.parts.compactMap { $0.name.flatMap { columnNames[place][$0] } }
      guard !columns.isEmpty, columns.count == list.parts.count else { continue }
      let map = attribute.argument("map")?.text
      switch attribute.name {
      case "id": setPrimary(columns, map, place)
      case "unique": addIndex(.unique, columns, map.map { Name($0) } ?? names.name(table, columns, "_key"), place)
      default: addIndex(.plain, columns, map.map { Name($0) } ?? names.name(table, columns, "_idx"), place)
      }
    }
  }

  private mutating func setPrimary(_ columns: [Name], _ map: [UInt8]?, _ place: Int) {
    tables[place].schema.primaryKey = columns
    let name = map.map { Name($0) } ?? names.name(tables[place].schema.localName, [], "_pkey")
    tables[place].indexes.append(PrismaIndex(kind: .primary, name: name, columns: columns))
    let members = Set(columns)
    for i in tables[place].schema.columns.indices where members.contains(tables[place].schema.columns[i].name) {
      tables[place].schema.columns[i].isNullable = false
    }
  }

  private mutating func addIndex(_ kind: PrismaIndex.Kind, _ columns: [Name], _ name: Name, _ place: Int) {
    if kind == .unique {
      tables[place].schema.uniqueKeys.append(columns)
    } else {
      tables[place].schema.indexes.append(columns)
    }
    tables[place].indexes.append(PrismaIndex(kind: kind, name: name, columns: columns))
  }

  // MARK: Relations

  /// Both ends of a relation have the same two models and the same name.
  private struct Pair: Hashable {
    var first: Name
    var second: Name
    var name: Name?
  }
  /// A field that is one end of a relation.
  private struct End {
    var place: Int
    var field: PrismaField
    var other: Int
    var isOwner: Bool
    /// Position among the model's relations.
    var relation: Int
  }

  private mutating func addRelations() {
    var pairs: [Pair: [End]] = [:], order: [Pair] = []
    for place in schema.models.indices where schema.models[place].kind == .model {
      let model = schema.models[place]
      for field in model.fields where columnNames[place][field.name] == nil {
        let relation = PrismaRelation(field: field.name, model: field.type, isList: field.isList)
        tables[place].relations.append(relation)
        let attribute = field.attribute("relation")
        let owned = attribute?.argument("fields")?.parts.compactMap(\.name) ?? []
        if !owned.isEmpty { addForeignKey(place, field, owned) }
        guard let other = modelPlaces[field.type] else { continue }
        let name = attribute?.argument("name", or: 0)?.text.map { Name($0) }
        let pair = Pair(first: min(model.name, field.type), second: max(model.name, field.type), name: name)
        if pairs[pair] == nil { order.append(pair) }
        pairs[pair, default: []].append(
          End(
            place: place, field: field, other: other, isOwner: !owned.isEmpty,
            relation: tables[place].relations.count - 1))
      }
    }
    for pair in order {
      guard let ends = pairs[pair], ends.count == 2, ends.allSatisfy({ $0.field.isList && !$0.isOwner }) else {
        continue
      }
      addLinks(pair.name ?? (pair.first + "To" + pair.second), ends)
    }
  }

  private mutating func addForeignKey(_ place: Int, _ field: PrismaField, _ owned: [Name]) {
    let columns = owned.compactMap { columnNames[place][$0] }
    let attribute = field.attribute("relation")
    let fields = attribute?.argument("references")?.parts.compactMap(\.name) ?? []
    guard columns.count == owned.count else { return }
    let other = modelPlaces[field.type]
    let referenced = other.map { other in fields.compactMap { columnNames[other][$0] } } ?? fields
    guard referenced.count == columns.count else { return }
    var key = ForeignKey(columns, references: other.map { tables[$0].schema.name } ?? field.type, referenced)
    key.isInferred = schema.source.emulatesRelations || provider == .mongodb
    let members = Set(columns)
    let isRequired = tables[place].schema.columns.contains { members.contains($0.name) && !$0.isNullable }
    if !key.isInferred {
      key.name =
        attribute?.argument("map")?.text.map { Name($0) }
        ?? names.name(tables[place].schema.localName, columns, "_fkey")
      key.actions = Self.actions(
        update: attribute?.argument("onUpdate")?.name ?? "Cascade",
        delete: attribute?.argument("onDelete")?.name ?? (isRequired ? "Restrict" : "SetNull"))
    }
    tables[place].schema.foreignKeys.append(key)
  }

  /// What follows a reference. `NO ACTION` is what databases do anyway.
  private static func actions(update: Name, delete: Name) -> [UInt8] {
    let words: [Name: String] = [
      "Cascade": "CASCADE", "Restrict": "RESTRICT", "SetNull": "SET NULL", "SetDefault": "SET DEFAULT",
    ]
    let parts = [words[update].map { "ON UPDATE \($0)" }, words[delete].map { "ON DELETE \($0)" }]
    return Array(parts.compactMap { $0 }.joined(separator: " ").utf8)
  }

  /// The link table of two lists that lead to each other.
  private mutating func addLinks(_ name: Name, _ ends: [End]) {
    // A is the first model by name; of a model's relation to itself the first field by name.
    let sorted = ends.sorted { a, b in
      (schema.models[a.place].name, a.field.name) < (schema.models[b.place].name, b.field.name)
    }
    guard let a = idColumn(sorted[0].place), let b = idColumn(sorted[1].place), provider != .mongodb else { return }
    let local = "_" + name, namespace = tables[sorted[0].place].schema.namespace
    var table = TableSchema(namespace.map { $0 + "." + local } ?? local, [])
    table.namespace = namespace
    // A field leads to the other model, so that A's rows are named by the ids of A.
    for (column, id, end) in [("A" as Name, a, sorted[0]), ("B" as Name, b, sorted[1])] {
      var link = Column(column, id.type, isNullable: false, maximumLength: id.maximumLength)
      link.sourceType = id.sourceType
      table.columns.append(link)
      var key = ForeignKey([column], references: tables[end.place].schema.name, [id.name])
      key.isInferred = schema.source.emulatesRelations
      if !key.isInferred {
        key.name = names.name(local, [column], "_fkey")
        key.actions = Self.actions(update: "Cascade", delete: "Cascade")
      }
      table.foreignKeys.append(key)
    }
    let hasKey = provider == .postgresql || provider == .cockroachdb
    if hasKey { table.primaryKey = ["A", "B"] } else { table.uniqueKeys = [["A", "B"]] }
    table.indexes = [["B"]]
    var built = PrismaTable(
      origin: .link, model: local, schema: table,
      columns: ["A", "B"].map { PrismaColumn(field: $0, scalar: .string, isList: false, isHidden: false) })
    built.indexes = [
      PrismaIndex(
        kind: hasKey ? .primary : .unique, name: names.name(local, [], hasKey ? "_AB_pkey" : "_AB_unique"),
        columns: ["A", "B"]),
      PrismaIndex(kind: .plain, name: names.name(local, [], "_B_index"), columns: ["B"]),
    ]
    tables.append(built)
    for (i, end) in sorted.enumerated() {
      tables[end.place].relations[end.relation].linkTable = table.name
      tables[end.place].relations[end.relation].isFirst = i == 0
    }
  }

  /// The single column that identifies rows of a model.
  private func idColumn(_ place: Int) -> Column? {
    let table = tables[place].schema
    guard table.primaryKey.count == 1 else { return nil }
    return table.columns.first { $0.name == table.primaryKey[0] }
  }
}
