internal import Bytes
internal import Conversion
internal import Diagnostics
internal import DjangoModels
internal import Records

/// Makes tables and the plan for reading them from what the inference decided.
struct DjangoSchemas: Sendable {
  private let inference: Inference
  private let secrets: [Set<Name>]
  private(set) var plan = DjangoPlan()
  private(set) var unverified: [UnverifiedForeignKey] = []
  private(set) var relations: [SchemaObject] = []
  private(set) var findings: [Finding] = []
  /// The models behind the tables.
  private(set) var models: [Name: SourceModel] = [:]
  /// Tables already made, so that none is made twice under one name.
  private var usedNames: Set<Name> = []

  /// `secrets`: of each model the raw columns that hold secrets.
  init(_ inference: Inference, _ natural: NaturalInference, secrets: [Set<Name>], artifact: [UInt8]) {
    self.inference = inference
    self.secrets = secrets
    plan.artifact = artifact
    plan.indexes = natural.indexes
    plan.synthetic = natural.synthetic
    for table in natural.synthetic { usedNames.insert(table.schema.name) }
    for m in inference.models.indices { usedNames.insert(inference.identities[m].table) }
    for m in inference.models.indices {
      if inference.models[m].fields.isEmpty { addEmptyTable(m) } else { addTable(m) }
    }
    makeReferredColumnsUnique()
  }

  /// All tables, those that are referred to first.
  var tables: [TableSchema] {
    creationOrder(plan.synthetic.map(\.schema) + plan.tables.map(\.schema) + plan.joins)
  }

  // MARK: One model

  private mutating func addTable(_ m: Int) {
    let facts = inference.models[m], identity = inference.identities[m]
    let declared = inference.declared(m).flatMap { $0.isExact ? $0 : nil }
    let known = declared == nil ? inference.knownModel(m) : nil
    var schema = TableSchema(tableName(m), [])
    var steps: [TablePlan.Step] = [], members: [Int: Int] = [:]
    for (f, field) in facts.fields.enumerated() {
      switch inference.roles[m][f] {
      case .key where facts.isComposite && inference.hasMembers(m): steps.append(.compositeKey)
      case .key:
        steps.append(facts.missingKeys > 0 && !facts.isComposite && takesNewKeys(m) ? .numberedKey : .keep)
        schema.columns.append(keyColumn(m))
      case .keyCopy: steps.append(.drop)
      case .parentLink(let reference):
        steps.append(.drop)
        refer(&schema, [identity.keyName], reference, m)
      case .member(let part):
        members[part] = f
        steps.append(.keep)
        schema.columns.append(
          Column(inference.column(m, f) ?? field.name, field.inferredType, isNullable: false))
      case .plain:
        let (column, step) = plainColumn(m, f, known)
        schema.columns.append(column)
        steps.append(step)
      case .reference(let reference):
        let name = inference.column(m, f) ?? referenceName(field.name, m)
        let knownField = known?.fields.first { Name($0.name) == DjangoNames.withoutID(name) }
        let isNullable = field.absent > 0 || knownField?.isNullable ?? declared?.field(field.name)?.isNullable ?? true
        schema.columns.append(
          Column(
            name, reference.type, isNullable: isNullable,
            maximumLength: reference.column == reference.target.keyName
              ? reference.target.keyLength : declared?.field(field.name)?.maximumLength))
        steps.append(reference.natural.map { .natural($0, asText: reference.type == .text) } ?? .keep)
        refer(&schema, [name], reference, m)
        if knownField?.isUnique ?? false { schema.uniqueKeys.append([name]) }
      case .list(let reference):
        let join = addJoin(m, field, reference)
        steps.append(.join(join, natural: reference.natural, asText: reference.type == .text))
      }
    }
    if let reference = inference.keyReferences[m] { refer(&schema, [identity.keyName], reference, m) }
    setKeys(
      &schema, m, known,
      members.sorted { $0.key < $1.key }.map { inference.column(m, $0.value) ?? facts.fields[$0.value].name })
    if let declared { addDeclaredKeys(&schema, declared) }
    var table = TablePlan(schema: schema, steps: steps, keyColumn: facts.keyField)
    table.firstNewKey = facts.largestKey + 1
    table.members = members.sorted { $0.key < $1.key }.map(\.value)
    table.lastRows = facts.lastRows
    addModel(m, table)
    let raw = facts.fields.enumerated().map { Column($1.name, facts.fields[$0].inferredType) }
    for spelling in facts.spellings {
      plan.byName[spelling] = plan.tables.count
      plan.rawTables.append(TableSchema(spelling, raw))
    }
    plan.tables.append(table)
    report(m)
  }

  /// A table whose array is empty: its columns are known only when the model is.
  private mutating func addEmptyTable(_ m: Int) {
    for spelling in inference.models[m].spellings { plan.rawTables.append(TableSchema(spelling, [])) }
    guard let known = inference.identities[m].known else {
      findings.append(
        Finding(
          "empty-table", .info,
          "list '\(displayed(inference.models[m].name))' is empty, so that its columns are not known"))
      return
    }
    let identity = inference.identities[m]
    var schema = TableSchema(tableName(m), [keyColumn(m)], primaryKey: [identity.keyName])
    for field in known.fields {
      guard let model = field.references, let target = inference.identity(ofModel: Name(model)) else {
        schema.columns.append(
          Column(
            Name(field.name), field.type, isNullable: field.isNullable, maximumLength: field.maximumLength,
            isSecret: field.isSecret))
        continue
      }
      let column = Name(field.name) + "_id"
      schema.columns.append(Column(column, target.keyType, isNullable: field.isNullable))
      let reference = Reference(to: target, isInferred: false, evidence: "")
      if isBorneOut(reference) { refer(&schema, [column], reference, m) }
    }
    setKeys(&schema, m, known, [])
    schema.primaryKey = [identity.keyName]
    plan.tables.append(TablePlan(schema: schema, steps: []))
    for list in known.lists {
      guard let target = inference.identity(ofModel: Name(list.target)), target.index != nil else { continue }
      _ = addJoin(m, FieldFacts(Name(list.name)), Reference(to: target, isInferred: false, evidence: ""))
    }
  }

  /// Keeps what the model calls the columns of its table and its lists.
  private mutating func addModel(_ m: Int, _ table: TablePlan) {
    let identity = inference.identities[m], isFixture = inference.layout == .fixture
    var model = SourceModel(identity.model), column = 0
    for (f, field) in inference.models[m].fields.enumerated() {
      let declared = inference.declared(m, f), step = table.steps[f]
      var reference: Reference?
      switch inference.roles[m][f] {
      case .reference(let found): reference = found
      case .list(let found):
        guard case .join(let join, _, _) = step else { continue }
        let schema = plan.joins[join]
        var list = SourceModel.List(
          field.name, table: schema.name, owner: schema.columns[0].name, element: schema.columns[1].name,
          target: found.target.model)
        list.place = column
        model.lists.append(list)
      default: break
      }
      guard step.isKept else { continue }
      let name = table.schema.columns[column].name
      column += 1
      model.fields[name] = SourceModel.Field(
        reference != nil && !isFixture ? DjangoNames.withoutID(field.name) : declared?.name ?? field.name,
        className: declared?.className ?? Self.className(identity.model, field.name), target: reference?.target.model,
        isText: step.isJSONText)
    }
    models[table.schema.name] = model
  }

  /// The class of a field of Django's own whose type does not tell it.
  private static func className(_ model: Name, _ field: Name) -> Name? {
    model == "admin.logentry" && field == "action_flag" ? "PositiveSmallIntegerField" : nil
  }

  /// Whether rows without a key get one: only where keys are numbers.
  private func takesNewKeys(_ m: Int) -> Bool {
    switch inference.identities[m].keyType {
    case .int32, .int64: true
    default: false
    }
  }

  /// The model's table; where another model has that name already, the model's own name.
  private func tableName(_ m: Int) -> Name {
    let name = inference.identities[m].table
    let isTaken = inference.identities[..<m].contains { $0.table == name } || plan.joins.contains { $0.name == name }
    return isTaken ? inference.models[m].spellings[0] : name
  }

  private func keyColumn(_ m: Int) -> Column {
    let identity = inference.identities[m], facts = inference.models[m]
    let isParent =
      inference.keyReferences[m] != nil
      || inference.roles[m].contains { if case .parentLink = $0 { true } else { false } }
    var column = Column(identity.keyName, identity.keyType, isNullable: facts.missingKeys > 0 && !takesNewKeys(m))
    column.maximumLength = identity.keyLength
    let isFound = facts.keyField.map { secrets[m].contains(facts.fields[$0].name) } ?? false
    column.isSecret = isFound || identity.known?.isKeySecret ?? false
    column.isIdentity = takesNewKeys(m) && !isParent
    if facts.isComposite { column.type = .json }
    return column
  }

  private func setKeys(_ schema: inout TableSchema, _ m: Int, _ known: KnownModel?, _ members: [Name]) {
    let facts = inference.models[m]
    if !members.isEmpty {
      schema.primaryKey = members
    } else if facts.keyField != nil, !facts.isComposite, facts.missingKeys == 0 || takesNewKeys(m) {
      schema.primaryKey = [inference.identities[m].keyName]
    }
    for field in known?.fields ?? [] where field.isUnique && field.references == nil {
      if schema.index(of: Name(field.name)) != nil { schema.uniqueKeys.append([Name(field.name)]) }
    }
    for field in known?.fields ?? [] where field.isIndexed {
      if schema.index(of: Name(field.name)) != nil { schema.indexes.append([Name(field.name)]) }
    }
    for names in known?.unique ?? [] {
      let columns = names.compactMap { column(of: $0, m, schema) }
      if columns.count == names.count { schema.uniqueKeys.append(columns) }
    }
  }

  /// The column of a known model's field.
  private func column(of field: StaticString, _ m: Int, _ schema: TableSchema) -> Name? {
    [Name(field), Name(field) + "_id"].first { schema.index(of: $0) != nil }
  }

  /// The column of a foreign key: `_id` is added unless it is there or another column has that name.
  private func referenceName(_ field: Name, _ m: Int) -> Name {
    if field.hasSuffix("_id") || inference.models[m].index[field + "_id"] != nil { return field }
    return field + "_id"
  }

  // MARK: Types

  private func plainColumn(_ m: Int, _ f: Int, _ known: KnownModel?) -> (Column, TablePlan.Step) {
    let field = inference.models[m].fields[f]
    if let declared = inference.declared(m, f), declared.target == nil {
      // Of Django's own models more is known than the types that XML gives.
      let isKnown = known?.fields.contains { Name($0.name) == field.name && $0.references == nil } ?? false
      if !isKnown || inference.declared(m)?.isExact ?? false { return declaredColumn(m, f, declared) }
    }
    let type = field.inferredType
    guard let fact = known?.fields.first(where: { Name($0.name) == field.name }), fact.references == nil else {
      let isJSONText = type != .json && field.isText && field.profiles.allSatisfy { $0.text.isJSON }
      return (
        Column(field.name, isJSONText ? .json : type, isSecret: secrets[m].contains(field.name)),
        isJSONText ? .json : .keep
      )
    }
    let fits = field.present == 0 || fact.type.holds(type)
    let column = Column(
      field.name, fits ? fact.type : type, isNullable: fact.isNullable || field.absent > 0,
      maximumLength: fits ? fact.maximumLength : nil, isSecret: fact.isSecret || secrets[m].contains(field.name))
    return (column, .keep)
  }

  /// The column of a field that is declared.
  private func declaredColumn(_ m: Int, _ f: Int, _ declared: DeclaredField) -> (Column, TablePlan.Step) {
    let field = inference.models[m].fields[f], type = field.type(declared: declared)
    let isExact = inference.declared(m)?.isExact ?? false
    let known = inference.knownModel(m)?.fields.first { Name($0.name) == field.name }
    let isSecret = secrets[m].contains(field.name) || known?.isSecret ?? false
    var column = Column(inference.column(m, f) ?? field.name, type, isSecret: isSecret)
    if isExact {
      column.isNullable = declared.isNullable || field.absent > 0
      column.maximumLength = type == .text ? declared.maximumLength : nil
    }
    column.sourceType = declared.sourceType
    // PostgreSQL's arrays, hstores and ranges are JSON within text.
    let isJSONText = field.present == 0 || field.isText && field.profiles.allSatisfy { $0.text.isJSON }
    if let range = PostgresField.rangeType(declared.className), isJSONText {
      (column.type, column.sourceType) = (.text, range)
      return (column, .postgres(.range))
    }
    if declared.arrayDepth > 1, isJSONText { return (column, .postgres(.arrays(depth: declared.arrayDepth))) }
    let isArray = if case .array = type { true } else { false }
    if declared.type == nil, type != .json, field.isText, field.profiles.allSatisfy({ $0.text.isJSON }) {
      column.type = .json
      return (column, .json)
    }
    return (column, isArray ? .json : .keep)
  }

  /// Unique keys and indexes that the model declares.
  private func addDeclaredKeys(_ schema: inout TableSchema, _ model: DeclaredModel) {
    func columns(_ fields: [Name]) -> [Name]? {
      let found = fields.compactMap { model.field($0)?.column }
      return found.count == fields.count && found.allSatisfy { schema.index(of: $0) != nil } ? found : nil
    }
    var unique = model.fields.filter { $0.isUnique && !$0.isPrimaryKey }.map { [$0.name] } + model.uniqueTogether
    unique.removeAll { columns($0) == nil }
    for key in unique.compactMap(columns) where !schema.uniqueKeys.contains(key) && key != schema.primaryKey {
      schema.uniqueKeys.append(key)
    }
    let indexed = model.fields.filter { $0.isIndexed && !$0.isUnique && !$0.isPrimaryKey }.map { [$0.name] }
    for index in (indexed + model.indexes).compactMap(columns) where !schema.indexes.contains(index) {
      schema.indexes.append(index)
    }
  }

  // MARK: References

  private mutating func refer(_ schema: inout TableSchema, _ columns: [Name], _ reference: Reference, _ m: Int) {
    let key = ForeignKey(
      columns, references: reference.target.table, [reference.column], isInferred: reference.isInferred)
    note(schema.name, columns[0], reference)
    if isBorneOut(reference) { schema.foreignKeys.append(key) } else { leaveOut(schema.name, key, reference) }
  }

  /// Whether all rows that a reference leads to are in the backup.
  private func isBorneOut(_ reference: Reference) -> Bool {
    guard reference.missing == 0 else { return false }
    if reference.target.index == nil {
      return plan.synthetic.contains { $0.schema.name == reference.target.table }
    }
    return true
  }

  private mutating func leaveOut(_ table: Name, _ key: ForeignKey, _ reference: Reference) {
    let isMissing =
      reference.target.index == nil && !plan.synthetic.contains { $0.schema.name == reference.target.table }
    // Natural keys that lead nowhere are no values of the referred column: such a key could not be forced.
    if reference.natural == nil {
      unverified.append(
        UnverifiedForeignKey(
          table: table, key: key, reason: isMissing ? .missingTable : .dangling, count: reference.missing))
    }
    let target = displayed(reference.target.table)
    let message =
      isMissing
      ? "the foreign key to '\(target)' is left out: that table is not in the backup"
      : "the foreign key to '\(target)' is left out: some of its rows are not in the backup"
    findings.append(
      Finding(
        isMissing ? "foreign-key-missing-table" : "foreign-key-dangling", isMissing ? .info : .warning, message,
        advice: "--fk keep writes it all the same", table: table, column: key.columns.last ?? key.columns[0],
        count: max(reference.missing, 1)))
  }

  private mutating func note(_ table: Name, _ column: Name, _ reference: Reference) {
    guard reference.isInferred else { return }
    let target = "\(displayed(reference.target.table)).\(displayed(reference.column))"
    relations.append(
      SchemaObject(
        kind: "inferred relation", name: column, table: table,
        definition: Array("\(displayed(column)) refers to \(target): \(reference.evidence)".utf8)))
  }

  // MARK: Many-to-many

  private mutating func addJoin(_ m: Int, _ field: FieldFacts, _ reference: Reference) -> Int {
    let identity = inference.identities[m], table = tableName(m)
    let isSelf = reference.target.index == m
    let (owner, target) = DjangoNames.joinColumns(identity.short, reference.target.short, isSelf: isSelf)
    let declared = inference.declared(m)?.field(field.name)
    var name = declared?.joinTable ?? DjangoNames.joinTable(table, field.name)
    while !usedNames.insert(name).inserted { name = name + "_list" }
    var schema = TableSchema(
      name,
      [
        Column(owner, identity.keyType, isNullable: false, maximumLength: identity.keyLength),
        Column(target, reference.type, isNullable: false, maximumLength: reference.target.keyLength),
      ], uniqueKeys: [[owner, target]])
    schema.foreignKeys.append(
      ForeignKey([owner], references: table, [identity.keyName], isInferred: reference.isInferred))
    refer(&schema, [target], reference, m)
    if field.lists.repeats > 0 {
      findings.append(
        Finding(
          "repeated-list-elements", .info, "lists of a many-to-many field name a row twice; it counts once",
          table: name, column: target, count: field.lists.repeats))
    }
    plan.joins.append(schema)
    return plan.joins.count - 1
  }

  /// Databases refuse foreign keys to columns that are neither primary key nor unique; the survey has seen that these are.
  private mutating func makeReferredColumnsUnique() {
    for key in (plan.tables.map(\.schema) + plan.joins).flatMap(\.foreignKeys) {
      guard let t = plan.tables.firstIndex(where: { $0.schema.name == key.table }) else { continue }
      let target = plan.tables[t].schema
      if target.primaryKey != key.referencedColumns, !target.uniqueKeys.contains(key.referencedColumns) {
        plan.tables[t].schema.uniqueKeys.append(key.referencedColumns)
      }
    }
  }

  // MARK: Findings

  private mutating func report(_ m: Int) {
    let facts = inference.models[m], table = tableName(m)
    if facts.duplicateRows > 0 {
      findings.append(
        Finding(
          "duplicate-rows", .warning,
          "objects come again with the same primary key; the last one counts, as when Django loads them, and the earlier are left out",
          table: table, count: facts.duplicateRows))
    }
    if facts.missingKeys > 0, takesNewKeys(m), !facts.isComposite {
      findings.append(
        Finding(
          "assigned-primary-keys", .info,
          "objects have no primary key; they get the numbers after the greatest one in the order of the file",
          advice: "what refers to them by number elsewhere does not fit", table: table, count: facts.missingKeys))
    }
    if facts.spellings.count > 1 {
      findings.append(
        Finding(
          "model-spellings", .info, "the model's name is written in several ways", table: table,
          count: facts.spellings.count))
    }
    if inference.identities[..<m].contains(where: { $0.table == inference.identities[m].table }) {
      findings.append(
        Finding(
          "table-name-taken", .warning, "two models lead to one table name; this one keeps its model name", table: table
        ))
    }
  }
}

extension LogicalType {
  /// Whether values of a type found in them are values of this known type.
  func holds(_ found: LogicalType) -> Bool {
    switch (self, found) {
    case (.text, .text), (.text, .uuid), (.text, .date), (.text, .time), (.text, .timestamp), (.text, .timestamptz),
      (.text, .interval):
      true
    case (.text, .decimal): false
    case (.int32, .int32), (.boolean, .boolean), (.timestamptz, .timestamptz), (.int64, .int32), (.int64, .int64): true
    case (.decimal(let precision?, let scale?), .decimal(let foundPrecision?, let foundScale?)):
      foundScale <= scale && foundPrecision - foundScale <= precision - scale
    default: self == found
    }
  }
}

extension TextProfile {
  /// Whether all texts are JSON objects or arrays.
  var isJSON: Bool { shape == .json && emptyCount == 0 }
}
