internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

extension Verb {
  static let convert = Verb(
    Command(
      "convert", "write a backup in another format",
      examples: [
        Example("coffer convert dump.json -o shop.sql", "SQL for PostgreSQL, tables in the order that loads"),
        Example("coffer convert dump.json.gz -t sql --dialect sqlite | sqlite3 shop.db", "load it into SQLite"),
        Example("coffer convert dump.json -t csv -o shop/", "one CSV file per table"),
        Example("coffer convert convex/ -o records.jsonl --table records --safe", "one table, no secrets"),
        Example("coffer convert convex/records_backup.csv -o records.json", "CSV in the types of the JSON beside it"),
      ],
      operands: [Operand("IN", .file)],
      flags: ConvertFlags.writing + [from] + ReadingFlags.all,
      discussion: "IN is a file, a directory, '-' or a registered backup (see 'coffer help addressing'). What the "
        + "target cannot hold is named and counted; nothing is written when reading fails, unless --salvage is given."
        + "\n\nA CSV file that is named alone is read in the types of its schema file (--csv lossless writes one), or of "
        + "the Convex JSON of the same table that lies beside it; --system generic and --from csv leave them aside."
        + "\n\nSecrets are written as they are; which columns hold them is said on standard error.",
      exitCodes: [.partial, .loss, .interrupted]),
    run: convertBackup)

  static let export = Verb(
    Command(
      "export", "write a registered backup in another format",
      examples: [
        Example("coffer export latest -o shop.sql", "the newest backup as SQL for PostgreSQL"),
        Example("coffer export shop@2026-02-05 -t csv -o shop/", "one CSV file per table"),
      ],
      operands: [Operand("BACKUP", .file)], flags: ConvertFlags.writing,
      discussion: "The backup's files have to be where they were. Otherwise the same as 'coffer convert'.",
      exitCodes: [.partial, .loss, .noCatalog, .locked, .interrupted]),
    run: exportBackup)
}

private let from = Flag(
  "from", .choice("FORMAT", BuiltIn.importFormats.map(\.id)), "read it as this format and by its rules alone")

private func convertBackup(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let target = try ConversionTarget(invocation)
  var options = ReadingFlags.options(invocation)
  options.keepsRowsBeforeError = invocation.isSet(ConvertFlags.salvage)
  let path = invocation.operands[0]
  if let format = invocation.word(from) {
    options.isStrict = true
    let container = try openContainer(path)
    let backup = try plainBackup(container, format: format, path)
    return try write(try opened(backup, in: container, options), target, session)
  }
  return try write(try session.openBackup(path, options), target, session)
}

private func exportBackup(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let target = try ConversionTarget(invocation)
  var options = ReadOptions()
  options.keepsRowsBeforeError = invocation.isSet(ConvertFlags.salvage)
  return try write(try session.openBackup(invocation.operands[0], options), target, session)
}

/// A single file as rows of one format, whatever it looks like.
private func plainBackup(
  _ container: any BackupContainer, format: String, _ path: [UInt8]
) throws(Failure) -> DetectedBackup {
  guard container.entries.count == 1 else {
    throw .usage("--from takes a single file; '\(displayed(path))' holds \(container.entries.count)")
  }
  // What the file's name says of its table holds whatever its content looks like.
  let look = try telling { () throws(ReadError) in
    try BuiltIn.fallback.detect(container, BuiltIn.toolbox).first?.artifacts.first
  }
  let entry = container.entries[0]
  let artifact = DetectedArtifact(
    entry, .data, format: format, table: look?.table ?? Name(entry.path.lastPathComponent))
  return DetectedBackup(
    system: BuiltIn.fallback.id, kind: "\(format) file", confidence: 1, evidence: ["--from \(format)"],
    artifacts: [artifact])
}

/// Runs a conversion and tells what it did; `export` does the same for registered backups.
func write(_ backup: OpenedBackup, _ target: ConversionTarget, _ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let progress = Progress()
  let display = session.show("converting", progress)
  defer { display?.end() }
  var metered = backup.metered(progress, passes: 2)
  metered.system = WatchedSystem(metered.system, metered.input)
  let knowledge = try metered.survey()
  try checkTables(invocation, knowledge.tables)
  var job = ConversionJob(input: metered.input, system: metered.system, format: target.format)
  job.knowledge = knowledge
  job.outputPath = target.path
  job.encoder = target.encoder
  job.replaces = invocation.isSet(ConvertFlags.replace)
  job.options = try ConvertFlags.options(invocation)
  job.options.title = backup.input.backup.projectName?.bytes ?? backup.input.container.path.lastPathComponent
  let internals = try ConvertFlags.internalFields(invocation, metered.system, target)
  job.options.attributes = knowledge.attributes
  job.transforms = ConvertFlags.transforms(invocation, internals: internals)
  job.keepsForeignKeys = invocation.word(ConvertFlags.foreignKeys) == "keep"
  var report: ConversionReport
  do throws(PumpError) { report = try job.run() } catch { throw Failure(error) }
  display?.end()
  // What is wrong with tables that were not asked for is no matter here.
  let left = Set(selected(invocation, knowledge.tables))
  report.findings.removeAll { finding in finding.table.map { !left.contains($0) } ?? false }
  if !invocation.isSet(ConvertFlags.noInternalFields) {
    report.findings += internalsLeftOut(internals, knowledge.tables)
  }
  try tell(report, session)
  if invocation.isSet(ConvertFlags.failOnLoss), !report.losses.isEmpty { return .loss }
  return report.isPartial ? .partial : .success
}

/// Says which columns of the system itself were left out without being asked.
private func internalsLeftOut(_ internals: [Name], _ tables: [TableSchema]) -> [Finding] {
  let left = internals.filter { name in tables.contains { $0.index(of: name) != nil } }
  guard !left.isEmpty else { return [] }
  return [
    Finding(
      "internal-fields-left-out", .info,
      "fields of the system itself are left out: \(left.map { displayed($0) }.joined(separator: ", "))",
      advice: "--internal-fields keeps them")
  ]
}

/// Checks that the tables which the flags name are there, and that some are left to write.
private func checkTables(_ invocation: Invocation, _ tables: [TableSchema]) throws(Failure) {
  let names = tables.map(\.name)
  for name in (invocation.all(ConvertFlags.table) + invocation.all(ConvertFlags.exclude)).map({ Name($0) })
  where !names.contains(name) {
    throw noSuchTable(name.bytes, among: names)
  }
  guard names.isEmpty || !selected(invocation, tables).isEmpty else {
    throw .usage("--table and --exclude leave nothing to write")
  }
}

/// Names of the tables that the flags leave.
private func selected(_ invocation: Invocation, _ tables: [TableSchema]) -> [Name] {
  let included = invocation.all(ConvertFlags.table).map { Name($0) }
  let excluded = invocation.all(ConvertFlags.exclude).map { Name($0) }
  return tables.map(\.name).filter { (included.isEmpty || included.contains($0)) && !excluded.contains($0) }
}

/// The summary, where it disturbs no output: a program gets JSON Lines, people a few lines on standard error.
private func tell(_ report: ConversionReport, _ session: Session) throws(Failure) {
  guard session.isForPrograms else { return tellPeople(report, session) }
  var lines: [[Value.Field]] = report.findings.map { finding in
    [Value.Field("message_type", .text("finding"))] + fields(of: finding)
  }
  if let error = report.readError {
    lines.append(
      [Value.Field("message_type", .text("finding"))]
        + fields(of: Finding("reading-ended", .error, Failure(error).message, advice: error.advice)))
  }
  lines += report.losses.map { loss in
    [
      Value.Field("message_type", .text("loss")), .init("code", .text(loss.code)),
      .init("message", .text(loss.message)), .init("table", .name(loss.table)),
      .init("column", Value(loss.column)), .init("count", .integer(loss.count)),
      .init("is_reject", .boolean(loss.isReject)),
    ]
  }
  lines.append([
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
  ])
  // The rows themselves may be on standard output.
  try session.printMessages(lines, onStandardError: report.outputPath == nil)
}

private func tellPeople(_ report: ConversionReport, _ session: Session) {
  session.note(findings: report.findings)
  if let error = report.readError { session.note("reading ended early: \(Failure(error).message)") }
  for loss in report.losses {
    let place = displayed(loss.table) + (loss.column.map { ".\(displayed($0))" } ?? "")
    session.note("loss: \(place): \(loss.message) (\(loss.count) \(loss.count == 1 ? "time" : "times"))")
  }
  if !report.secretColumns.isEmpty {
    let names = report.secretColumns.map { "\(displayed($0.table)).\(displayed($0.column))" }
    session.note(
      "the output holds secrets: \(names.prefix(8).joined(separator: ", "))\(names.count > 8 ? ", …" : "")"
        + " (--safe leaves them out)")
  }
  let place = report.outputPath.map { " to \(displayed($0))" } ?? ""
  session.note(
    "wrote \(counted(report.records, "record")) of \(counted(report.tables.count, "table"))\(place)")
}
