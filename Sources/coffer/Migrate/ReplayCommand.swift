internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records
internal import Transforms

extension Verb {
  static let replay = Verb(
    Command(
      "replay", "load rows again that a migration had to leave out",
      examples: [
        Example("coffer replay rejects/ --into postgresql:///shop", "what is still refused stays in the directory"),
        Example("coffer replay rejects/ --into postgresql:///shop --map shop.toml", "by the mapping, which was mended"),
        Example("coffer replay rejects/ --into shop.db --mode skip-existing", "pass over rows whose key came since"),
      ],
      operands: [Operand("DIR", .file)],
      flags: [
        MigrateFlags.into, MigrateFlags.mode, MigrateFlags.preview, MigrateFlags.maxRejects, MigrateFlags.lineage,
        ConvertFlags.cycles,
        ConvertFlags.failOnLoss, MigrateFlags.backup, MigrateFlags.noRegister, MigrateFlags.yes, MigrateFlags.confirm,
      ] + MappingFlags.all,
      discussion:
        "DIR is what 'coffer migrate --rejects DIR' wrote. Its CSV files may be mended first, but for their number of rows, "
        + "or the tables of the database. The rows are added to tables that are there (--mode append, which is usual, or another), "
        + "in one transaction; DIR then holds only what is refused still, with the reasons of this time, and is gone when that is "
        + "nothing. A load that is stopped leaves all rows in DIR."
        + "\n\nRows of a load with a mapping are kept as they were before it, whether it or the database refused them: state the "
        + "mapping again, mended if need be, with --map or --cast. What columns of JSON were taken apart into stays apart.",
      exitCodes: [.partial, .loss, .refused, .interrupted]),
    run: replayRejects)
}

private func replayRejects(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let load = try openLoad(invocation)
  var path = invocation.operands[0]
  while path.count > 1, path.last == UInt8(ascii: "/") { path.removeLast() }
  var options = LoadOptions()
  options.mode = invocation.choice(MigrateFlags.mode) ?? .append
  guard options.mode != .create else {
    throw .usage("--mode create makes tables, and rows are loaded again into those there")
  }
  options.isPreview = invocation.isSet(MigrateFlags.preview)
  options.safetyCopy = try session.safetyCopy(for: load)
  options.rejects = Rejects(
    in: path, as: BuiltIn.exactFormat, limit: invocation.count(MigrateFlags.maxRejects), isReplay: true)
  let work = ConversionWork(session, options.isPreview ? "looking" : "loading", .standardOutput)
  defer { work.end() }
  let backup = try session.rejectFiles(path, work.progress)
  var (job, selection) = try conversionJob(
    of: backup, ConversionTarget(LoadFormat(load, options)), work, session, isOfRejects: true)
  job.options.writesSchema = false
  job.transforms = [DropColumns(names: (Rejects.columns + Rejects.origin).map(\.name))]
  return try session.load(job, selection, into: load, options, work)
}

extension Session {
  /// The files of a directory of rejected rows as one backup.
  fileprivate func rejectFiles(_ path: [UInt8], _ progress: Progress) throws(Failure) -> OpenedBackup {
    guard try telling({ () throws(IOError) in try fileStatus(path) })?.kind == .directory else {
      throw .usage("'\(displayed(path))' is no directory", advice: "name the one that migrate --rejects wrote")
    }
    let container = try openContainer(path, progress)
    let backups = try telling { () throws(ReadError) in
      try BuiltIn.recogniser.recognise(container, only: BuiltIn.fallback.id)
    }.backups
    guard let first = backups.first else { throw unrecognised(path, container) }
    var parts: [OpenedBackup] = [], whole = first
    for backup in backups { parts.append(try opened(backup, in: container, ReadOptions())) }
    whole.artifacts = backups.flatMap(\.artifacts)
    var all = try opened(whole, in: container, ReadOptions())
    let system = try telling { () throws(ReadError) in try sourceSystem(of: parts[0]) }
    all.system = RejectFiles(id: system ?? "rejects", parts: parts, hasMapping: try mapping() != nil)
    return all
  }
}

/// The system that rejected rows are of, as their first one says.
private func sourceSystem(of part: OpenedBackup) throws(ReadError) -> String? {
  var reader = try part.system.openRecords(part.input, try part.system.survey(part.input)), batch = RecordBatch()
  guard let table = try reader.nextTable(), let column = table.index(of: Rejects.origin[1].name),
    try reader.read(into: &batch), batch.rowCount > 0, batch[0, column].kind == .text
  else { return nil }
  return String(decoding: Array(batch.bytes(of: batch[0, column])), as: UTF8.self)
}

/// Files of rejected rows, read one after another.
private struct RejectFiles: SourceSystem {
  /// Of the rows before they were rejected.
  let id: String
  let parts: [OpenedBackup]
  /// Whether a mapping is stated.
  let hasMapping: Bool

  var title: String { "Rejected rows" }
  var summary: String { "rows that a target refused" }

  func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] { [] }

  func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    var tables: [TableSchema] = []
    for part in parts {
      let knowledge = try part.system.survey(part.input)
      let path = part.input.backup.artifacts.first?.entry.path
      if knowledge.tables.isEmpty { throw ReadError(.empty, artifact: path) }
      // Files of one directory may be one backup.
      for table in knowledge.tables { try check(table, path) }
      tables += knowledge.tables
    }
    return Knowledge(tables: tables)
  }

  private func check(_ table: TableSchema, _ path: [UInt8]?) throws(ReadError) {
    let names = Rejects.columns.map(\.name), found = table.columns.map(\.name)
    let isMapped = found.last == Rejects.origin.last?.name
    guard Array(found.dropLast(isMapped ? Rejects.origin.count : 0).suffix(names.count)) == names else {
      throw ReadError(
        .unrecognised(
          "'\(displayed(table.name))' holds no rejected rows, or its schema file is not beside it"), artifact: path)
    }
    guard hasMapping || !isMapped else {
      throw ReadError(
        .rowRefused(
          "rows are kept as they were before the mapping of their load",
          advice: "state the mapping again: --map FILE or --cast RULE"), artifact: path)
    }
  }

  func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError) -> any RecordReader & ~Copyable {
    let parts = parts.map { part in
      ChainedReader.Part { (_) throws(ReadError) in try part.system.openRecords(part.input, knowledge) }
    }
    return ChainedReader(parts, keepsRowsBeforeError: false)
  }
}
