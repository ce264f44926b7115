internal import Bytes
internal import Conversion
internal import Records

/// Writes records as a SQL script.
///
/// Its parts: settings and BEGIN; CREATE TABLE for all tables; the rows, in runs as they come; then indexes, unique keys,
/// foreign keys and sequences; COMMIT. Keys come last because rows may refer to rows that follow.
struct SQLScriptWriter: RecordWriter, ~Copyable {
  private var output: OutputBuffer
  private let schema: SQLSchema
  private let options: WriteOptions
  /// What stands around it when it is a part of a set.
  private let part: SQLScriptPart?
  /// One for each table.
  private var conformers: [SQLRowConformer]
  /// The row that was respelled last.
  private var copy = RecordBatch(capacity: 1 << 12)
  /// Position of the current run's table.
  private var current = 0
  /// Forms of its columns.
  private var forms: [SQLForm] = []
  /// Positions of its columns that COPY holds, when these are not all.
  private var written: [Int] = []
  private var insert: InsertStatement
  private var hasBegun = false
  private var isCopyOpen = false
  /// Rows of tables without columns, which only PostgreSQL has, by table.
  private var columnlessRows: [Int]
  /// Columns that are written as NULL first, by table.
  private let filledIn: [[Int]]
  /// The statements that fill them in; nil before the first.
  private var references: LateReferences?

  init(
    _ output: consuming OutputBuffer, _ schema: SQLSchema, _ options: WriteOptions, part: SQLScriptPart? = nil
  ) {
    self.output = output
    self.part = part
    self.schema = schema
    self.options = options
    conformers = schema.tables.map { SQLRowConformer($0, schema.dialect) }
    insert = InsertStatement(schema.dialect)
    columnlessRows = schema.tables.map { _ in 0 }
    filledIn = schema.tables.map { schema.columnsFilledIn(of: $0) }
  }

  private var usesCopy: Bool { schema.dialect == .postgres && !options.usesInserts }
  /// Tables that the dialect can hold.
  private func holds(_ table: SQLTable) -> Bool { schema.dialect == .postgres || !table.columns.isEmpty }

  mutating func begin(_ table: TableSchema) throws(WriteError) {
    guard let position = schema.index(of: table.name) else {
      throw WriteError(.unsupported("table was not announced"), table: table.name)
    }
    do throws(IOError) {
      try start()
      try endRun()
      current = position
      let table = schema.tables[position]
      // A table of which nothing is written is as one without columns.
      forms = table.written.isEmpty ? [] : table.columns.map(\.type.form)
      written = table.written.count < table.columns.count ? table.written : []
      guard options.writesData, holds(schema.tables[position]) else { return }
      if usesCopy {
        try beginCopy(schema.tables[position])
      } else {
        insert.begin(schema.tables[position])
      }
    } catch { throw WriteError(error) }
  }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    guard options.writesData else { return }
    let usesCopy = usesCopy, forms = forms, written = written
    guard !forms.isEmpty else {
      columnlessRows[current] += batch.rowCount
      return
    }
    let columns = filledIn[current]
    for row in 0..<batch.rowCount {
      do {
        guard columns.isEmpty else {
          try writeInPhases(row, of: batch, columns)
          continue
        }
        switch try conformers[current].conform(row: row, of: batch, copyingTo: &copy) {
        case .asIs: try Self.write(row, of: batch, forms, written, usesCopy, &insert, &output)
        case .rewritten: try Self.write(0, of: copy, forms, written, usesCopy, &insert, &output)
        case .rejected: continue
        }
      } catch {
        var error = error
        error.table = schema.tables[current].source.name
        error.record = batch.firstRecord + row + 1
        throw error
      }
    }
  }

  /// Writes a row without its references, which are kept for the end.
  private mutating func writeInPhases(
    _ row: Int, of batch: borrowing RecordBatch, _ columns: [Int]
  ) throws(WriteError) {
    let fate = try conformers[current].conform(row: row, of: batch, copyingTo: &copy)
    let references: LateReferences
    do throws(IOError) {
      if let begun = self.references { references = begun } else { references = try LateReferences(schema.dialect) }
      switch fate {
      case .asIs: try references.take(row, of: batch, schema.tables[current], columns)
      case .rewritten: try references.take(0, of: copy, schema.tables[current], columns)
      case .rejected: return
      }
    } catch { throw WriteError(error) }
    self.references = references
    try Self.write(0, of: references.row, forms, written, usesCopy, &insert, &output)
  }

  private static func write(
    _ row: Int, of batch: borrowing RecordBatch, _ forms: [SQLForm], _ written: [Int], _ usesCopy: Bool,
    _ insert: inout InsertStatement, _ output: inout OutputBuffer
  ) throws(WriteError) {
    do throws(IOError) {
      if usesCopy {
        try writeCopyRow(row, of: batch, forms, written: written, to: &output)
      } else {
        try insert.write(row, of: batch, to: &output)
      }
    } catch { throw WriteError(error) }
  }

  mutating func finish() throws(WriteError) {
    do throws(IOError) {
      try start()
      try endRun()
      if options.writesData { try writeColumnlessRows() }
      if let references { try references.finish(into: &output) }
      try writeEnd()
      try output.finish()
    } catch { throw WriteError(error) }
  }

  var losses: [Loss] {
    var losses = schema.losses
    for (i, conformer) in conformers.enumerated() {
      losses += conformer.losses
      if columnlessRows[i] > 0 && !holds(schema.tables[i]) {
        losses.append(
          Loss(
            "no-columns", "a table without columns cannot be held: rows left out", table: schema.tables[i].source.name,
            count: columnlessRows[i], isReject: true))
      }
    }
    return losses
  }
}

// The parts around the rows.
extension SQLScriptWriter {
  /// Whether the script makes the table.
  private func isMade(_ table: SQLTable) -> Bool { part.map { !$0.existing.contains(table.source.name) } ?? true }

  private mutating func statement(_ text: [UInt8]) throws(IOError) {
    try output.append(text)
    try output.append(";\n")
  }

  /// Settings and tables, once.
  private mutating func start() throws(IOError) {
    guard !hasBegun else { return }
    hasBegun = true
    let settings = Settings.of(schema.dialect, schema.cycles)
    if let part {
      try output.append(part.header)
    } else {
      try output.append(Array("-- SQL script for \(schema.dialect.facts.title), written by coffer\n".utf8))
      try output.append(settings.begin)
    }
    if options.writesSchema {
      for text in schema.createSchemas(without: part?.existing ?? []) { try statement(text) }
      for table in schema.tables where holds(table) && isMade(table) { try statement(schema.createTable(table)) }
      for key in schema.earlyKeyStatements() where isMade(schema.tables[key.table]) { try statement(key.text) }
    }
    if options.writesData, part == nil { try output.append(settings.beforeData) }
  }

  private mutating func beginCopy(_ table: SQLTable) throws(IOError) {
    // COPY knows no way to write a row without columns; such rows are counted and written as INSERT at the end.
    let written = table.written
    guard !written.isEmpty else { return }
    try output.append("COPY ")
    try output.append(table.quotedName)
    try output.append(" (")
    try output.append(table.list(written))
    try output.append(") FROM stdin;\n")
    isCopyOpen = true
  }

  private mutating func endRun() throws(IOError) {
    if isCopyOpen { try output.append("\\.\n") }
    isCopyOpen = false
    try insert.end(&output)
  }

  private mutating func writeColumnlessRows() throws(IOError) {
    for (i, table) in schema.tables.enumerated() where holds(table) && table.written.isEmpty {
      for _ in 0..<columnlessRows[i] {
        try statement(Array("INSERT INTO ".utf8) + table.quotedName + Array(" DEFAULT VALUES".utf8))
      }
    }
  }

  /// Keys, sequences and the end of the transaction.
  private mutating func writeEnd() throws(IOError) {
    let settings = Settings.of(schema.dialect, schema.cycles)
    if options.writesData, part == nil { try output.append(settings.afterData) }
    // A table cannot be altered as long as checks of its rows are due.
    if options.writesData && options.writesSchema && schema.hasEarlyKeys && schema.cycles != .replica {
      try output.append("SET CONSTRAINTS ALL IMMEDIATE;\n")
    }
    if options.writesSchema {
      for key in schema.keyStatements() where isMade(schema.tables[key.table]) { try statement(key.text) }
    }
    if options.writesData {
      for table in schema.tables where isMade(table) {
        if let text = schema.resetIdentity(table) { try statement(text) }
      }
    }
    if let part { try output.append(part.footer) } else { try output.append(settings.end) }
  }
}

/// What stands around the parts of a script, by dialect.
private struct Settings {
  var begin: StaticString
  var beforeData: StaticString
  var afterData: StaticString
  var end: StaticString

  static func of(_ dialect: SQLDialect, _ cycles: CycleStrategy?) -> Settings {
    switch dialect {
    case .postgres: cycles == .replica ? replica : postgres
    case .sqlite: cycles == .defer ? deferred : sqlite
    case .mysql: mysql
    }
  }

  private static let postgres = Settings(
    begin: PostgresSettings.begin, beforeData: "SET CONSTRAINTS ALL DEFERRED;\n", afterData: "", end: "COMMIT;\n")

  /// A replica is sent rows that have been checked: only a superuser may say that.
  private static let replica = Settings(
    begin: postgres.begin, beforeData: "SET LOCAL session_replication_role = replica;\n",
    afterData: "SET LOCAL session_replication_role = origin;\n", end: postgres.end)

  /// Foreign keys are checked when the transaction ends.
  private static let deferred = Settings(
    begin: "PRAGMA foreign_keys=ON;\nBEGIN;\n", beforeData: "", afterData: "", end: "COMMIT;\n")

  /// Foreign keys are part of the tables and may lead to rows that follow.
  private static let sqlite = Settings(
    begin: "PRAGMA foreign_keys=OFF;\nBEGIN;\n", beforeData: "", afterData: "", end: "COMMIT;\n")

  /// MySQL ends a transaction at every statement that defines something: only the rows are one.
  private static let mysql = Settings(
    begin: """
      SET NAMES utf8mb4;
      SET @coffer_sql_mode = @@SESSION.sql_mode, @coffer_time_zone = @@SESSION.time_zone;
      SET @coffer_foreign_key_checks = @@SESSION.foreign_key_checks;
      SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO', SESSION time_zone = '+00:00';

      """,
    beforeData: "SET SESSION foreign_key_checks = 0;\nSTART TRANSACTION;\n",
    afterData: "COMMIT;\nSET SESSION foreign_key_checks = @coffer_foreign_key_checks;\n",
    end: "SET SESSION sql_mode = @coffer_sql_mode, SESSION time_zone = @coffer_time_zone;\n")
}
