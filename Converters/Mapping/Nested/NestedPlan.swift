internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Tables whose columns of JSON are taken apart, before any rule changes names and values.
struct NestedPlan: Sendable {
  /// One table: which columns stay, and what becomes of the others.
  struct Table: Sendable {
    var output: TableSchema
    /// Positions of the columns that stay; they come first.
    var kept: [Int] = []
    var flattened: [Part] = []
    var children: [Child] = []
    /// Columns of the source that are no more.
    var sources: Set<Name> = []
    /// What was done to them.
    var notes: [(column: Name, words: String, count: Int)] = []
  }
  /// A column that the source has not: within which of its columns, and where.
  struct Member: Sendable {
    var column: Name
    var path: [Name]
  }
  /// A column, and where the values at its paths are written.
  struct Part: Sendable {
    var position: Int
    var tree: MemberTree
    var depth: Int
    /// By path; nil: it has no values.
    var places: [Int?]
  }
  /// The rows of a table of their own.
  struct Child: Sendable {
    var output: TableSchema
    var part: Part
    /// Positions of the key of the row that they belong to.
    var keys: [Int]
  }
  /// Where a table comes from that the source has not.
  struct Origin: Sendable {
    var table: Name
    var column: Name
  }

  private(set) var tables: [Name: Table] = [:]
  /// What is known of the backup then.
  private(set) var knowledge: Knowledge
  private(set) var children: [Name: Origin] = [:]
  /// Columns that the source has not, by table and name.
  private(set) var members: [Name: [Name: Member]] = [:]

  init(_ shapes: NestedShapes, _ mapping: Mapping, _ source: Knowledge) throws(MappingError) {
    knowledge = source
    knowledge.tables = []
    var taken = Set(source.tables.map(\.name))
    for table in source.tables {
      guard let columns = shapes.columns[table.name] else {
        knowledge.tables.append(table)
        continue
      }
      let plan = try take(apart: columns, of: table, mapping, &taken)
      tables[table.name] = plan
      knowledge.tables.append(plan.output)
      knowledge.tables += plan.children.map(\.output)
      knowledge.models[table.name] = nil
    }
  }

  /// Names of tables and columns that were made when columns were taken apart, in a backup that has them already.
  init(namesIn source: Knowledge, _ mapping: Mapping) {
    knowledge = source
    for table in source.tables {
      let head = table.name.bytes.count - table.localName.bytes.count
      for (name, rest) in table.localName.cuts {
        let parent = Name(Array(table.name.bytes[..<head]) + name.bytes)
        guard mapping.nesting(of: rest, in: parent) == .table else { continue }
        children[table.name] = Origin(table: parent, column: rest)
        break
      }
      for column in table.columns {
        guard
          let (name, rest) = column.name.cuts.first(where: { mapping.nesting(of: $0.0, in: table.name) == .flatten })
        else { continue }
        let path = rest.bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        members[table.name, default: [:]][column.name] = Member(column: name, path: path.map { Name(Array($0)) })
      }
    }
  }

  private mutating func take(
    apart columns: [NestedShapes.Column], of table: TableSchema, _ mapping: Mapping, _ taken: inout Set<Name>
  ) throws(MappingError) -> Table {
    var plan = Table(output: table)
    let found = columns.map { ($0, $0.members) }.filter { !$0.1.isEmpty }
    let nested = Set(found.map(\.0.position))
    plan.kept = table.columns.indices.filter { !nested.contains($0) }
    var written = plan.kept.map { table.columns[$0] }, names = Set(written.map(\.name))
    func free(_ name: Name) -> Name {
      var name = name
      while !names.insert(name).inserted { name.bytes.append(UInt8(ascii: "_")) }
      return name
    }
    for (column, parts) in found {
      var part = Part(
        position: column.position, tree: column.tree, depth: column.depth,
        places: Array(repeating: nil, count: column.tree.count))
      let source = table.columns[column.position]
      guard column.nesting == .flatten else {
        plan.children.append(try child(source, column, parts, part, of: table, mapping, &taken))
        plan.notes.append((source.name, "elements are rows of a table", column.profile.recordCount))
        continue
      }
      for found in parts {
        let name = free(column.path(found.number))
        part.places[found.number] = written.count
        written.append(Column(name, found.type, isSecret: source.isSecret || found.isSecret))
        let member = Member(column: source.name, path: column.tree.path(found.number))
        members[table.name, default: [:]][name] = member
      }
      plan.flattened.append(part)
      plan.notes.append((source.name, "members are columns", parts.count))
    }
    plan.output.columns = written
    let gone = Set(nested.map { table.columns[$0].name })
    plan.sources = gone
    func isWhole(_ columns: [Name]) -> Bool { !columns.contains(where: gone.contains) }
    if !isWhole(table.primaryKey) { plan.output.primaryKey = [] }
    plan.output.uniqueKeys.removeAll { !isWhole($0) }
    plan.output.indexes.removeAll { !isWhole($0) }
    plan.output.foreignKeys.removeAll { !isWhole($0.columns) }
    return plan
  }

  /// The table of a column's elements: the key of their row, their place in the list, and their members or themselves.
  private mutating func child(
    _ source: Column, _ column: NestedShapes.Column, _ parts: [NestedShapes.Column.Member], _ part: Part,
    of table: TableSchema, _ mapping: Mapping,
    _ taken: inout Set<Name>
  ) throws(MappingError) -> Child {
    let rule = mapping.rule(of: table.name), key = rule?.key ?? table.primaryKey
    let keys = key.compactMap { table.index(of: $0) }
    guard !keys.isEmpty, keys.count == key.count else {
      throw MappingError(
        rule?.rule(of: source.name)?.place ?? rule?.place,
        "table '\(displayed(table.name))' has no primary key by which the rows of '\(displayed(source.name))' could name theirs",
        advice: "state it: key = [\"…\"]")
    }
    var part = part, columns: [Column] = [], names: Set<Name> = []
    func free(_ name: Name) -> Name {
      var name = name
      while !names.insert(name).inserted { name.bytes.append(UInt8(ascii: "_")) }
      return name
    }
    for position in keys {
      var column = Column(
        free(
          Name(
            table.localName.bytes + [UInt8(ascii: "_")]
              + table.columns[position].name.bytes.drop { $0 == UInt8(ascii: "_") })),
        table.columns[position].type, isNullable: false, maximumLength: table.columns[position].maximumLength)
      column.sourceType = table.columns[position].sourceType
      columns.append(column)
    }
    columns.append(Column(free("position"), .int32, isNullable: false))
    let ownKey = columns.map(\.name)
    for found in parts {
      part.places[found.number] = columns.count
      let name = found.number == 0 ? "value" : column.tree.names[found.number]
      columns.append(Column(free(name), found.type, isSecret: source.isSecret || found.isSecret))
    }
    var name = Name(table.name.bytes + [UInt8(ascii: ".")] + source.name.bytes)
    while !taken.insert(name).inserted { name.bytes.append(UInt8(ascii: "_")) }
    var output = TableSchema(name, columns, primaryKey: ownKey)
    output.namespace = table.namespace
    output.foreignKeys = [ForeignKey(Array(ownKey.dropLast()), references: table.name, key)]
    children[name] = Origin(table: table.name, column: source.name)
    return Child(output: output, part: part, keys: keys)
  }
}

extension Name {
  /// What is before and behind each of its points.
  fileprivate var cuts: [(Name, Name)] {
    bytes.indices.filter { bytes[$0] == UInt8(ascii: ".") }.map {
      (Name(Array(bytes[..<$0])), Name(Array(bytes[($0 + 1)...])))
    }
  }
}
