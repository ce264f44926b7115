package import Bytes
internal import Diagnostics
package import Records

/// Looks in one pass over the rows of a backup whether they bear out what the schemas say: keys, references, values that have to be
/// there, and sequences. Memory is bounded by a `KeyIndex`.
///
/// `begin` with each run's table, `add` with each of its batches, `findings` at the end.
package struct RelationCheck: Sendable {
  /// Columns whose values may not repeat.
  struct Key: Sendable {
    var columns: [Int]
    var names: [Name]
    var isPrimary: Bool
    var set: KeyIndex.ID
  }
  /// A foreign key whose table and columns are there.
  struct Reference: Sendable {
    var key: ForeignKey
    var columns: [Int]
    var set: KeyIndex.ID
    var target: KeyIndex.ID
  }
  /// A column that a sequence fills, and the greatest value in it.
  struct SequenceUse: Sendable {
    var sequence: SequenceState
    var column: Int
    var greatest: Int64?
  }
  struct Table: Sendable {
    var schema: TableSchema
    var keys: [Key] = []
    var references: [Reference] = []
    /// Other columns that something refers to.
    var targets: [Key] = []
    /// Columns that have to have a value, and how many records have none.
    var required: [(column: Int, absent: Int)] = []
    var sequences: [SequenceUse] = []
  }

  private(set) var tables: [Table]
  private(set) var index: KeyIndex
  /// Foreign keys whose table is not in the backup.
  private(set) var homeless: [(table: Name, key: ForeignKey)] = []
  /// Keys and foreign keys that are beyond the limit.
  private(set) var uncheckedCount = 0
  private var positions: [Name: Int] = [:]
  private var current = -1

  /// Keys and references of a table that are looked at; each takes time with every record.
  static let ruleLimit = 1000

  /// Where columns and sets of values are, while the rules are put together.
  private struct Places {
    var columns: [[Name: Int]]
    var sets: [[[Int]: KeyIndex.ID]]

    init(_ schemas: [TableSchema]) {
      columns = schemas.map { schema in
        Dictionary(schema.columns.enumerated().map { ($1.name, $0) }) { first, _ in first }
      }
      sets = Array(repeating: [:], count: schemas.count)
    }

    /// Positions of some columns of a table; nil when there are none or one is not there.
    func positions(_ names: [Name], in table: Int) -> [Int]? {
      let found = names.compactMap { columns[table][$0] }
      return found.isEmpty || found.count < names.count ? nil : found
    }
  }

  /// A check of some tables; `unverified` are foreign keys that are no part of their schemas. `budget`: bytes of memory.
  package init(
    _ schemas: [TableSchema], unverified: [UnverifiedForeignKey] = [], objects: [SchemaObject] = [],
    budget: Int = 32 << 20
  ) {
    index = KeyIndex(budget: budget)
    tables = schemas.map { Table(schema: $0) }
    for (i, schema) in schemas.enumerated() { positions[schema.name] = i }
    for kept in unverified {
      if let i = positions[kept.table] { tables[i].schema.foreignKeys.append(kept.key) }
    }
    var places = Places(schemas)
    for i in tables.indices { addKeys(of: i, &places) }
    for i in tables.indices { addReferences(of: i, &places) }
    for object in objects where object.kind == "sequence" { add(object, places) }
  }

  private mutating func addKeys(of table: Int, _ places: inout Places) {
    let schema = tables[table].schema
    for (isPrimary, names) in [(true, schema.primaryKey)] + schema.uniqueKeys.map({ (false, $0) }) {
      guard let columns = places.positions(names, in: table), places.sets[table][columns] == nil else { continue }
      guard places.sets[table].count < Self.ruleLimit else {
        uncheckedCount += 1
        continue
      }
      let set = index.makeSet()
      places.sets[table][columns] = set
      tables[table].keys.append(Key(columns: columns, names: names, isPrimary: isPrimary, set: set))
    }
    tables[table].required = schema.columns.indices.filter {
      !schema.columns[$0].isNullable && schema.columns[$0].generation == nil
    }.map { ($0, 0) }
  }

  private mutating func addReferences(of table: Int, _ places: inout Places) {
    for key in tables[table].schema.foreignKeys {
      guard let target = positions[key.table] else {
        homeless.append((tables[table].schema.name, key))
        continue
      }
      guard let columns = places.positions(key.columns, in: table),
        let referenced = places.positions(key.referencedColumns, in: target), columns.count == referenced.count
      else { continue }
      guard tables[table].references.count < Self.ruleLimit, let set = targetSet(referenced, of: target, &places) else {
        uncheckedCount += 1
        continue
      }
      tables[table].references.append(
        Reference(key: key, columns: columns, set: index.makeSet(keepsOrder: true), target: set))
    }
  }

  /// The set of the values that references lead to, a key's own when there is one; nil beyond the limit.
  private mutating func targetSet(_ columns: [Int], of table: Int, _ places: inout Places) -> KeyIndex.ID? {
    if let known = places.sets[table][columns] { return known }
    guard places.sets[table].count < Self.ruleLimit else { return nil }
    let target = Key(columns: columns, names: [], isPrimary: false, set: index.makeSet())
    places.sets[table][columns] = target.set
    tables[table].targets.append(target)
    return target.set
  }

  private mutating func add(_ object: SchemaObject, _ places: Places) {
    guard let sequence = SequenceState(object), let table = positions[sequence.table],
      let column = places.columns[table][sequence.column], tables[table].sequences.count < Self.ruleLimit
    else { return }
    tables[table].sequences.append(SequenceUse(sequence: sequence, column: column))
  }

  /// Says which table the next batches are of.
  package mutating func begin(_ table: TableSchema) { current = positions[table.name] ?? -1 }

  /// Takes the records of a batch.
  package mutating func add(_ batch: borrowing RecordBatch) throws(IOError) {
    guard current >= 0, batch.columnCount >= tables[current].schema.columns.count else { return }
    for key in tables[current].keys + tables[current].targets { try add(batch, key.columns, to: key.set) }
    for reference in tables[current].references { try add(batch, reference.columns, to: reference.set) }
    for i in tables[current].required.indices {
      let column = tables[current].required[i].column
      tables[current].required[i].absent += Self.absentCount(batch, column, tables[current].schema.columns[column])
    }
    for i in tables[current].sequences.indices {
      let column = tables[current].sequences[i].column
      for row in 0..<batch.rowCount {
        guard let value = Self.integer(batch[row, column], in: batch) else { continue }
        tables[current].sequences[i].greatest = max(tables[current].sequences[i].greatest ?? value, value)
      }
    }
  }

  private mutating func add(
    _ batch: borrowing RecordBatch, _ columns: [Int], to set: KeyIndex.ID
  ) throws(IOError) {
    if columns.count == 1 {
      try index.add(batch, column: columns[0], to: set)
    } else {
      try index.add(batch, columns: columns, to: set)
    }
  }

  /// Records without a value. What the source fills in by itself may be missing.
  private static func absentCount(_ batch: borrowing RecordBatch, _ column: Int, _ schema: Column) -> Int {
    let mayBeMissing = schema.defaultValue != nil || schema.isIdentity
    var count = 0
    for row in 0..<batch.rowCount {
      switch batch[row, column].kind {
      case .null: count += 1
      case .missing: count += mayBeMissing ? 0 : 1
      default: break
      }
    }
    return count
  }

  private static func integer(_ cell: Cell, in batch: borrowing RecordBatch) -> Int64? {
    switch cell.kind {
    case .integer: cell.integer
    case .number, .text: canonicalInteger(batch.bytes(of: cell))
    default: nil
    }
  }
}
