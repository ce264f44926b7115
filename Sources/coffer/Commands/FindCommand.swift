internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics
internal import Records

extension Verb {
  static let find = Verb(
    Command(
      "find", "find tables, columns, objects and files by name",
      examples: [
        Example("coffer find table 'auth_*'", "every backup's tables that begin so"),
        Example("coffer find column email --newest-only", "where e-mail addresses are kept today"),
        Example("coffer find policies '*' --project shop --newest-only", "every policy of a project's newest backups"),
        Example("coffer find hash 9f86d081", "which backup a file with this SHA-256 belongs to"),
      ],
      operands: [Operand("WHAT", .choice(subjects.map(\.word))), Operand("NAME")],
      flags: ScopeFlags.all + [ScopeFlags.backup],
      discussion: "In NAME, * stands for anything and ? for one byte; capitals do not count. WHAT is table, column, "
        + "object (of any kind), file, hash, or a kind of object, in the singular or plural. For values inside of tables "
        + "there is 'coffer search'; 'coffer cat' prints the definition of an object.",
      exitCodes: [.nothingFound, .noCatalog, .locked]),
    run: findThings)
}

private let subjects: [(word: String, plural: String, subject: FindQuery.Subject)] =
  [
    ("table", "tables", .table), ("column", "columns", .column), ("object", "objects", .object(kind: nil)),
    ("file", "files", .file), ("hash", "hashes", .hash),
  ] + ObjectKind.all.map { ($0.word, $0.plural, .object(kind: $0.word)) }

/// What a word means that says what to look for.
private func subject(_ word: [UInt8]) throws(Failure) -> FindQuery.Subject {
  if let found = subjects.first(where: { $0.word.utf8.elementsEqual(word) || $0.plural.utf8.elementsEqual(word) }) {
    return found.subject
  }
  let meant = suggestion(for: displayed(word), among: subjects.flatMap { [$0.word, $0.plural] })
  throw .usage(
    "cannot look for '\(displayed(word))'",
    advice: (meant.map { "did you mean '\($0)'? " } ?? "")
      + "it takes table, column, object, file, hash, or a kind of object such as policy, function, view")
}

private func findThings(_ session: Session) throws(Failure) -> ExitCode {
  let words = session.invocation.operands
  let subject = try subject(words[0])
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
        ReportColumn("detail"), ReportColumn("attributes", isDetail: true),
      ]
    ) { found in
      let isObject = !found.attributes.isEmpty
      return [
        .name(found.backup.project), .text(found.backup.id.short), .text(found.backup.id.description),
        .time(found.backup.takenAt.moment.microseconds), .text(found.kind), .bytes(found.name), Value(found.table),
        isObject ? .bytes(SchemaObject.detail(found.kind, found.attributes)) : .text(found.detail),
        isObject ? Value(found.attributes.map { $0.masked(kind: found.kind) }) : .absent,
      ]
    }
  }
}
