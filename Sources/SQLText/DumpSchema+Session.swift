internal import Bytes
internal import Diagnostics
internal import Records

// Settings that change how the rest is read, and what moves rows or sequences.
extension DumpSchema {
  /// SET; the cursor stands behind it.
  mutating func set(_ cursor: inout SQLCursor) -> StatementClass {
    _ = cursor.accept("session") || cursor.accept("local") || cursor.accept("global")
    if cursor.accept("authorization") {
      sessionOwner = cursor.accept("default") ? nil : cursor.name() ?? cursor.string().map { Name($0) }
      return .session
    }
    if cursor.accept("names") {
      clientEncoding = cursor.string() ?? cursor.name()?.bytes
      return .session
    }
    if cursor.accept("transaction") || cursor.accept("constraints") { return .transaction }
    var isFirst = true
    while !cursor.isAtEnd, isFirst || syntax.family == .mysql {
      isFirst = false
      setVariable(&cursor)
      cursor.skip(to: [])
      guard cursor.acceptSymbol(",") else { break }
    }
    return .session
  }

  private mutating func setVariable(_ cursor: inout SQLCursor) {
    _ = cursor.accept("session") || cursor.accept("global")
    guard let token = cursor.peek() else { return }
    cursor.skip()
    let text = Name(cursor.lexer.text(token)).lowercased
    let name = text.hasPrefix("@@session.") ? Name(Array(text.bytes.dropFirst(10))) : text
    _ = cursor.acceptSymbol("=") || cursor.accept("to")
    if cursor.isSymbol(":") { cursor.skip(2) }
    switch syntax.family {
    case .postgres: setPostgres(name, &cursor)
    case .mysql: setMySQL(name, &cursor)
    case .sqlite: break
    }
  }

  private mutating func setPostgres(_ name: Name, _ cursor: inout SQLCursor) {
    if name == "standard_conforming_strings" {
      let value = Name(cursor.string() ?? cursor.name()?.bytes ?? []).lowercased
      syntax.backslashEscapes = ["off", "false", "no", "0", "f"].contains(value)
    } else if name == "client_encoding" {
      clientEncoding = cursor.string() ?? cursor.name()?.bytes
    } else if name == "search_path" {
      var path: [Name] = []
      repeat {
        guard let schema = cursor.name() ?? cursor.string().map({ Name($0) }), path.count < 64 else { break }
        if !schema.isEmpty { path.append(schema) }
      } while cursor.acceptSymbol(",")
      searchPath = path == ["default"] ? ["public"] : path
    }
  }

  private mutating func setMySQL(_ name: Name, _ cursor: inout SQLCursor) {
    guard let token = cursor.peek() else { return }
    let value = Name(cursor.lexer.value(token)).lowercased
    if name == "sql_mode" || name == "@@sql_mode" {
      if token.kind == .parameter {
        if let saved = savedSyntaxes[value] { syntax = saved }
      } else {
        let modes = value.bytes.split(separator: UInt8(ascii: ",")).map { Name(Array($0)) }
        let whole: Set<Name> = ["ansi", "postgresql", "oracle", "mssql", "db2", "maxdb"]
        syntax.ansiQuotes = modes.contains { $0 == "ansi_quotes" || whole.contains($0) }
        syntax.backslashEscapes = !modes.contains("no_backslash_escapes")
      }
    } else if value == "@@sql_mode", savedSyntaxes.count < 64 {
      savedSyntaxes[name] = syntax
    } else if name == "character_set_client", token.kind != .parameter {
      clientEncoding = value.bytes
    }
  }

  mutating func reset(_ cursor: inout SQLCursor) -> StatementClass {
    if cursor.accept("session", "authorization") { sessionOwner = nil }
    if isPostgres, cursor.accept("all") || cursor.accept("search_path") { searchPath = ["public"] }
    return .session
  }

  /// SELECT; the cursor stands behind it. Functions that move sequences and large objects are known, all others are code.
  mutating func select(_ cursor: inout SQLCursor) -> StatementClass {
    let start = cursor.at
    let harmful = [
      "lo_import", "lo_export", "load_extension", "pg_read_file", "pg_read_binary_file", "pg_ls_dir", "dblink",
      "dblink_exec", "dblink_connect", "load_file", "sys_exec", "sys_eval", "writefile", "readfile", "edit",
      "pg_reload_conf", "pg_terminate_backend", "pg_execute_server_program", "query_to_xml", "pg_file_write",
    ]
    while let token = cursor.peek() {
      if token.isIdentifier, let name = cursor.lexer.name(token)?.lowercased,
        harmful.contains(where: { name.bytes.elementsEqual($0.utf8) }), cursor.isSymbol("(", ahead: 1)
      {
        forbid("calls a function that reaches out of the database", isAttack: true)
        addStatement(cursor)
        return .forbidden
      }
      if cursor.accept("into"), cursor.isNext("outfile") || cursor.isNext("dumpfile") {
        forbid("writes a file", isAttack: true)
        addStatement(cursor)
        return .forbidden
      }
      cursor.skip()
    }
    cursor.at = start
    if cursor.isSymbol("*"), isStatistics(cursor) {
      note("statistics-left-out", .info, "dump holds statistics of the planner, which a server computes anew")
      return .session
    }
    guard let parts = cursor.qualifiedName(), cursor.acceptSymbol("("), let function = parts.last, isPostgres else {
      addStatement(cursor)
      return .code
    }
    switch function {
    case "set_config":
      let name = Name(cursor.string() ?? []).lowercased
      _ = cursor.acceptSymbol(",")
      if let value = cursor.string() {
        var inner = SQLCursor(value, syntax, limit: 1024)
        setPostgres(name, &inner)
        if name == "search_path", value.isEmpty { searchPath = [] }
      }
      return .session
    case "setval":
      setSequence(&cursor)
      return .data
    case "lo_create", "lo_open", "lowrite", "lo_close", "lo_unlink", "lo_creat", "lo_from_bytea", "lo_put":
      callLargeObject(function, &cursor)
      return .data
    default:
      addStatement(cursor)
      return .code
    }
  }

  /// Whether the statement restores statistics: `SELECT * FROM pg_catalog.pg_restore_attribute_stats(…)`.
  private func isStatistics(_ cursor: SQLCursor) -> Bool {
    var cursor = cursor
    cursor.skip()
    guard isPostgres, cursor.accept("from"), let name = cursor.qualifiedName()?.last else { return false }
    return name.hasPrefix("pg_restore_") && name.hasSuffix("_stats")
  }

  /// The position of a sequence: `setval('s', 5, true)`.
  private mutating func setSequence(_ cursor: inout SQLCursor) {
    guard let reference = cursor.string() else { return }
    var inner = SQLCursor(reference, syntax, limit: 16)
    guard let parts = inner.qualifiedName() else { return }
    if cursor.isNext("::") { cursor.skip() }
    while !cursor.isAtEnd, !cursor.acceptSymbol(",") { cursor.skip() }
    let start = cursor.at
    while !cursor.isAtEnd, !cursor.isSymbol(","), !cursor.isSymbol(")") { cursor.skip() }
    let value = cursor.text(from: start)
    let isCalled = !(cursor.acceptSymbol(",") && cursor.isNext("false"))
    let (name, schema) = labelled(parts), key = ObjectKey(kind: "sequence", name: name, table: nil)
    if objectNumbers[key] == nil { addObject("sequence", name, schema: schema, definition: cursor.bytes) }
    set("last-value", value, of: key)
    set("is-called", Array((isCalled ? "yes" : "no").utf8), of: key)
  }

  /// COPY; the cursor stands behind it.
  mutating func copy(_ cursor: inout SQLCursor) -> StatementClass {
    _ = cursor.accept("binary")
    if cursor.isSymbol("(") { cursor.skipBrackets() } else { _ = cursor.qualifiedName() }
    if cursor.isSymbol("(") { cursor.skipBrackets() }
    if cursor.accept("from"), cursor.accept("stdin") { return .data }
    forbid(cursor.isNext("program") ? "runs a program" : "reads or writes a file of the server", isAttack: true)
    addStatement(cursor)
    return .forbidden
  }

  /// INSERT or REPLACE; only SQLite's own table of objects is looked into.
  mutating func insert(_ statement: [UInt8], _ head: SQLCursor) -> StatementClass {
    var head = head
    guard syntax.family == .sqlite, head.accept("insert", "into"), let name = head.name()?.lowercased,
      name == "sqlite_schema" || name == "sqlite_master"
    else { return .data }
    var cursor = SQLCursor(statement, syntax, limit: 256), last: [UInt8]?
    while let token = cursor.peek() {
      if token.kind == .string { last = cursor.lexer.value(token) }
      cursor.skip()
    }
    if let last { _ = add(last, at: offset) }
    return .schema
  }

  /// PRAGMA; the cursor stands behind it. Those that dumps hold are harmless.
  mutating func pragma(_ cursor: inout SQLCursor) -> StatementClass {
    let known: Set<Name> = [
      "foreign_keys", "encoding", "user_version", "application_id", "journal_mode", "synchronous", "writable_schema",
      "legacy_file_format", "page_size", "auto_vacuum", "cache_size", "temp_store", "defer_foreign_keys",
      "case_sensitive_like", "recursive_triggers", "locking_mode", "ignore_check_constraints", "integrity_check",
      "foreign_key_check", "table_info", "trusted_schema", "cell_size_check",
    ]
    let name = cursor.qualifiedName()?.last?.lowercased ?? ""
    if cursor.isAtEnd || known.contains(name) { return .session }
    forbid("changes a setting of SQLite that dumps do not hold", isAttack: true)
    return .forbidden
  }
}
