package import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Fits a mapping to the tables of a backup.
struct PlanBuilder {
  let mapping: Mapping
  let source: Knowledge
  /// What was taken apart before.
  private let nested: NestedPlan?
  private let isOfRejects: Bool
  var plans: [Name: TablePlan] = [:]
  private(set) var outputs: [TableSchema] = []
  private(set) var notes: [RuleNote] = []
  private(set) var findings: [Finding] = []
  private var rules: [Name: TableRule] = [:]
  private var schemas: [Name: TableSchema] = [:]
  /// Columns as they are written, by those of the source; nil: left out.
  private var columns: [Name: [Name: Column?]] = [:]
  /// Keys that become UUIDs, and what refers to them.
  private var identifiers: Set<ColumnAddress> = []

  struct ColumnAddress: Hashable {
    var table: Name
    var column: Name
  }

  init(
    _ mapping: Mapping, _ source: Knowledge, _ nested: NestedPlan?, isOfRejects: Bool = false
  ) throws(MappingError) {
    self.isOfRejects = isOfRejects
    self.nested = nested
    self.mapping = mapping
    self.source = source
    for table in source.tables { schemas[table.name] = table }
    for rule in mapping.tables {
      guard let table = schemas[rule.source] else {
        guard !isOfRejects else { continue }
        throw MappingError(
          rule.place, "the backup has no table '\(displayed(rule.source))'",
          unknown: (displayed(rule.source), source.tables.map { displayed($0.name) }))
      }
      rules[rule.source] = rule
      let known = Set(table.columns.map(\.name)).union(nested?.tables[table.name]?.sources ?? [])
      for column in rule.columns where !known.contains(column.source) {
        if isOfRejects, mapping.nesting(of: column.source, in: table.name) != .json { continue }
        throw Self.unknown(column.source, of: table, column.place)
      }
      for name in rule.key ?? [] where !known.contains(name) { throw Self.unknown(name, of: table, rule.keyPlace) }
    }
    if mapping.identifiers == .uuid { findIdentifiers() }
  }

  private static func unknown(_ column: Name, of table: TableSchema, _ place: RulePlace?) -> MappingError {
    MappingError(
      place, "table '\(displayed(table.name))' has no column '\(displayed(column))'",
      unknown: (displayed(column), table.columns.map { displayed($0.name) }))
  }

  /// Keys of one column of text, and the columns that refer to them.
  private mutating func findIdentifiers() {
    for table in source.tables {
      let key = rules[table.name]?.key ?? table.primaryKey
      guard key.count == 1, let position = table.index(of: key[0]), table.columns[position].type == .text else {
        continue
      }
      identifiers.insert(ColumnAddress(table: table.name, column: key[0]))
    }
    let keys = identifiers
    for (table, key) in foreignKeys where key.columns.count == 1 && key.referencedColumns.count == 1 {
      // Of tables that are not among them, the references to keys are all that was kept.
      guard schemas[table]?.type(of: key.columns[0])?.isList != true else { continue }
      let isKept = isOfRejects && schemas[key.table] == nil && schemas[table]?.type(of: key.columns[0]) == .text
      guard isKept || keys.contains(ColumnAddress(table: key.table, column: key.referencedColumns[0])) else { continue }
      identifiers.insert(ColumnAddress(table: table, column: key.columns[0]))
    }
  }

  /// Foreign keys of all tables, whether they are declared, borne out or concluded.
  private var foreignKeys: [(Name, ForeignKey)] {
    source.tables.flatMap { table in table.foreignKeys.map { (table.name, $0) } }
      + source.unverifiedForeignKeys.map { ($0.table, $0.key) } + source.inferred.map { ($0.table, $0.key) }
      + mapping.tables.flatMap { table in
        table.columns.compactMap { column in
          column.reference.map { (table.source, ForeignKey([column.source], references: $0.table, [$0.column])) }
        }
      }
  }

  /// A table with the references to keys, whether they are declared, borne out or concluded.
  func original(_ table: TableSchema) -> TableSchema {
    var table = table
    table.foreignKeys = []
    for (name, key) in foreignKeys where name == table.name && key.columns.count == 1 {
      let isKey = (rules[key.table]?.key ?? schemas[key.table]?.primaryKey) == key.referencedColumns
      guard isKey || schemas[key.table] == nil else { continue }
      if !table.foreignKeys.contains(where: { $0.columns == key.columns }) { table.foreignKeys.append(key) }
    }
    return table
  }

  mutating func build() throws(MappingError) {
    for table in source.tables { try plan(table) }
    try checkNames()
    for table in source.tables {
      guard var plan = plans[table.name], !plan.isSkipped else { continue }
      try relate(&plan.output, table)
      plan.isIdentity = plan.output == table && plan.casts.isEmpty
      plans[table.name] = plan
      outputs.append(plan.output)
    }
  }

  /// Two tables of one name would be one.
  private func checkNames() throws(MappingError) {
    var taken: [Name: Name] = [:]
    for table in source.tables {
      guard let plan = plans[table.name], !plan.isSkipped else { continue }
      guard let other = taken.updateValue(table.name, forKey: plan.output.name) else { continue }
      throw MappingError(
        rules[table.name]?.place ?? rules[other]?.place,
        "tables '\(displayed(other))' and '\(displayed(table.name))' would both be '\(displayed(plan.output.name))'",
        advice: "give one of them another name")
    }
  }

  // MARK: Columns

  private mutating func plan(_ table: TableSchema) throws(MappingError) {
    let rule = rules[table.name]
    var output = table
    let origin = nested?.children[table.name]
    output.name = rule?.name ?? origin.map(childName) ?? mapping.policy.name(table.name)
    if output.name != table.name {
      let parts = output.name.bytes.split(separator: UInt8(ascii: "."), maxSplits: 1)
      output.namespace = parts.count == 2 ? Name(Array(parts[0])) : nil
    }
    var plan = TablePlan(output: output, kept: [])
    func note(_ words: String, column: Name? = nil, as name: Name? = nil, count: Int? = nil) -> RuleNote {
      RuleNote(
        table: table.name, column: column, words: words, outputTable: output.name, outputColumn: name, count: count)
    }
    if rule?.isSkipped == true || origin.map({ plans[$0.table]?.isSkipped == true }) == true {
      plan.isSkipped = true
      plan.skipRule = notes.count
      var skip = note("left out")
      skip.isSkip = true
      notes.append(skip)
      plans[table.name] = plan
      return
    }
    if output.name != table.name { notes.append(note("is '\(displayed(output.name))'", count: 0)) }
    notes += (nested?.tables[table.name]?.notes ?? []).map { note($0.words, column: $0.column, count: $0.count) }
    var written: [Column] = [], renamed = 0
    var names: [Name: Column?] = [:], taken: [Name: Name] = [:]
    for (position, column) in table.columns.enumerated() {
      let own = rule?.rule(of: column.name)
      if own?.isDropped == true {
        plan.dropped.append((position, notes.count))
        notes.append(note("left out", column: column.name))
        names[column.name] = .some(nil)
        continue
      }
      let steps = try steps(of: column, own, table.name)
      var result = column
      let member = nested?.members[table.name]?[column.name].map { memberName($0, rule) }
      result.name = own?.name ?? member ?? mapping.policy.name(column.name)
      if own?.name == nil, member == nil, result.name != column.name { renamed += 1 }
      if let other = taken.updateValue(column.name, forKey: result.name) {
        throw MappingError(
          own?.place ?? rule?.rule(of: other)?.place ?? rule?.place,
          "columns '\(displayed(other))' and '\(displayed(column.name))' of '\(displayed(table.name))' would both be '\(displayed(result.name))'",
          advice: "give one of them another name")
      }
      if !steps.steps.isEmpty || steps.type != nil { result = result.cast(to: steps.type ?? column.type) }
      if own?.fallback != nil { result.defaultValue = nil }
      if !steps.steps.isEmpty || own?.fallback != nil {
        let fallback = try own?.fallback.map { (literal) throws(MappingError) in try checked(literal, result.type, own)
        }
        plan.casts.append(
          ColumnPlan(position: position, steps: steps.steps, fallback: fallback, rule: notes.count))
      }
      let words =
        (own?.name.map { ["is '\(displayed($0))'"] } ?? []) + steps.words
        + (own?.fallback == nil ? [] : ["has a default"])
      if !words.isEmpty {
        let isCounted = plan.casts.last?.position == position
        notes.append(
          note(words.joined(separator: ", "), column: column.name, as: result.name, count: isCounted ? nil : 0))
      }
      plan.kept.append(position)
      names[column.name] = .some(result)
      written.append(result)
    }
    if renamed > 0 { notes.append(note("names in \(mapping.policy.rawValue)", count: renamed)) }
    guard !written.isEmpty || table.columns.isEmpty else {
      throw MappingError(
        rule?.place, "no column of '\(displayed(table.name))' is left", advice: "skip = true leaves the table out")
    }
    plan.output.columns = written.map { $0.without(names, of: table) }
    columns[table.name] = names
    plans[table.name] = plan
  }

  /// A table of elements is called after the one that they belong to, and their column.
  private func childName(_ origin: NestedPlan.Origin) -> Name {
    let own = mapping.rule(of: origin.table)?.rule(of: origin.column)?.name
    if let own { return own }
    // Of rejects the table itself may not be there.
    let named = mapping.rule(of: origin.table)?.name ?? mapping.policy.name(origin.table)
    let table = plans[origin.table]?.output.name ?? named
    return Name(table.bytes + [UInt8(ascii: "_")] + mapping.policy.name(origin.column).bytes)
  }

  /// A member is called after its column and the objects that it is in.
  private func memberName(_ member: NestedPlan.Member, _ rule: TableRule?) -> Name {
    var name = rule?.rule(of: member.column)?.name ?? mapping.policy.name(member.column)
    for part in member.path { name.bytes += [UInt8(ascii: "_")] + mapping.policy.name(part).bytes }
    return name
  }

  /// The steps of a column's cast, what they make, and how they are told.
  private func steps(
    of column: Column, _ rule: ColumnRule?, _ table: Name
  ) throws(MappingError) -> (steps: [CastStep], type: LogicalType?, words: [String]) {
    var steps: [CastStep] = [], words: [String] = [], type: LogicalType?
    let functions = rule?.functions ?? []
    let texts = functions.prefix { $0.type == nil }
    func add(_ functions: ArraySlice<CastFunction>) {
      for function in functions {
        steps.append(.function(function))
        words.append(function.rawValue)
        type = function.type ?? ((type ?? column.type) == .text ? type : .text)
      }
    }
    add(texts)
    if let rule, !rule.values.isEmpty {
      let map = ValueMap(rule.values)
      steps.append(.values(map))
      words.append("values (\(rule.values.count))")
      type = column.type == .text ? nil : .text
      if rule.type == nil, functions.count == texts.count, map.type != .text {
        throw MappingError(
          rule.place, "the values of a column that are no texts need its type", advice: "add type = \"…\"")
      }
    }
    add(functions[texts.endIndex...])
    if column.type.isList, let reference = rule?.reference, steps.isEmpty, let inner = try elementSteps(reference) {
      steps.append(.elements(inner.steps))
      words += inner.words.map { "elements: \($0)" }
      if case .array = column.type, let type = inner.type { return (steps, .array(type), words) }
      return (steps, column.type, words)
    }
    if let wanted = rule?.type {
      if wanted != type ?? column.type || !steps.isEmpty { steps.append(.type(wanted)) }
      words.append("as \(wanted.word)")
      type = wanted
    } else if steps.isEmpty, identifiers.contains(ColumnAddress(table: table, column: column.name)) {
      steps = [.function(.idToUUID)]
      words = [CastFunction.idToUUID.rawValue]
      type = .uuid
    }
    return (steps, type, words)
  }

  /// What becomes of ids in a list of references: what becomes of the ids themselves. Nil: nothing.
  private func elementSteps(
    _ reference: ColumnRule.Reference
  ) throws(MappingError) -> (steps: [CastStep], type: LogicalType?, words: [String])? {
    // Of rejects the table may not be there, and its ids are texts.
    let table = schemas[reference.table], place = table?.index(of: reference.column)
    let column = place.flatMap { table?.columns[$0] } ?? Column(reference.column, .text)
    var inner = try steps(of: column, mapping.rule(of: reference.table)?.rule(of: reference.column), reference.table)
    if inner.steps.isEmpty, table == nil, mapping.identifiers == .uuid {
      inner = ([.function(.idToUUID)], .uuid, [CastFunction.idToUUID.rawValue])
    }
    return inner.steps.isEmpty ? nil : inner
  }

  /// A default as its column holds it.
  private func checked(
    _ literal: Literal, _ type: LogicalType, _ rule: ColumnRule?
  ) throws(MappingError) -> Literal {
    var caster = CellCaster(), batch = RecordBatch(capacity: 64)
    batch.removeAll(columnCount: 1)
    let cell = caster.cell(of: literal, &batch)
    guard let result = caster.cast(cell, [.type(type)], &batch) else {
      throw MappingError(rule?.place, "the default is no \(type.word)")
    }
    return switch result.kind {
    case .boolean: .boolean(result.boolean)
    case .integer: .integer(result.integer)
    case .number: .number(Array(batch.bytes(of: result)))
    case .json: .json(Array(batch.bytes(of: result)))
    default: .text(Array(batch.bytes(of: result)))
    }
  }
}

// MARK: - Keys

extension PlanBuilder {
  /// Gives a table its keys.
  private mutating func relate(_ output: inout TableSchema, _ table: TableSchema) throws(MappingError) {
    let rule = rules[table.name]
    func names(_ names: [Name]) -> [Name]? {
      let mapped = names.compactMap { column($0, of: table.name)?.name }
      return mapped.count == names.count ? mapped : nil
    }
    output.primaryKey = names(rule?.key ?? table.primaryKey) ?? []
    if let key = rule?.key, output.primaryKey.count < key.count {
      throw MappingError(rule?.keyPlace, "a column of the key is left out")
    }
    output.uniqueKeys = table.uniqueKeys.compactMap(names)
    output.indexes = table.indexes.compactMap(names)
    output.foreignKeys = []
    output.foreignKeys = table.foreignKeys.compactMap { key($0, of: table.name) }
    let lost = table.foreignKeys.count - output.foreignKeys.count
    if lost > 0 {
      findings.append(
        Finding(
          "foreign-key-not-mapped", .warning,
          "foreign keys of '\(displayed(output.name))' lead to columns that are left out or have another type now, and are left out",
          advice: "cast both columns of a reference in the same way", table: output.name, count: lost))
    }
    for reference in rule?.references ?? [] {
      guard let other = schemas[reference.table] else {
        guard !isOfRejects else { continue }
        throw MappingError(
          reference.place, "the backup has no table '\(displayed(reference.table))'",
          unknown: (displayed(reference.table), source.tables.map { displayed($0.name) }))
      }
      for name in reference.columns where table.index(of: name) == nil {
        throw Self.unknown(name, of: table, reference.place)
      }
      for name in reference.referencedColumns where other.index(of: name) == nil {
        throw Self.unknown(name, of: other, reference.place)
      }
      let stated = ForeignKey(reference.columns, references: reference.table, reference.referencedColumns)
      guard let key = self.key(stated, of: table.name) else {
        throw MappingError(
          reference.place, "the reference leads to columns of other types, or to one that is left out")
      }
      if !output.foreignKeys.contains(where: { $0.columns == key.columns }) { output.foreignKeys.append(key) }
    }
    for column in rule?.columns ?? [] {
      guard let reference = column.reference else { continue }
      guard let other = schemas[reference.table] else {
        guard !isOfRejects else { continue }
        throw MappingError(
          reference.place, "the backup has no table '\(displayed(reference.table))'",
          unknown: (displayed(reference.table), source.tables.map { displayed($0.name) }))
      }
      guard other.index(of: reference.column) != nil else {
        throw Self.unknown(reference.column, of: other, reference.place)
      }
      // No key leads from a list.
      if table.type(of: column.source)?.isList == true { continue }
      let stated = ForeignKey([column.source], references: reference.table, [reference.column])
      guard let key = self.key(stated, of: table.name) else {
        throw MappingError(
          reference.place, "the reference leads to a column of another type, or to one that is left out")
      }
      if !output.foreignKeys.contains(where: { $0.columns == key.columns }) { output.foreignKeys.append(key) }
    }
  }

  /// A foreign key by the names that are written; nil when one of its columns is left out or no longer has the other's type.
  func key(_ key: ForeignKey, of table: Name) -> ForeignKey? {
    var result = key
    result.columns = key.columns.compactMap { column($0, of: table)?.name }
    guard result.columns.count == key.columns.count else { return nil }
    // A table that is not in the backup is called what it is.
    guard let target = schemas[key.table] else { return result }
    guard let plan = plans[key.table], !plan.isSkipped, let own = schemas[table] else { return nil }
    result.table = plan.output.name
    result.referencedColumns = []
    for (from, to) in zip(key.columns, key.referencedColumns) {
      guard let a = column(from, of: table), let b = column(to, of: key.table) else { return nil }
      // Types that were not the same before are the source's own matter.
      let isChanged = own.type(of: from) != a.type || target.type(of: to) != b.type
      if isChanged, a.type != b.type { return nil }
      result.referencedColumns.append(b.name)
    }
    return result
  }

  /// A column as it is written; nil when it is left out.
  private func column(_ name: Name, of table: Name) -> Column? { columns[table]?[name] ?? nil }
}

extension TableSchema {
  fileprivate func type(of column: Name) -> LogicalType? { index(of: column).map { columns[$0].type } }
}

extension LogicalType {
  /// Whether its values may be lists.
  fileprivate var isList: Bool {
    switch self {
    case .json, .array: true
    default: false
    }
  }
}

extension Column {
  /// The column with values of another type.
  fileprivate func cast(to type: LogicalType) -> Column {
    var column = self
    column.type = type
    column.sourceType = nil
    column.maximumLength = nil
    column.defaultValue = nil
    column.generation = nil
    column.isLeftToServer = false
    column.isIdentity = isIdentity && (type == .int32 || type == .int64)
    return column
  }

  /// The column without an expression that mentions a column which has another name now, or is gone.
  fileprivate func without(_ names: [Name: Column?], of table: TableSchema) -> Column {
    guard let text = generation else { return self }
    let changed = names.filter { $0.value?.name != $0.key }.map(\.key)
    guard changed.contains(where: { firstOffset(of: $0.bytes.span, in: text.span) != nil }) else { return self }
    var column = self
    column.generation = nil
    column.isLeftToServer = false
    return column
  }
}

extension Mapping.Policy {
  /// The name by the policy.
  package func name(_ name: Name) -> Name {
    guard self == .snakeCase else { return name }
    let bytes = name.bytes
    var snake: [UInt8] = []
    func isCapital(_ byte: UInt8) -> Bool { byte != asciiLower(byte) }
    func isSmall(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") || isDigit(byte) }
    for (i, byte) in bytes.enumerated() {
      guard byte != UInt8(ascii: " "), byte != UInt8(ascii: "-") else {
        snake.append(UInt8(ascii: "_"))
        continue
      }
      if isCapital(byte), i > 0 {
        let next = i + 1 < bytes.count ? bytes[i + 1] : 0
        if isSmall(bytes[i - 1]) || isCapital(bytes[i - 1]) && isSmall(next) && !isDigit(next) {
          snake.append(UInt8(ascii: "_"))
        }
      }
      snake.append(asciiLower(byte))
    }
    return Name(snake)
  }
}
