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
  private var conformers: [SQLRowConformer]
  /// The row that was respelled last.
  private var copy = RecordBatch(capacity: 1 << 12)
  /// What is sent.
  private var output: OutputBuffer
  /// Position of the current run's table; -1 before the first.
  private var current = -1
  /// Forms of its columns.
  private var forms: [SQLForm] = []
  /// Positions of its columns that COPY holds, when these are not all.
  private var written: [Int] = []
  private var isCopyOpen = false
  /// Columns that are written as NULL first, by table.
  private let filledIn: [[Int]]
  /// The statements that fill them in; nil before the first.
  private var references: LateReferences?
  private let ledger: LoadLedger
  private var lossesOfServer: [Loss] = []
  private var isDone = false

  /// Looks at what is there; nothing has changed yet.
  init(_ session: PostgresSession, _ tables: [TableSchema], _ options: LoadOptions) throws(WriteError) {
    let schema = try SQLSchema(tables, .postgres, cycles: options.write.cycles)
    (ledger, plan) = try Self.prepare(session, schema, options)
    self.session = session
    self.schema = schema
    self.options = options
    output = OutputBuffer(CopySink(session: session), capacity: 1 << 18)
    conformers = schema.tables.map { SQLRowConformer($0, .postgres) }
    filledIn = schema.tables.map { schema.columnsFilledIn(of: $0) }
  }

  private static func prepare(
    _ session: PostgresSession, _ schema: SQLSchema, _ options: LoadOptions
  ) throws(WriteError) -> (LoadLedger, PostgresPlan) {
    do throws(WriteError) {
      let ledger: LoadLedger
      do throws(PostgresError) { ledger = try session.begin(options) } catch { throw WriteError(error) }
      return (ledger, try PostgresPlan(schema, options, session))
    } catch {
      session.abandon()
      throw error
    }
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
    guard options.write.writesData, !forms.isEmpty, sends(position) else { return }
    try telling(position) { (session) throws(PostgresError) in
      try session.beginCopy(plan.copyStatement(position, table))
    }
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
    let forms = forms, written = written, columns = filledIn[current], sends = isCopyOpen
    for row in 0..<batch.rowCount {
      do {
        guard columns.isEmpty || !sends else {
          try writeInPhases(row, of: batch, columns)
          continue
        }
        let fate = try conformers[current].conform(row: row, of: batch, copyingTo: &copy)
        if case .rejected = fate { continue }
        plan.tables[current].sent += 1
        guard sends else { continue }
        if case .rewritten = fate {
          try writeCopyRow(0, of: copy, forms, written: written, to: &output)
        } else {
          try writeCopyRow(row, of: batch, forms, written: written, to: &output)
        }
      } catch let error as WriteError {
        throw located(error, batch.firstRecord + row + 1)
      } catch let error as IOError {
        throw located(failure(error), batch.firstRecord + row + 1)
      } catch { throw WriteError(.target("\(error)")) }
    }
  }

  private func located(_ error: WriteError, _ record: Int) -> WriteError {
    var error = error
    if error.table == nil { error.table = schema.tables[current].source.name }
    if error.record == nil, session.failure == nil { error.record = record }
    return error
  }

  /// What the server said when a COPY could not go on, else what the system says.
  private func failure(_ error: IOError) -> WriteError {
    session.failure.map { WriteError($0) } ?? WriteError(error)
  }

  /// Writes a row without its references, which are kept for the end.
  private mutating func writeInPhases(
    _ row: Int, of batch: borrowing RecordBatch, _ columns: [Int]
  ) throws(WriteError) {
    let fate = try conformers[current].conform(row: row, of: batch, copyingTo: &copy)
    do throws(IOError) {
      let references: LateReferences
      if let begun = self.references { references = begun } else { references = try LateReferences(.postgres) }
      self.references = references
      switch fate {
      case .asIs: try references.take(row, of: batch, schema.tables[current], columns)
      case .rewritten: try references.take(0, of: copy, schema.tables[current], columns)
      case .rejected: return
      }
      plan.tables[current].sent += 1
      try writeCopyRow(0, of: references.row, forms, written: written, to: &output)
    } catch { throw failure(error) }
  }

  /// Ends the COPY of the current run.
  private mutating func endRun() throws(WriteError) {
    guard isCopyOpen else { return }
    isCopyOpen = false
    do throws(IOError) { try output.flush() } catch { throw failure(error) }
    let position = current
    let taken = try telling(position) { (session) throws(PostgresError) in try session.endCopy() }
    plan.tables[position].taken += taken
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
    try endRun()
    if options.isPreview {
      let outcomes = try previewed()
      session.abandon()
      session.outcomes = outcomes
      isDone = true
      return
    }
    if options.write.writesData { try finishRows() }
    try makeKeys()
    if options.write.writesData { try moveSequences() }
    session.outcomes = outcomes()
    let ledger = ledger
    let tables = plan.tables.count, rows = plan.tables.reduce(0) { $0 + $1.sent }
    let mode = options.mode
    try telling { (session) throws(PostgresError) in
      try session.commit(ledger, mode, tables: tables, rows: rows)
    }
    isDone = true
  }

  /// What is left to do with the rows when all have come.
  private mutating func finishRows() throws(WriteError) {
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
    try telling { (session) throws(PostgresError) in
      try session.execute(
        schema.cycles == .replica
          ? "SET LOCAL session_replication_role = origin" : "SET CONSTRAINTS ALL IMMEDIATE")
    }
    for i in plan.tables.indices where plan.tables[i].taken < plan.tables[i].sent {
      lossesOfServer.append(
        Loss(
          "left-out-by-target", "the target's own triggers or rules left rows out", table: schema.tables[i].source.name,
          count: plan.tables[i].sent - plan.tables[i].taken, isReject: true))
    }
  }

  /// COPY knows no way to write a row without columns.
  private mutating func writeColumnlessRows(_ position: Int) throws(WriteError) {
    let insert = words("INSERT INTO ") + plan.name(position, schema) + words(" DEFAULT VALUES")
    for _ in 0..<plan.tables[position].sent {
      try telling(position) { (session) throws(PostgresError) in try session.execute(insert) }
    }
    plan.tables[position].taken = plan.tables[position].sent
  }

  var losses: [Loss] { schema.losses + conformers.flatMap(\.losses) + lossesOfServer }
}

extension PostgresPlan {
  /// The quoted name of a table.
  func name(_ position: Int, _ schema: SQLSchema) -> [UInt8] {
    tables[position].existing?.quotedName ?? schema.tables[position].quotedName
  }

  func copyStatement(_ position: Int, _ table: SQLTable) -> [UInt8] {
    let name = tables[position].stage ?? tables[position].existing?.quotedName ?? table.quotedName
    // Rows of a table that nobody else has seen need no marks of who may see them.
    let isNew = tables[position].existing == nil
    return words("COPY ") + name + words(" (") + table.list(table.written)
      + words(isNew ? ") FROM STDIN WITH (FREEZE)" : ") FROM STDIN")
  }
}
