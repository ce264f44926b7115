internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let subject = Verb(
    Command(
      "subject", "find a person in all backups, report what is kept of her, erase it", examples: [],
      subcommands: [
        Command(
          "find", "list every row in which an e-mail address or another identity appears",
          examples: [
            Example("coffer subject find ann@example.org", "in all projects, and the rows that refer to hers"),
            Example("coffer subject find ann@example.org --hops 0", "only where it is written"),
          ],
          operands: [Operand("IDENTITY")], flags: [hops] + ScopeFlags.all,
          discussion:
            "A row is found by a value that is the identity, by a JSON value that holds it, by a text that mentions it, and "
            + "by keys: rows that refer to rows found so far, up to --hops steps away. Rows are those that the catalog keeps "
            + "of all backups; secrets are not looked into.",
          exitCodes: [.nothingFound, .noCatalog, .locked]),
        Command(
          "report", "write everything that is kept of a person",
          examples: [Example("coffer subject report ann@example.org --json > ann.json", "with all values, for her")],
          operands: [Operand("IDENTITY")], flags: [hops] + ScopeFlags.all,
          exitCodes: [.nothingFound, .noCatalog, .locked]),
        Command(
          "erase", "take a person's rows out of the catalog, for ever",
          examples: [
            Example("coffer subject erase ann@example.org --project shop --dry-run", "what would go"),
            Example(
              "coffer subject erase ann@example.org --project shop --reason 'request 17' --yes", "without asking"),
          ],
          operands: [Operand("IDENTITY")], flags: [hops, mentions, reason, dryRun, yes, ScopeFlags.project],
          discussion:
            "The rows that are the person's lose their values and words in every backup that the catalog keeps, and are left "
            + "out of all that is read of the project's backups from now on, old and new ones. Rows that only mention the "
            + "person stay unless --mentions is given, rows that refer to hers, which may be other people's, unless --hops "
            + "says how far to go. The files of the backups are not touched: which of them still hold the rows is listed. Rows of "
            + "tables without a key cannot be told again and stay: they are counted (exit 3).",
          exitCodes: [.nothingFound, .partial, .refused, .noCatalog, .locked]),
      ]),
    run: runSubject)
}

private let hops = Flag("hops", .count("N"), "how many keys to follow from row to row; else 3, to erase 0")
private let mentions = Flag("mentions", "erase rows, too, that only mention the person in a longer text")
private let reason = Flag("reason", .text("TEXT"), "why, for the catalog's memory")
private let dryRun = Flag("dry-run", "only say what would go")
private let yes = Flag("yes", short: "y", "do not ask")

private func runSubject(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation, verb = invocation.path[1]
  let identity = invocation.operands[0], catalog = try session.openCatalog()
  var scope = BackupQuery()
  if verb == "erase" {
    guard let project = invocation.bytes(ScopeFlags.project) else {
      throw .usage(
        "name the project with --project", advice: "'coffer subject find' says in which projects there are rows")
    }
    scope.project = Name(project)
  } else {
    scope = ScopeFlags.query(session)
  }
  // Rows that refer to hers may be other people's: they are erased only when that is asked for.
  let steps = invocation.count(hops) ?? (verb == "erase" ? 0 : 3)
  let rows = try telling { () throws(CatalogError) in
    try catalog.read { [scope] reader throws(CatalogError) in
      try reader.subject(identity, in: scope, hops: steps)
    }
  }
  guard verb == "erase" else {
    try list(rows, withValues: verb == "report", catalog, session)
    return rows.isEmpty ? .nothingFound : .success
  }
  return try erase(rows, scope.project ?? Name(""), catalog, session)
}

/// Shows rows, each version on a line.
private func list(
  _ rows: [SubjectRow], withValues: Bool, _ catalog: any CatalogStore, _ session: Session
) throws(Failure) {
  let backups = try backups(of: rows, catalog)
  var report = try session.report()
  try report.list(
    rows.map { ShownRow($0, backups) },
    as: withValues ? .subjectValues : .subjectRows)
  try report.finish()
}

private func backups(
  of rows: [SubjectRow], _ catalog: any CatalogStore
) throws(Failure) -> [Key<Backup>: Backup] {
  var query = BackupQuery()
  query.keys = Array(Set(rows.flatMap(\.backups)))
  let found = try telling { () throws(CatalogError) in
    try catalog.read { [query] reader throws(CatalogError) in try reader.backups(query) }
  }
  return Dictionary(uniqueKeysWithValues: found.map { ($0.key, $0) })
}

private func erase(
  _ rows: [SubjectRow], _ project: Name, _ catalog: any CatalogStore, _ session: Session
) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let wanted = rows.filter { $0.isOwn || invocation.isSet(mentions) }
  guard !wanted.isEmpty else {
    session.note("nothing to erase" + (rows.isEmpty ? "" : ": the rows only mention it (--mentions)"))
    return .nothingFound
  }
  if invocation.isSet(dryRun) {
    try list(wanted, withValues: false, catalog, session)
    return .success
  }
  if !invocation.isSet(yes) {
    let keys = Set(wanted.map { [$0.table.bytes] + ($0.key ?? []) })
    try session.confirm("erase \(counted(keys.count, "row")) of project \(displayed(project)) from the catalog?")
  }
  let now = Moment(microseconds: currentMicroseconds()), why = invocation.bytes(reason) ?? []
  let result = try telling { () throws(CatalogError) in
    try catalog.erase(wanted, of: project, at: now, reason: why)
  }
  var report = try session.report(isSingle: false)
  let tables = Set(result.rowCounts.keys).union(result.keylessCounts.keys).sorted()
  try report.begin(
    Section(
      "erased",
      [ReportColumn("table"), ReportColumn("rows", isNumeric: true), ReportColumn("left", isNumeric: true)]))
  for table in tables {
    try report.row([
      .name(table), .integer(result.rowCounts[table] ?? 0), .integer(result.keylessCounts[table] ?? 0),
    ])
  }
  try report.list(try files(wanted, catalog), as: .holders)
  try report.finish()
  if !result.keylessCounts.isEmpty {
    session.note("rows of tables without a key cannot be told again and are still there")
    return .partial
  }
  return .success
}

/// A file that still holds rows.
private struct Holder: Sendable {
  var backup: Backup
  var path: [UInt8]
}

/// The files of the backups that hold rows.
private func files(_ rows: [SubjectRow], _ catalog: any CatalogStore) throws(Failure) -> [Holder] {
  let known = try backups(of: rows, catalog)
  return try telling { () throws(CatalogError) in
    try catalog.read { reader throws(CatalogError) in
      var holders: [Holder] = []
      for backup in known.values.sorted(by: { $0.takenAt.moment > $1.takenAt.moment }) {
        let artifacts = try reader.contents(of: backup.key, .artifacts).artifacts
        let paths = Set(artifacts.filter { $0.role != "document" }.flatMap { $0.locations.map(\.path) })
        holders += paths.sorted { $0.lexicographicallyPrecedes($1) }.map { Holder(backup: backup, path: $0) }
      }
      return holders
    }
  }
}

extension RowShape where Item == Holder {
  /// Files that still hold rows.
  fileprivate static var holders: RowShape {
    RowShape(
      "files",
      [ReportColumn("backup", isFixed: true), ReportColumn("taken_at", "taken", isFixed: true), ReportColumn("file")]
    ) { holder in
      [.text(holder.backup.id.short), .time(holder.backup.takenAt.moment.microseconds), .bytes(holder.path)]
    }
  }
}

/// A row with its backups.
private struct ShownRow: Sendable {
  var project: Name
  var system: String
  var table: Name
  var key: [UInt8]?
  var reason: [UInt8]
  var distance: Int
  var first: Backup?
  var newest: Backup?
  var count: Int
  var values: [Value.Field]

  init(_ row: SubjectRow, _ backups: [Key<Backup>: Backup]) {
    project = row.lineage.project
    system = row.lineage.system
    let isDocument = row.table == DocumentTable.name
    table = isDocument ? Name("") : row.table
    key = row.key.map { Array($0.joined(separator: [UInt8(ascii: ",")])) }
    reason = Self.words(row.reason)
    distance = row.distance
    first = row.backups.first.flatMap { backups[$0] }
    newest = row.backups.last.flatMap { backups[$0] }
    count = row.backups.count
    values = row.values.map { .init(String(decoding: $0.column.bytes, as: UTF8.self), .bytes($0.value)) }
  }

  private static func words(_ reason: SubjectRow.Reason) -> [UInt8] {
    switch reason {
    case .value(let column): column.bytes
    case .inside(let column): Array("inside ".utf8) + column.bytes
    case .mention(let column): Array("mentioned in ".utf8) + column.bytes
    case .reference(let columns, let table, let key):
      Array(columns.map(\.bytes).joined(separator: [UInt8(ascii: ",")])) + Array(" → ".utf8) + table.bytes
        + [UInt8(ascii: " ")] + Array(key.joined(separator: [UInt8(ascii: ",")]))
    }
  }

  static let columns = [
    ReportColumn("project"), ReportColumn("system", isDetail: true), ReportColumn("table"), ReportColumn("key"),
    ReportColumn("found_by"), ReportColumn("distance", isNumeric: true, isDetail: true),
    ReportColumn("first_taken_at", "since", isFixed: true), ReportColumn("taken_at", "newest", isFixed: true),
    ReportColumn("backups", isNumeric: true), ReportColumn("backup", isFixed: true),
  ]
  var cells: [Value] {
    [
      .name(project), .text(system), .name(table), Value(key), .bytes(reason), .integer(distance),
      Value(time: first?.takenAt.moment.microseconds), Value(time: newest?.takenAt.moment.microseconds),
      .integer(count), newest.map { .text($0.id.short) } ?? .absent,
    ]
  }
}

extension RowShape where Item == ShownRow {
  /// Rows in which a subject appears.
  fileprivate static var subjectRows: RowShape { RowShape("rows", ShownRow.columns) { $0.cells } }
  /// The same with their values.
  fileprivate static var subjectValues: RowShape {
    RowShape("rows", ShownRow.columns + [ReportColumn("values")]) { $0.cells + [.object($0.values)] }
  }
}
