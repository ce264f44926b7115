internal import BuiltIn
internal import Bytes
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import SQLiteClient

extension Verb {
  static let sql = Verb(
    Command(
      "sql", "ask the catalog, or the rows of a backup, in SQL; nothing can be changed",
      examples: [
        Example("coffer sql 'SELECT * FROM backup_overview'", "a view made for reading"),
        Example(
          "coffer sql 'SELECT code, sum(count) FROM findings GROUP BY 1 ORDER BY 2 DESC' --json", "for a program"),
        Example("coffer sql --backup latest 'SELECT count(*) FROM shop_order WHERE paid'", "the rows of a backup"),
        Example("coffer sql \"SELECT name, sql FROM sqlite_schema\"", "what tables and views there are"),
      ],
      operands: [Operand("QUERY")], flags: [backup, raw],
      discussion: "The views backup_overview, table_overview, column_overview, finding_overview and file_overview hold "
        + "what people ask for.\n\nWith --backup, the tables of that backup are there as well; a table of the catalog "
        + "that has the same name is then catalog.NAME. Columns that hold secrets are masked unless --raw is given.",
      exitCodes: [.noCatalog, .locked]),
    run: query)
}

private let backup = Flag("backup", short: "b", .file("BACKUP"), "add the rows of this backup, which may be a path")
private let raw = Flag("raw", "show secrets")

private func query(_ session: Session) throws(Failure) -> ExitCode {
  let sql = session.invocation.operands[0]
  guard let word = session.invocation.bytes(backup) else {
    let catalog = try session.openCatalog()
    let printer = QueryPrinter(try session.report())
    var consumer: any QueryConsumer & ~Copyable = QueryForwarder(printer: printer)
    try telling { () throws(CatalogError) in try catalog.query(sql, into: &consumer) }
    try printer.finish()
    return .success
  }
  let rows = try RowsDatabase(session, word, showsSecrets: session.invocation.isSet(raw))
  let printer = QueryPrinter(try session.report())
  do throws(SQLiteError) { try rows.query(sql, into: printer) } catch {
    let message = error.isRefused ? "only queries are allowed: \(error.message)" : error.message
    throw Failure(error.isBusy ? .locked : error.isInterrupted ? .interrupted : .usage, message)
  }
  try printer.finish()
  return .success
}

/// The rows of a backup in a private SQLite file, with the catalog beside them if there is one.
private struct RowsDatabase {
  private let directory: PrivateDirectory
  private let path: [UInt8]
  private let catalog: [UInt8]?

  init(_ session: Session, _ word: [UInt8], showsSecrets: Bool) throws(Failure) {
    directory = try telling { () throws(IOError) in try PrivateDirectory() }
    path = directory.path.appending(path: Array("rows.sqlite".utf8))
    let chosen = try CatalogPlace(session.settings)
    guard !chosen.isOnServer else {
      throw Failure(
        .failure, "rows can be asked beside a catalog in a SQLite file only",
        advice: "copy it: coffer catalog copy URL FILE, then name the file with --catalog")
    }
    let place = chosen.path
    // SQLite takes some words for more than paths.
    let isPath = place.first == UInt8(ascii: "/")
    catalog = try telling { () throws(IOError) in
      try fileStatus(place)?.kind == .regular ? (isPath ? place : Array("./".utf8) + place) : nil
    }
    guard let format = BuiltIn.exportFormats.first(where: { $0.id == "sqlite" }) else {
      throw Failure(.failure, "this build cannot write SQLite")
    }
    let progress = Progress()
    let display = session.show("reading", progress)
    defer { display?.end() }
    let opened = try session.openBackup(word, ReadOptions(), progress).metered(progress, passes: 2)
    var job = ConversionJob(input: opened.input, system: opened.system, format: format)
    job.outputPath = path
    job.transforms = showsSecrets ? [] : [MaskSecrets()]
    do throws(PumpError) { _ = try job.run() } catch { throw Failure(error) }
  }

  func query(_ sql: [UInt8], into printer: QueryPrinter) throws(SQLiteError) {
    let connection = try Connection(path, ConnectionOptions(.write))
    if let catalog {
      var attach = try connection.prepare("ATTACH ? AS catalog")
      try attach.bind(text: catalog, at: 1)
      try attach.run()
    }
    try connection.restrictToReading()
    var statement = try connection.prepare(sql)
    printer.begin((0..<statement.columnCount).map { Name(statement.columnName($0)) })
    while try statement.step() {
      guard printer.row((0..<statement.columnCount).map({ Value(statement, $0) })) else { return }
    }
  }
}

extension Value {
  /// A value of a statement's row.
  fileprivate init(_ statement: borrowing Statement, _ column: Int) {
    self =
      switch statement.storageClass(column) {
      case .null: .null
      case .integer: .integer(statement.integer(column))
      case .real: .number(Array("\(statement.double(column))".utf8))
      case .text: .bytes(statement.bytes(column))
      case .blob: .text("\\x" + hexadecimal(statement.bytes(column)))
      }
  }
}

/// Prints rows as they come; what goes wrong is told at the end.
private final class QueryPrinter {
  private var report: Report
  private var failure: Failure?

  init(_ report: consuming Report) { self.report = report }

  func begin(_ columns: [Name]) {
    attempt { report throws(Failure) in
      try report.begin(Section("rows", columns.map { ReportColumn(data: $0.bytes) }))
    }
  }

  /// False when there is no use in going on.
  func row(_ values: [Value]) -> Bool {
    attempt { report throws(Failure) in try report.row(values) }
    return failure == nil
  }

  func finish() throws(Failure) {
    if let failure { throw failure }
    try report.finish()
  }

  private func attempt(_ body: (inout Report) throws(Failure) -> Void) {
    guard failure == nil else { return }
    do throws(Failure) { try body(&report) } catch { failure = error }
  }
}

private struct QueryForwarder: QueryConsumer, ~Copyable {
  let printer: QueryPrinter
  mutating func begin(columns: [Name]) { printer.begin(columns) }
  mutating func row(_ values: [QueryValue]) -> Bool { printer.row(values.map { Value($0) }) }
}

extension Value {
  /// A value of a query; bytes that are no text as hexadecimal digits behind `\x`.
  fileprivate init(_ value: QueryValue) {
    self =
      switch value {
      case .null: .null
      case .integer(let number): .integer(number)
      case .real(let number): .number(Array("\(number)".utf8))
      case .number(let digits): .number(digits)
      case .text(let bytes): .bytes(bytes)
      case .blob(let bytes): .text("\\x" + hexadecimal(bytes))
      }
  }
}
