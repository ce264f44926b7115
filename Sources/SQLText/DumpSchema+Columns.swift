internal import Bytes
internal import Records

// What is said of a column after its type.
extension DumpSchema {
  private static let optionWords = [
    "constraint", "not", "null", "check", "unique", "primary", "references", "generated", "collate", "deferrable",
    "initially", "auto_increment", "autoincrement", "comment", "on", "key", "storage", "compression", "visible",
    "invisible", "column_format", "default", "as", "virtual", "stored",
  ]

  /// Takes the options of a column up to the next comma or closing bracket.
  mutating func columnOptions(_ cursor: inout SQLCursor, _ table: Int, _ number: Int) {
    var name: Name?
    let columnName = entries[table].columns[number].column.name
    while !cursor.isAtEnd, !cursor.isSymbol(","), !cursor.isSymbol(")") {
      let start = cursor.at
      if cursor.accept("constraint") {
        name = cursor.name()
        continue
      }
      if cursor.accept("not", "null") {
        entries[table].columns[number].column.isNullable = false
      } else if cursor.accept("default") {
        entries[table].columns[number].column.defaultValue = expression(&cursor)
      } else if cursor.accept("primary", "key") || syntax.family == .mysql && cursor.accept("key") {
        inlinePrimaryKey(&cursor, table, number, name)
      } else if cursor.accept("unique") {
        _ = cursor.accept("key")
        addUnique([number], name, table)
      } else if cursor.accept("references") {
        reference(&cursor, table, [number], name)
      } else if cursor.accept("check") {
        check(&cursor, table, name, start: start, column: columnName)
      } else if cursor.accept("generated") || cursor.isNext("as") {
        generation(&cursor, table, number)
      } else if cursor.accept("auto_increment") || cursor.accept("autoincrement") {
        entries[table].columns[number].column.isIdentity = true
      } else if cursor.accept("collate") {
        _ = cursor.qualifiedName()
      } else if syntax.family == .mysql, cursor.accept("comment") {
        if let text = cursor.string() { addComment("COLUMN", columnName, text, table: entries[table].name) }
      } else if syntax.family == .mysql, cursor.accept("on", "update") {
        _ = expression(&cursor)
      } else if syntax.family != .postgres, cursor.accept("on", "conflict") {
        cursor.skip()
      } else if cursor.isSymbol("(") {
        cursor.skipBrackets()
      } else {
        cursor.skip()
      }
      name = nil
    }
  }

  /// Takes an expression of a default: up to the next option.
  func expression(_ cursor: inout SQLCursor) -> [UInt8] {
    let start = cursor.at
    if cursor.isSymbol("(") { cursor.skipBrackets() } else { cursor.skip() }
    cursor.skip(to: Self.optionWords)
    return cursor.text(from: start)
  }

  private mutating func inlinePrimaryKey(_ cursor: inout SQLCursor, _ table: Int, _ number: Int, _ name: Name?) {
    let isDescending = cursor.accept("desc")
    _ = cursor.accept("asc")
    entries[table].primaryKey = [number]
    if let name { entries[table].keyNames[name] = .primary }
    let type = entries[table].columns[number].column.sourceType.map { Name($0).lowercased }
    if syntax.family == .sqlite {
      // Only so spelled is it another name of the row's number; other keys of SQLite may be null.
      if type == "integer", !isDescending { entries[table].columns[number].column.isIdentity = true }
      if type == "integer" { entries[table].columns[number].column.isNullable = false }
    } else {
      entries[table].columns[number].column.isNullable = false
    }
  }

  /// `GENERATED ALWAYS AS (…)`, `AS IDENTITY`, `AS (…)`; the cursor stands behind GENERATED.
  private mutating func generation(_ cursor: inout SQLCursor, _ table: Int, _ number: Int) {
    _ = cursor.accept("always") || cursor.accept("by", "default")
    _ = cursor.accept("on", "null")
    guard cursor.accept("as") else { return }
    if cursor.accept("identity") {
      identity(&cursor, table, number)
    } else if let expression = cursor.bracketed() {
      entries[table].columns[number].column.generation = expression
      entries[table].columns[number].column.isLeftToServer = isPostgres
      _ = cursor.accept(oneOf: ["stored", "virtual", "persistent"])
    }
  }

  /// What follows AS IDENTITY: the options of its sequence, perhaps in brackets.
  mutating func identity(_ cursor: inout SQLCursor, _ table: Int, _ number: Int) {
    entries[table].columns[number].column.isIdentity = true
    entries[table].columns[number].column.isNullable = false
    guard cursor.isSymbol("(") else { return }
    let start = cursor.at
    var inside = cursor
    cursor.skipBrackets()
    inside.skip()
    guard inside.accept("sequence", "name"), let parts = inside.qualifiedName() else { return }
    let (name, schema) = labelled(parts)
    var attributes = sequenceOptions(&inside)
    attributes.append(SchemaAttribute("owned-by", ownedBy(table, number)))
    sequenceOwners[place(creating: parts)] = (table, number)
    addObject("sequence", name, schema: schema, definition: cursor.text(from: start), attributes)
  }

  func ownedBy(_ table: Int, _ number: Int) -> [UInt8] {
    entries[table].name.bytes + [UInt8(ascii: ".")] + entries[table].columns[number].column.name.bytes
  }
}
