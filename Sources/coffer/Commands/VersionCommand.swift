internal import CommandLine

extension Verb {
  static let version = Verb(
    Command(
      "version", "show the version",
      examples: [Example("coffer version --json", "the version for a program")]),
    run: showVersion)
}

private func showVersion(_ session: Session) throws(Failure) -> ExitCode {
  guard session.format != .table else {
    try session.print("coffer \(version)\n")
    return .success
  }
  var report = try session.report()
  try report.begin(Section("", [ReportColumn("version")], layout: .record))
  try report.row([.text(version)])
  try report.finish()
  return .success
}
