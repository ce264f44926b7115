internal import Bytes
internal import CommandLine
internal import Diagnostics

/// How far verifying has come.
final class VerifyDisplay {
  let progress = Progress()
  private var display: ProgressDisplay?

  init(_ session: Session) {
    display = session.show("verifying", progress, messages: .standardOutput)
  }
  /// Takes the display away; may be called again.
  func end() {
    display?.end()
    display = nil
  }
}

extension VerifiedBackup {
  /// What a program reads of one backup: its findings, then a row for each section.
  var messages: [[Value.Field]] {
    sections.flatMap { section in
      section.findings.map { [.init("message_type", .text("finding"))] + place(section) + fields(of: $0) }
    }
      + sections.map { section in
        [.init("message_type", .text("row"))] + place(section) + [
          .init("result", .text(section.state.rawValue)), .init("looked_at", .text(section.looked)),
          .init("findings", .integer(section.findings.count)),
        ]
      }
  }

  private func place(_ section: SectionResult) -> [Value.Field] {
    [
      .init("backup", .bytes(name)), .init("id", Value(id)), .init("project", Value(project)),
      .init("section", .text(section.section.rawValue)),
    ]
  }
}

/// What came of all backups: a summary for programs, tables for people.
func tell(_ results: [VerifiedBackup], _ session: Session) throws(Failure) {
  let worst = results.compactMap(\.worst).max()
  if session.isForPrograms {
    return try session.printMessages(
      [
        [
          .init("message_type", .text("summary")), .init("backups", .integer(results.count)),
          .init("findings", .integer(results.reduce(0) { $0 + $1.findings.count })),
          .init("worst", Value(worst?.word)),
          .init("skipped", .integer(results.reduce(0) { $0 + $1.sections.count(where: \.isSkipped) })),
        ]
      ], to: .standardOutput)
  }
  // CSV holds one table: the findings.
  let isForPeople = session.isForPeople
  var report = try session.report(isSingle: !isForPeople)
  if isForPeople {
    try report.begin(
      Section(
        "sections",
        [
          ReportColumn("backup", isFixed: true), ReportColumn("project"), ReportColumn("section"),
          ReportColumn("result"),
          ReportColumn("looked_at"),
        ]))
    for result in results {
      for section in result.sections {
        try report.row([
          .bytes(result.name), Value(result.project), .text(section.section.rawValue), .text(section.state.rawValue),
          .text(section.looked),
        ])
      }
    }
  }
  try report.begin(
    Section(
      "findings",
      [
        ReportColumn("backup", isFixed: true), ReportColumn("section"), ReportColumn("severity"),
        ReportColumn("code", isDetail: true), ReportColumn("message"), ReportColumn("count", isNumeric: true),
        ReportColumn("table"), ReportColumn("column", isDetail: true), ReportColumn("file"),
        ReportColumn("offset", isNumeric: true, isDetail: true), ReportColumn("advice", isDetail: true),
      ]))
  for result in results {
    for section in result.sections {
      for finding in section.findings where !isForPeople || finding.severity > .info || session.isVerbose {
        try report.row([
          .bytes(result.name), .text(section.section.rawValue), .text(finding.severity.word), .text(finding.code),
          .text(finding.message), .integer(finding.count), Value(finding.table), Value(finding.column),
          Value(finding.artifact), Value(finding.offset), Value(finding.advice),
        ])
      }
    }
  }
  try report.finish()
  let bad = results.count { ($0.worst ?? .info) > .info }
  session.note(
    "\(counted(results.count, "backup")) verified" + (bad > 0 ? ", \(bad) with findings" : ", nothing found"))
}
