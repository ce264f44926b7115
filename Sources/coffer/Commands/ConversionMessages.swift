internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// Where messages are in nobody's way: the rows themselves may be on standard output.
func messagePlace(_ outputPath: [UInt8]?) -> MessagePlace {
  outputPath == nil ? .standardError : .standardOutput
}

/// The summary, where it disturbs no output: a program gets JSON Lines, people a few lines on standard error.
/// `isComplete`: secrets were asked for.
func tell(
  _ report: ConversionReport, _ session: Session, isComplete: Bool, passwords targets: [PasswordTarget]
) throws(Failure) {
  guard session.isForPrograms else { return tellPeople(report, session, isComplete, targets) }
  var lines = messages(of: report) + report.passwordMessages(targets)
  var summary: [Value.Field] = [
    .init("message_type", .text("summary")), .init("tables", .integer(report.tables.count)),
    .init("records", .integer(report.records)), .init("is_partial", .boolean(report.isPartial)),
    .init("losses", .integer(report.losses.reduce(0) { $0 + $1.count })),
    .init("output", Value(report.outputPath)),
    .init(
      "secret_columns", .list(report.secretColumns.map { .bytes($0.table.bytes + Array(".".utf8) + $0.column.bytes) })),
    .init(
      "records_by_table",
      .list(
        report.tables.map { .object([.init("table", .bytes($0.name.bytes)), .init("records", .integer($0.records))]) })),
  ]
  if let files = report.files {
    summary += [
      .init("files", .integer(files.count)), .init("file_bytes", .integer(Int(files.bytes))),
      .init("files_output", .bytes(files.path)),
    ]
  }
  lines.append(summary)
  try session.printMessages(lines, to: messagePlace(report.outputPath))
}

/// What a program is told of findings and losses.
func messages(of report: ConversionReport) -> [[Value.Field]] {
  var lines: [[Value.Field]] = report.findings.map { finding in
    [Value.Field("message_type", .text("finding"))] + fields(of: finding)
  }
  if let error = report.readError {
    lines.append(
      [Value.Field("message_type", .text("finding"))]
        + fields(of: Finding("reading-ended", .error, Failure(error).message, advice: error.advice)))
  }
  lines += report.rules.map(fields)
  lines += report.losses.map { loss in
    [
      Value.Field("message_type", .text("loss")), .init("code", .text(loss.code)),
      .init("message", .text(loss.message)), .init("table", .name(loss.table)),
      .init("column", Value(loss.column)), .init("count", .integer(loss.count)),
      .init("is_reject", .boolean(loss.isReject)),
    ]
  }
  return lines
}

/// What people are told of findings and losses.
func noteLosses(of report: ConversionReport, _ session: Session) {
  session.note(findings: report.findings)
  if let error = report.readError { session.note("reading ended early: \(Failure(error).message)") }
  session.note(losses: report.losses)
}

private func tellPeople(
  _ report: ConversionReport, _ session: Session, _ isComplete: Bool, _ targets: [PasswordTarget]
) {
  session.note(rules: report.rules)
  noteLosses(of: report, session)
  for line in report.passwordLines(targets) { session.note(line) }
  if !report.secretColumns.isEmpty {
    let names = report.secretColumns.map { "\(displayed($0.table)).\(displayed($0.column))" }
    let shown = isComplete ? names.count : 8
    session.note(
      (isComplete ? "warning: this export is complete. " : "")
        + "the output holds secrets: \(names.prefix(shown).joined(separator: ", "))\(names.count > shown ? ", …" : "")"
        + (isComplete ? " (give it to nobody who may not have them)" : " (--safe leaves them out)"))
  }
  let place = report.outputPath.map { " to \(displayed($0))" } ?? ""
  session.note(
    "wrote \(counted(report.records, "record")) of \(counted(report.tables.count, "table"))\(place)")
  if let files = report.files {
    session.note(
      "wrote \(counted(files.count, "file")), \(counted(Int(files.bytes), "byte")), to \(displayed(files.path))")
  }
}
