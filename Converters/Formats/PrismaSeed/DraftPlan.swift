internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// How tables become models of Prisma.
struct DraftPlan: Sendable {
  let dialect: SQLDialect
  var models: [DraftModel] = []
  private(set) var enums: [DraftEnum] = []
  /// What the draft cannot say.
  var losses: [Loss] = []
  /// Database schemas, when tables lie in more than the usual one.
  private(set) var namespaces: [Name] = []

  private var modelNames = DraftNames()
  private var enumPlaces: [DraftEnumKey: Int] = [:]

  init(_ tables: [TableSchema], _ dialect: SQLDialect) {
    self.dialect = dialect
    if dialect == .postgres {
      let found = Set(tables.compactMap(\.namespace))
      if !found.isEmpty {
        namespaces = (found.union(tables.contains { $0.namespace == nil } ? ["public"] : [])).sorted()
      }
    }
    // Names that can stay are given out first, so that they do stay.
    let isKept = tables.map { DraftNames.isLegal($0.localName) }
    var names = tables.map { _ in Name("") }
    for kept in [true, false] {
      for (t, table) in tables.enumerated() where isKept[t] == kept {
        names[t] = modelNames.model(kept ? table.localName : table.name)
      }
    }
    for (t, table) in tables.enumerated() { addModel(table, names[t]) }
    addRelations()
  }

  /// Where a table lies in the database.
  func namespace(of model: DraftModel) -> Name? {
    namespaces.isEmpty ? nil : model.schema.namespace ?? "public"
  }

  mutating func note(_ code: String, _ message: String, _ table: Name, _ column: Name?) {
    losses.append(Loss(code, message, table: table, column: column))
  }

  // MARK: Fields

  private mutating func addModel(_ table: TableSchema, _ name: Name) {
    var model = DraftModel(schema: table, name: name), names = DraftNames()
    let isKept = table.columns.map { names.keep($0.name) }
    let members = Set((table.uniqueKeys + table.indexes + table.foreignKeys.map(\.columns)).joined() + table.primaryKey)
    for (column, isKept) in zip(table.columns, isKept) {
      let name = isKept ? column.name : names.field(column.name)
      model.fields.append(field(column, name, table, isKey: members.contains(column.name)))
    }
    addKeys(table, &model)
    for i in model.fields.indices { setDefault(&model.fields[i], table) }
    models.append(model)
  }

  private mutating func field(_ column: Column, _ name: Name, _ table: TableSchema, isKey: Bool) -> DraftField {
    var type = column.type, isList = false
    if case .array(let element) = type, DraftTypes.allowsList(of: element, dialect) { (type, isList) = (element, true) }
    if case .enumeration(let labels) = type, dialect != .sqlite, let place = enumPlace(labels, column, table, name) {
      return DraftField(
        name: name, column: column, kind: .enumeration(place), type: enums[place].name, isOptional: column.isNullable)
    }
    let rule = DraftTypes.rule(type, column, dialect, isKey: isKey)
    if DraftTypes.isWeakened(type, dialect) {
      note("type-as-text", "the draft has no type for \(type.word): values are text", table.name, column.name)
    }
    return DraftField(
      name: name, column: column, kind: isList ? .list(isLong: type == .int64) : rule.kind, type: rule.type,
      native: rule.native, isList: isList, isOptional: column.isNullable && !isList)
  }

  /// The position of the enum with some labels; nil when they are none.
  private mutating func enumPlace(_ labels: [String], _ column: Column, _ table: TableSchema, _ field: Name) -> Int? {
    guard !labels.isEmpty, labels.count <= 1000, Set(labels).count == labels.count else { return nil }
    let key = DraftEnumKey(labels: labels, type: column.sourceType)
    if let known = enumPlaces[key] { return known }
    var names = DraftNames()
    let isKept = labels.map { names.keep(Name($0)) }
    let values = zip(labels, isKept).map { ($1 ? Name($0) : names.field(Name($0)), Name($0)) }
    enums.append(DraftEnum(name: modelNames.model(enumName(column) ?? table.localName + "_" + field), values: values))
    enumPlaces[key] = enums.count - 1
    return enums.count - 1
  }

  /// The name that the source gives the type: the last part of `public."Mood"`.
  private func enumName(_ column: Column) -> Name? {
    guard let type = column.sourceType, dialect == .postgres, !type.contains(UInt8(ascii: "(")) else { return nil }
    let last = type.split(separator: UInt8(ascii: ".")).last.map { $0.filter { $0 != UInt8(ascii: "\"") } }
    return last.flatMap { DraftNames.isLegal(Name($0)) ? Name($0) : nil }
  }

  // MARK: Keys

  private func addKeys(_ table: TableSchema, _ model: inout DraftModel) {
    let places = Dictionary(table.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    func fields(_ columns: [Name]) -> [Int]? {
      let found = columns.compactMap { places[$0] }
      let isKey = !found.isEmpty && found.count == columns.count && Set(found).count == found.count
      return isKey && found.allSatisfy { !model.fields[$0].isList && model.fields[$0].kind != .json } ? found : nil
    }
    if let key = fields(table.primaryKey) {
      model.key = key
      for i in key { model.fields[i].isOptional = false }
      if key.count == 1 { model.fields[key[0]].isID = true } else { model.id = key.map { model.fields[$0].name } }
    }
    var known: Set<[Int]> = [model.key]
    for columns in table.uniqueKeys {
      guard let key = fields(columns), known.insert(key).inserted else { continue }
      if key.count == 1 {
        model.fields[key[0]].isUnique = true
      } else {
        model.uniqueKeys.append(key.map { model.fields[$0].name })
      }
      if model.key.isEmpty, key.allSatisfy({ !model.fields[$0].isOptional }) { model.key = key }
    }
    for columns in table.indexes {
      guard let key = fields(columns), known.insert(key).inserted else { continue }
      model.indexes.append(key.map { model.fields[$0].name })
    }
  }

  private mutating func setDefault(_ field: inout DraftField, _ table: TableSchema) {
    let column = field.column
    if column.isIdentity, field.kind == .int || field.kind == .bigInt, dialect != .sqlite || field.isID {
      field.defaultValue = Array("autoincrement()".utf8)
      return
    }
    if column.generation != nil {
      note("generation-left-out", "the draft does not say how values are computed", table.name, column.name)
    }
    guard let text = column.defaultValue, !text.isEmpty else { return }
    if case .enumeration(let place) = field.kind {
      let label = text.split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
      let stored = label.count == 3 ? Name(Array(label[1])) : ""
      field.defaultValue = enums[place].values.first { $0.stored == stored }?.name.bytes
    } else {
      field.defaultValue = DraftTypes.defaultValue(text, field)
    }
    let isNull = text.map(asciiLower).starts(with: "null".utf8)
    if field.defaultValue == nil, !isNull {
      note("default-left-out", "the draft does not have the column's default", table.name, column.name)
    }
  }
}

/// What makes two columns of one enum.
struct DraftEnumKey: Hashable, Sendable {
  let labels: [String]
  let type: [UInt8]?
}
