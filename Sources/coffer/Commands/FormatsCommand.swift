internal import BuiltIn
internal import CommandLine
internal import Conversion

extension Verb {
  static let formats = Verb(
    Command(
      "formats", "list the systems and formats that are understood",
      examples: [
        Example("coffer formats", "everything"),
        Example("coffer formats --format tsv", "the same for a script"),
      ],
      discussion: "Systems are what makes backups (--system), formats what they are read from (--from) and written to "
        + "(-t); containers and compressions are opened wherever they occur."),
    run: listFormats)
}

private func listFormats(_ session: Session) throws(Failure) -> ExitCode {
  var report = try session.report()
  try report.begin(
    Section(
      "formats",
      [
        ReportColumn("kind"), ReportColumn("id", "name"), ReportColumn("reads"), ReportColumn("writes"),
        ReportColumn("endings"), ReportColumn("summary"),
      ]))
  for system in BuiltIn.systems + [BuiltIn.fallback] {
    try report.row([
      .text("system"), .text(system.id), .boolean(true), .boolean(false), .absent, .text(system.summary),
    ])
  }
  let exports = BuiltIn.exportFormats
  for format in BuiltIn.importFormats {
    let export = exports.first { $0.id == format.id }
    try report.row([
      .text("format"), .text(format.id), .boolean(true), .boolean(export != nil),
      .list(format.endings.map { .text($0) }), Value(export?.summary),
    ])
  }
  for format in exports where !BuiltIn.importFormats.contains(where: { $0.id == format.id }) {
    try report.row([
      .text("format"), .text(format.id), .boolean(false), .boolean(true), .list([.text(format.ending)]),
      .text(format.summary),
    ])
  }
  for container in BuiltIn.containers {
    try report.row([.text("container"), .text(container.id), .boolean(true), .boolean(false), .absent, .absent])
  }
  for decoder in BuiltIn.decoders {
    try report.row([
      .text("compression"), .text(decoder.id), .boolean(true), .boolean(true),
      .list(decoder.endings.map { .text($0) }), .absent,
    ])
  }
  try report.finish()
  return .success
}
