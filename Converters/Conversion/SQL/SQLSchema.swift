package import Bytes
internal import Diagnostics
package import Records

/// A column as a dialect sees it.
package struct SQLColumn: Sendable {
  /// As it is called in the target.
  package var name: Name
  package var quotedName: [UInt8]
  package var type: SQLType
  /// Whether a record without a value cannot be stored: NOT NULL, or part of the primary key.
  package var requiresValue: Bool
  /// Whether the target numbers new records itself.
  package var isIdentity: Bool
  /// What stands behind DEFAULT.
  var defaultClause: [UInt8]?
  /// What stands behind GENERATED ALWAYS AS: the target computes the column, and rows give no value.
  var generationClause: [UInt8]?
  package var isComputed: Bool { generationClause != nil }
}

/// A foreign key between columns by position.
package struct SQLForeignKey: Sendable {
  package var columns: [Int]
  /// Position of the referenced table in the schema; nil when the backup does not hold it.
  package var table: Int?
  /// Quoted.
  package var tableName: [UInt8]
  /// Quoted.
  package var referencedColumns: [[UInt8]]
  /// Quoted name of the constraint; nil when the target finds one.
  var name: [UInt8]?
  var actions = ForeignKeyActions()
  /// Whether it is one of those that lead back to its own table.
  package var isInCycle = false
  /// Whether names and values told it instead of the source.
  var isInferred = false
}

/// A table as a dialect sees it: names quoted, keys by position.
package struct SQLTable: Sendable {
  package var source: TableSchema
  /// As it is called in the target.
  package var name: Name
  /// The schema it lies in; nil for the usual one.
  package var schemaName: Name?
  /// Quoted, with the schema before it where the dialect has schemas.
  package var quotedName: [UInt8]
  package var columns: [SQLColumn]
  package var primaryKey: [Int]
  package var uniqueKeys: [[Int]]
  package var foreignKeys: [SQLForeignKey] = []
  package var indexes: [[Int]]

  /// Positions of the columns that rows give values for.
  package var written: [Int] { columns.indices.filter { !columns[$0].isComputed } }

  /// The integer column that is the whole primary key; nil when there is none.
  package var integerKey: Int? {
    guard primaryKey.count == 1,
      columns[primaryKey[0]].type.form == .int64 || columns[primaryKey[0]].type.form == .int32
    else { return nil }
    return primaryKey[0]
  }

  /// A name of SQLite for the number of a row; nil when columns hide them all.
  package var rowAlias: String? {
    ["rowid", "_rowid_", "oid"].first { alias in
      !columns.contains { $0.name.lowercased.bytes == Array(alias.utf8) }
    }
  }

  /// Quoted names with commas between.
  package func list(_ positions: [Int]) -> [UInt8] {
    Array(positions.map { columns[$0].quotedName }.joined(separator: Array(", ".utf8)))
  }
}

/// All tables as a dialect sees them.
package struct SQLSchema: Sendable {
  package let dialect: SQLDialect
  package let cycles: CycleStrategy?
  /// Quoted names of the schemas that tables lie in, but for the usual one.
  private(set) var schemaNames: [[UInt8]] = []
  package private(set) var tables: [SQLTable]
  /// Names that had to change, and keys that could not be declared.
  package private(set) var losses: [Loss] = []
  private var positions: [Name: Int] = [:]

  /// Finds names, types and keys for `tables`, which come with referenced tables first.
  package init(_ schemas: [TableSchema], _ dialect: SQLDialect, cycles: CycleStrategy? = nil) throws(WriteError) {
    self.dialect = dialect
    self.cycles = cycles
    tables = []
    try Self.check(cycles, dialect)
    for schema in schemas { try Self.check(schema, dialect) }
    let places = SQLPlaces(schemas, dialect)
    schemaNames = places.schemas.map { dialect.quoted($0) }
    for (schema, place) in zip(schemas, places.tables) {
      guard positions[schema.name] == nil else {
        throw WriteError(.unsupported("two tables have the same name"), table: schema.name)
      }
      positions[schema.name] = tables.count
      let old = dialect == .postgres && schema.namespace != nil ? schema.localName : schema.name
      noteChange(from: old, to: place.name, table: schema.name, column: nil)
      if let namespace = schema.namespace, let given = place.schema { noteSchema(namespace, given, schema.name) }
      tables.append(table(schema, called: place.name, in: place.schema))
    }
    let groups = cycleGroups(schemas)
    for i in tables.indices { tables[i].foreignKeys = foreignKeys(of: i, groups) }
    for i in tables.indices { nameForeignKeys(of: i) }
  }

  /// Refuses what a dialect has no means for.
  private static func check(_ cycles: CycleStrategy?, _ dialect: SQLDialect) throws(WriteError) {
    let isUnknown = cycles == .replica && dialect != .postgres || cycles == .defer && dialect == .mysql
    guard let cycles, isUnknown else { return }
    throw WriteError(
      .unsupported("\(dialect.facts.title) has no way to load cycles by '\(cycles.rawValue)': leave --cycles out"))
  }

  /// By table: the number of the cycle it belongs to.
  private func cycleGroups(_ schemas: [TableSchema]) -> [Name: Int] {
    var groups: [Name: Int] = [:]
    for (number, cycle) in referenceCycles(schemas, countingSelfReferences: true).enumerated() {
      for table in cycle { groups[table] = number }
    }
    return groups
  }

  private mutating func noteSchema(_ old: Name, _ new: Name, _ table: Name) {
    guard old != new else { return }
    losses.append(
      Loss(
        "changed-name",
        "\(dialect.facts.title) does not take the schema's name: it is called '\(displayed(new))' there", table: table))
  }

  /// Position of a table; nil when it is none of the schema's.
  package func index(of table: Name) -> Int? { positions[table] }

  /// Refuses what no name can stand for.
  private static func check(_ schema: TableSchema, _ dialect: SQLDialect) throws(WriteError) {
    guard !schema.name.bytes.contains(0), !schema.columns.contains(where: { $0.name.bytes.contains(0) }) else {
      throw WriteError(
        .unsupported("a name holds a NUL character, which \(dialect.facts.title) refuses: rename it with --map"),
        table: schema.name)
    }
    guard schema.columns.count <= dialect.facts.columnLimit else {
      throw WriteError(
        .unsupported(
          "\(schema.columns.count) columns are more than the \(dialect.facts.columnLimit) of a \(dialect.facts.title) table"
        ), table: schema.name)
    }
  }

  private mutating func noteChange(from old: Name, to new: Name, table: Name, column: Name?) {
    guard old != new else { return }
    let what = column == nil ? "table" : "column"
    let isShortened = old.bytes.count > new.bytes.count || old.bytes.count > 63
    losses.append(
      Loss(
        isShortened ? "shortened-name" : "changed-name",
        "\(dialect.facts.title) does not take the \(what)'s name: it is called '\(displayed(new))' there", table: table,
        column: column))
  }

  private mutating func table(_ schema: TableSchema, called name: Name, in place: Name?) -> SQLTable {
    let names = SQLNames.assign(schema.columns.map(\.name), isTables: false, dialect)
    // A key one of whose columns does not exist is no key.
    func positions(_ key: [Name]) -> [Int]? {
      let found = key.compactMap { schema.index(of: $0) }
      return found.count == key.count && !found.isEmpty && Set(found).count == found.count ? found : nil
    }
    let primaryKey = positions(schema.primaryKey) ?? []
    var uniqueKeys: [[Int]] = []
    for key in schema.uniqueKeys.compactMap(positions) where key != primaryKey && !uniqueKeys.contains(key) {
      uniqueKeys.append(key)
    }
    var indexes: [[Int]] = []
    for key in schema.indexes.compactMap(positions) where ![primaryKey].contains(key) && !uniqueKeys.contains(key) {
      if !indexes.contains(key) { indexes.append(key) }
    }
    let keys = [primaryKey] + uniqueKeys + indexes + schema.foreignKeys.compactMap { positions($0.columns) }
    var columns: [SQLColumn] = []
    for (i, column) in schema.columns.enumerated() {
      noteChange(from: column.name, to: names[i], table: schema.name, column: column.name)
      let widest = keys.filter { $0.contains(i) }.map(\.count).max() ?? 0
      let isInteger = column.type == .int32 || column.type == .int64
      columns.append(
        SQLColumn(
          name: names[i], quotedName: dialect.quoted(names[i]), type: dialect.type(of: column, keyColumns: widest),
          requiresValue: !column.isNullable || primaryKey.contains(i),
          isIdentity: column.isIdentity && isInteger && primaryKey == [i]))
      noteSourceFacts(column, &columns[i], schema)
    }
    computeColumns(&columns, schema)
    if dialect == .mysql { fitRow(&columns) }
    let quotedName = (place.map { dialect.quoted($0) + [UInt8(ascii: ".")] } ?? []) + dialect.quoted(name)
    return SQLTable(
      source: schema, name: name, schemaName: place, quotedName: quotedName, columns: columns, primaryKey: primaryKey,
      uniqueKeys: uniqueKeys, indexes: indexes)
  }

  /// What the source says of a column beyond its type: a default where it can be trusted, and what is lost of the rest.
  private mutating func noteSourceFacts(_ column: Column, _ made: inout SQLColumn, _ schema: TableSchema) {
    func note(_ code: String, _ message: String) {
      losses.append(Loss(code, message, table: schema.name, column: column.name))
    }
    if case .enumeration = column.type, made.type.labels == nil {
      note("enum-as-text", "the list of allowed values is not declared")
    }
    if dialect == .postgres, column.type == .text, let source = column.sourceType, !isText(source),
      PostgresType(source, for: .text)?.type != made.type
    {
      note("type-as-text", "values of type '\(displayed(source))' are kept as text")
    }
    guard column.generation == nil else { return }
    guard let value = column.defaultValue, !made.isIdentity else { return }
    made.defaultClause = SQLDefault(value)?.clause(made.type, dialect)
    if made.defaultClause == nil {
      note("default-left-out", "the value for rows that give none is no constant that can be declared")
    }
  }

  /// What becomes of the columns that the source computes.
  private mutating func computeColumns(_ columns: inout [SQLColumn], _ schema: TableSchema) {
    guard schema.columns.contains(where: { $0.generation != nil }) else { return }
    // One cannot be computed from another.
    let plain = Dictionary(
      zip(schema.columns, columns).filter { $0.0.generation == nil }.map { ($0.0.name, $0.1) },
      uniquingKeysWith: { first, _ in first })
    for (i, column) in schema.columns.enumerated() {
      guard let expression = column.generation else { continue }
      if dialect == .postgres, column.isLeftToServer {
        columns[i].generationClause = SQLGeneration.clause(expression, columns[i].type, columns: plain)
        if columns[i].isComputed { continue }
      }
      // Rows without values would all be refused.
      if column.isLeftToServer { columns[i].requiresValue = false }
      let message =
        column.isLeftToServer
        ? "what the source computes is not in the backup: the column is there without values"
        : "what the source computes is written as plain values: later rows are not computed"
      losses.append(
        Loss(
          column.isLeftToServer ? "generated-left-empty" : "generated-as-plain", message, table: schema.name,
          column: column.name))
    }
  }

  /// Whether a source's type is text, whatever its database calls it.
  private func isText(_ source: [UInt8]) -> Bool {
    let name = Name(source).lowercased
    return name.hasSuffix("text") || name.hasPrefix("varchar") || name.hasPrefix("char")
  }

  /// Turns bounded text into unbounded where all of it would exceed the 65,535 bytes of a row of MySQL.
  private func fitRow(_ columns: inout [SQLColumn]) {
    var room = 48_000
    for i in columns.indices where columns[i].type.word.hasPrefix("varchar") && columns[i].type.maximumLength <= 255 {
      room -= columns[i].type.maximumLength * 4
      if room < 0 { columns[i].type = dialect.type(of: Column("", .text), keyColumns: 0) }
    }
  }

  /// The foreign keys that the dialect can declare; the others are losses.
  private mutating func foreignKeys(of table: Int, _ groups: [Name: Int]) -> [SQLForeignKey] {
    let schema = tables[table].source
    var keys: [SQLForeignKey] = []
    for key in schema.foreignKeys {
      let columns = key.columns.compactMap { schema.index(of: $0) }
      guard columns.count == key.columns.count, columns.count == key.referencedColumns.count, !columns.isEmpty else {
        noteLostKey(key, schema, "its columns are not in the table")
        continue
      }
      guard let target = positions[key.table] else {
        // Only when it is asked for by name: the target then has the table already.
        keys.append(
          SQLForeignKey(
            columns: columns, table: nil, tableName: dialect.quoted(key.table),
            referencedColumns: key.referencedColumns.map { dialect.quoted($0) }))
        continue
      }
      let referenced = key.referencedColumns.compactMap { tables[target].source.index(of: $0) }
      guard referenced.count == columns.count, isKey(referenced, of: tables[target]) else {
        noteLostKey(key, schema, "the columns it refers to are no key")
        continue
      }
      let fits = zip(columns, referenced).allSatisfy {
        canCompare(tables[table].columns[$0].type.form, tables[target].columns[$1].type.form)
      }
      guard fits else {
        noteLostKey(key, schema, "its columns have other types than those it refers to")
        continue
      }
      let isInCycle = groups[schema.name] != nil && groups[schema.name] == groups[key.table]
      if isInCycle && cycles == .noForeignKeys {
        noteLostKey(key, schema, "it is part of a cycle")
        continue
      }
      var made = SQLForeignKey(
        columns: columns, table: target, tableName: tables[target].quotedName,
        referencedColumns: referenced.map { tables[target].columns[$0].quotedName })
      made.isInCycle = isInCycle
      made.isInferred = key.isInferred
      made.actions = actions(of: key, columns, schema)
      keys.append(made)
    }
    return keys
  }

  /// What the key does, as far as the dialect can say it.
  private mutating func actions(of key: ForeignKey, _ columns: [Int], _ schema: TableSchema) -> ForeignKeyActions {
    var actions = ForeignKeyActions(key.actions)
    var isWhole = actions.isCarried(dialect)
    let index = positions[schema.name] ?? 0
    if dialect == .mysql, columns.contains(where: { tables[index].columns[$0].requiresValue }) {
      // MySQL refuses a key that sets to NULL what cannot be NULL.
      if actions.onUpdate == .setNull { (actions.onUpdate, isWhole) = (.noAction, false) }
      if actions.onDelete == .setNull { (actions.onDelete, isWhole) = (.noAction, false) }
    }
    if !isWhole {
      losses.append(
        Loss(
          "foreign-key-actions", "what a foreign key to '\(displayed(key.table))' does is not declared in full",
          table: schema.name, column: key.columns.first))
    }
    return actions
  }

  /// Gives foreign keys their names in the source, where these are free and take no other's.
  private mutating func nameForeignKeys(of table: Int) {
    guard dialect != .mysql else { return }
    let source = tables[table].source.foreignKeys.filter { $0.name != nil }
    var taken: Set<Name> = []
    for i in tables[table].foreignKeys.indices {
      let key = tables[table].foreignKeys[i]
      let names = key.columns.map { tables[table].source.columns[$0].name }
      guard let name = source.first(where: { $0.columns == names && !taken.contains($0.name ?? "") })?.name,
        SQLNames.assign([name], isTables: true, dialect) == [name], !isGivenName(name), !name.bytes.contains(0)
      else { continue }
      taken.insert(name)
      tables[table].foreignKeys[i].name = dialect.quoted(name)
    }
  }

  /// Whether PostgreSQL itself gives names that end so.
  private func isGivenName(_ name: Name) -> Bool {
    ["_key", "_pkey", "_check", "_excl", "_not_null"].contains { name.hasSuffix($0) }
  }

  private mutating func noteLostKey(_ key: ForeignKey, _ schema: TableSchema, _ reason: String) {
    losses.append(
      Loss(
        "foreign-key-left-out", "a foreign key to '\(displayed(key.table))' is not declared: \(reason)",
        table: schema.name, column: key.columns.first))
  }

  private func isKey(_ columns: [Int], of table: SQLTable) -> Bool {
    ([table.primaryKey] + table.uniqueKeys).contains { !$0.isEmpty && Set($0) == Set(columns) }
  }

  /// Whether the dialect compares values of two forms, as a foreign key must.
  private func canCompare(_ a: SQLForm, _ b: SQLForm) -> Bool {
    let integers: [SQLForm] = [.int32, .int64]
    return a == b || integers.contains(a) && integers.contains(b)
  }
}
