internal import Bytes
internal import Records

// CREATE TABLE in all dialects.
extension DumpSchema {
  /// Takes a table in; the cursor stands behind TABLE. `kind`: what else it is, such as a foreign table.
  mutating func createTable(_ cursor: inout SQLCursor, isUnlogged: Bool = false) -> StatementClass {
    let ifNotExists = cursor.accept("if", "not", "exists")
    guard let parts = cursor.qualifiedName() else {
      addStatement(cursor)
      return .unknown
    }
    guard let table = newTable(parts, ifNotExists: ifNotExists) else { return .schema }
    if isUnlogged { addSetting("unlogged", of: table, Array("UNLOGGED".utf8)) }
    if cursor.accept("partition", "of") { partition(&cursor, table) }
    if cursor.accept("of") { _ = cursor.qualifiedName() }
    if isPostgres, let parents = inherited(cursor) {
      for parent in parents { inherit(table, from: parent) }
    }
    if cursor.isSymbol("("), !cursor.isNext(["select"], ahead: 1) { tableBody(&cursor, table) }
    tableOptions(&cursor, table)
    if let sessionOwner { addOwner(entries[table].name, sessionOwner.bytes, definition: [], kind: "table") }
    return .schema
  }

  /// The columns and constraints in the brackets that come next.
  private mutating func tableBody(_ cursor: inout SQLCursor, _ table: Int) {
    cursor.skip()
    while !cursor.isAtEnd, !cursor.acceptSymbol(")") {
      let start = cursor.at
      if !tableConstraint(&cursor, table) { tableColumn(&cursor, table) }
      cursor.skip(to: [])
      if !cursor.acceptSymbol(","), cursor.at == start { cursor.skip() }
    }
  }

  /// One column, or what a partition says of one.
  mutating func tableColumn(_ cursor: inout SQLCursor, _ table: Int) {
    guard let name = cursor.name() else { return }
    if cursor.accept("with", "options") || entries[table].numbers[folded(name)] != nil && !isType(cursor) {
      if let number = entries[table].numbers[folded(name)] { columnOptions(&cursor, table, number) }
      return
    }
    guard let type = type(&cursor) else { return }
    add(ColumnEntry(Column(name, .text), type), to: table)
    guard let number = entries[table].numbers[folded(name)] else { return }
    columnOptions(&cursor, table, number)
  }

  /// Whether a type comes next and not the options of a column that is there.
  private func isType(_ cursor: SQLCursor) -> Bool {
    !["constraint", "not", "null", "default", "generated", "check", "primary", "unique"].contains {
      cursor.isNext($0)
    }
      && !cursor.isSymbol(",") && !cursor.isSymbol(")") || !isPostgres
  }

  /// A constraint of a table, its key or index; false when a column comes next.
  mutating func tableConstraint(_ cursor: inout SQLCursor, _ table: Int) -> Bool {
    let start = cursor.at
    guard cursor.peek()?.kind == .word else { return false }
    if isPostgres, cursor.accept("like") {
      if let parts = cursor.qualifiedName(), let other = number(parts) { copyColumns(from: other, to: table) }
      return true
    }
    if syntax.family == .mysql, mysqlIndex(&cursor, table) { return true }
    var name: Name?
    if cursor.accept("constraint"), !isConstraint(cursor) { name = cursor.name() }
    guard isConstraint(cursor) else {
      if cursor.at > start, name != nil { return true }
      cursor.at = start
      return false
    }
    constraint(&cursor, table, name: name, start: start)
    return true
  }

  private func isConstraint(_ cursor: SQLCursor) -> Bool {
    cursor.isNext("primary", "key") || cursor.isNext("unique") || cursor.isNext("foreign", "key")
      || cursor.isNext("check") || isPostgres && (cursor.isNext("exclude") || cursor.isNext("not", "null"))
  }

  /// Takes what follows a table's body.
  private mutating func tableOptions(_ cursor: inout SQLCursor, _ table: Int) {
    if syntax.family == .mysql, !cursor.isAtEnd { addSetting("table-options", of: table, cursor.rest) }
    while let token = cursor.peek() {
      let start = cursor.at
      if cursor.accept("inherits") {
        cursor.skipBrackets()
        addSetting("inherits", of: table, cursor.text(from: start))
      } else if cursor.accept("partition", "by") {
        cursor.skip()
        while cursor.isSymbol("(") { cursor.skipBrackets() }
        let name = entries[table].name
        let by = cursor.text((start + 2)..<cursor.at)
        addObject("partition", name, table: name, definition: cursor.text(from: start), [SchemaAttribute("by", by)])
      } else if cursor.accept("with"), cursor.isSymbol("(") {
        cursor.skipBrackets()
        addSetting("storage-parameters", of: table, cursor.text(from: start))
      } else if cursor.accept("tablespace") {
        cursor.skip()
        addSetting("tablespace", of: table, cursor.text(from: start))
      } else if syntax.family == .sqlite, cursor.accept("without", "rowid") || cursor.accept("strict") {
        addSetting("table-options", of: table, cursor.text(from: start))
      } else if syntax.family == .mysql, cursor.accept("comment") {
        _ = cursor.acceptSymbol("=")
        if let text = cursor.string() { addComment("TABLE", entries[table].name, text, table: entries[table].name) }
      } else if syntax.family == .mysql, cursor.accept("auto_increment") {
        _ = cursor.acceptSymbol("=")
        if let value = cursor.peek(), value.kind == .number {
          addSetting("auto-increment", of: table, cursor.lexer.text(value))
        }
      } else if cursor.accept("as"), cursor.isNext("select") || cursor.isSymbol("(") || cursor.isNext("with") {
        addStatement(cursor, table: entries[table].name)
        return
      } else if cursor.lexer.isSymbol(token, "(") {
        cursor.skipBrackets()
      } else if cursor.at == start {
        cursor.skip()
      }
    }
  }

  mutating func addSetting(_ name: Name, of table: Int, _ definition: [UInt8]) {
    addObject("setting", name, table: entries[table].name, definition: definition)
  }
}
