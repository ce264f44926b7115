internal import BuiltIn
internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics

extension Verb {
  static let register = Verb(
    Command(
      "register", aliases: ["add"], "index backups so that everything in them can be found",
      examples: [
        Example("coffer register backups/", "every backup in a directory; what is known is skipped"),
        Example("coffer register dump.json.gz --project shop --env production", "under a name of your choice"),
        Example("coffer register -r /srv/backups --index none", "archives inside too; values cannot be searched"),
        Example("coffer register --dry-run backups/", "what would be registered"),
      ],
      operands: [Operand("PATH", .file, isRepeated: true)],
      flags: RegisterFlags.all,
      discussion:
        "What a backup is and when it was taken is found in its content. Without --project its name comes from "
        + "what the backup says of itself, else from its folder. Stamps that state no zone are times of --tz. Files are only read; hidden tool folders and what a "
        + ".cofferignore file names are skipped, links are not followed.\n\nThe catalog is created by the first backup.",
      exitCodes: [.partial, .locked, .catalogTooNew, .interrupted]),
    run: registerPaths)
}

private func registerPaths(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let options = try RegisterFlags.options(session)
  if invocation.isSet(RegisterFlags.dryRun) { return try showPlan(session, options) }
  var run = RegisterRun(session, options, explains: invocation.isSet(RegisterFlags.explain))
  defer { run.endDisplay() }
  for path in invocation.operands {
    do throws(Failure) {
      try run.register(path, isRecursive: invocation.isSet(RegisterFlags.recursive))
    } catch {
      // One bad path does not keep the others out; a catalog that cannot be used does.
      guard error.code == .failure, invocation.operands.count > 1, !Interruption.isRequested else { throw error }
      run.note(error, at: path)
    }
  }
  run.endDisplay()
  return try run.finish()
}

/// What would be registered, without touching the catalog.
private func showPlan(_ session: Session, _ options: RegisterOptions) throws(Failure) -> ExitCode {
  var report = try session.report()
  try report.begin(
    Section(
      "backups",
      [
        ReportColumn("system"), ReportColumn("kind"), ReportColumn("project"),
        ReportColumn("taken_at", "taken", isFixed: true),
        ReportColumn("files", isNumeric: true), ReportColumn("first_file"), ReportColumn("dry_run", isDetail: true),
      ]))
  for path in session.invocation.operands {
    let recognition = try recognise(path, session.invocation)
    for backup in recognition.backups {
      let name = options.project ?? backup.projectName
      try report.row([
        .text(backup.system), .text(backup.kind), Value(name),
        Value(time: backup.takenAt?.microseconds(in: session.zone)),
        .integer(backup.artifacts.count), Value(backup.artifacts.first?.entry.path), .boolean(true),
      ])
    }
  }
  try report.finish()
  return .success
}
