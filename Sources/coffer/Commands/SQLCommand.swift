internal import Bytes
internal import CatalogStore
internal import CommandLine

extension Verb {
  static let sql = Verb(
    Command(
      "sql", "ask the catalog in SQL; nothing can be changed",
      examples: [
        Example("coffer sql 'SELECT * FROM backup_overview'", "a view made for reading"),
        Example(
          "coffer sql 'SELECT code, sum(count) FROM findings GROUP BY 1 ORDER BY 2 DESC' --json", "for a program"),
        Example("coffer sql \"SELECT name, sql FROM sqlite_schema\"", "what tables and views there are"),
      ],
      operands: [Operand("QUERY")],
      discussion: "The views backup_overview, table_overview, column_overview, finding_overview and file_overview hold "
        + "what people ask for. Secret values are not in the catalog.",
      exitCodes: [.noCatalog, .locked]),
    run: query)
}

private func query(_ session: Session) throws(Failure) -> ExitCode {
  let catalog = try session.openCatalog()
  let printer = QueryPrinter(try session.report())
  var consumer: any QueryConsumer & ~Copyable = QueryForwarder(printer: printer)
  try telling { () throws(CatalogError) in try catalog.query(session.invocation.operands[0], into: &consumer) }
  try printer.finish()
  return .success
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
  func row(_ values: [QueryValue]) -> Bool {
    attempt { report throws(Failure) in
      for value in values { try report.append(Value(value)) }
      try report.endRow()
    }
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
  mutating func row(_ values: [QueryValue]) -> Bool { printer.row(values) }
}

extension Value {
  /// A value of a query; bytes that are no text as hexadecimal digits behind `\x`.
  fileprivate init(_ value: QueryValue) {
    self =
      switch value {
      case .null: .null
      case .integer(let number): .integer(number)
      case .real(let number): .number(Array("\(number)".utf8))
      case .text(let bytes): .bytes(bytes)
      case .blob(let bytes): .text("\\x" + hexadecimal(bytes))
      }
  }
}
