internal import Bytes
internal import Conversion
internal import PostgresClient
internal import Records

// Rows that are compared with those of a table: they wait in a temporary table and go in by one statement, tables that are
// referred to first.
extension PostgresWriter {
  /// Counts the rows of a stage whose key is in the table; refuses keys that come twice.
  func matches(_ position: Int, _ existing: ExistingTable, _ stage: [UInt8]) throws(WriteError) -> Int {
    let table = schema.tables[position]
    let keys = existing.primaryKey.map { SQLDialect.postgres.quoted($0) }
    let list = Array(keys.joined(separator: words(", ")))
    let repeated = try telling(position) { (session) throws(PostgresError) in
      try session.integer(
        words("SELECT pg_catalog.count(*) FROM (SELECT FROM ") + stage + words(" GROUP BY ") + list
          + words(" HAVING pg_catalog.count(*) > 1) r"))
    }
    guard repeated == 0 else {
      throw WriteError(
        .refused("\(repeated) \(repeated == 1 ? "key comes" : "keys come") more than once in the backup"),
        table: table.source.name, advice: "convert the backup and mend the rows, or leave the table out with --exclude")
    }
    return try telling(position) { (session) throws(PostgresError) in
      try session.integer(
        words("SELECT pg_catalog.count(*) FROM ") + stage + words(" JOIN ") + existing.quotedName + words(" t USING (")
          + list + words(")"))
    }
  }

  /// Moves the rows of a stage into its table.
  mutating func merge(_ position: Int) throws(WriteError) {
    guard let existing = plan.tables[position].existing, let stage = plan.tables[position].stage else { return }
    let matched = isMerged && !existing.primaryKey.isEmpty ? try matches(position, existing, stage) : 0
    let statement = insertStatement(position, existing, stage)
    let taken = try telling(position) { (session) throws(PostgresError) in try session.change(statement) }
    let left = options.mode == .skipExisting ? matched : 0
    plan.tables[position].taken += taken + left
    matchedRows[position, default: 0] += matched
  }

  var isMerged: Bool { options.mode == .upsert || options.mode == .skipExisting || options.isRestore }

  /// Removes rows that are not among those to be restored, those that refer to others first.
  func removeStrangers() throws(WriteError) {
    for i in plan.tables.indices.reversed() {
      guard let existing = plan.tables[i].existing, let stage = plan.tables[i].stage else { continue }
      var delete = words("DELETE FROM ") + existing.quotedName
      if !existing.primaryKey.isEmpty {
        let keys = existing.primaryKey.map { SQLDialect.postgres.quoted($0) }
        delete += words(" t WHERE NOT EXISTS (SELECT FROM ") + stage + words(" s WHERE ")
        delete +=
          Array(keys.map { words("s.") + $0 + words(" = t.") + $0 }.joined(separator: words(" AND "))) + words(")")
      }
      let statement = delete
      try telling(i) { (session) throws(PostgresError) in try session.execute(statement) }
    }
  }

  /// Takes rows of a stage into its table: all, or those with some numbers.
  func insertStatement(
    _ position: Int, _ existing: ExistingTable, _ stage: [UInt8], rows: Range<Int>? = nil
  ) -> [UInt8] {
    let table = schema.tables[position], list = table.list(table.written)
    // Columns that are numbered always, too, get the numbers of the backup.
    var insert =
      words("INSERT INTO ") + existing.quotedName + words(" (") + list + words(") OVERRIDING SYSTEM VALUE SELECT ")
      + list + words(" FROM ") + stage
    if let rows, let name = plan.tables[position].rowColumn {
      insert +=
        words(" WHERE ") + SQLDialect.postgres.quoted(name)
        + words(" BETWEEN \(rows.lowerBound) AND \(rows.upperBound - 1)")
    }
    return isMerged && !existing.primaryKey.isEmpty ? insert + conflictClause(table, existing) : insert
  }

  private func conflictClause(_ table: SQLTable, _ existing: ExistingTable) -> [UInt8] {
    let keys = existing.primaryKey.map { SQLDialect.postgres.quoted($0) }
    let head = words(" ON CONFLICT (") + Array(keys.joined(separator: words(", ")))
    let others = table.written.map { table.columns[$0].quotedName }.filter { !keys.contains($0) }
    guard options.mode == .upsert || options.isRestore, !others.isEmpty else { return head + words(") DO NOTHING") }
    let sets = others.map { $0 + words(" = EXCLUDED.") + $0 }
    return head + words(") DO UPDATE SET ") + Array(sets.joined(separator: words(", ")))
  }

  /// What a load would do.
  mutating func previewed() throws(WriteError) -> [LoadOutcome] {
    if let rejects { try findRefusals(rejects) }
    for i in plan.tables.indices {
      plan.tables[i].taken = plan.tables[i].sent
      // Elsewhere no row takes the place of another.
      guard options.mode == .upsert || options.mode == .skipExisting || options.isRestore,
        let existing = plan.tables[i].existing, let stage = plan.tables[i].stage
      else { continue }
      matchedRows[i] = existing.primaryKey.isEmpty ? 0 : try matches(i, existing, stage)
    }
    return outcomes()
  }

  /// What was done.
  func outcomes() -> [LoadOutcome] {
    plan.tables.indices.map { i in
      let table = plan.tables[i], matched = matchedRows[i] ?? 0
      var outcome = LoadOutcome(table: schema.tables[i].source.name, place: plan.name(i, schema))
      outcome.existing = table.existing?.rows ?? 0
      outcome.isNew = table.existing == nil
      if options.mode == .replace, options.write.writesData { outcome.deleted = outcome.existing - matched }
      outcome.created = table.taken - matched
      if options.mode == .upsert || options.isRestore { outcome.updated = matched }
      if options.mode == .skipExisting { outcome.skipped = matched }
      return outcome
    }
  }
}
