internal import Bytes
internal import Records

// ALTER, COMMENT and DROP of everything.
extension DumpSchema {
  /// ALTER; the cursor stands behind it.
  mutating func alter(_ cursor: inout SQLCursor) -> StatementClass {
    if cursor.accept("system") {
      forbid("changes the server's settings", isAttack: true)
      addStatement(cursor)
      return .forbidden
    }
    if cursor.accept("default", "privileges") {
      defaultPrivileges(&cursor)
      return .schema
    }
    let isIgnore = cursor.accept("ignore") || cursor.accept("online")
    guard let kind = kind(&cursor) else {
      addStatement(cursor)
      return isIgnore ? .schema : .unknown
    }
    switch kind {
    case "table", "foreign-table": return alterTable(&cursor)
    case "role":
      role(&cursor, isNew: false)
      return .schema
    case "policy":
      alterPolicy(&cursor)
      return .schema
    case "cast", "statement", "column", "constraint": addStatement(cursor)
    default: alterNamed(kind, &cursor)
    }
    return kind == "event-trigger" || kind == "extension" ? .code : .schema
  }

  /// ALTER of something that has a name.
  private mutating func alterNamed(_ kind: String, _ cursor: inout SQLCursor) {
    _ = cursor.accept("if", "exists")
    let start = cursor.at
    if kind == "large-object" { return alterLargeObject(&cursor) }
    var parts = cursor.qualifiedName() ?? []
    if kind == "operator", cursor.acceptSymbol(".") || parts.isEmpty, let token = cursor.peek() {
      parts.append(Name(cursor.lexer.text(token)))
      cursor.skip()
    }
    guard !parts.isEmpty else { return addStatement(cursor) }
    let detail = kind == "function" || kind == "procedure" || kind == "aggregate" ? signature(cursor) : []
    if cursor.isSymbol("(") { cursor.skipBrackets() }
    let isInSchema = ![
      "extension", "publication", "subscription", "event-trigger", "schema", "database", "tablespace",
      "language", "server",
    ].contains(kind)
    let label = isInSchema ? labelled(parts) : (name: parts[parts.count - 1], schema: nil)
    let key = ObjectKey(kind: kind, name: label.name, table: nil, detail: detail)
    switch kind {
    case "type" where addValue(&cursor, parts): append(cursor.bytes, to: key, schema: label.schema)
    case "sequence" where cursor.isNext("owned", "by"):
      append(cursor.bytes, to: key, schema: label.schema)
      ownSequence(parts, cursor)
    case _ where cursor.accept("owner", "to"):
      let owner = cursor.name()?.bytes ?? []
      addOwner(label.name, owner, definition: cursor.bytes, kind: kind, detail: detail)
    case "index":
      let isAttached = cursor.accept("attach", "partition")
      let child = isAttached ? cursor.qualifiedName()?.last : nil
      let name = child ?? parts[parts.count - 1]
      addObject(
        isAttached ? "partition" : "setting", name, definition: cursor.bytes,
        [SchemaAttribute("of", isAttached ? label.name.bytes : [])])
    case "publication" where cursor.accept("add", "table"):
      let old = objectNumbers[key].flatMap { objects[$0]?.attribute("tables") } ?? []
      append(cursor.bytes, to: key)
      set("tables", old + (old.isEmpty ? [] : Array(", ".utf8)) + cursor.rest, of: key)
    case "database":
      addObject("setting", label.name, definition: masked(cursor), [SchemaAttribute("on", Array("database".utf8))])
    case "trigger" where cursor.accept("on"):
      let table = cursor.qualifiedName().map { tableLabel($0) }
      addObject("setting", label.name, table: table, definition: cursor.bytes)
    default:
      cursor.at = start
      append(masked(cursor), to: key, schema: label.schema)
    }
  }

  private mutating func alterLargeObject(_ cursor: inout SQLCursor) {
    guard let number = largeObjectNumber(&cursor) else { return addStatement(cursor) }
    let key = ObjectKey(kind: "large-object", name: number, table: nil)
    append(cursor.bytes, to: key)
    if cursor.accept("owner", "to"), let owner = cursor.name() { set("owner", owner.bytes, of: key) }
  }

  /// COMMENT ON; the cursor stands behind COMMENT.
  mutating func comment(_ cursor: inout SQLCursor) -> StatementClass {
    guard cursor.accept("on") else {
      addStatement(cursor)
      return .unknown
    }
    let start = cursor.at, kind = kind(&cursor) ?? "statement"
    let words = cursor.text(start..<max(start, cursor.at)), nameStart = cursor.at
    var parts = cursor.qualifiedName() ?? []
    while !cursor.isAtEnd, !cursor.isNext("is"), !cursor.isNext("on") {
      if cursor.isSymbol("(") { cursor.skipBrackets() } else { cursor.skip() }
    }
    var name = Name(cursor.text(from: nameStart)), table: Name?
    if cursor.accept("on") {
      _ = cursor.accept("domain")
      table = cursor.qualifiedName().map { tableLabel($0) }
    }
    if kind == "table", !parts.isEmpty {
      name = tableLabel(parts)
      table = name
    } else if kind == "column", parts.count > 1, let column = parts.popLast() {
      table = tableLabel(parts)
      name = column
    } else if !parts.isEmpty, table == nil, kind != "operator" {
      name = labelled(parts).name
    }
    while !cursor.isAtEnd, !cursor.accept("is") { cursor.skip() }
    guard let text = cursor.string() else { return .schema }
    addComment(String(decoding: words, as: UTF8.self).uppercased(), name, text, table: table, cursor.bytes)
    return .schema
  }

  mutating func addComment(_ kind: String, _ name: Name, _ text: [UInt8], table: Name?, _ definition: [UInt8] = []) {
    addObject(
      "comment", name, table: table, definition: definition.isEmpty ? text : definition,
      [SchemaAttribute("on", Array(kind.utf8)), SchemaAttribute("text", text)])
  }

  /// DROP; the cursor stands behind it.
  mutating func drop(_ cursor: inout SQLCursor) -> StatementClass {
    _ = cursor.accept("temporary")
    guard let kind = kind(&cursor) else { return .schema }
    _ = cursor.accept("concurrently")
    _ = cursor.accept("if", "exists")
    while let parts = cursor.qualifiedName(), let local = parts.last {
      let isFunction = ["function", "procedure", "aggregate"].contains(kind)
      let detail = isFunction ? signature(cursor) : []
      if cursor.isSymbol("(") { cursor.skipBrackets() }
      let table = cursor.accept("on") ? cursor.qualifiedName().map { tableLabel($0) } : nil
      if kind == "table" || kind == "foreign-table" { dropTable(parts) }
      if kind == "type" || kind == "domain" { types[place(parts) { types[$0] != nil }] = nil }
      for name in [labelled(parts).name, local] {
        removeObject(ObjectKey(kind: kind, name: name, table: table, detail: detail))
      }
      guard cursor.acceptSymbol(",") else { break }
    }
    return .schema
  }

  private mutating func dropTable(_ parts: [Name]) {
    let place = place(table: parts)
    guard let index = places[place] else { return }
    entries[index].isDropped = true
    places[place] = nil
  }

  mutating func removeObject(_ key: ObjectKey) {
    guard let number = objectNumbers.removeValue(forKey: key) else { return }
    objects[number] = nil
  }
}
