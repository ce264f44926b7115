internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLiteClient

/// Reads the rows of plain tables, batch by batch: from the pages themselves where they can be, else through prepared statements.
struct DatabaseReader: RecordReader, ~Copyable {
  private let plan: DatabasePlan
  private let artifact: [UInt8]
  /// Whether a table that cannot be read to its end leaves what can be read of it and of all others.
  private let keepsRows: Bool
  private let connection: Connection
  /// Tables as they are handed out, by position.
  private let schemas: [TableSchema]
  private var position = -1
  private var rows: TableRows?
  private var recordCount = 0
  private var failure: ReadError?
  package private(set) var findings: [Finding] = []

  /// `tables`: the schemas under which the plan's tables are handed out, in this order.
  init(
    _ plan: DatabasePlan, _ tables: [TableSchema], artifact: [UInt8], keepsRowsBeforeError: Bool
  ) throws(ReadError) {
    self.init(
      try Self.ordered(plan, tables, artifact), tables, artifact, keepsRowsBeforeError,
      try Self.open(plan.copy, artifact))
  }

  private init(
    _ plan: DatabasePlan, _ tables: [TableSchema], _ artifact: [UInt8], _ keepsRows: Bool,
    _ connection: consuming Connection
  ) {
    self.plan = plan
    schemas = tables
    self.artifact = artifact
    self.keepsRows = keepsRows
    self.connection = connection
  }

  /// The plan with its tables in the order in which they are handed out.
  private static func ordered(
    _ plan: DatabasePlan, _ tables: [TableSchema], _ artifact: [UInt8]
  ) throws(ReadError) -> DatabasePlan {
    let places = Dictionary(plan.tables.enumerated().map { ($1.schema.name, $0) }, uniquingKeysWith: { a, _ in a })
    var ordered = DatabasePlan(copy: plan.copy, tables: [])
    for table in tables {
      guard let place = places[table.name] else { throw ReadError(.changed, artifact: artifact) }
      ordered.tables.append(plan.tables[place])
    }
    return ordered
  }

  private static func open(_ copy: DatabaseCopy, _ artifact: [UInt8]) throws(ReadError) -> Connection {
    do throws(SQLiteError) { return try copy.open() } catch { throw ReadError(error, artifact: artifact) }
  }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    if let failure { throw failure }
    position += 1
    guard position < plan.tables.count else { return nil }
    rows = TableRows(plan.tables[position], pages: plan.copy.reader(of: plan.tables[position]))
    return schemas[position]
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    if let failure { throw failure }
    batch.removeAll(columnCount: schemas[position].columns.count)
    batch.firstRecord = recordCount
    guard let run = rows else { return false }
    do throws(SQLiteError) {
      let goesOn = try run.read(into: &batch, connection)
      // No row takes less than a byte: more than that come out of a tree that runs in circles.
      guard run.count <= plan.copy.byteCount else { throw SQLiteError(code: 11, message: "rows occur again and again") }
      if !goesOn { end(run) }
    } catch {
      let error = ReadError(error, table: schemas[position].name, artifact: artifact)
      rows = nil
      if keepsRows, !error.isInterruption { note(error) } else { failure = error }
    }
    if batch.rowCount == 0 {
      if let failure { throw failure }
      return false
    }
    plan.tables[position].respell(&batch)
    batch.heap.clearPadding()
    recordCount += batch.rowCount
    return true
  }

  /// Ends a run behind its last row.
  private mutating func end(_ run: TableRows) {
    rows = nil
    for (column, number) in run.invalidTexts.enumerated() where number > 0 {
      let name = schemas[position].columns[column].name
      findings.append(
        Finding(
          "text-not-utf8", .warning,
          "texts of '\(displayed(schemas[position].name)).\(displayed(name))' are not UTF-8 and are read as bytes",
          advice: "find out what wrote them: the encoding cannot be told", artifact: artifact,
          table: schemas[position].name, column: name, count: number))
    }
  }

  private mutating func note(_ error: ReadError) {
    findings.append(
      Finding(
        "unreadable-rows", .error, "\(error.message); rows before it are kept",
        advice: "take another copy of the database; sqlite3's .recover may find more rows", artifact: artifact,
        table: schemas[position].name))
  }
}
