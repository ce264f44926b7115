internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

extension LoadProgress {
  /// What is known of an earlier load of the same source; nil when the load is one transaction.
  static func find(
    _ ledger: inout LoadLedger, _ schema: SQLSchema, _ options: LoadOptions, _ session: PostgresSession
  ) throws(WriteError) -> LoadProgress? {
    guard let batches = options.batches, !options.isPreview else { return nil }
    ledger.isInBatches = true
    var progress = LoadProgress(batches, schema, keepsRejects: options.rejects != nil)
    let source = progress.source, mode = Array(options.mode.rawValue.utf8)
    var found: (identifier: [UInt8], words: [UInt8], isComplete: Bool)?
    do throws(PostgresError) {
      let isThere =
        try session.query(
          """
          SELECT 1 FROM pg_catalog.pg_attribute
          WHERE attrelid = pg_catalog.to_regclass('coffer.loads') AND attname = 'progress' AND NOT attisdropped
          """
        ) { $0.count } == 1
      found =
        !isThere
        ? nil
        : try session.query(
          """
          SELECT id, progress, is_complete FROM coffer.loads WHERE source = $1 AND mode = $2
          ORDER BY is_complete, committed_at DESC LIMIT 1
          """, [source, mode]
        ) { rows in rows.count > 0 ? (rows[0, 0] ?? [], rows[0, 1] ?? [], rows.isTrue(0, 2)) : nil }
    } catch { throw WriteError(error) }
    guard let found else {
      if batches.resumes { session.note("no load of this backup was stopped there: it begins anew") }
      return progress
    }
    try check(isComplete: found.isComplete, resumes: batches.resumes, ledger: "coffer.loads")
    guard !found.isComplete else { return progress }
    try progress.resume(at: found.words)
    ledger.identifier = found.identifier
    ledger.isKept = true
    return progress
  }

  /// Notes which tables the load makes.
  mutating func note(_ plan: PostgresPlan) {
    for (i, table) in plan.tables.enumerated() {
      note(i, isNew: table.existing == nil, before: table.existing?.rows ?? 0)
    }
  }
}

extension PostgresWriter {
  /// Goes on counting where the load was stopped.
  mutating func restore() throws(WriteError) {
    guard let progress else { return }
    defer { rejects?.tellNews() }
    guard progress.isResumed else { return }
    for i in plan.tables.indices {
      (plan.tables[i].sent, plan.tables[i].taken) = (progress[i].sent, progress[i].taken)
      if progress[i].matched > 0 { matchedRows[i] = progress[i].matched }
      committed[i] = (progress[i].taken, progress[i].matched)
    }
    guard let rejects else { return }
    for (table, row, refusal) in try telling(nil, { (session) throws(PostgresError) in try session.rejects(ledger) })
    where schema.tables.indices.contains(table) {
      try rejects.add(row, of: schema.tables[table].source.name, refusal)
    }
  }

  /// Writes the rows of a batch that are not there yet, and commits whenever there are enough.
  mutating func writeInBatches(_ batch: borrowing RecordBatch) throws(WriteError) {
    do throws(WriteError) { try writeLeft(of: batch) } catch {
      throw ledger.isKept ? LoadProgress.located(error) : error
    }
  }

  private mutating func writeLeft(of batch: borrowing RecordBatch) throws(WriteError) {
    guard let size = progress?.size else { return }
    let left = (progress?[current].rows ?? 0) - seen[current]
    var start = min(max(left, 0), batch.rowCount)
    // What their cells lose is told by the load that comes to the end.
    for row in 0..<start { _ = try conformers[current].conform(row: row, of: batch, copyingTo: &copy) }
    seen[current] += start
    while start < batch.rowCount {
      let pending = progress?.pending ?? 0
      guard pending < size else {
        try commitBatch()
        continue
      }
      let end = min(start + size - pending, batch.rowCount)
      if rejects == nil { try write(start..<end, of: batch) } else { try writeLeavingOut(start..<end, of: batch) }
      seen[current] += end - start
      progress?.pending += end - start
      start = end
    }
  }

  /// How far the load came, as it is kept.
  func kept() -> (source: [UInt8], words: [UInt8])? {
    guard var progress else { return nil }
    for i in plan.tables.indices {
      (progress[i].sent, progress[i].taken) = (plan.tables[i].sent, plan.tables[i].taken)
      progress[i].matched = matchedRows[i] ?? 0
    }
    return (progress.source, progress.words(seen))
  }

  /// Commits what was written, with how far it came.
  private mutating func commitBatch() throws(WriteError) {
    try endRun()
    if let rejects {
      try mergeLeavingOut(rejects, isLast: false)
    } else {
      for i in plan.tables.indices where plan.tables[i].stage != nil { try merge(i) }
    }
    guard let kept = kept() else { return }
    let ledger = ledger, mode = options.mode, tables = plan.tables.count
    let rows = seen.reduce(0, +)
    let news = (rejects?.takeNews() ?? []).compactMap { row, table, refusal in
      schema.index(of: table).map { (table: $0, row: row, refusal: refusal) }
    }
    try telling { (session) throws(PostgresError) in
      try session.execute("SET CONSTRAINTS ALL IMMEDIATE")
      try session.keep(kept, ledger, mode, tables: tables, rows: rows, isComplete: false)
      try session.keep(news, ledger)
      try session.execute("COMMIT")
      try session.beginAgain()
    }
    self.ledger.isKept = true
    for i in plan.tables.indices { committed[i] = (plan.tables[i].taken, matchedRows[i] ?? 0) }
    progress?.pending = 0
    try deferChecks()
    try openRun()
  }
}
