/// What the first word of a statement leads to.
enum Meaning: Sendable {
  case plain(StatementClass)
  case insert, create, alter, drop, comment, copy, select, set, reset, use, pragma, rename, begin, load
  case grant(isRevoke: Bool)
  /// Runs something of the database.
  case code
  /// Runs at once, as blocks of code do.
  case block(String)
  /// Reaches out of the database.
  case forbidden(String)
}

extension DumpSchema {
  /// First words of statements.
  static let verbs: [(word: String, meaning: Meaning)] = [
    ("insert", .insert), ("replace", .insert), ("copy", .copy), ("update", .plain(.data)), ("delete", .plain(.data)),
    ("truncate", .plain(.data)), ("merge", .plain(.data)), ("select", .select), ("create", .create),
    ("alter", .alter), ("drop", .drop), ("comment", .comment), ("grant", .grant(isRevoke: false)),
    ("revoke", .grant(isRevoke: true)), ("rename", .rename), ("set", .set), ("reset", .reset), ("use", .use),
    ("pragma", .pragma), ("begin", .begin), ("start", .plain(.transaction)), ("commit", .plain(.transaction)),
    ("end", .plain(.transaction)), ("rollback", .plain(.transaction)), ("abort", .plain(.transaction)),
    ("savepoint", .plain(.transaction)), ("release", .plain(.transaction)), ("lock", .plain(.session)),
    ("unlock", .plain(.session)), ("analyze", .plain(.session)), ("analyse", .plain(.session)),
    ("vacuum", .plain(.session)), ("reindex", .plain(.session)), ("optimize", .plain(.session)),
    ("flush", .plain(.session)), ("show", .plain(.session)), ("discard", .plain(.session)),
    ("checkpoint", .plain(.session)), ("cluster", .plain(.session)), ("delimiter", .plain(.session)),
    ("deallocate", .plain(.session)), ("close", .plain(.session)), ("listen", .plain(.session)),
    ("unlisten", .plain(.session)), ("with", .code), ("explain", .code), ("prepare", .code), ("execute", .code),
    ("declare", .code), ("fetch", .code), ("refresh", .plain(.code)), ("notify", .code), ("values", .code),
    ("table", .code),
    ("security", .code), ("import", .code), ("reassign", .code), ("do", .block("runs a block of code")),
    ("call", .block("calls a procedure")), ("load", .load), ("attach", .forbidden("attaches another database")),
    ("detach", .plain(.session)), ("install", .forbidden("loads a library")),
    ("uninstall", .forbidden("unloads a library")), ("system", .forbidden("runs a command of the system")),
    ("source", .forbidden("reads a file")), ("handler", .code), ("shutdown", .forbidden("stops the server")),
    ("kill", .forbidden("ends connections")),
  ]

  /// Words for kinds of objects, longer ones first, and our word for each.
  static let kinds: [(words: [String], kind: String)] = [
    (["materialized", "view"], "materialized-view"), (["event", "trigger"], "event-trigger"),
    (["foreign", "table"], "foreign-table"), (["foreign", "data", "wrapper"], "server"),
    (["user", "mapping"], "user-mapping"), (["text", "search", "configuration"], "text-search"),
    (["text", "search", "dictionary"], "text-search"), (["text", "search", "parser"], "text-search"),
    (["text", "search", "template"], "text-search"), (["operator", "class"], "operator"),
    (["operator", "family"], "operator"), (["access", "method"], "statement"), (["large", "object"], "large-object"),
    (["table"], "table"), (["index"], "index"), (["key"], "index"), (["view"], "view"), (["sequence"], "sequence"),
    (["type"], "type"), (["domain"], "domain"), (["schema"], "schema"), (["extension"], "extension"),
    (["function"], "function"), (["procedure"], "procedure"), (["routine"], "function"), (["aggregate"], "aggregate"),
    (["trigger"], "trigger"), (["policy"], "policy"), (["rule"], "rule"), (["constraint"], "constraint"),
    (["column"], "column"), (["publication"], "publication"), (["subscription"], "subscription"), (["role"], "role"),
    (["user"], "role"), (["group"], "role"), (["database"], "database"), (["tablespace"], "tablespace"),
    (["cast"], "cast"), (["collation"], "collation"), (["conversion"], "statement"), (["operator"], "operator"),
    (["statistics"], "statistics"), (["server"], "server"), (["language"], "language"), (["transform"], "statement"),
    (["event"], "statement"), (["package"], "function"),
  ]

  /// Takes the words for a kind of object; nil when none come next.
  func kind(_ cursor: inout SQLCursor) -> String? {
    guard let kind = Self.kinds.first(where: { cursor.isNext($0.words) }) else { return nil }
    cursor.skip(kind.words.count)
    return kind.kind
  }
}
