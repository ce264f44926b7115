internal import Bytes
internal import Records

// ALTER COLUMN.
extension DumpSchema {
  /// Takes the change of one column in; the cursor stands before its name.
  mutating func alterColumn(_ cursor: inout SQLCursor, _ table: Int) {
    guard let name = cursor.name() else { return }
    guard let number = entries[table].numbers[folded(name)] else {
      if !isInternal(cursor) { addSetting("column", of: table, changeText) }
      return
    }
    if cursor.accept("set", "default") {
      entries[table].columns[number].column.defaultValue = expression(&cursor)
    } else if cursor.accept("drop", "default") {
      entries[table].columns[number].column.defaultValue = nil
    } else if cursor.accept("set", "not", "null") {
      entries[table].columns[number].column.isNullable = false
    } else if cursor.accept("drop", "not", "null") {
      entries[table].columns[number].column.isNullable = true
    } else if cursor.accept("drop", "identity") {
      entries[table].columns[number].column.isIdentity = false
    } else if cursor.accept("drop", "expression") {
      entries[table].columns[number].column.generation = nil
      entries[table].columns[number].column.isLeftToServer = false
    } else if cursor.accept("add", "generated") {
      _ = cursor.accept("always") || cursor.accept("by", "default")
      if cursor.accept("as", "identity") { identity(&cursor, table, number) }
    } else if cursor.accept("type") || cursor.accept("set", "data", "type") {
      if let type = type(&cursor) {
        let isNullable = entries[table].columns[number].column.isNullable
        entries[table].columns[number].set(type)
        entries[table].columns[number].column.isNullable = isNullable && !type.isNotNull
      }
    } else if !isInternal(cursor) {
      addObject("setting", name, table: entries[table].name, definition: changeText)
    }
  }

  /// Whether nothing but an option comes next that newer servers leak to older clients.
  private func isInternal(_ cursor: SQLCursor) -> Bool {
    cursor.isNext("set") && cursor.isSymbol("(", ahead: 1) && cursor.isNext(["pg_attver"], ahead: 2)
  }

  /// The same in the change of a table that is not in the dump, or of a view.
  func isInternalOption(_ cursor: SQLCursor) -> Bool {
    var cursor = cursor
    guard cursor.accept("alter") else { return false }
    _ = cursor.accept("column")
    return cursor.name() != nil && isInternal(cursor)
  }

  /// MySQL's `MODIFY [COLUMN] c …` and `CHANGE [COLUMN] old new …`: the whole definition again.
  mutating func modify(_ cursor: inout SQLCursor, _ table: Int) {
    let isChange = cursor.at > 0 && cursor.lexer.isWord(cursor.tokens[cursor.at - 1], "change")
    _ = cursor.accept("column")
    guard let old = cursor.name(), let number = entries[table].numbers[folded(old)] else { return }
    let new = isChange ? cursor.name() ?? old : old
    guard let type = type(&cursor) else { return }
    entries[table].columns[number] = ColumnEntry(Column(new, .text), type)
    entries[table].numbers[folded(new)] = number
    columnOptions(&cursor, table, number)
  }
}
