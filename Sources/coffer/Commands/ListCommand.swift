internal import CatalogStore
internal import CommandLine

extension Verb {
  static let list = Verb(
    Command(
      "list", "list backups, newest first",
      examples: [
        Example("coffer list", "everything"),
        Example("coffer list --project shop --since 30d", "of one project, of the last 30 days"),
        Example("coffer list --newest-only --json", "the newest of each kind, for a program"),
      ],
      flags: ScopeFlags.all + [ScopeFlags.latest], exitCodes: [.noCatalog, .locked]),
    run: listBackups)
}

private func listBackups(_ session: Session) throws(Failure) -> ExitCode {
  let query = ScopeFlags.query(session)
  let catalog = try session.openCatalog()
  let backups = try telling { () throws(CatalogError) in
    try catalog.read { reader throws(CatalogError) in try reader.backups(query) }
  }
  var report = try session.report()
  try report.list(backups, as: .backups)
  try report.finish()
  return .success
}
