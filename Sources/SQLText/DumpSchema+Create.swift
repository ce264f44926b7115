internal import Bytes
internal import Records

// CREATE of everything.
extension DumpSchema {
  /// Kinds that run code of the dump, at once or later.
  private static let codeKinds: Set<String> = [
    "function", "procedure", "aggregate", "trigger", "event-trigger", "rule", "operator", "cast", "language",
    "extension",
    "materialized-view",
  ]

  /// CREATE; the cursor stands behind it.
  mutating func create(_ cursor: inout SQLCursor) -> StatementClass {
    var isUnlogged = false, isUnique = false, form: String?
    let modifiers = [
      "or", "replace", "temp", "temporary", "global", "local", "unlogged", "unique", "constraint", "recursive",
      "trusted",
      "procedural", "default", "virtual", "fulltext", "spatial", "online", "offline",
    ]
    while let word = cursor.accept(oneOf: modifiers) {
      if word == "unlogged" { isUnlogged = true }
      if word == "unique" { isUnique = true }
      if ["virtual", "fulltext", "spatial"].contains(word) { form = word }
    }
    // MySQL: `ALGORITHM=… DEFINER=`a`@`b` SQL SECURITY DEFINER VIEW`.
    if syntax.family == .mysql,
      cursor.isNext("algorithm") || cursor.isNext("definer") || cursor.isNext("sql")
        || cursor.isNext("aggregate")
    {
      let ends = ["view", "trigger", "procedure", "function", "event", "table", "role", "user"]
      for _ in 0..<24 where !ends.contains(where: { cursor.isNext($0) }) { cursor.skip() }
    }
    let kindStart = cursor.at
    guard let kind = kind(&cursor) else {
      addStatement(cursor)
      return .unknown
    }
    switch kind {
    case "table" where form == "virtual": virtualTable(&cursor)
    case "table": return createTable(&cursor, isUnlogged: isUnlogged)
    case "foreign-table":
      let name = cursor
      _ = createTable(&cursor)
      addNamed("foreign-table", name)
    case "index": index(&cursor, isUnique: isUnique, method: form)
    case "view", "materialized-view": addNamed(kind, cursor)
    case "sequence": sequence(&cursor)
    case "type": type(declaration: &cursor)
    case "domain": domain(&cursor)
    case "function", "procedure": function(&cursor, kind)
    case "aggregate": aggregate(&cursor)
    case "trigger": trigger(&cursor)
    case "event-trigger": eventTrigger(&cursor)
    case "policy": policy(&cursor)
    case "rule": rule(&cursor)
    case "extension": createExtension(&cursor)
    case "role": role(&cursor, isNew: true)
    case "user-mapping": userMapping(&cursor)
    case "cast":
      addObject("cast", Name(cursor.bracketed() ?? []), definition: cursor.bytes)
    case "operator": operatorObject(&cursor, kindStart)
    case "publication": publication(&cursor)
    case "schema", "database", "tablespace", "language", "server", "subscription":
      _ = cursor.accept("if", "not", "exists")
      let name = cursor.name() ?? cursor.accept("authorization").named(&cursor)
      addObject(kind, name ?? "", definition: masked(cursor))
    case "statement", "constraint", "column", "large-object": addStatement(cursor)
    default: addNamed(kind, cursor)
    }
    return Self.codeKinds.contains(kind) ? .code : .schema
  }

  /// Adds an object whose name comes next.
  mutating func addNamed(_ kind: String, _ cursor: SQLCursor, _ attributes: [SchemaAttribute] = []) {
    var cursor = cursor
    _ = cursor.accept("concurrently")
    _ = cursor.accept("if", "not", "exists")
    guard let parts = cursor.qualifiedName() else { return addStatement(cursor) }
    let (name, schema) = labelled(parts)
    addObject(kind, name, schema: schema, definition: cursor.bytes, attributes)
  }

  /// SQLite's table of a module.
  private mutating func virtualTable(_ cursor: inout SQLCursor) {
    _ = cursor.accept("if", "not", "exists")
    guard let parts = cursor.qualifiedName(), let local = parts.last else { return addStatement(cursor) }
    _ = cursor.accept("using")
    let module = cursor.name() ?? ""
    if shadowNames.count < Self.tableLimit, module.lowercased.hasPrefix("fts") || module.lowercased == "rtree" {
      let suffixes: [Name] = [
        "_data", "_idx", "_content", "_docsize", "_config", "_segments", "_segdir", "_stat", "_node", "_parent",
        "_rowid",
      ]
      for suffix in suffixes { shadowNames[(local + suffix).lowercased] = local }
    }
    addObject(
      "statement", local, definition: cursor.bytes,
      [SchemaAttribute("form", Array("virtual-table".utf8)), SchemaAttribute("module", module.bytes)])
  }

  /// An index; the cursor stands behind INDEX.
  private mutating func index(_ cursor: inout SQLCursor, isUnique: Bool, method form: String?) {
    _ = cursor.accept("concurrently")
    _ = cursor.accept("if", "not", "exists")
    var own = cursor.isNext("on") ? nil : cursor.qualifiedName()
    if own == nil, cursor.isNext("on"), cursor.isNext(["on"], ahead: 1) { own = cursor.qualifiedName() }
    if syntax.family == .mysql, cursor.accept("using") { cursor.skip() }
    guard cursor.accept("on") else { return addStatement(cursor) }
    _ = cursor.accept("only")
    guard let parts = cursor.qualifiedName() else { return addStatement(cursor) }
    var method = form.map { Array($0.utf8) } ?? []
    if cursor.accept("using"), let name = cursor.name() { method = name.bytes }
    let columns = indexColumns(&cursor)
    var isPartial = false
    while !cursor.isAtEnd {
      if cursor.accept("where") { isPartial = true }
      if cursor.isSymbol("(") { cursor.skipBrackets() } else { cursor.skip() }
    }
    if let table = number(parts), let columns, !isPartial, form == nil,
      let numbers = entries[table].numbers(of: columns.names, folded)
    {
      if isUnique, columns.isWhole {
        addUnique(numbers, nil, table)
      } else if mayAddKey() {
        entries[table].indexes.append(numbers)
      }
    }
    addObject(
      "index", own?.last ?? "index", table: tableLabel(parts), definition: cursor.bytes,
      [SchemaAttribute("unique", isUnique ? Array("yes".utf8) : []), SchemaAttribute("method", method)])
  }

  private mutating func createExtension(_ cursor: inout SQLCursor) {
    _ = cursor.accept("if", "not", "exists")
    guard let name = cursor.name() else { return addStatement(cursor) }
    var schema: [UInt8] = []
    while !cursor.isAtEnd {
      if cursor.accept("schema") { schema = cursor.name()?.bytes ?? [] } else { cursor.skip() }
    }
    addObject("extension", name, definition: cursor.bytes, [SchemaAttribute("schema", schema)])
  }

  private mutating func userMapping(_ cursor: inout SQLCursor) {
    _ = cursor.accept("if", "not", "exists")
    _ = cursor.accept("for")
    let user = cursor.name() ?? "", server = cursor.accept("server") ? cursor.name() ?? "" : ""
    addObject("user-mapping", user + "@" + server, definition: masked(cursor))
  }

  /// OPERATOR, OPERATOR CLASS, OPERATOR FAMILY: a name may be made of signs.
  private mutating func operatorObject(_ cursor: inout SQLCursor, _ start: Int) {
    let parts = cursor.qualifiedName() ?? []
    let isSign = cursor.acceptSymbol(".") || parts.isEmpty
    if isSign, let token = cursor.peek() {
      let (name, schema) = labelled(parts + [Name(cursor.lexer.text(token))])
      addObject("operator", name, schema: schema, detail: [UInt8(truncatingIfNeeded: start)], definition: cursor.bytes)
      return
    }
    let (name, schema) = labelled(parts)
    addObject("operator", name, schema: schema, detail: [UInt8(truncatingIfNeeded: start)], definition: cursor.bytes)
  }

  private mutating func publication(_ cursor: inout SQLCursor) {
    guard let name = cursor.name() else { return addStatement(cursor) }
    var tables: [UInt8] = []
    if cursor.accept("for"), cursor.accept("table") { tables = cursor.rest }
    addObject("publication", name, definition: cursor.bytes, [SchemaAttribute("tables", tables)])
  }

  private mutating func rule(_ cursor: inout SQLCursor) {
    guard let name = cursor.name() else { return addStatement(cursor) }
    while !cursor.isAtEnd, !cursor.accept("to") { cursor.skip() }
    let table = cursor.qualifiedName().map { tableLabel($0) }
    addObject("rule", name, table: table, definition: cursor.bytes)
  }
}

extension Bool {
  /// The name that comes next, if this is true.
  fileprivate func named(_ cursor: inout SQLCursor) -> Name? { self ? cursor.name() : nil }
}
