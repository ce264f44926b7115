internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let restorePlan = Verb(
    Command(
      "restore-plan", "write down how to restore a backup: warnings, commands, checks",
      examples: [
        Example("coffer restore-plan latest", "read it"),
        Example("coffer restore-plan latest --script sh > restore.sh", "a script that stops at the first error"),
        Example("coffer restore-plan ./dump.sql.gz --json", "for a program"),
        Example("coffer restore-plan latest --only policies", "a part of it, by way of 'coffer export'"),
      ],
      operands: [Operand("BACKUP", .file)], flags: [script, ExportFlags.only, ReadingFlags.system],
      discussion:
        "Commands fit what the backup is: psql, pg_restore, sqlite3, mysql, Django's loaddata, Convex's import. "
        + "Nothing is run. The script asks for TARGET, refuses one that is not on this machine or not empty, and compares "
        + "at the end what is there with the counts that are known. Names of files and tables are quoted for bash.",
      exitCodes: [.noCatalog, .locked]),
    run: planRestore)
}

private let script = Flag("script", .choice("HOW", ["sh", "md"]), "as a script for bash or as Markdown; else md")

private func planRestore(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let word = invocation.operands[0]
  let parts = invocation.all(ExportFlags.only)
  for part in parts { _ = try ExportSelection(part) }
  let surveyed = try session.survey(word, [.columns, .artifacts, .objects, .claims, .findings])
  var facts = RestoreFacts(surveyed, address: word)
  if surveyed.isRegistered { facts.erasedRows = try session.erasures(of: surveyed).count }
  let plan = RestorePlan(facts, parts: parts)
  switch invocation.word(script) {
  case "sh": try session.print(plan.script)
  case "md": try session.print(plan.markdown)
  default:
    guard !session.isForPeople else {
      try session.print(plan.markdown)
      return .success
    }
    try report(plan, session)
  }
  return .success
}

extension Session {
  /// The rows of a registered backup's project that were erased, in tables that the backup has.
  fileprivate func erasures(of surveyed: SurveyedBackup) throws(Failure) -> [Erasure] {
    let catalog = try openCatalog(), tables = Set(surveyed.contents.tables.map(\.name))
    return try telling { () throws(CatalogError) in
      try catalog.read { reader throws(CatalogError) in
        try reader.erasures(project: surveyed.backup.project).filter { tables.contains($0.table) }
      }
    }
  }
}

/// The plan for programs; CSV holds the commands.
private func report(_ plan: RestorePlan, _ session: Session) throws(Failure) {
  let isTable = session.format == .csv || session.format == .tsv
  var report = try session.report(isSingle: isTable)
  if !isTable {
    try report.begin(Section("", [ReportColumn("title")], layout: .record))
    try report.row([.text(plan.title)])
    try report.begin(Section("warnings", [ReportColumn("code"), ReportColumn("message")]))
    for warning in plan.warnings { try report.row([.text(warning.code), .text(warning.message)]) }
  }
  try report.begin(Section("steps", [ReportColumn("phase"), ReportColumn("title"), ReportColumn("commands")]))
  for step in plan.steps {
    try report.row([
      .text(step.phase.rawValue), .text(step.title),
      isTable ? .text(step.commands.joined(separator: "\n")) : .list(step.commands.map { .text($0) }),
    ])
  }
  try report.finish()
}
