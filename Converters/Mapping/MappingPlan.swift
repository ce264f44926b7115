internal import Bytes
package import Conversion
internal import Diagnostics
internal import Records

/// A mapping that fits a backup: what becomes of each of its tables and columns.
package struct MappingPlan: Sendable {
  /// What is known of the backup as it is mapped.
  package private(set) var knowledge: Knowledge
  /// By the names of the source.
  let tables: [Name: TablePlan]
  let notes: [RuleNote]
  /// How columns of JSON are taken apart before; nil: none are.
  let nested: NestedPlan?
  /// Tables whose keys are cast.
  package private(set) var lineage: [KeyLineage.Table] = []
  /// Tables as they are before their rows are cast, by the names of the mapping.
  private var originals: [Name: TableSchema] = [:]

  /// `shapes`: what stands within the columns that the mapping takes apart. `isOfRejects`: the backup holds only some tables, whose
  /// columns were taken apart before they were kept; what the mapping says of others is no matter.
  package init(
    _ mapping: Mapping, _ backup: Knowledge, _ shapes: NestedShapes? = nil, isOfRejects: Bool = false
  ) throws(MappingError) {
    if isOfRejects {
      nested = NestedPlan(namesIn: backup, mapping)
    } else if let shapes, !shapes.columns.isEmpty {
      nested = try NestedPlan(shapes, mapping, backup)
    } else {
      nested = nil
    }
    let source = nested?.knowledge ?? backup
    var builder = try PlanBuilder(mapping, source, nested, isOfRejects: isOfRejects)
    try builder.build()
    for table in source.tables {
      if let plan = builder.plans[table.name] { originals[plan.output.name] = builder.original(table) }
    }
    knowledge = source
    for table in source.tables {
      guard var plan = builder.plans[table.name], !plan.isSkipped, let position = plan.castKey(of: table) else {
        continue
      }
      plan.key = (position, lineage.count)
      builder.plans[table.name] = plan
      let column = plan.output.primaryKey[0]
      lineage.append(KeyLineage.Table(source: table.name, target: plan.output.name, column: column))
    }
    tables = builder.plans
    notes = builder.notes
    knowledge.tables = builder.outputs
    knowledge.unverifiedForeignKeys = source.unverifiedForeignKeys.compactMap { foreign in
      guard let plan = builder.plans[foreign.table], !plan.isSkipped else { return nil }
      var foreign = foreign
      guard let key = builder.key(foreign.key, of: foreign.table) else { return nil }
      (foreign.table, foreign.key) = (plan.output.name, key)
      return foreign
    }
    knowledge.inferred = source.inferred.compactMap { reference in
      guard let plan = builder.plans[reference.table], !plan.isSkipped else { return nil }
      var reference = reference
      guard let key = builder.key(reference.key, of: reference.table) else { return nil }
      (reference.table, reference.key) = (plan.output.name, key)
      return reference
    }
    knowledge.models = [:]
    for (name, model) in source.models {
      if let plan = builder.plans[name], plan.isIdentity { knowledge.models[name] = model }
    }
    for i in knowledge.findings.indices {
      if let table = knowledge.findings[i].table { knowledge.findings[i].table = plan(of: table)?.output.name ?? table }
    }
    knowledge.findings += builder.findings
  }

  func plan(of table: Name) -> TablePlan? { tables[table] }
  /// A table as it is before its rows are cast, with the references by which columns become what the keys do.
  func original(of table: Name) -> TableSchema? { originals[table] }
}

/// What becomes of one table.
struct TablePlan: Sendable {
  /// As it is written.
  var output: TableSchema
  var isSkipped = false
  /// Columns whose values change.
  var casts: [ColumnPlan] = []
  /// Positions of the columns that are written.
  var kept: [Int]
  /// Positions of columns that are left out by a rule, and the rule.
  var dropped: [(position: Int, rule: Int)] = []
  /// The rule by which the table is left out.
  var skipRule = 0

  /// The position of its key, if that is one column which is cast, and the number of the table among those of which that is so.
  var key: (position: Int, number: Int)?
  /// Whether it is written as it is.
  var isIdentity = false

  /// The position of the key in the source's table, if it is one column that is cast.
  fileprivate func castKey(of table: TableSchema) -> Int? {
    guard output.primaryKey.count == 1, let place = output.index(of: output.primaryKey[0]) else { return nil }
    let position = kept[place]
    return casts.contains { $0.position == position } ? position : nil
  }
}

/// What becomes of the values of a column.
struct ColumnPlan: Sendable {
  var position: Int
  var steps: [CastStep]
  /// In place of null and of what is missing.
  var fallback: Literal?
  /// The rule that counts them.
  var rule: Int
}
