internal import Bytes
internal import Records

// ALTER TABLE.
extension DumpSchema {
  /// Takes the changes of a table in; the cursor stands behind TABLE.
  mutating func alterTable(_ cursor: inout SQLCursor) -> StatementClass {
    _ = cursor.accept("if", "exists")
    _ = cursor.accept("only")
    guard let parts = cursor.qualifiedName() else {
      addStatement(cursor)
      return .unknown
    }
    if !cursor.acceptSymbol("*"), cursor.isAtEnd { return .schema }
    let label = tableLabel(parts)
    guard let table = number(parts) else { return alterOther(&cursor, parts, label) }
    while !cursor.isAtEnd {
      let start = cursor.at
      change(&cursor, table)
      cursor.skip(to: [])
      if !cursor.acceptSymbol(","), cursor.at == start { cursor.skip() }
    }
    return .schema
  }

  /// A change of something that is no table of the dump: of a view or sequence, or of a table made elsewhere.
  private mutating func alterOther(_ cursor: inout SQLCursor, _ parts: [Name], _ label: Name) -> StatementClass {
    if rowSecurity(&cursor, label) { return .schema }
    if cursor.accept("owner", "to"), let owner = cursor.name() {
      let kinds = ["sequence", "view", "materialized-view", "foreign-table"]
      let kind = kinds.first { objectNumbers[ObjectKey(kind: $0, name: label, table: nil)] != nil }
      addOwner(label, owner.bytes, definition: cursor.bytes, kind: kind ?? "table")
      return .schema
    }
    if cursor.accept("enable") || cursor.accept("disable") {
      // MySQL's `DISABLE KEYS` and PostgreSQL's `DISABLE TRIGGER ALL` stand around rows.
      if cursor.isNext("keys") || cursor.isNext("trigger", "all") { return .session }
    }
    let added =
      cursor.isNext("add", "constraint")
      ? { () -> Name? in
        cursor.skip(2)
        return cursor.name()
      }() : nil
    if let added {
      addObject("constraint", added, table: label, definition: cursor.bytes, constraintForm(cursor))
      return .schema
    }
    addObject("setting", settingName(cursor), table: label, definition: cursor.bytes)
    return .schema
  }

  /// The first words of a change, for a name.
  private func settingName(_ cursor: SQLCursor) -> Name {
    var words: [UInt8] = []
    for distance in 0..<2 {
      guard let token = cursor.peek(distance), token.kind == .word else { break }
      words +=
        (words.isEmpty ? [] : [UInt8(ascii: "-")]) + Name(cursor.lexer.text(token).prefix(64) + []).lowercased.bytes
    }
    return words.isEmpty ? "change" : Name(words)
  }

  private func constraintForm(_ cursor: SQLCursor) -> [SchemaAttribute] {
    let forms = [
      (["primary", "key"], "primary-key"), (["unique"], "unique"), (["foreign", "key"], "foreign-key"),
      (["check"], "check"), (["exclude"], "exclude"), (["not", "null"], "not-null"),
    ]
    return forms.first { cursor.isNext($0.0) }.map { [SchemaAttribute("form", Array($0.1.utf8))] } ?? []
  }

  /// One change of a table.
  private mutating func change(_ cursor: inout SQLCursor, _ table: Int) {
    let label = entries[table].name
    if rowSecurity(&cursor, label) { return }
    if cursor.accept("add") {
      add(&cursor, table)
    } else if cursor.accept("drop") {
      dropPart(&cursor, table)
    } else if cursor.accept("alter") {
      _ = cursor.accept("column")
      alterColumn(&cursor, table)
    } else if cursor.accept("modify") || cursor.accept("change") {
      modify(&cursor, table)
    } else if cursor.accept("rename") {
      rename(&cursor, table)
    } else if cursor.accept("owner", "to") {
      if let owner = cursor.name() { addOwner(label, owner.bytes, definition: cursor.bytes, kind: "table") }
    } else if cursor.accept("attach", "partition") {
      let start = cursor.at
      guard let parts = cursor.qualifiedName() else { return }
      let bounds = cursor.rest
      addObject(
        "partition", tableLabel(parts), table: label, definition: cursor.bytes, [SchemaAttribute("bounds", bounds)])
      cursor.skip(max(0, cursor.tokens.count - start))
    } else if cursor.accept("inherit") {
      addSetting("inherits", of: table, cursor.bytes)
    } else if cursor.accept("set", "schema") {
      if let schema = cursor.name() {
        move(table, to: Place(database: database, schema: schema, local: entries[table].place.local))
      }
    } else if cursor.isNext("enable", "keys") || cursor.isNext("disable", "keys")
      || cursor.isNext("enable", "trigger", "all")
      || cursor.isNext("disable", "trigger", "all")
    {
      cursor.skip(3)
    } else if !cursor.isAtEnd {
      addSetting(settingName(cursor), of: table, cursor.bytes)
      cursor.skip(cursor.tokens.count)
    }
  }

  /// What ADD adds: a constraint, key or column.
  private mutating func add(_ cursor: inout SQLCursor, _ table: Int) {
    let start = cursor.at
    var probe = cursor
    if probe.accept("constraint"), let name = probe.name() {
      let form = constraintForm(probe)
      if !form.isEmpty {
        if !probe.isNext("check") && !probe.isNext("exclude") {
          addObject("constraint", name, table: entries[table].name, definition: cursor.bytes, form)
        }
        cursor = probe
        constraint(&cursor, table, name: name, start: start)
        return
      }
    }
    if tableConstraint(&cursor, table) { return }
    _ = cursor.accept("column")
    _ = cursor.accept("if", "not", "exists")
    if cursor.isSymbol("(") { cursor.skip() }
    guard let token = cursor.peek(), let name = cursor.lexer.name(token) else { return }
    if let number = entries[table].numbers[folded(name)], !entries[table].columns[number].isDropped {
      cursor.skip()
      return
    }
    entries[table].numbers[folded(name)] = nil
    tableColumn(&cursor, table)
  }

  private mutating func dropPart(_ cursor: inout SQLCursor, _ table: Int) {
    if cursor.accept("primary", "key") {
      entries[table].primaryKey = []
      return
    }
    let isConstraint = cursor.accept(oneOf: ["constraint", "foreign", "key", "index", "check"]) != nil
    if isConstraint { _ = cursor.accept("key") }
    if !isConstraint { _ = cursor.accept("column") }
    _ = cursor.accept("if", "exists")
    guard let name = cursor.name() else { return }
    guard isConstraint else {
      if let number = entries[table].numbers[folded(name)] {
        entries[table].columns[number].isDropped = true
        entries[table].numbers[folded(name)] = nil
      }
      return
    }
    removeObject(ObjectKey(kind: "constraint", name: name, table: entries[table].name))
    switch entries[table].keyNames.removeValue(forKey: name) {
    case .primary: entries[table].primaryKey = []
    case .unique(let number): entries[table].uniqueKeys[number] = []
    case .foreign(let number): entries[table].references[number].columns = []
    case nil: if name.hasSuffix("_pkey"), isPostgres { entries[table].primaryKey = [] }
    }
  }

  /// Gives a table another place, and its name.
  mutating func move(_ table: Int, to place: Place) {
    guard places[place] == nil else { return }
    let old = entries[table].place
    places[old] = nil
    if namesOfPlaces[old] == entries[table].name {
      namesOfPlaces[old] = nil
      names[entries[table].name] = nil
    }
    let (name, namespace) = uniqueName(place, local: place.local)
    places[place] = table
    (entries[table].place, entries[table].name, entries[table].namespace) = (place, name, namespace)
  }

  /// `RENAME TO`, `RENAME COLUMN … TO …`, `RENAME CONSTRAINT … TO …`.
  private mutating func rename(_ cursor: inout SQLCursor, _ table: Int) {
    if cursor.accept("to") || cursor.accept("as") {
      guard let parts = cursor.qualifiedName(), let local = parts.last else { return }
      var place = entries[table].place
      place.local = syntax.family == .sqlite ? local.lowercased : local
      move(table, to: place)
      if syntax.family == .sqlite, entries[table].name == place.local { renameKeepingCase(table, local) }
      return
    }
    if cursor.accept("constraint") || cursor.accept("index") || cursor.accept("key") { return }
    _ = cursor.accept("column")
    guard let old = cursor.name(), cursor.accept("to"), let new = cursor.name() else { return }
    guard let number = entries[table].numbers[folded(old)], entries[table].numbers[folded(new)] == nil else { return }
    // The old name stays known: references of other tables may use it.
    entries[table].numbers[folded(new)] = number
    entries[table].columns[number].column.name = new
  }

  private mutating func renameKeepingCase(_ table: Int, _ local: Name) {
    guard names[local] == nil else { return }
    names[entries[table].name] = nil
    names[local] = entries[table].place
    namesOfPlaces[entries[table].place] = local
    entries[table].name = local
  }

  /// MySQL's `RENAME TABLE a TO b, c TO d`.
  mutating func renameTables(_ cursor: inout SQLCursor) -> StatementClass {
    guard cursor.accept("table") else { return .schema }
    repeat {
      guard let old = cursor.qualifiedName(), cursor.accept("to"), let new = cursor.qualifiedName() else { break }
      if let table = number(old) { move(table, to: place(creating: new)) }
    } while cursor.acceptSymbol(",")
    return .schema
  }
}
