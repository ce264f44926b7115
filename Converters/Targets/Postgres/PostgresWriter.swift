internal import Bytes
internal import Conversion
internal import PostgresClient
internal import Records

/// Loads records into a live database, in one transaction.
///
/// It does what a script of SQL would say: tables, rows by COPY, then keys and sequences. Rows for tables that are there and that
/// have to be compared with the rows in them go into temporary tables first (see `PostgresMerge`). Nobody else sees anything of
/// it before COMMIT.
struct PostgresWriter: RecordWriter, ~Copyable {
  let session: PostgresSession
  let schema: SQLSchema
  let options: LoadOptions
  var plan: PostgresPlan
  /// Rows of stages whose key is in their table, by table.
  var matchedRows: [Int: Int] = [:]
  /// One for each table.
  var conformers: [SQLRowConformer]
  /// The row that was respelled last.
  var copy = RecordBatch(capacity: 1 << 12)
  /// What is sent.
  var output: OutputBuffer
  /// Position of the current run's table; -1 before the first.
  var current = -1
  /// Forms of its columns.
  var forms: [SQLForm] = []
  /// Positions of its columns that COPY holds, when these are not all.
  var written: [Int] = []
  private var isCopyOpen = false
  /// Rows of the current table before its run.
  private var firstOfRun = 0
  /// Rows that were read, by table.
  var seen: [Int]
  /// Where rows go that are refused, or by what a preview counts them; nil: nowhere.
  let rejects: Rejects?
  /// How far the load came, where it is committed in batches.
  var progress: LoadProgress?
  /// Rows of new tables that the server took, by table; only where refused ones are left out.
  var takenRows: [TakenRows]
  /// Columns that are written as NULL first, by table.
  private let filledIn: [[Int]]
  /// By table, when the transaction began: rows that were taken, and those whose key was there.
  var committed: [(taken: Int, matched: Int)]
  /// Tables whose stages have an index on the numbers of their rows.
  var hasIndex: Set<Int> = []
  /// The statements that fill them in; nil before the first.
  private var references: LateReferences?
  var ledger: LoadLedger
  var lossesOfServer: [Loss] = []
  private var isDone = false

  /// Looks at what is there; nothing has changed yet.
  init(_ session: PostgresSession, _ tables: [TableSchema], _ options: LoadOptions) throws(WriteError) {
    guard options.rejects == nil || options.write.cycles != .twoPhase else {
      throw WriteError(
        .unsupported("rows whose references are filled in at the end cannot be told apart when one is refused"),
        advice: "leave out --rejects or --cycles two-phase")
    }
    guard options.batches == nil || [nil, .noForeignKeys].contains(options.write.cycles) else {
      throw WriteError(
        .unsupported("references that are filled in when all rows are there cannot be filled in in batches"),
        advice: "leave out --batch or --cycles")
    }
    let schema = try SQLSchema(tables, .postgres, cycles: options.write.cycles)
    (ledger, plan, progress) = try Self.prepare(session, schema, options)
    self.session = session
    self.schema = schema
    self.options = options
    output = OutputBuffer(CopySink(session: session), capacity: 1 << 18)
    conformers = schema.tables.map { SQLRowConformer($0, .postgres) }
    filledIn = schema.tables.map { schema.columnsFilledIn(of: $0) }
    seen = schema.tables.map { _ in 0 }
    takenRows = schema.tables.map { _ in TakenRows() }
    committed = schema.tables.map { _ in (0, 0) }
    progress?.note(plan)
    rejects = options.isPreview ? (plan.looksForRefusals ? Rejects() : nil) : options.rejects
    rejects?.removeAll()
  }

  private static func prepare(
    _ session: PostgresSession, _ schema: SQLSchema, _ options: LoadOptions
  ) throws(WriteError) -> (LoadLedger, PostgresPlan, LoadProgress?) {
    do throws(WriteError) {
      var ledger: LoadLedger
      do throws(PostgresError) { ledger = try session.begin(options) } catch { throw WriteError(error) }
      let progress = try LoadProgress.find(&ledger, schema, options, session)
      let plan = try PostgresPlan(schema, options, progress, session)
      if progress?.isResumed != true { try keepRows(of: plan, session, options) }
      return (ledger, plan, progress)
    } catch {
      session.abandon()
      throw error
    }
  }

  /// Copies the rows that may change or go. Others wait until the load is over before they change them.
  private static func keepRows(
    of plan: PostgresPlan, _ session: PostgresSession, _ options: LoadOptions
  ) throws(WriteError) {
    let names = plan.tables.compactMap(\.existing).filter { $0.rows > 0 }.map(\.quotedName)
    guard options.mode.isDestructive, options.write.writesData, !options.isPreview, !names.isEmpty else { return }
    guard let copy = options.safetyCopy else { return }
    let lock =
      words("LOCK TABLE ") + Array(names.joined(separator: words(", "))) + words(" IN SHARE ROW EXCLUSIVE MODE")
    do throws(PostgresError) { try session.execute(lock) } catch { throw WriteError(error) }
    try copy.keep(names)
  }

  deinit {
    if !isDone { session.abandon() }
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) {
    guard let position = schema.index(of: table.name) else {
      throw WriteError(.unsupported("table was not announced"), table: table.name)
    }
    guard position != current else { return }
    try endRun()
    current = position
    let table = schema.tables[position]
    // A table of which nothing is written is as one without columns.
    forms = table.written.isEmpty ? [] : table.columns.map(\.type.form)
    written = table.written.count < table.columns.count ? table.written : []
    try openRun()
  }

  /// Begins the COPY of the current run.
  mutating func openRun() throws(WriteError) {
    let position = current
    guard position >= 0, options.write.writesData, !forms.isEmpty, sends(position), rejects == nil else { return }
    let statement = plan.copyStatement(position, schema.tables[position], leavesOut: progress != nil)
    try telling(position) { (session) throws(PostgresError) in try session.beginCopy(statement) }
    firstOfRun = progress == nil ? plan.tables[position].sent : seen[position]
    isCopyOpen = true
  }

  /// Whether rows of a table go to the server.
  private func sends(_ table: Int) -> Bool { !options.isPreview || plan.tables[table].stage != nil }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    guard options.write.writesData else { return }
    guard !forms.isEmpty else {
      plan.tables[current].sent += batch.rowCount
      return
    }
    guard progress == nil else { return try writeInBatches(batch) }
    guard rejects == nil else {
      try writeLeavingOut(0..<batch.rowCount, of: batch)
      return seen[current] += batch.rowCount
    }
    try write(0..<batch.rowCount, of: batch)
  }

  /// Writes some rows of a batch.
  mutating func write(_ rows: Range<Int>, of batch: borrowing RecordBatch) throws(WriteError) {
    let columns = filledIn[current], sends = isCopyOpen
    for row in rows {
      do {
        guard columns.isEmpty || !sends else {
          try writeInPhases(row, of: batch, columns)
          continue
        }
        let fate = try conformers[current].conform(row: row, of: batch, copyingTo: &copy)
        if case .rejected = fate {
          try refuse()
          continue
        }
        plan.tables[current].sent += 1
        guard sends else { continue }
        try put(row, of: batch, fate)
      } catch let error as WriteError {
        throw located(error, batch.firstRecord + row + 1)
      } catch let error as IOError {
        throw located(failure(error), batch.firstRecord + row + 1)
      } catch { throw WriteError(.target("\(error)")) }
    }
  }

  /// Writes a row that its conformer has let pass, as it is or as it was made.
  mutating func put(
    _ row: Int, of batch: borrowing RecordBatch, _ fate: SQLRowConformer.Fate
  ) throws(IOError) {
    if case .rewritten = fate {
      try writeCopyRow(0, of: copy, forms, written: written, to: &output)
    } else {
      try writeCopyRow(row, of: batch, forms, written: written, to: &output)
    }
  }

  func located(_ error: WriteError, _ record: Int) -> WriteError {
    var error = error
    if error.table == nil { error.table = schema.tables[current].source.name }
    if error.record == nil, session.failure == nil { error.record = record }
    return error
  }

  /// What the server said when a COPY could not go on, else what the system says.
  func failure(_ error: IOError) -> WriteError {
    session.failure.map { WriteError($0) } ?? WriteError(error)
  }

  /// Writes a row without its references, which are kept for the end.
  private mutating func writeInPhases(
    _ row: Int, of batch: borrowing RecordBatch, _ columns: [Int]
  ) throws(WriteError) {
    let fate = try conformers[current].conform(row: row, of: batch, copyingTo: &copy)
    if case .rejected = fate { return try refuse() }
    do throws(IOError) {
      let references: LateReferences
      if let begun = self.references { references = begun } else { references = try LateReferences(.postgres) }
      self.references = references
      if case .rewritten = fate {
        try references.take(0, of: copy, schema.tables[current], columns)
      } else {
        try references.take(row, of: batch, schema.tables[current], columns)
      }
      plan.tables[current].sent += 1
      try writeCopyRow(0, of: references.row, forms, written: written, to: &output)
    } catch { throw failure(error) }
  }

  /// A row that the server would refuse ends the load, unless it is left out.
  private func refuse() throws(WriteError) {
    guard options.rejects == nil else { return }
    throw WriteError(conformers[current].lastRefusal(of: schema.tables[current]))
  }

  /// Ends the COPY of the current run.
  mutating func endRun() throws(WriteError) {
    guard isCopyOpen else { return }
    isCopyOpen = false
    do throws(IOError) { try output.flush() } catch { throw failure(error) }
    let position = current
    do throws(WriteError) {
      let taken = try telling(position) { (session) throws(PostgresError) in try session.endCopy() }
      if plan.tables[position].stage == nil { plan.tables[position].taken += taken }
    } catch {
      var error = error
      // The server counts the rows of this run.
      error.record = error.record.map { $0 + firstOfRun }
      throw error
    }
  }

  /// Runs what concerns a table, and says so when it fails.
  func telling<T>(
    _ position: Int? = nil, _ body: (PostgresSession) throws(PostgresError) -> T
  ) throws(WriteError) -> T {
    do throws(PostgresError) { return try body(session) } catch {
      var table = position.map { schema.tables[$0] }
      if let position { table?.name = plan.tables[position].copyName }
      throw WriteError(error, table: table)
    }
  }

  mutating func finish() throws(WriteError) {
    do throws(WriteError) { try complete() } catch { throw ledger.isKept ? LoadProgress.located(error) : error }
  }

  private mutating func complete() throws(WriteError) {
    try endRun()
    if options.isPreview {
      let outcomes = try previewed()
      session.abandon()
      session.outcomes = outcomes
      isDone = true
      return
    }
    if let rejects {
      try finishLeavingOut(rejects)
    } else {
      if options.write.writesData { try finishRows() }
      try makeKeys()
    }
    if options.write.writesData {
      try moveSequences()
      if options.mode == .replace { try cleanLineage() }
      if let lineage = options.lineage { try keepLineage(lineage) }
    }
    session.outcomes = outcomes()
    try rejects?.keep()
    let ledger = ledger
    let tables = plan.tables.count, rows = plan.tables.reduce(0) { $0 + $1.sent }
    let mode = options.mode, progress = kept()
    try telling { (session) throws(PostgresError) in
      try session.commit(ledger, mode, tables: tables, rows: rows, progress: progress)
    }
    isDone = true
  }

  /// What is left to do with the rows when all have come.
  private mutating func finishRows() throws(WriteError) {
    if options.isRestore { try removeStrangers() }
    for i in plan.tables.indices {
      if plan.tables[i].stage != nil { try merge(i) }
      if schema.tables[i].written.isEmpty { try writeColumnlessRows(i) }
    }
    if let references {
      try references.finish(failed: { WriteError($0) }) { (part) throws(WriteError) in
        try telling { (session) throws(PostgresError) in try session.execute(part) }
      }
    }
    // A table cannot be altered as long as checks of its rows are due.
    try telling { (session) throws(PostgresError) in try session.execute(endOfChecks) }
    noteRowsLeftOut()
  }

  /// What makes the server check the rows.
  var endOfChecks: String {
    schema.cycles == .replica
      ? "SET LOCAL session_replication_role = origin" : "SET CONSTRAINTS ALL IMMEDIATE"
  }

  /// Counts what the target's own triggers left out.
  mutating func noteRowsLeftOut() {
    for i in plan.tables.indices where plan.tables[i].taken < plan.tables[i].sent {
      lossesOfServer.append(
        Loss(
          "left-out-by-target", "the target's own triggers or rules left rows out", table: schema.tables[i].source.name,
          count: plan.tables[i].sent - plan.tables[i].taken, isReject: true))
    }
  }

  /// COPY knows no way to write a row without columns.
  mutating func writeColumnlessRows(_ position: Int) throws(WriteError) {
    let insert = words("INSERT INTO ") + plan.name(position, schema) + words(" DEFAULT VALUES")
    for _ in 0..<plan.tables[position].sent {
      try telling(position) { (session) throws(PostgresError) in try session.execute(insert) }
    }
    plan.tables[position].taken = plan.tables[position].sent
  }

  var losses: [Loss] {
    schema.losses + conformers.flatMap(\.losses) + lossesOfServer + (rejects?.losses ?? [])
  }
}

extension PostgresPlan {
  /// The quoted name of a table.
  func name(_ position: Int, _ schema: SQLSchema) -> [UInt8] {
    tables[position].existing?.quotedName ?? schema.tables[position].quotedName
  }

  func copyStatement(_ position: Int, _ table: SQLTable, leavesOut: Bool = false) -> [UInt8] {
    let name = tables[position].stage ?? tables[position].existing?.quotedName ?? table.quotedName
    // Rows of a table that nobody else has seen need no marks of who may see them, unless they may be taken back.
    let isFrozen = tables[position].existing == nil && !leavesOut
    let number = tables[position].rowColumn.map { SQLDialect.postgres.quoted($0) + words(", ") } ?? []
    return words("COPY ") + name + words(" (") + number + table.list(table.written)
      + words(isFrozen ? ") FROM STDIN WITH (FREEZE)" : ") FROM STDIN")
  }
}
