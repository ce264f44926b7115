internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLiteClient
internal import SQLiteFormat

/// Loads records into a database that is there, by prepared statements in one transaction; a preview is rolled back.
///
/// Foreign keys are not enforced row by row, and so no row elsewhere is deleted with another; before COMMIT every reference of
/// the tables that were touched has to lead somewhere.
struct SQLiteInserter: RecordWriter, ~Copyable {
  private let session: SQLiteSession
  let connection: Connection
  let schema: SQLSchema
  let options: LoadOptions
  /// What is there, by table; nil where the table is made.
  private var existing: [ExistingSQLiteTable?]
  /// One for each table.
  private var conformers: [SQLRowConformer]
  /// The row that was respelled last.
  private var copy = RecordBatch(capacity: 1 << 12)
  /// Position of the current run's table; -1 before the first.
  private var current = -1
  /// Inserts into the current table; nil when it has no columns.
  private var insert: Statement?
  private var classes: [StorageClass] = []
  private var sent: [Int]
  private var columnlessRows: [Int]
  /// Where rows go that are refused, or by what a preview counts them; nil: nowhere.
  private let rejects: Rejects?
  /// Rows that were read, by table.
  private var seen: [Int]
  /// Gives a new file its name.
  private let appear: (() throws(IOError) -> Void)?
  /// How far the load came, where it is committed in batches.
  private var ledger: SQLiteLedger?

  init(
    _ session: SQLiteSession, _ path: [UInt8], _ tables: [TableSchema], _ options: LoadOptions,
    appear: (() throws(IOError) -> Void)? = nil
  ) throws(WriteError) {
    let schema = try SQLSchema(tables, .sqlite, cycles: options.write.cycles)
    let opened = try Self.open(path, appear == nil ? .write : .create)
    var ledger = try SQLiteLedger.find(opened, schema, options) { session.note($0) }
    let resumed = ledger.flatMap { $0.progress.isResumed ? $0.progress : nil }
    if options.mode.isDestructive, !options.isPreview, resumed == nil, let copy = options.safetyCopy {
      try Self.keep(path, copy)
    }
    // Dropped in the midst of its transaction, a connection takes everything back.
    let existing = try prepareSQLite(opened, schema, options, resuming: resumed)
    for (i, table) in existing.enumerated() {
      ledger?.progress.note(i, isNew: table == nil, before: table?.rows ?? 0)
    }
    let rejects = options.isPreview ? Rejects() : options.rejects
    // Rows that break a key are found one by one.
    if rejects != nil, resumed == nil { try Self.makeKeys(opened, schema, existing, options) { $0.isUnique } }
    rejects?.removeAll()
    if let rejects { try ledger?.restore(rejects, schema, opened) }
    self.existing = existing
    connection = opened
    self.session = session
    self.schema = schema
    self.options = options
    conformers = schema.tables.map { SQLRowConformer($0, .sqlite) }
    sent = schema.tables.map { _ in 0 }
    columnlessRows = sent
    seen = sent
    self.rejects = rejects
    self.ledger = ledger
    self.appear = appear
  }

  private static func open(
    _ path: [UInt8], _ mode: ConnectionOptions.Mode
  ) throws(WriteError) -> Connection {
    do throws(SQLiteError) {
      let connection = try Connection(path, ConnectionOptions(mode))
      try connection.execute("PRAGMA foreign_keys=OFF; PRAGMA cache_size=-65536; BEGIN IMMEDIATE")
      return connection
    } catch { throw WriteError(error) }
  }

  /// Copies the whole database, which nobody else writes to by now, and looks whether the copy is sound.
  private static func keep(_ path: [UInt8], _ copy: any SafetyCopy) throws(WriteError) {
    let place = try copy.makePlace(ending: "db")
    do throws(SQLiteError) {
      try Connection(path, ConnectionOptions(.read)).copy(to: place)
      let made = try Connection(place, ConnectionOptions(.read))
      var check = try made.prepare("PRAGMA integrity_check(1)")
      guard try check.step(), check.bytes(0) == Array("ok".utf8) else {
        throw SQLiteError(code: 11, message: "the safety copy is damaged")
      }
    } catch { throw WriteError(error) }
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) {
    guard let position = schema.index(of: table.name) else {
      throw WriteError(.unsupported("table was not announced"), table: table.name)
    }
    guard position != current else { return }
    current = position
    let table = schema.tables[position]
    classes = table.columns.map { StorageClass($0.type.form) }
    insert = nil
    guard !table.columns.isEmpty, options.write.writesData else { return }
    let parameters = table.columns.indices.map { "?\($0 + 1)" }.joined(separator: ",")
    let sql =
      Array("INSERT INTO main.".utf8) + table.quotedName + Array(" (".utf8) + table.list(Array(table.columns.indices))
      + Array(") VALUES (\(parameters))".utf8) + conflictClause(table, existing[position])
    do throws(SQLiteError) { insert = try connection.prepare(sql, isKept: true) } catch { throw failure(error) }
  }

  private func conflictClause(_ table: SQLTable, _ existing: ExistingSQLiteTable?) -> [UInt8] {
    guard let existing, options.mode == .upsert || options.mode == .skipExisting else { return [] }
    let keys = existing.primaryKey.map { SQLDialect.sqlite.quoted($0) }
    let head = Array(" ON CONFLICT (".utf8) + Array(keys.joined(separator: Array(", ".utf8)))
    let others = table.columns.filter { !existing.primaryKey.contains($0.name) }.map(\.quotedName)
    guard options.mode == .upsert, !others.isEmpty else { return head + Array(") DO NOTHING".utf8) }
    let sets = others.map { $0 + Array(" = excluded.".utf8) + $0 }
    return head + Array(") DO UPDATE SET ".utf8) + Array(sets.joined(separator: Array(", ".utf8)))
  }

  private func failure(_ error: SQLiteError) -> WriteError {
    var failure = WriteError(error)
    failure.table = schema.tables[current].source.name
    if error.isConstraint {
      failure.advice = "--mode upsert replaces rows that are there, --mode skip-existing keeps them"
    }
    return failure
  }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    guard options.write.writesData else { return }
    guard insert != nil else { return columnlessRows[current] += batch.rowCount }
    let first = seen[current], done = ledger?.progress[current].rows ?? 0, name = schema.tables[current].source.name
    for row in 0..<batch.rowCount {
      seen[current] += 1
      do throws(WriteError) {
        guard first + row >= done else {
          // What its cells lose is told by the load that comes to the end.
          _ = try conformers[current].conform(row: row, of: batch, copyingTo: &copy)
          if rejects?.refusal(of: first + row, name) == nil { sent[current] += 1 }
          continue
        }
        if let refusal = try store(row, of: batch) {
          try rejects?.add(first + row, of: name, refusal)
        } else {
          sent[current] += 1
        }
        if ledger?.count() == true { try commitBatch() }
      } catch {
        var error = located(error)
        error.table = name
        error.record = batch.firstRecord + row + 1
        throw error
      }
    }
  }

  private func located(_ error: WriteError) -> WriteError {
    ledger?.isKept == true ? LoadProgress.located(error) : error
  }

  /// Commits what was written, with how far it came.
  private mutating func commitBatch() throws(WriteError) {
    do throws(SQLiteError) {
      try ledger?.keep(seen, rejects, schema, isComplete: false, connection)
      try connection.execute("COMMIT")
      try connection.execute("BEGIN IMMEDIATE")
    } catch { throw WriteError(error) }
    ledger?.committed()
    do throws(IOError) { try appear?() } catch { throw WriteError(error) }
  }

  /// Stores a row; one that is refused ends the load unless it is left out, and the reason is returned.
  private mutating func store(_ row: Int, of batch: borrowing RecordBatch) throws(WriteError) -> Refusal? {
    let fate = try conformers[current].conform(row: row, of: batch, copyingTo: &copy)
    do throws(SQLiteError) {
      switch fate {
      case .asIs: try Self.store(row, of: batch, as: classes, &insert!, schema.tables[current])
      case .rewritten: try Self.store(0, of: copy, as: classes, &insert!, schema.tables[current])
      case .rejected: break
      }
    } catch {
      guard error.isConstraint, rejects != nil else {
        var failure = WriteError(.target("SQLite: \(error.message)"))
        if error.isConstraint {
          failure.advice =
            "--mode upsert replaces rows that are there, --mode skip-existing keeps them; \(WriteError.rejectAdvice)"
        }
        throw failure
      }
      return Refusal("sqlite-\(error.extendedCode)", error.message)
    }
    guard case .rejected = fate else { return nil }
    let refusal = conformers[current].lastRefusal(of: schema.tables[current])
    guard rejects != nil else { throw WriteError(refusal) }
    return refusal
  }

  private static func store(
    _ row: Int, of batch: borrowing RecordBatch, as classes: [StorageClass], _ insert: inout Statement,
    _ table: borrowing SQLTable
  ) throws(SQLiteError) {
    if try insert.insert(row: row, of: batch, as: classes.span) == .inserted { return }
    try insert.insertByCell(row, of: batch, table)
  }

  /// Makes keys of new tables.
  private static func makeKeys(
    _ connection: borrowing Connection, _ schema: SQLSchema, _ existing: [ExistingSQLiteTable?], _ options: LoadOptions,
    _ isWanted: (SQLKeyStatement) -> Bool
  ) throws(WriteError) {
    guard options.write.writesSchema else { return }
    do throws(SQLiteError) {
      for key in schema.keyStatements() where existing[key.table] == nil && isWanted(key) {
        try connection.execute(key.text)
      }
    } catch { throw WriteError(error) }
  }

  mutating func finish() throws(WriteError) {
    insert = nil
    do throws(WriteError) {
      try Self.makeKeys(connection, schema, existing, options) { rejects == nil || !$0.isUnique }
      try refuseDanglingRows()
    } catch { throw located(error) }
    do throws(SQLiteError) {
      session.outcomes = try outcomes()
    } catch { throw WriteError(error) }
    if options.write.writesData, !options.isPreview {
      if options.mode == .replace { try cleanLineage() }
      if let lineage = options.lineage {
        let kept = try keepLineage(lineage)
        session.note(
          "\(kept) \(kept == 1 ? "id is" : "ids are") kept in coffer_lineage, as before and after the mapping")
      }
    }
    try rejects?.keep()
    do throws(SQLiteError) {
      try ledger?.keep(seen, rejects, schema, isComplete: true, connection)
      try connection.execute(options.isPreview ? "ROLLBACK" : "COMMIT")
    } catch { throw WriteError(error) }
    do throws(IOError) { try appear?() } catch { throw WriteError(error) }
  }

  /// What was done, by the rows that are there now.
  private func outcomes() throws(SQLiteError) -> [LoadOutcome] {
    var outcomes: [LoadOutcome] = []
    for (i, table) in schema.tables.enumerated() {
      var outcome = LoadOutcome(table: table.source.name, place: table.name.bytes)
      outcome.isNew = existing[i] == nil
      outcome.existing = existing[i]?.rows ?? 0
      if options.mode == .replace, options.write.writesData { outcome.deleted = outcome.existing }
      if !table.columns.isEmpty {
        outcome.created = try connection.count(table.quotedName) - outcome.existing + outcome.deleted
      }
      if options.mode == .upsert { outcome.updated = sent[i] - outcome.created }
      if options.mode == .skipExisting { outcome.skipped = sent[i] - outcome.created }
      outcomes.append(outcome)
    }
    return outcomes
  }

  /// References that lead nowhere end the load; those of tables that are not loaded, too, when rows were deleted.
  private func refuseDanglingRows() throws(WriteError) {
    let names = schema.tables.filter { !$0.columns.isEmpty }.map(\.name)
    var dangling: [String] = []
    do throws(SQLiteError) {
      var check = try connection.prepare("PRAGMA foreign_key_check"), counts: [[UInt8]: Int] = [:]
      while try check.step() { counts[check.bytes(0), default: 0] += 1 }
      if options.isPreview {
        for table in schema.tables {
          guard let found = counts.first(where: { Name($0.key).lowercased == table.name.lowercased }) else { continue }
          counts[found.key] = nil
          rejects?.count(
            found.value, of: table.source.name, Refusal("sqlite-787", "rows that it refers to are not there"))
        }
      }
      for (table, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        let isLoaded = names.contains { $0.lowercased == Name(table).lowercased }
        if isLoaded || options.mode == .replace {
          dangling.append("\(displayed(table)) (\(count) \(count == 1 ? "row" : "rows"))")
        }
      }
    } catch { throw WriteError(error) }
    guard dangling.isEmpty else {
      throw WriteError(
        .refused("rows would refer to rows that are not there: \(dangling.joined(separator: ", "))"),
        advice: "load the tables that are referred to as well; --fk drop leaves out what the backup does not hold")
    }
  }

  var losses: [Loss] {
    schema.losses + conformers.flatMap(\.losses) + (rejects?.losses ?? [])
      + zip(schema.tables, columnlessRows).filter { $0.1 > 0 }.map { table, count in
        Loss(
          "no-columns", "a table without columns cannot be held: rows left out", table: table.source.name,
          count: count, isReject: true)
      }
  }
}
