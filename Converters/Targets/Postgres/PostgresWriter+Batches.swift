internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

/// How far a load came that is committed in batches.
struct LoadProgress {
  let size: Int
  let source: [UInt8]
  /// Whether an earlier load goes on.
  var isResumed = false
  /// By table: rows that are committed, and whether the load made it.
  private(set) var done: [(rows: Int, isNew: Bool)] = []
  /// Rows since the last commit.
  var pending = 0

  func isNew(_ table: Int) -> Bool { done.indices.contains(table) && done[table].isNew }
  func rows(_ table: Int) -> Int { done.indices.contains(table) ? done[table].rows : 0 }

  /// What is known of an earlier load of the same source; nil when the load is one transaction.
  static func find(
    _ ledger: inout LoadLedger, _ schema: SQLSchema, _ options: LoadOptions, _ session: PostgresSession
  ) throws(WriteError) -> LoadProgress? {
    guard let batches = options.batches, !options.isPreview else { return nil }
    ledger.isInBatches = true
    // The same bytes read by other flags are another source.
    var names: [UInt8] = batches.source
    for table in schema.tables { names += [0] + table.quotedName }
    let hash = Hash128.of(names.span, seed: 0)
    var progress = LoadProgress(size: max(batches.size, 1), source: batches.source + words("-\(hash)"))
    let source = progress.source, mode = words(options.mode.rawValue)
    var found: (identifier: [UInt8], words: [UInt8], isComplete: Bool)?
    do throws(PostgresError) {
      let isThere =
        try session.integer(
          words(
            """
            SELECT 1 FROM pg_catalog.pg_attribute
            WHERE attrelid = pg_catalog.to_regclass('coffer.loads') AND attname = 'progress' AND NOT attisdropped
            """)) == 1
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
    guard found?.isComplete != true || !batches.resumes else {
      throw WriteError(
        .refused("the load of this backup is complete: there is nothing to go on with"),
        advice: "leave --resume out to load it once more")
    }
    if found?.isComplete == true { found = nil }
    guard let found else {
      if batches.resumes { session.note("no load of this backup was stopped there: it begins anew") }
      progress.done = schema.tables.map { _ in (0, false) }
      return progress
    }
    guard batches.resumes else {
      throw WriteError(
        .refused("a load of this backup was begun there and not finished"),
        advice: "--resume goes on with it; to begin anew, take away its row in coffer.loads and what it loaded")
    }
    let parts = found.words.split(separator: UInt8(ascii: " "))
    progress.done = parts.map { part in
      (Int(Int64(digits: Array(part.dropLast()).span) ?? 0), part.last == UInt8(ascii: "n"))
    }
    guard progress.done.count == schema.tables.count else {
      throw WriteError(.refused("the row of the load in coffer.loads is damaged"))
    }
    progress.isResumed = true
    ledger.identifier = found.identifier
    ledger.isKept = true
    return progress
  }

  /// Notes which tables the load makes.
  mutating func note(_ plan: PostgresPlan) {
    for i in done.indices where plan.tables[i].existing == nil { done[i].isNew = true }
  }

  /// The progress as it is kept: rows of each table that were read.
  func kept(_ seen: [Int]) -> (source: [UInt8], words: [UInt8]) {
    let parts = done.indices.map { "\(max(seen[$0], done[$0].rows))\(done[$0].isNew ? "n" : "o")" }
    return (source, Array(parts.joined(separator: " ").utf8))
  }
}

extension PostgresWriter {
  /// Writes the rows of a batch that are not there yet, and commits whenever there are enough.
  mutating func writeInBatches(_ batch: borrowing RecordBatch) throws(WriteError) {
    guard let size = progress?.size else { return }
    let left = (progress?.rows(current) ?? 0) - seen[current]
    var start = min(max(left, 0), batch.rowCount)
    seen[current] += start
    while start < batch.rowCount {
      let pending = progress?.pending ?? 0
      guard pending < size else {
        try commitBatch()
        continue
      }
      let end = min(start + size - pending, batch.rowCount)
      try write(start..<end, of: batch)
      seen[current] += end - start
      progress?.pending += end - start
      start = end
    }
  }

  /// Commits what was written, with how far it came.
  private mutating func commitBatch() throws(WriteError) {
    try endRun()
    for i in plan.tables.indices where plan.tables[i].stage != nil { try merge(i) }
    guard let kept = progress?.kept(seen) else { return }
    let ledger = ledger, mode = options.mode, tables = plan.tables.count
    let rows = seen.reduce(0, +)
    do throws(WriteError) {
      try telling { (session) throws(PostgresError) in
        try session.execute("SET CONSTRAINTS ALL IMMEDIATE")
        try session.keep(kept, ledger, mode, tables: tables, rows: rows, isComplete: false)
        try session.execute("COMMIT")
        try session.beginAgain()
      }
    } catch {
      var error = error
      error.advice = "rows that were committed are there; the same command with --resume goes on"
      throw error
    }
    self.ledger.isKept = true
    progress?.pending = 0
    try deferChecks()
    try openRun()
  }
}
