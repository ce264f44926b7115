internal import Bytes
internal import Conversion
internal import PostgresClient
internal import Records

// What stands around the rows.
extension PostgresWriter {
  /// Whether primary keys are made with the tables: something before the end needs them.
  var hasEarlyKeys: Bool { schema.cycles != nil }

  /// Makes tables and stages, deletes rows that are to be replaced.
  func begin() throws(WriteError) {
    if !options.isPreview, progress?.isResumed != true {
      if options.write.writesSchema { try makeTables() }
      if options.mode == .replace, !options.isRestore, options.write.writesData { try deleteRows() }
    }
    for (i, table) in plan.tables.enumerated() {
      guard !plan.looksForRefusals else {
        try makePreviewStage(i)
        continue
      }
      guard let stage = table.stage, let existing = table.existing else { continue }
      let list = schema.tables[i].list(schema.tables[i].written)
      let number = table.rowColumn.map {
        words("0::pg_catalog.int8 AS ") + SQLDialect.postgres.quoted($0) + words(", ")
      }
      let create =
        words("CREATE TEMP TABLE ") + stage
        + words(progress == nil ? " ON COMMIT DROP AS SELECT " : " ON COMMIT DELETE ROWS AS SELECT ") + (number ?? [])
        + list
        + words(" FROM ")
        + existing.quotedName + words(" WITH NO DATA")
      try telling(i) { (session) throws(PostgresError) in try session.execute(create) }
    }
    guard options.write.writesData, !options.isPreview else { return }
    try deferChecks()
  }

  /// What has to be said once in each transaction.
  func deferChecks() throws(WriteError) {
    try telling { (session) throws(PostgresError) in
      try session.execute(
        schema.cycles == .replica
          ? "SET LOCAL session_replication_role = replica" : "SET CONSTRAINTS ALL DEFERRED")
    }
  }

  private func makeTables() throws(WriteError) {
    for i in plan.tables.indices where plan.tables[i].existing == nil {
      let table = schema.tables[i]
      if let name = table.schemaName { try makeSchema(name) }
      let create = schema.createTable(table, withPrimaryKey: hasEarlyKeys)
      let number = plan.tables[i].rowColumn.map {
        words("ALTER TABLE ") + table.quotedName + words(" ADD COLUMN ") + SQLDialect.postgres.quoted($0)
          + words(" pg_catalog.int8")
      }
      try telling(i) { (session) throws(PostgresError) in
        try session.execute(create)
        if let number { try session.execute(number) }
      }
    }
    for key in schema.earlyKeyStatements() where plan.tables[key.table].existing == nil {
      try telling(key.table) { (session) throws(PostgresError) in try session.execute(key.text) }
    }
  }

  /// Makes a schema unless it is there: to say IF NOT EXISTS takes a right that its user may not have.
  private func makeSchema(_ name: Name) throws(WriteError) {
    try telling { (session) throws(PostgresError) in
      let isThere =
        try session.integer(words("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1"), [name.bytes]) == 1
      if !isThere { try session.execute(words("CREATE SCHEMA ") + SQLDialect.postgres.quoted(name)) }
    }
  }

  /// Deletes the rows of all tables that are there; nothing outside them refers to any.
  private func deleteRows() throws(WriteError) {
    let names = plan.tables.compactMap { $0.existing?.quotedName }
    guard !names.isEmpty else { return }
    if !plan.hasReferringTables {
      let list = Array(names.joined(separator: words(", ")))
      return try telling { (session) throws(PostgresError) in try session.execute(words("TRUNCATE ") + list) }
    }
    for i in plan.tables.indices.reversed() {
      guard let name = plan.tables[i].existing?.quotedName else { continue }
      try telling(i) { (session) throws(PostgresError) in try session.execute(words("DELETE FROM ") + name) }
    }
  }

  /// Makes the keys and indexes of new tables.
  func makeKeys() throws(WriteError) {
    guard options.write.writesSchema else { return }
    if !hasEarlyKeys {
      for i in plan.tables.indices where plan.tables[i].existing == nil {
        guard let key = schema.addPrimaryKey(schema.tables[i]) else { continue }
        try telling(i) { (session) throws(PostgresError) in try session.execute(key) }
      }
    }
    for key in schema.keyStatements() where plan.tables[key.table].existing == nil {
      try telling(key.table) { (session) throws(PostgresError) in try session.execute(key.text) }
    }
  }

  /// Moves sequences behind the greatest key, in a way that ends with the transaction when it fails.
  func moveSequences() throws(WriteError) {
    for (i, table) in schema.tables.enumerated() {
      guard let existing = plan.tables[i].existing else {
        guard let reset = schema.resetIdentity(table) else { continue }
        try telling(i) { (session) throws(PostgresError) in try session.execute(reset) }
        continue
      }
      let written = Set(table.written.map { table.columns[$0].name })
      for (column, sequence) in existing.sequences where written.contains(column) {
        try telling(i) { (session) throws(PostgresError) in
          try session.advance(sequence, behind: SQLDialect.postgres.quoted(column), of: existing.quotedName)
        }
      }
    }
  }
}

extension PostgresSession {
  /// Lets a sequence go on behind the greatest value of a column, unless it is there already.
  fileprivate func advance(
    _ sequence: [UInt8], behind column: [UInt8], of table: [UInt8]
  ) throws(PostgresError) {
    let next = try integer(
      words("SELECT CASE WHEN m >= s.last_value THEN m + 1 END FROM ") + sequence
        + words(" s, (SELECT pg_catalog.max(") + column + words(")::pg_catalog.int8 AS m FROM ") + table + words(") t"))
    guard next > 0 else { return }
    try execute(words("ALTER SEQUENCE ") + sequence + words(" RESTART WITH \(next)"))
  }
}
