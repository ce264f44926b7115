internal import Bytes
internal import Conversion
internal import Records
internal import SQLiteClient

/// Loads records into an empty database.
///
/// The whole load is one transaction on a private file that nobody else sees, so that it needs neither a journal on disk nor
/// waiting for the disk. Indexes and unique keys are made when the rows are there.
struct SQLiteLoader: ~Copyable {
  let connection: Connection
  let schema: SQLSchema
  /// One for each table.
  private var conformers: [SQLRowConformer]
  /// The row that was respelled last.
  private var copy = RecordBatch(capacity: 1 << 12)
  /// Position of the current run's table; -1 before the first.
  private var current = -1
  /// Inserts into the current table; nil when it has no columns.
  private var insert: Statement?
  private var classes: [StorageClass] = []
  private var references: ReferenceCheck
  /// Rows of tables without columns, which SQLite does not know, by table.
  private var columnlessRows: [Int]

  init(_ path: [UInt8], _ schema: SQLSchema) throws(WriteError) {
    connection = try Self.open(path, schema)
    self.schema = schema
    conformers = schema.tables.map { SQLRowConformer($0, .sqlite) }
    references = ReferenceCheck(schema)
    columnlessRows = schema.tables.map { _ in 0 }
  }

  private static func open(_ path: [UInt8], _ schema: SQLSchema) throws(WriteError) -> Connection {
    do throws(SQLiteError) {
      let connection = try Connection(path, ConnectionOptions(.create))
      try connection.execute(
        """
        PRAGMA page_size=8192; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;
        PRAGMA secure_delete=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-32768; BEGIN
        """)
      for table in schema.tables where !table.columns.isEmpty { try connection.execute(schema.createTable(table)) }
      return connection
    } catch { throw WriteError(error) }
  }

  /// Begins a run of rows of a table.
  mutating func begin(_ table: TableSchema) throws(WriteError) {
    guard let position = schema.index(of: table.name) else {
      throw WriteError(.unsupported("table was not announced"), table: table.name)
    }
    guard position != current else { return }
    current = position
    let columns = schema.tables[position].columns
    classes = columns.map { StorageClass($0.type.form) }
    insert = nil
    guard !columns.isEmpty else { return }
    let parameters = columns.indices.map { "?\($0 + 1)" }.joined(separator: ",")
    let sql =
      Array("INSERT INTO ".utf8) + schema.tables[position].quotedName + Array(" VALUES (\(parameters))".utf8)
    do throws(SQLiteError) { insert = try connection.prepare(sql, isKept: true) } catch {
      var failure = WriteError(error)
      failure.table = table.name
      throw failure
    }
  }

  /// Inserts the rows of a batch of the current table.
  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    guard insert != nil else { return columnlessRows[current] += batch.rowCount }
    do throws(IOError) { try references.note(batch, table: current) } catch { throw WriteError(.io(error)) }
    for row in 0..<batch.rowCount {
      do throws(WriteError) {
        let refusal: LossKind?
        switch try conformers[current].conform(row: row, of: batch, copyingTo: &copy) {
        case .asIs:
          refusal = try Self.store(row, of: batch, as: classes, &insert, connection, schema, current)
          if refusal == nil { references.note(row, of: batch, table: current) }
        case .rewritten:
          refusal = try Self.store(0, of: copy, as: classes, &insert, connection, schema, current)
          if refusal == nil { references.note(0, of: copy, table: current) }
        case .rejected: continue
        }
        guard let refusal else { continue }
        conformers[current].countRefusal(refusal, column: schema.tables[current].primaryKey.first ?? 0)
      } catch {
        var error = error
        error.table = schema.tables[current].source.name
        error.record = batch.firstRecord + row + 1
        throw error
      }
    }
  }

  /// Inserts a row; why SQLite refused it, or nil.
  private static func store(
    _ row: Int, of batch: borrowing RecordBatch, as classes: [StorageClass], _ insert: inout Statement?,
    _ connection: borrowing Connection, _ schema: borrowing SQLSchema, _ table: Int
  ) throws(WriteError) -> LossKind? {
    do throws(SQLiteError) {
      if try insert!.insert(row: row, of: batch, as: classes.span) == .inserted { return nil }
    } catch { return try refusal(error) }
    return try storeLong(row, of: batch, &insert!, connection, schema.tables[table])
  }

  /// What is lost when SQLite refuses a row for its values; any other error is thrown on.
  static func refusal(_ error: SQLiteError) throws(WriteError) -> LossKind {
    if error.isConstraint { return .constraint }
    if error.isTooLarge { return .tooLong }
    throw WriteError(error)
  }

  /// Completes the database and tells what could not be carried.
  mutating func finish() throws(WriteError) -> [Loss] {
    insert = nil
    var losses = conformers.flatMap(\.losses)
    for (table, count) in zip(schema.tables, columnlessRows) where count > 0 {
      losses.append(
        Loss(
          "no-columns", "a table without columns cannot be held: rows left out", table: table.source.name,
          count: count, isReject: true))
    }
    do throws(SQLiteError) {
      let refusals = try makeKeys()
      try connection.execute("COMMIT")
      losses += refusals
      losses += try danglingRows(of: try doubtfulTables(hasRejects: losses.contains(where: \.isReject)))
    } catch { throw WriteError(error) }
    return losses
  }

  /// Rows that were left out may have been referred to.
  private func doubtfulTables(hasRejects: Bool) throws(SQLiteError) -> [Int] {
    guard !hasRejects else { return Array(schema.tables.indices) }
    do throws(IOError) { return try references.doubtfulTables() } catch { return Array(schema.tables.indices) }
  }
}
