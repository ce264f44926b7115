internal import Bytes
internal import Diagnostics
internal import Records

// Keys, references and checks.
extension DumpSchema {
  /// Takes the constraint that comes next; `start`: where the text of it begins.
  mutating func constraint(_ cursor: inout SQLCursor, _ table: Int, name: Name?, start: Int) {
    if cursor.accept("primary", "key") {
      keyPreamble(&cursor)
      if let key = key(&cursor, table) {
        entries[table].primaryKey = key.numbers
        for number in key.numbers where syntax.family != .sqlite {
          entries[table].columns[number].column.isNullable = false
        }
        sqliteRowNumber(table)
        if let name { entries[table].keyNames[name] = .primary }
      }
    } else if cursor.accept("unique") {
      _ = cursor.accept("key") || cursor.accept("index")
      _ = cursor.accept("nulls", "not", "distinct") || cursor.accept("nulls", "distinct")
      let own = cursor.isSymbol("(") || cursor.isNext("using") ? nil : cursor.name()
      keyPreamble(&cursor)
      if let key = key(&cursor, table), key.isWhole { addUnique(key.numbers, name ?? own, table) }
    } else if cursor.accept("foreign", "key") {
      let own = cursor.isSymbol("(") ? nil : cursor.name()
      guard let names = cursor.nameList(), cursor.accept("references") else { return }
      if let numbers = entries[table].numbers(of: names, folded) { reference(&cursor, table, numbers, name ?? own) }
    } else if cursor.accept("check") {
      check(&cursor, table, name, start: start, column: nil)
    } else if cursor.accept("exclude") {
      let label = name ?? "exclude"
      cursor.skip(to: [])
      addConstraint(label, table, cursor.text(from: start), form: "exclude")
    } else if cursor.accept("not", "null") {
      if let column = cursor.name(), let number = entries[table].numbers[column] {
        entries[table].columns[number].column.isNullable = false
      }
    }
  }

  /// SQLite's `PRIMARY KEY (id)` of an INTEGER is another name of the row's number.
  private mutating func sqliteRowNumber(_ table: Int) {
    guard syntax.family == .sqlite, entries[table].primaryKey.count == 1 else { return }
    let number = entries[table].primaryKey[0]
    guard entries[table].columns[number].column.sourceType.map({ Name($0).lowercased }) == "integer" else { return }
    entries[table].columns[number].column.isIdentity = true
    entries[table].columns[number].column.isNullable = false
  }

  /// MySQL's `USING BTREE`, PostgreSQL's `USING INDEX x`.
  private func keyPreamble(_ cursor: inout SQLCursor) {
    if cursor.accept("using") {
      _ = cursor.accept("index")
      cursor.skip()
    }
  }

  /// The columns of a key in brackets: their numbers, and whether they are whole columns.
  func key(_ cursor: inout SQLCursor, _ table: Int) -> (numbers: [Int], isWhole: Bool)? {
    guard let columns = indexColumns(&cursor) else { return nil }
    guard let numbers = entries[table].numbers(of: columns.names, folded) else { return nil }
    return (numbers, columns.isWhole)
  }

  /// The columns of an index in brackets; nil when one of its parts is an expression.
  func indexColumns(_ cursor: inout SQLCursor) -> (names: [Name], isWhole: Bool)? {
    guard cursor.acceptSymbol("(") else { return nil }
    var names: [Name] = [], isPlain = true, isWhole = true
    while !cursor.isAtEnd, !cursor.acceptSymbol(")") {
      if let name = cursor.name() { names.append(name) } else { isPlain = false }
      if cursor.isSymbol("(") {
        if syntax.family == .mysql, cursor.peek(1)?.kind == .number { isWhole = false } else { isPlain = false }
      }
      while let token = cursor.peek(), !cursor.isSymbol(","), !cursor.isSymbol(")") {
        if cursor.isSymbol("(") { cursor.skipBrackets() } else { cursor.skip() }
        if token.kind == .operator || token.kind == .number { isPlain = false }
      }
      _ = cursor.acceptSymbol(",")
    }
    return isPlain ? (names, isWhole) : nil
  }

  /// Whether there may be another key, reference or index.
  mutating func mayAddKey() -> Bool {
    keyCount += 1
    guard keyCount > Self.objectLimit else { return true }
    note("too-many-keys", .warning, "dump has more than \(Self.objectLimit) keys; the others are left out")
    return false
  }

  mutating func addUnique(_ numbers: [Int], _ name: Name?, _ table: Int) {
    guard mayAddKey() else { return }
    if let name { entries[table].keyNames[name] = .unique(entries[table].uniqueKeys.count) }
    entries[table].uniqueKeys.append(numbers)
  }

  /// A reference; the cursor stands behind REFERENCES.
  mutating func reference(_ cursor: inout SQLCursor, _ table: Int, _ columns: [Int], _ name: Name?) {
    guard let parts = cursor.qualifiedName() else { return }
    let names = cursor.isSymbol("(") ? cursor.nameList() ?? [] : []
    let actions = referenceActions(&cursor)
    guard mayAddKey() else { return }
    let target = place(table: parts)
    if let name { entries[table].keyNames[name] = .foreign(entries[table].references.count) }
    entries[table].references.append(
      PendingReference(
        columns: columns, target: target, index: places[target], referencedColumns: names, name: name, actions: actions)
    )
  }

  /// What follows a reference, keywords in capitals.
  private func referenceActions(_ cursor: inout SQLCursor) -> [UInt8] {
    var words: [[UInt8]] = []
    func take(_ cursor: inout SQLCursor, _ parts: [String]) -> Bool {
      guard cursor.isNext(parts) else { return false }
      cursor.skip(parts.count)
      words += parts.map { Array($0.uppercased().utf8) }
      return true
    }
    let phrases = [
      ["match", "full"], ["match", "partial"], ["match", "simple"], ["on", "delete"], ["on", "update"], ["cascade"],
      ["restrict"], ["set", "null"], ["set", "default"], ["no", "action"], ["not", "deferrable"], ["deferrable"],
      ["initially", "deferred"], ["initially", "immediate"], ["not", "valid"], ["not", "enforced"], ["enforced"],
    ]
    while words.count < 64, phrases.contains(where: { take(&cursor, $0) }) {
      let isSet = words.last == Array("NULL".utf8) || words.last == Array("DEFAULT".utf8)
      guard isSet, cursor.isSymbol("(") else { continue }
      let start = cursor.at
      cursor.skipBrackets()
      words.append(cursor.text(from: start))
    }
    return Array(words.joined(separator: [UInt8(ascii: " ")]))
  }

  mutating func check(_ cursor: inout SQLCursor, _ table: Int, _ name: Name?, start: Int, column: Name?) {
    let expression = cursor.bracketed() ?? []
    _ = cursor.accept("no", "inherit")
    _ = cursor.accept("not", "valid")
    if syntax.family == .mysql, let column, expression.starts(with: "json_valid(".utf8) {
      if let number = entries[table].numbers[folded(column)] { entries[table].columns[number].column.type = .json }
      return
    }
    let label = name ?? (entries[table].name + "_" + (column.map { $0 + "_" } ?? "") + "check")
    addConstraint(label, table, cursor.text(from: start), form: "check", [SchemaAttribute("check", expression)])
  }

  mutating func addConstraint(
    _ name: Name, _ table: Int, _ definition: [UInt8], form: String, _ attributes: [SchemaAttribute] = []
  ) {
    addObject(
      "constraint", name, table: entries[table].name, definition: definition,
      [SchemaAttribute("form", Array(form.utf8))] + attributes)
  }

  /// MySQL's KEY, INDEX, FULLTEXT and SPATIAL KEY within a table; false when something else comes next.
  func isMySQLIndex(_ cursor: SQLCursor) -> Bool {
    ["key", "index", "fulltext", "spatial"].contains { cursor.isNext($0) }
  }
  mutating func mysqlIndex(_ cursor: inout SQLCursor, _ table: Int) -> Bool {
    guard isMySQLIndex(cursor) else { return false }
    let start = cursor.at, form = cursor.accept(oneOf: ["fulltext", "spatial"])
    _ = cursor.accept("key") || cursor.accept("index")
    let name = cursor.isSymbol("(") ? nil : cursor.name()
    keyPreamble(&cursor)
    let columns = key(&cursor, table)
    cursor.skip(to: [])
    if let columns, form == nil, mayAddKey() { entries[table].indexes.append(columns.numbers) }
    addObject(
      "index", name ?? "index", table: entries[table].name, definition: cursor.text(from: start),
      form.map { [SchemaAttribute("method", Array($0.utf8))] } ?? [])
    return true
  }
}
