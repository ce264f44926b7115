internal import Bytes
internal import Conversion
internal import Records

/// The values by which Django finds a row when it does not know its primary key.
struct NaturalKey: Sendable {
  enum Part: Sendable {
    case value(column: Int)
    /// A reference stands for the natural key of the row that it leads to.
    case reference(column: Int, table: Int)
  }
  let parts: [Part]
  /// How many models in turn have to be there before this one.
  let level: Int
  /// Whether objects have no primary key: they get one where they are loaded.
  let replacesKey: Bool
}

extension NaturalKey {
  /// Fields of the natural keys of models that are the same in every project, in order.
  private static let known: [Name: [Name]] = [
    "contenttypes.contenttype": ["app_label", "model"], "auth.permission": ["codename", "content_type"],
    "auth.group": ["name"], "auth.user": ["username"], "sites.site": ["domain"],
  ]

  /// Finds the natural keys of all tables.
  static func all(of plan: FixturePlan, _ options: NaturalKeyOptions) -> [NaturalKey?] {
    var search = Search(plan: plan, options: options)
    return plan.tables.indices.map { search.key(of: $0) }
  }

  /// The table whose primary key a column refers to.
  static func target(of column: Int, _ schema: TableSchema, _ plan: FixturePlan) -> Int? {
    let name = schema.columns[column].name
    guard let key = schema.foreignKeys.first(where: { $0.columns == [name] }),
      let place = plan.schemas.firstIndex(where: { $0.name == key.table }), plan.schemas[place].primaryKey.count == 1,
      key.referencedColumns.isEmpty || key.referencedColumns == plan.schemas[place].primaryKey
    else { return nil }
    return place
  }

  private struct Search {
    let plan: FixturePlan
    let options: NaturalKeyOptions
    private var found: [Int: NaturalKey?] = [:]
    private var open: Set<Int> = []

    init(plan: FixturePlan, options: NaturalKeyOptions) {
      self.plan = plan
      self.options = options
    }

    mutating func key(of t: Int) -> NaturalKey? {
      if let known = found[t] { return known }
      // Keys that hold each other find nothing.
      guard open.insert(t).inserted else { return nil }
      defer { open.remove(t) }
      let key = make(t)
      found[t] = .some(key)
      return key
    }

    private mutating func make(_ t: Int) -> NaturalKey? {
      let schema = plan.schemas[t]
      guard case .model = plan.tables[t].role, schema.primaryKey.count == 1, let columns = columns(t) else {
        return nil
      }
      var parts: [Part] = [], level = 0
      for column in columns {
        guard let target = NaturalKey.target(of: column, schema, plan), columns.count > 1 || target != t else {
          parts.append(.value(column: column))
          continue
        }
        guard !open.contains(target) else { return nil }
        guard let other = key(of: target) else {
          parts.append(.value(column: column))
          continue
        }
        parts.append(.reference(column: column, table: target))
        level = max(level, other.level + 1)
      }
      // Keys that are no numbers say something.
      let key = schema.index(of: schema.primaryKey[0]).map { schema.columns[$0] }
      let isNumber = key?.type == .int32 || key?.type == .int64
      return NaturalKey(
        parts: parts, level: level,
        replacesKey: options.replacesKeys && isNumber && key.map { plan.reference(t, $0.name) == nil } ?? false)
    }

    /// Those that tell the rows of a table apart.
    private func columns(_ t: Int) -> [Int]? {
      let schema = plan.schemas[t], table = plan.tables[t]
      if let names = NaturalKey.known[table.model] {
        let columns = names.compactMap { name in table.fields.first { $0.name == name }?.column }
        return columns.count == names.count ? columns : nil
      }
      guard options.choice == .unique else { return nil }
      let unique = Set(schema.uniqueKeys.filter { $0 != schema.primaryKey }.map { Set($0) })
      guard unique.count == 1, let names = schema.uniqueKeys.first(where: { $0 != schema.primaryKey }) else {
        return nil
      }
      let columns = names.compactMap { schema.index(of: $0) }
      // Rows whose key is absent in part could not be found by it.
      guard columns.allSatisfy({ !schema.columns[$0].isNullable }) else { return nil }
      return columns.count == names.count ? columns : nil
    }
  }
}

extension FixturePlan {
  /// The reference that a column alone makes.
  fileprivate func reference(_ t: Int, _ column: Name) -> ForeignKey? {
    schemas[t].foreignKeys.first { $0.columns == [column] }
  }

  /// How Django looks a row up by its natural key: names of fields, with those of models that it refers to.
  func lookups(_ t: Int) -> [[UInt8]] {
    guard let key = natural[t] else { return [] }
    var lookups: [[UInt8]] = []
    for part in key.parts {
      switch part {
      case .value(let column): lookups.append(name(t, column))
      case .reference(let column, let table):
        lookups += self.lookups(table).map { name(t, column) + Array("__".utf8) + $0 }
      }
    }
    return lookups
  }

  /// The name of a column's field.
  func name(_ t: Int, _ column: Int) -> [UInt8] { tables[t].fields.first { $0.column == column }?.name.bytes ?? [] }
}
