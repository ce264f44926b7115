internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let find = Verb(
    Command(
      "find", "find tables, columns, files and other things by name",
      examples: [
        Example("coffer find table 'auth_*'", "every backup's tables that begin so"),
        Example("coffer find column email --newest-only", "where e-mail addresses are kept today"),
        Example("coffer find hash 9f86d081", "which backup a file with this SHA-256 belongs to"),
      ],
      operands: [Operand("WHAT", .choice(subjects.map(\.word))), Operand("NAME")],
      flags: ScopeFlags.all + [ScopeFlags.backup],
      discussion: "In NAME, * stands for anything and ? for one byte; capitals do not count. For values inside of "
        + "tables there is 'coffer search'.",
      exitCodes: [.nothingFound, .noCatalog, .locked]),
    run: findThings)
}

private let subjects: [(word: String, subject: FindQuery.Subject)] = [
  ("table", .table), ("column", .column), ("function", .object(kind: "function")), ("policy", .object(kind: "policy")),
  ("object", .object(kind: nil)), ("file", .file), ("hash", .hash),
]

private func findThings(_ session: Session) throws(Failure) -> ExitCode {
  let words = session.invocation.operands
  guard let subject = subjects.first(where: { $0.word.utf8.elementsEqual(words[0]) })?.subject else {
    throw .usage(
      "cannot look for '\(displayed(words[0]))'", advice: "one of: " + subjects.map(\.word).joined(separator: ", "))
  }
  let scope = try Scope(session, indexing: .none)
  let query = FindQuery(subject, NamePattern(words[1]), in: scope.query)
  let found = try telling { () throws(CatalogError) in
    try scope.catalog.read { reader throws(CatalogError) in try reader.find(query) }
  }
  var report = try session.report()
  try report.list(found, as: .found)
  try report.finish()
  return found.isEmpty ? .nothingFound : .success
}

extension RowShape where Item == Found {
  /// What `find` found.
  fileprivate static var found: RowShape {
    RowShape(
      "found",
      [
        ReportColumn("project"), ReportColumn("backup", isFixed: true), ReportColumn("id", isDetail: true),
        ReportColumn("taken_at", "taken", isFixed: true), ReportColumn("kind"), ReportColumn("name"),
        ReportColumn("table"),
        ReportColumn("detail"),
      ]
    ) { found in
      [
        .name(found.backup.project), .text(found.backup.id.short), .text(found.backup.id.description),
        .time(found.backup.takenAt.moment.microseconds), .text(found.kind), .bytes(found.name), Value(found.table),
        .text(found.detail),
      ]
    }
  }
}
