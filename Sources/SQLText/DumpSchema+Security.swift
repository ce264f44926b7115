internal import Bytes
internal import Records

// Policies, rights, owners and roles.
extension DumpSchema {
  /// `ENABLE`, `DISABLE`, `FORCE` and `NO FORCE ROW LEVEL SECURITY`; false when something else comes next.
  mutating func rowSecurity(_ cursor: inout SQLCursor, _ table: Name) -> Bool {
    let start = cursor.at
    _ = cursor.accept("no")
    guard cursor.accept(oneOf: ["enable", "disable", "force"]) != nil, cursor.accept("row", "level", "security") else {
      cursor.at = start
      return false
    }
    let key = ObjectKey(kind: "row-security", name: table, table: table)
    let old = objectNumbers[key].flatMap { objects[$0] }
    var isEnabled = old?.attribute("state").map { $0 != Array("disabled".utf8) } ?? false
    cursor.at = start
    if cursor.accept("no") { forcedTables.remove(table) } else if cursor.isNext("force") { forcedTables.insert(table) }
    if cursor.isNext("enable") { isEnabled = true } else if cursor.isNext("disable") { isEnabled = false }
    cursor.skip(4)
    let state = !isEnabled ? "disabled" : forcedTables.contains(table) ? "forced" : "enabled"
    append(changeText, to: key)
    set("state", Array(state.utf8), of: key)
    return true
  }

  /// A policy; the cursor stands behind POLICY.
  mutating func policy(_ cursor: inout SQLCursor) {
    guard let name = cursor.name(), cursor.accept("on"), let parts = cursor.qualifiedName() else {
      return addStatement(cursor)
    }
    var command = Array("ALL".utf8), roles = Array("public".utf8), permissive = Array("PERMISSIVE".utf8)
    var using: [UInt8] = [], check: [UInt8] = []
    while !cursor.isAtEnd {
      if cursor.accept("as") {
        permissive = upper(cursor)
        cursor.skip()
      } else if cursor.accept("for") {
        command = upper(cursor)
        cursor.skip()
      } else if cursor.accept("to") {
        roles = nameSequence(&cursor)
      } else if cursor.accept("using") {
        using = cursor.bracketed() ?? []
      } else if cursor.accept("with", "check") {
        check = cursor.bracketed() ?? []
      } else {
        cursor.skip()
      }
    }
    addObject(
      "policy", name, table: tableLabel(parts), definition: cursor.bytes,
      [
        SchemaAttribute("command", command), SchemaAttribute("roles", roles), SchemaAttribute("permissive", permissive),
        SchemaAttribute("using", using), SchemaAttribute("check", check),
      ])
  }

  /// What ALTER POLICY changes; the cursor stands behind POLICY.
  mutating func alterPolicy(_ cursor: inout SQLCursor) {
    guard let name = cursor.name(), cursor.accept("on"), let parts = cursor.qualifiedName() else {
      return addStatement(cursor)
    }
    let key = ObjectKey(kind: "policy", name: name, table: tableLabel(parts))
    append(cursor.bytes, to: key)
    while !cursor.isAtEnd {
      if cursor.accept("to") {
        set("roles", nameSequence(&cursor), of: key)
      } else if cursor.accept("using") {
        set("using", cursor.bracketed() ?? [], of: key)
      } else if cursor.accept("with", "check") {
        set("check", cursor.bracketed() ?? [], of: key)
      } else {
        cursor.skip()
      }
    }
  }

  private func upper(_ cursor: SQLCursor) -> [UInt8] {
    guard let token = cursor.peek() else { return [] }
    return cursor.lexer.text(token).map { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") ? $0 & 0xDF : $0 }
  }

  /// Names with commas between them, joined by commas.
  func nameSequence(_ cursor: inout SQLCursor) -> [UInt8] {
    var names: [UInt8] = []
    repeat {
      _ = cursor.accept("group")
      let parts: [Name]
      if syntax.family == .mysql, let text = cursor.string() {
        parts = [Name(text)]
      } else {
        guard let name = cursor.qualifiedName() else { break }
        parts = name
      }
      names +=
        (names.isEmpty ? [] : [UInt8(ascii: ",")]) + Array(parts.map(\.bytes).joined(separator: [UInt8(ascii: ".")]))
        + host(&cursor).bytes
    } while cursor.acceptSymbol(",")
    return names
  }

  /// The host behind the name of an account of MySQL, with its `@`; empty when there is none.
  private func host(_ cursor: inout SQLCursor) -> Name {
    guard syntax.family == .mysql, let token = cursor.peek() else { return "" }
    if token.kind == .parameter, cursor.lexer.text(token).first == UInt8(ascii: "@") {
      cursor.skip()
      return Name(cursor.lexer.text(token))
    }
    guard cursor.isSymbol("@"), let host = cursor.peek(1), host.isIdentifier || host.isString else { return "" }
    cursor.skip(2)
    return "@" + Name(cursor.lexer.value(host))
  }

  /// Says who owns something.
  mutating func addOwner(_ name: Name, _ owner: [UInt8], definition: [UInt8], kind: String, detail: [UInt8] = []) {
    set("owner", owner, of: ObjectKey(kind: kind, name: name, table: nil, detail: detail))
    addObject(
      "owner", name, table: kind == "table" ? name : nil, definition: definition,
      [SchemaAttribute("on", Array(kind.utf8)), SchemaAttribute("owner", owner)])
  }

  /// GRANT or REVOKE; the cursor stands behind it.
  mutating func grant(_ cursor: inout SQLCursor, isRevoke: Bool) -> StatementClass {
    let start = cursor.at
    cursor.skip(to: ["on", "to", "from"])
    while cursor.acceptSymbol(",") { cursor.skip(to: ["on", "to", "from"]) }
    let privileges = cursor.text(from: start)
    guard cursor.accept("on") else {
      return membership(&cursor, Name(privileges), start, isRevoke: isRevoke)
    }
    let targetStart = cursor.at, kind = kind(&cursor)
    let nameStart = cursor.at, parts = cursor.qualifiedName()
    while !cursor.isAtEnd, !cursor.isNext("to"), !cursor.isNext("from") { cursor.skip() }
    let target = cursor.text(from: targetStart), targetName = cursor.text(from: nameStart)
    _ = cursor.accept("to") || cursor.accept("from")
    let grantees = nameSequence(&cursor)
    var table: Name?
    if kind == nil || kind == "table", let parts { table = tableLabel(parts) }
    addObject(
      "grant", Name((table?.bytes ?? targetName) + Array(" to ".utf8) + grantees), table: table,
      definition: masked(cursor),
      [
        SchemaAttribute("privileges", privileges), SchemaAttribute("on", target), SchemaAttribute("to", grantees),
        SchemaAttribute("revoke", isRevoke ? Array("yes".utf8) : []),
      ])
    return .schema
  }

  /// A role's membership of others.
  private mutating func membership(
    _ cursor: inout SQLCursor, _ roles: Name, _ start: Int, isRevoke: Bool
  ) -> StatementClass {
    var from = cursor
    from.at = start
    let granted = nameSequence(&from)
    guard cursor.accept("to") || cursor.accept("from") else {
      addStatement(cursor)
      return .schema
    }
    let members = nameSequence(&cursor)
    addObject(
      "role-membership", Name(granted + Array(" to ".utf8) + members), definition: masked(cursor),
      [
        SchemaAttribute("role", granted), SchemaAttribute("member", members), SchemaAttribute("options", cursor.rest),
        SchemaAttribute("revoke", isRevoke ? Array("yes".utf8) : []),
      ])
    return .schema
  }

  /// ALTER DEFAULT PRIVILEGES; the cursor stands behind it.
  mutating func defaultPrivileges(_ cursor: inout SQLCursor) {
    var role: [UInt8] = [], schema: [UInt8] = []
    while !cursor.isAtEnd, !cursor.isNext("grant"), !cursor.isNext("revoke") {
      if cursor.accept("for") {
        cursor.skip()
        role = nameSequence(&cursor)
      } else if cursor.accept("in", "schema") {
        schema = nameSequence(&cursor)
      } else {
        cursor.skip()
      }
    }
    let isRevoke = cursor.accept("revoke")
    _ = cursor.accept("grant")
    let start = cursor.at
    while !cursor.isAtEnd, !cursor.isNext("on") { cursor.skip() }
    let privileges = cursor.text(from: start)
    cursor.skip()
    let on = cursor.at
    while !cursor.isAtEnd, !cursor.isNext("to"), !cursor.isNext("from") { cursor.skip() }
    let target = cursor.text(from: on)
    cursor.skip()
    let grantees = nameSequence(&cursor)
    addObject(
      "default-privileges",
      Name(role + (role.isEmpty ? [] : [UInt8(ascii: " ")]) + target + Array(" to ".utf8) + grantees),
      definition: cursor.bytes,
      [
        SchemaAttribute("role", role), SchemaAttribute("schema", schema), SchemaAttribute("privileges", privileges),
        SchemaAttribute("on", target), SchemaAttribute("to", grantees),
        SchemaAttribute("revoke", isRevoke ? Array("yes".utf8) : []),
      ])
  }

  /// CREATE or ALTER ROLE, USER or GROUP; the cursor stands behind the word.
  mutating func role(_ cursor: inout SQLCursor, isNew: Bool) {
    _ = cursor.accept("if", "not", "exists")
    _ = cursor.accept("if", "exists")
    guard let token = cursor.peek() else { return addStatement(cursor) }
    cursor.skip()
    let name = (cursor.lexer.name(token) ?? Name(cursor.lexer.value(token))) + host(&cursor)
    var attributes: [UInt8] = [], hasPassword = false
    let key = ObjectKey(kind: "role", name: name, table: nil)
    let start = cursor.at
    if cursor.accept("in", "database") { cursor.skip() }
    if cursor.isNext("set") || cursor.isNext("reset") {
      addObject(
        "role-setting", name, definition: masked(cursor),
        [SchemaAttribute("setting", cursor.text(start..<cursor.tokens.count))])
      return
    }
    cursor.at = start
    _ = cursor.accept("with")
    while let token = cursor.peek() {
      cursor.skip()
      if cursor.lexer.isWord(token, "encrypted") || cursor.lexer.isWord(token, "unencrypted") { continue }
      if cursor.lexer.isWord(token, "password") || cursor.lexer.isWord(token, "identified") {
        hasPassword = !cursor.isNext("null")
        while cursor.isNext("by") || cursor.isNext("with") || cursor.isNext("as") { cursor.skip() }
        if !cursor.isAtEnd { cursor.skip() }
        continue
      }
      if token.isString, !attributes.reversed().starts(with: "UNTIL".utf8.reversed()) { continue }
      attributes += (attributes.isEmpty ? [] : [UInt8(ascii: " ")]) + cursor.lexer.text(token)
    }
    let kept =
      hasPassword
      || !isNew && objectNumbers[key].flatMap { objects[$0]?.attribute("has-password") } == Array("yes".utf8)
    let statement = masked(cursor)
    if isNew { addObject("role", name, definition: statement) } else { append(statement, to: key) }
    if !attributes.isEmpty { set("attributes", attributes, of: key) }
    set("has-password", Array((kept ? "yes" : "no").utf8), of: key)
  }
}
