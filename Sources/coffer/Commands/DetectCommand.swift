internal import BuiltIn
internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics

extension Verb {
  static let detect = Verb(
    Command(
      "detect", "say what a file or directory is, and why",
      examples: [
        Example("coffer detect backup.json", "what made it"),
        Example("coffer detect --explain backups/", "every backup in a directory, with the evidence"),
        Example("coffer detect - < dump.json.gz", "the same for standard input"),
      ],
      operands: [Operand("PATH", .file)], flags: [explain, ReadingFlags.system],
      discussion: "Content decides, never the ending of a name. Nothing is registered and nothing is written."),
    run: detectBackups)
}

private let explain = Flag("explain", "show the evidence and every file's part")

private func detectBackups(_ session: Session) throws(Failure) -> ExitCode {
  let path = session.invocation.operands[0]
  let recognition = try recognise(path, session.invocation)
  guard !recognition.backups.isEmpty else { throw unrecognised(path, recognition.container) }
  let explains = session.invocation.isSet(explain)
  var report = try session.report(isSingle: !explains)
  try report.begin(
    Section(
      "backups",
      [
        ReportColumn("system"), ReportColumn("kind"), ReportColumn("confidence", isNumeric: true),
        ReportColumn("project"), ReportColumn("taken_at", "taken", isFixed: true),
        ReportColumn("files", isNumeric: true),
        ReportColumn("bytes", "size", isNumeric: true), ReportColumn("first_file"),
        ReportColumn("evidence", isDetail: true),
      ]))
  for backup in recognition.backups { try report.row(row(for: backup, session.zone)) }
  if explains {
    try report.begin(
      Section("evidence", [ReportColumn("first_file"), ReportColumn("system"), ReportColumn("evidence")]))
    for backup in recognition.backups {
      for reason in backup.evidence {
        try report.row([Value(backup.artifacts.first?.entry.path), .text(backup.system), .text(reason)])
      }
    }
    try report.begin(
      Section(
        "files",
        [
          ReportColumn("path"), ReportColumn("role"), ReportColumn("format"), ReportColumn("table"),
          ReportColumn("system"),
        ]))
    for backup in recognition.backups {
      for artifact in backup.artifacts {
        try report.row([
          .bytes(artifact.entry.path), .text(artifact.role.rawValue), .text(artifact.format),
          Value(artifact.table), .text(backup.system),
        ])
      }
    }
    for entry in recognition.unclaimed {
      try report.row([.bytes(entry.path), .text("unclaimed"), .absent, .absent, .absent])
    }
  }
  try report.finish()
  session.note(findings: recognition.container.findings)
  return .success
}

private func row(for backup: DetectedBackup, _ zone: TimeZone) -> [Value] {
  [
    .text(backup.system), .text(backup.kind), .number(Array(hundredths(backup.confidence).utf8)),
    Value(backup.projectName), Value(time: backup.takenAt?.microseconds(in: zone)),
    .integer(backup.artifacts.count), .size(backup.artifacts.reduce(0) { $0 + ($1.entry.byteCount ?? 0) }),
    Value(backup.artifacts.first?.entry.path), .list(backup.evidence.map { .text($0) }),
  ]
}

/// A number from 0 to 1 with two decimals.
private func hundredths(_ value: Double) -> String {
  let count = Int((max(0, min(1, value)) * 100).rounded())
  return "\(count / 100).\(count % 100 < 10 ? "0" : "")\(count % 100)"
}
