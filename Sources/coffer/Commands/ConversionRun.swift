internal import Bytes
internal import CatalogSource
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Mapping
internal import Records

/// How far a conversion has come, and where that is shown.
struct ConversionWork {
  let progress: Progress
  private let display: ProgressDisplay?

  init(_ session: Session, _ target: ConversionTarget) {
    self.init(session, "converting", messagePlace(target.path))
  }
  /// Work that is a part of other work, which shows it.
  init(_ progress: Progress) {
    self.progress = progress
    display = nil
  }
  init(_ session: Session, _ verb: String, _ messages: MessagePlace) {
    progress = Progress()
    display = session.show(verb, progress, messages: messages)
  }
  /// Takes the display away; may be called again.
  func end() { display?.end() }
}

/// Runs a conversion and tells what it did; `export` does the same for registered backups, or a part of their rows.
func write(
  _ backup: OpenedBackup, _ target: ConversionTarget, _ work: ConversionWork, _ session: Session,
  part: PartOfRows? = nil
) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  try invocation.checkCertificate(target)
  let (job, selection) = try conversionJob(of: backup, target, work, session, part: part)
  var report = try run(job, selection, work, session)
  // Secrets that are left out on purpose are no loss of the catalog's.
  report.losses += backup.catalogLosses(of: selection.tables).filter { !job.isSafe || $0.code != CatalogLog.secretCode }
  try tell(
    report, session, isComplete: invocation.isSet(ifTaken: ConvertFlags.complete),
    passwords: target.format.passwordTargets)
  let isProved = try session.certify(
    OpenedBackup(input: backup.input, system: job.system), job.knowledge ?? Knowledge(), selection, report)
  if !isProved || invocation.isSet(ConvertFlags.failOnLoss) && !report.losses.isEmpty { return .loss }
  return report.isPartial ? .partial : .success
}

/// What the flags leave of a backup.
struct ConversionSelection {
  var tables: Set<Name>
  /// Columns of the system itself that are left out.
  var internals: [Name]
  /// What the mapping did, if there is one.
  var mapping: MappingLog?
  /// Digests of the source's rows, when a certificate is asked for.
  var digests: SourceDigest.Digests?
}

/// Surveys a backup and makes the job that the flags ask for.
func conversionJob(
  of backup: OpenedBackup, _ target: ConversionTarget, _ work: ConversionWork, _ session: Session,
  part: PartOfRows? = nil, isOfRejects: Bool = false
) throws(Failure) -> (ConversionJob, ConversionSelection) {
  let invocation = session.invocation
  var metered = backup.metered(work.progress, passes: invocation.isSet(ifTaken: ConvertFlags.safe) ? 3 : 2)
  metered.system = WatchedSystem(metered.system, metered.input)
  metered.input.files = try fileStage(invocation, target)
  var knowledge = try metered.survey(), log: MappingLog?, castColumns: [(table: Name, column: Name)] = []
  if let mapping = try session.mapping() {
    guard invocation.bytes(ifTaken: ConvertFlags.files) == nil else {
      throw .usage("--files and a mapping exclude each other", advice: "write the files without the mapping")
    }
    castColumns = mapping.castColumns
    (metered, knowledge, log) = try metered.mapped(mapping, knowledge, isOfRejects: isOfRejects)
  }
  try checkTables(invocation, knowledge.tables)
  let only: [Name]? = if let part { try part.tables(among: knowledge.tables) } else { nil }
  var job = ConversionJob(input: metered.input, system: metered.system, format: target.format)
  job.knowledge = knowledge
  job.castColumns = castColumns
  job.outputPath = target.path
  job.encoder = target.encoder
  job.replaces = invocation.isSet(ifTaken: ConvertFlags.replace)
  job.options = try ConvertFlags.options(invocation)
  if let part, let only { part.adjust(&job, only, invocation) }
  job.options.title = backup.input.backup.projectName?.bytes ?? backup.input.container.path.lastPathComponent
  let internals = try ConvertFlags.internalFields(invocation, metered.system, target)
  job.options.attributes = knowledge.attributes
  job.transforms = ConvertFlags.transforms(invocation, internals: internals, part: only)
  job.addsInferredKeys = invocation.word(ifTaken: ConvertFlags.foreignKeys) == "infer"
  job.isSafe = invocation.isSet(ifTaken: ConvertFlags.safe)
  job.keepsForeignKeys = invocation.word(ifTaken: ConvertFlags.foreignKeys) == "keep"
  if invocation.bytes(ifTaken: ConvertFlags.certificate) != nil {
    job.digests = SourceDigest.Digests(without: internals)
  }
  let tables = Set(only ?? selected(invocation, knowledge.tables))
  return (
    job, ConversionSelection(tables: tables, internals: internals, mapping: log, digests: job.digests)
  )
}

/// Runs a job; what is wrong with tables that were not asked for is no matter.
func run(
  _ job: ConversionJob, _ selection: ConversionSelection, _ work: ConversionWork, _ session: Session
) throws(Failure) -> ConversionReport {
  var report: ConversionReport
  do throws(PumpError) { report = try job.run() } catch { throw Failure(error) }
  work.end()
  report.rules = selection.mapping?.rules(of: selection.tables) ?? []
  report.losses += selection.mapping?.losses(of: selection.tables) ?? []
  report.findings.removeAll { finding in finding.table.map { !selection.tables.contains($0) } ?? false }
  if !session.invocation.isSet(ifTaken: ConvertFlags.noInternalFields) {
    report.findings += internalsLeftOut(selection.internals, job.knowledge?.tables ?? [])
  }
  return report
}

/// The directory that --files names.
private func fileStage(_ invocation: Invocation, _ target: ConversionTarget) throws(Failure) -> FileStage? {
  guard let path = invocation.bytes(ifTaken: ConvertFlags.files) else { return nil }
  guard !invocation.isSet(ifTaken: ConvertFlags.safe) else {
    throw .usage(
      "--safe does not look into the files within a backup", advice: "leave --files out, or write them without --safe")
  }
  if let output = target.path, path.starts(with: output), path.count == output.count || output.last == UInt8(ascii: "/")
  {
    throw .usage("--files names a directory inside the output", advice: "name one beside it")
  }
  do throws(IOError) {
    return try FileStage(path, replaces: invocation.isSet(ifTaken: ConvertFlags.replace))
  } catch { throw Failure(WriteError(error)) }
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
  for name in (invocation.all(ifTaken: ConvertFlags.table) + invocation.all(ifTaken: ConvertFlags.exclude)).map({
    Name($0)
  })
  where !names.contains(name) {
    throw noSuchTable(name.bytes, among: names)
  }
  guard names.isEmpty || !selected(invocation, tables).isEmpty else {
    throw .usage("--table and --exclude leave nothing to write")
  }
}

/// Names of the tables that the flags leave.
private func selected(_ invocation: Invocation, _ tables: [TableSchema]) -> [Name] {
  let included = invocation.all(ifTaken: ConvertFlags.table).map { Name($0) }
  let excluded = invocation.all(ifTaken: ConvertFlags.exclude).map { Name($0) }
  return tables.map(\.name).filter { (included.isEmpty || included.contains($0)) && !excluded.contains($0) }
}
