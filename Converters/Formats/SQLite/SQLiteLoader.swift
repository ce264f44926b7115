internal import Bytes
internal import Conversion
internal import Records
internal import SQLiteClient
internal import SQLitePages

/// Loads records into an empty database.
///
/// SQLite makes the tables and keys of a private file; its pages are then filled directly, tables in the order of the rows and
/// keys sorted at the end, which takes a fraction of the time that INSERT does. What rests on values that are not known
/// beforehand (duplicate keys, rows that lead nowhere) is left to SQLite, which opens the file once more when there is any.
struct SQLiteLoader: ~Copyable {
  let path: [UInt8]
  let schema: SQLSchema
  /// One for each table.
  private var conformers: [SQLRowConformer]
  /// The row that was respelled last.
  private var copy = RecordBatch(capacity: 1 << 12)
  private var file: PageFile
  var fills: [SQLiteTableFill?]
  /// Statements that make keys whose index is not filled here.
  var laterKeys: [SQLKeyStatement] = []
  /// Position of the current run's table; -1 before the first.
  private var current = -1
  private var references: ReferenceCheck
  /// Rows of tables without columns, which SQLite does not know, by table.
  private var columnlessRows: [Int]

  init(_ path: [UInt8], _ schema: SQLSchema) throws(WriteError) {
    let layout: SQLiteLayout
    do throws(SQLiteError) { layout = try SQLiteLayout(path, schema) } catch { throw WriteError(error) }
    do throws(IOError) { file = try PageFile(path) } catch { throw WriteError(.io(error)) }
    self.path = path
    self.schema = schema
    fills = layout.fills
    laterKeys = layout.laterKeys
    conformers = schema.tables.map { SQLRowConformer($0, .sqlite) }
    references = ReferenceCheck(schema)
    columnlessRows = schema.tables.map { _ in 0 }
  }

  /// Begins a run of rows of a table.
  mutating func begin(_ table: TableSchema) throws(WriteError) {
    guard let position = schema.index(of: table.name) else {
      throw WriteError(.unsupported("table was not announced"), table: table.name)
    }
    current = position
  }

  /// Stores the rows of a batch of the current table.
  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    guard fills[current] != nil else { return columnlessRows[current] += batch.rowCount }
    do throws(IOError) { try references.note(batch, table: current) } catch { throw WriteError(.io(error)) }
    // Rows that need no respelling are stored many at a time.
    var start = 0
    for row in 0..<batch.rowCount {
      do throws(WriteError) {
        let fate = try conformers[current].conform(row: row, of: batch, copyingTo: &copy)
        if case .asIs = fate { continue }
        try store(start..<row, of: batch)
        start = row + 1
        if case .rewritten = fate { try storeCopy() }
      } catch {
        var error = error
        error.table = schema.tables[current].source.name
        error.record = batch.firstRecord + row + 1
        throw error
      }
    }
    try store(start..<batch.rowCount, of: batch)
  }

  private mutating func store(_ rows: Range<Int>, of batch: borrowing RecordBatch) throws(WriteError) {
    guard !rows.isEmpty, let fill = fills[current] else { return }
    let refused: Int
    do throws(IOError) { refused = try fill.append(rows, of: batch, to: &file) } catch { throw WriteError(.io(error)) }
    for row in rows { references.note(row, of: batch, table: current) }
    countTooLong(refused)
  }

  private mutating func storeCopy() throws(WriteError) {
    guard let fill = fills[current] else { return }
    let refused: Int
    do throws(IOError) { refused = try fill.append(0..<1, of: copy, to: &file) } catch { throw WriteError(.io(error)) }
    if refused == 0 { references.note(0, of: copy, table: current) }
    countTooLong(refused)
  }

  private mutating func countTooLong(_ count: Int) {
    for _ in 0..<count { countRefusal(.tooLong, table: current) }
  }

  /// Counts a row that is left out for its key.
  mutating func countRefusal(_ kind: LossKind, table: Int) {
    conformers[table].countRefusal(kind, column: schema.tables[table].primaryKey.first ?? 0)
  }

  /// Completes the database and tells what could not be carried.
  mutating func finish() throws(WriteError) -> [Loss] {
    var unfinished = UnfinishedKeys()
    do throws(IOError) {
      for i in fills.indices {
        guard let fill = fills[i] else { continue }
        try fill.rows.finish(in: &file)
        for _ in 0..<fill.rows.duplicateCount { countRefusal(.constraint, table: i) }
        try fill.buildIndexes(in: &file, leaving: &unfinished)
        fills[i] = nil
      }
      try file.finish()
    } catch { throw WriteError(.io(error)) }
    do throws(SQLiteError) {
      let keyLosses = try finishKeys(unfinished)
      var losses = conformers.flatMap(\.losses) + lossesOfColumnlessTables() + keyLosses
      losses += try danglingRows(of: try doubtfulTables(hasRejects: losses.contains(where: \.isReject)))
      return losses
    } catch { throw WriteError(error) }
  }

  private func lossesOfColumnlessTables() -> [Loss] {
    zip(schema.tables, columnlessRows).filter { $0.1 > 0 }.map { table, count in
      Loss(
        "no-columns", "a table without columns cannot be held: rows left out", table: table.source.name,
        count: count, isReject: true)
    }
  }

  /// Rows that were left out may have been referred to.
  private func doubtfulTables(hasRejects: Bool) throws(SQLiteError) -> [Int] {
    guard !hasRejects else { return Array(schema.tables.indices) }
    do throws(IOError) { return try references.doubtfulTables() } catch { return Array(schema.tables.indices) }
  }
}
