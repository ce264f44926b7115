internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLiteClient
internal import SQLitePages

/// What the database's own schema says: tables with their keys, and all other objects as text.
struct DatabaseSchema {
  private(set) var tables: [DatabaseTable] = []
  private(set) var objects: [SchemaObject] = []
  private(set) var findings: [Finding] = []
  private let isUTF16: Bool
  private let rules: DatabaseRules

  /// An entry of `sqlite_schema`.
  private struct Entry {
    var type: [UInt8]
    var name: Name
    var table: Name
    var sql: [UInt8]
    var root: UInt32

    /// Whether the definition begins with words, whatever their case.
    func begins(_ words: StaticString) -> Bool {
      Name(sql.prefix(words.utf8CodeUnitCount).map(asciiLower)) == Name("\(words)")
    }
  }

  init(_ connection: borrowing Connection, isUTF16: Bool, rules: DatabaseRules = .init()) throws(SQLiteError) {
    self.isUTF16 = isUTF16
    self.rules = rules
    try load(try Self.entries(connection), connection)
  }

  private static func entries(_ connection: borrowing Connection) throws(SQLiteError) -> [Entry] {
    var entries: [Entry] = []
    let text = sql("SELECT type, name, tbl_name, sql, rootpage FROM sqlite_schema ORDER BY rowid")
    try connection.forEachRow(of: text) { row in
      entries.append(
        Entry(
          type: row.bytes(0), name: Name(row.bytes(1)), table: Name(row.bytes(2)), sql: row.bytes(3),
          root: UInt32(clamping: row.integer(4))))
    }
    return entries
  }

  private mutating func load(_ entries: [Entry], _ connection: borrowing Connection) throws(SQLiteError) {
    let shadows = noteVirtualTables(entries)
    var columnCount = 0
    for entry in entries where isPlainTable(entry) && !shadows.contains(entry.name.lowercased) {
      // A definition that SQLite has not written is an attack on whoever trusts it.
      if !entry.sql.starts(with: "CREATE TABLE ".utf8) { noteEdited(entry) }
      guard let table = try table(entry, connection) else { continue }
      columnCount += table.schema.columns.count
      guard columnCount <= TableSchema.columnLimit else {
        throw SQLiteError(code: 1, message: "database has more than \(TableSchema.columnLimit) columns")
      }
      tables.append(table)
    }
    let names = Dictionary(tables.enumerated().map { ($1.schema.name.lowercased, $0) }, uniquingKeysWith: { a, _ in a })
    for i in tables.indices { try readForeignKeys(of: i, names, connection) }
    for entry in entries { addObject(entry) }
    try readSequences(connection, names)
  }

  private func isPlainTable(_ entry: Entry) -> Bool {
    entry.type == sql("table") && entry.begins("create table") && !entry.name.lowercased.hasPrefix("sqlite_")
  }

  private mutating func noteEdited(_ entry: Entry) {
    findings.append(
      Finding(
        "schema-edited", .warning,
        "the definition of table '\(displayed(entry.name))' was not written by SQLite: somebody edited it as text",
        advice: "compare the table's columns with another copy before its rows are trusted", table: entry.name))
  }

  // MARK: Tables

  private func table(_ entry: Entry, _ connection: borrowing Connection) throws(SQLiteError) -> DatabaseTable? {
    let definition = TableDefinition(entry.sql)
    var table = DatabaseTable(
      schema: TableSchema(entry.name, []), declared: [], meanings: [], readings: [], key: nil)
    var keys: [(order: Int64, name: Name)] = [], isStored = true
    try connection.forEachRow(of: sql("PRAGMA table_xinfo(") + quoted(entry.name) + sql(")")) { row in
      let name = Name(row.bytes(1)), hidden = row.integer(6)
      let declared = DeclaredType(row.bytes(2)), said = definition.column(table.schema.columns.count, named: name)
      var column = Column(name, declared.emptyType, isNullable: !row.boolean(3))
      column.defaultValue = row.optionalBytes(4)
      if hidden == 2 || hidden == 3 {
        column.generation = said?.generation ?? sql("?")
        isStored = isStored && hidden == 3
      }
      if declared.kind == .text, let limit = declared.parameters.first, limit > 0 { column.maximumLength = limit }
      if row.integer(5) > 0 { keys.append((row.integer(5), name)) }
      table.schema.columns.append(column)
      table.declared.append(declared)
      table.meanings.append(said?.meaning)
      table.rules.append(rules.meaning?(entry.name, name, row.bytes(2).map(asciiLower), entry.sql))
      table.readings.append(.plain)
      table.stored.append(Affinity(row.bytes(2)) == .real ? .real : [])
      if column.defaultValue != nil { table.stored[table.stored.count - 1].insert(.defaulted) }
    }
    guard !table.schema.columns.isEmpty else { return nil }
    table.schema.primaryKey = keys.sorted { $0.order < $1.order }.map(\.name)
    let hasKeyIndex = try readIndexes(of: &table, connection)
    table.isComputing = !isStored
    table.root = entry.root
    try findKey(of: &table, entry, hasKeyIndex: hasKeyIndex, connection)
    return table
  }

  /// Unique keys and indexes; tells whether the primary key has an index of its own.
  private func readIndexes(
    of table: inout DatabaseTable, _ connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    var indexes: [(name: Name, isUnique: Bool)] = [], hasKeyIndex = false
    try connection.forEachRow(of: sql("PRAGMA index_list(") + table.quotedName + sql(")")) { row in
      let origin = row.bytes(3)
      hasKeyIndex = hasKeyIndex || origin == sql("pk")
      // Those for some rows only are no keys; they are kept as text.
      if !row.boolean(4), origin != sql("pk") { indexes.append((Name(row.bytes(1)), row.boolean(2))) }
    }
    for index in indexes.reversed() {
      var columns: [Name] = [], isPlain = true
      try connection.forEachRow(of: sql("PRAGMA index_info(") + quoted(index.name) + sql(")")) { row in
        if row.integer(1) >= 0 { columns.append(Name(row.bytes(2))) } else { isPlain = false }
      }
      guard isPlain, !columns.isEmpty else { continue }
      if index.isUnique { table.schema.uniqueKeys.append(columns) } else { table.schema.indexes.append(columns) }
    }
    return hasKeyIndex
  }

  /// Finds in which order rows are read, and whether the key numbers itself.
  private func findKey(
    of table: inout DatabaseTable, _ entry: Entry, hasKeyIndex: Bool, _ connection: borrowing Connection
  ) throws(SQLiteError) {
    let names = Set(table.schema.columns.map(\.name.lowercased.bytes))
    let alias = ["rowid", "_rowid_", "oid"].map { sql($0) }.first { !names.contains($0) }
    let only = table.schema.primaryKey.count == 1 ? table.schema.index(of: table.schema.primaryKey[0]) : nil
    // A primary key without an index of its own is the number of the row.
    if let only, !hasKeyIndex {
      table.schema.columns[only].isIdentity = true
      table.schema.columns[only].isNullable = false
      table.stored[only] = .key
    }
    var candidate = alias ?? []
    if alias == nil, let only, !hasKeyIndex { candidate = quoted(table.schema.columns[only].name) }
    guard !candidate.isEmpty else { return }
    // Tables WITHOUT ROWID have no such column.
    let probe = sql("SELECT ") + candidate + sql(" FROM ") + table.quotedName + sql(" LIMIT 0")
    if try connection.takes(probe) {
      table.key = candidate
      table.hasPieces = !isUTF16 && !table.schema.columns.contains { $0.generation != nil }
    } else {
      for i in table.schema.columns.indices where table.schema.primaryKey.contains(table.schema.columns[i].name) {
        table.schema.columns[i].isNullable = false
      }
    }
  }

  private mutating func readForeignKeys(
    of position: Int, _ names: [Name: Int], _ connection: borrowing Connection
  ) throws(SQLiteError) {
    var rows: [(id: Int64, place: Int, table: Name, from: Name, to: Name?, actions: [UInt8])] = []
    try connection.forEachRow(of: sql("PRAGMA foreign_key_list(") + tables[position].quotedName + sql(")")) { row in
      rows.append(
        (
          row.integer(0), Int(clamping: row.integer(1)), Name(row.bytes(2)), Name(row.bytes(3)),
          row.optionalBytes(4).map { Name($0) }, Self.actions(onUpdate: row.bytes(5), onDelete: row.bytes(6))
        ))
    }
    var keys: [(id: Int64, key: ForeignKey)] = []
    for row in rows {
      let from = columnName(row.from, in: position), target = names[row.table.lowercased]
      var to = row.to
      // Without columns the primary key is meant.
      if to == nil, let target, row.place >= 0, row.place < tables[target].schema.primaryKey.count {
        to = tables[target].schema.primaryKey[row.place]
      }
      var referenced = to ?? ""
      if let target { referenced = columnName(referenced, in: target) }
      if keys.last?.id == row.id {
        keys[keys.count - 1].key.columns.append(from)
        keys[keys.count - 1].key.referencedColumns.append(referenced)
        continue
      }
      var key = ForeignKey([from], references: target.map { tables[$0].schema.name } ?? row.table, [referenced])
      key.actions = row.actions
      keys.append((row.id, key))
    }
    tables[position].schema.foreignKeys = keys.reversed().map(\.key)
  }

  /// The column's name as its table spells it.
  private func columnName(_ name: Name, in table: Int) -> Name {
    tables[table].schema.columns.first { $0.name.lowercased == name.lowercased }?.name ?? name
  }

  private static func actions(onUpdate: [UInt8], onDelete: [UInt8]) -> [UInt8] {
    let none = sql("NO ACTION")
    let parts = [(sql("ON UPDATE "), onUpdate), (sql("ON DELETE "), onDelete)].filter { $0.1 != none && !$0.1.isEmpty }
    return Array(parts.map { $0.0 + $0.1 }.joined(separator: [0x20]))
  }
}

// Objects that are no rows.
extension DatabaseSchema {
  /// Names virtual tables, none of which is asked for rows, and returns the names in lower case of the tables that they keep
  /// for themselves. Texts of a full-text index are read like any rows.
  private mutating func noteVirtualTables(_ entries: [Entry]) -> Set<Name> {
    var shadows: Set<Name> = []
    for entry in entries where entry.type == sql("table") && !isPlainTable(entry) {
      guard entry.begins("create virtual table") else {
        if !entry.name.lowercased.hasPrefix("sqlite_") { noteEdited(entry) }
        continue
      }
      let module = Self.module(entry.sql), suffixes = Self.shadowSuffixes[module] ?? []
      for suffix in suffixes { shadows.insert((entry.name + Name(suffix)).lowercased) }
      let isIndexOnly = Self.namesContent(entry.sql.filter { $0 != 0x20 })
      let content = entries.contains { $0.name.lowercased == (entry.name + "_content").lowercased }
      let what = "'\(displayed(entry.name))' is a virtual table (\(displayed(Array(module.utf8))))"
      if isIndexOnly && !content {
        findings.append(
          Finding(
            "virtual-table", .info, what + ": an index of another table without rows of its own"))
        continue
      }
      let texts = content ? "; its texts are those of its table of contents" : ""
      findings.append(
        Finding(
          "unreadable-virtual-table", .warning, what + ": code, which is not run, makes its rows" + texts,
          advice: "read it with the program that made it, if it holds more than an index"))
    }
    return shadows
  }

  /// Tables of binary structure that go with a virtual table, by module.
  private static let shadowSuffixes: [String: [String]] = [
    "fts5": ["_data", "_idx", "_docsize", "_config"], "fts4": ["_segdir", "_segments", "_docsize", "_stat"],
    "fts3": ["_segdir", "_segments"], "rtree": ["_node", "_parent", "_rowid"],
    "rtree_i32": ["_node", "_parent", "_rowid"], "geopoly": ["_node", "_parent", "_rowid"],
  ]

  /// Whether a definition without spaces says that the texts are somewhere else.
  private static func namesContent(_ text: [UInt8]) -> Bool {
    let word = sql("content=")
    return firstOffset(of: word.span, in: text.span) != nil
  }

  /// The word behind USING, in lower case.
  private static func module(_ text: [UInt8]) -> String {
    let lower = text.prefix(4096).map(asciiLower), using = sql(" using ")
    guard let at = firstOffset(of: using.span, in: lower.span) else { return "" }
    let word = lower[(at + using.count)...].drop { $0 == 0x20 }.prefix {
      isDigit($0) || $0 == 0x5F || $0 >= 0x61 && $0 <= 0x7A
    }
    return String(decoding: word, as: UTF8.self)
  }

  /// The kind of object that an entry is; nil for tables and for indexes that SQLite makes by itself.
  private func kind(of entry: Entry) -> String? {
    if entry.type == sql("view") { return "view" }
    if entry.type == sql("trigger") { return "trigger" }
    if entry.type == sql("index") { return entry.sql.isEmpty ? nil : "index" }
    return entry.type == sql("table") && entry.begins("create virtual table") ? "virtual-table" : nil
  }

  private mutating func addObject(_ entry: Entry) {
    guard let kind = kind(of: entry) else { return }
    var object = SchemaObject(
      kind: kind, name: entry.name, table: kind == "trigger" || kind == "index" ? entry.table : nil,
      definition: entry.sql)
    if kind == "index", entry.begins("create unique") { object.attributes = [SchemaAttribute("unique", sql("yes"))] }
    objects.append(object)
  }

  /// The last numbers that AUTOINCREMENT has given.
  private mutating func readSequences(
    _ connection: borrowing Connection, _ names: [Name: Int]
  ) throws(SQLiteError) {
    guard
      try connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence' AND type = 'table'")
        == 1
    else { return }
    var rows: [(name: Name, number: Int64)] = []
    try connection.forEachRow(of: sql("SELECT name, seq FROM sqlite_sequence LIMIT 100000")) { row in
      if row.storageClass(1) == .integer { rows.append((Name(row.bytes(0)), row.integer(1))) }
    }
    for row in rows {
      guard let position = names[row.name.lowercased] else { continue }
      let table = tables[position].schema
      var object = SchemaObject(kind: "sequence", name: row.name, table: table.name)
      if let key = table.primaryKey.first {
        object.attributes.append(SchemaAttribute("owned-by", (table.name + "." + key).bytes))
      }
      object.attributes += [
        SchemaAttribute("last-value", sql("\(row.number)")), SchemaAttribute("is-called", sql("true")),
      ]
      objects.append(object)
    }
  }
}
