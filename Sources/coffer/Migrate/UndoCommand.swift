internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics

extension Verb {
  static let undo = Verb(
    Command(
      "undo", "bring back the rows that were there before a migration",
      examples: [
        Example(
          "coffer undo ~/.local/share/coffer/undo/shop-20260105120000-1x2y3z.sql --into postgresql:///shop",
          "as 'migrate' said"),
        Example(
          "coffer undo shop-before.sql --into postgresql:///shop --preview", "what would become of the rows there"),
      ],
      operands: [Operand("COPY", .file)],
      flags: [
        MigrateFlags.into, MigrateFlags.preview, ConvertFlags.failOnLoss, MigrateFlags.backup, MigrateFlags.noRegister,
        MigrateFlags.yes,
        MigrateFlags.confirm,
      ],
      discussion:
        "COPY is the safety copy that 'coffer migrate --mode replace' or 'upsert' made and named. The tables in it are made to hold "
        + "its rows again and no others, in one transaction: whatever was written to them since goes, too. Tables that the "
        + "migration made stay, and sequences go on where they are; ids that --lineage kept of rows that are gone go. A copy of how it was before the undoing is made first.",
      exitCodes: [.partial, .loss, .refused, .noCatalog, .interrupted]),
    run: undoLoad)
}

private func undoLoad(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let load = try openLoad(invocation)
  var options = LoadOptions()
  options.mode = .replace
  options.isRestore = true
  options.isPreview = invocation.isSet(MigrateFlags.preview)
  options.safetyCopy = try session.safetyCopy(for: load)
  let work = ConversionWork(session, options.isPreview ? "looking" : "loading", .standardOutput)
  defer { work.end() }
  let backup = try session.openBackup(invocation.operands[0], ReadOptions(), work.progress)
  var (job, selection) = try conversionJob(of: backup, ConversionTarget(LoadFormat(load, options)), work, session)
  job.options.writesSchema = false
  return try session.load(job, selection, into: load, options, work)
}
