internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let forget = Verb(
    Command(
      "forget", "take backups out of the catalog; their files are left alone",
      examples: [
        Example("coffer forget 3f2a91c0 --dry-run", "what would go"),
        Example("coffer forget 3f2a91c0 --yes", "without asking"),
      ],
      operands: [Operand("BACKUP", isRepeated: true)], flags: [dryRun, yes],
      discussion: "Tags, notes, findings and the search index of the backups go too. 'coffer register' brings a backup "
        + "back as long as its files exist.",
      exitCodes: [.refused, .noCatalog, .locked]),
    run: forgetBackups)
}

private let dryRun = Flag("dry-run", short: "n", "only say what would go")
private let yes = Flag("yes", short: "y", "do not ask")

private func forgetBackups(_ session: Session) throws(Failure) -> ExitCode {
  let words = session.invocation.operands
  let catalog = try session.openCatalog()
  let backups = try telling { () throws(CatalogError) in
    try catalog.read { reader throws(CatalogError) in
      var backups: [Backup] = []
      for word in words {
        let backup = try reader.resolve(word, in: session.zone)
        if !backups.contains(where: { $0.key == backup.key }) { backups.append(backup) }
      }
      return backups
    }
  }
  let isDryRun = session.invocation.isSet(dryRun)
  if !isDryRun && !session.invocation.isSet(yes) {
    for backup in backups {
      session.note("  \(backup.id.short)  \(displayed(backup.project))  \(session.shown(backup.takenAt.moment))")
    }
    try session.confirm("forget \(counted(backups.count, "backup"))?")
  }
  if !isDryRun {
    let now = Moment(microseconds: currentMicroseconds())
    try telling { () throws(CatalogError) in
      try catalog.write { writer throws(CatalogError) in
        for backup in backups { try writer.forget(backup.key, at: now) }
      }
      for lineage in Set(backups.compactMap(\.lineage)) { try catalog.tidy(lineage) }
    }
  }
  var report = try session.report()
  try report.begin(
    Section(
      "forgotten",
      [
        ReportColumn("backup", isFixed: true), ReportColumn("id", isDetail: true), ReportColumn("project"),
        ReportColumn("taken_at", "taken", isFixed: true), ReportColumn("dry_run", isDetail: true),
      ]))
  for backup in backups {
    try report.row([
      .text(backup.id.short), .text(backup.id.description), .name(backup.project),
      .time(backup.takenAt.moment.microseconds), .boolean(isDryRun),
    ])
  }
  try report.finish()
  return .success
}
