internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics

extension Verb {
  static let show = Verb(
    Command(
      "show", "show what is in a backup",
      examples: [
        Example("coffer show latest", "everything but columns, of the newest backup"),
        Example("coffer show shop@2026-02-05 --claims --findings", "what it says of itself, and what is wrong"),
        Example("coffer show latest --objects", "policies, functions, views and other objects, kind by kind"),
        Example("coffer show ./dump.json --columns --format csv", "columns and types of a file that is not registered"),
      ],
      operands: [Operand("BACKUP", .file)], flags: parts.map(\.flag) + [raw, ReadingFlags.system],
      discussion:
        "BACKUP is an id, 'latest', an alias, PROJECT@DATE, or the path of a file or directory, which is then "
        + "read on the spot (see 'coffer help addressing'). Secrets in definitions are masked unless --raw is given.",
      exitCodes: [.noCatalog, .locked]),
    run: showBackup)

  static let ls = Verb(
    Command(
      "ls", "list tables, objects and files, or the columns of a table",
      examples: [
        Example("coffer ls latest", "tables with their records, objects by kind, files"),
        Example("coffer ls latest --objects --format csv", "only the objects, as CSV"),
        Example("coffer ls latest auth_user", "columns with their types"),
        Example("coffer ls ./dump.json", "of a file that is not registered"),
      ],
      operands: [Operand("BACKUP", .file), Operand("TABLE", isRequired: false)],
      flags: listed.map(\.flag) + [ReadingFlags.system],
      discussion: "Without --tables, --objects or --files, CSV and TSV hold the tables, and everything else all three.",
      exitCodes: [.noCatalog, .locked]),
    run: listTables)
}

private let objectsFlag = Flag("objects", "views, functions, policies and other objects that are no rows")
private let raw = Flag("raw", "show secrets in definitions")

/// The parts that can be asked for one by one.
private let parts: [(flag: Flag, parts: ContentParts)] = [
  (Flag("tables", "tables with their records"), .columns), (Flag("columns", "columns of all tables"), .columns),
  (Flag("findings", "what is wrong or risky"), .findings),
  (Flag("claims", "what it says of itself, and whether that is so"), .claims),
  (objectsFlag, .objects),
  (Flag("files", "files"), .artifacts),
]

/// The parts that `ls` lists.
private let listed = parts.filter { ["tables", "objects", "files"].contains($0.flag.name) }

private func showBackup(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  let asked = parts.filter { invocation.isSet($0.flag) }
  let needed = asked.isEmpty ? ContentParts.all : asked.reduce(into: []) { $0.formUnion($1.parts) }
  let surveyed = try session.survey(invocation.operands[0], needed)
  let groups = ObjectGroups(surveyed.contents.objects)
  // People get a list for each kind of object.
  let isSplit = session.isForPeople && invocation.isSet(objectsFlag)
  var report = try session.report(isSingle: asked.count == 1 && !isSplit)
  if asked.isEmpty {
    try report.show(surveyed)
    let (inventory, others) = InventoryLine.split(surveyed.backup.attributes)
    try report.list(inventory, as: .inventory)
    try report.list(others, as: .attributes)
  }
  let contents = surveyed.contents
  var provedCount = 0, hiddenCount = 0
  for name in (asked.isEmpty ? parts.filter { $0.flag.name != "columns" } : asked).map(\.flag.name) {
    switch name {
    case "tables": try report.list(contents.tables, as: .tables)
    case "columns": try report.list(contents.tables.flatMap(ColumnOfTable.all), as: .columns(namesTable: true))
    case objectsFlag.name where asked.isEmpty && session.isForPeople: hiddenCount = groups.count
    case objectsFlag.name: try report.list(groups, showsSecrets: invocation.isSet(raw))
    case "files": try report.list(contents.artifacts, as: .files)
    case "claims":
      // People who ask for everything want to know what does not hold.
      let isShort = asked.isEmpty && session.format == .table
      let claims = isShort ? contents.claims.filter { $0.verdict != .proved } : contents.claims
      provedCount = contents.claims.count - claims.count
      try report.list(claims, as: .claims)
    default: try report.list(contents.findings, as: .findings)
    }
  }
  try report.finish()
  if provedCount > 0 { session.note("\(counted(provedCount, "claim")) proved (--claims lists them)") }
  if hiddenCount > 0 { session.note("\(counted(hiddenCount, "object")) (--objects lists them)") }
  return .success
}

extension Report {
  /// Writes a backup's own fields.
  fileprivate mutating func show(_ surveyed: SurveyedBackup) throws(Failure) {
    try begin(
      Section(
        "", Backup.columns + [ReportColumn("object_counts", "objects"), ReportColumn("registered")], layout: .record))
    // What only a catalog gives has no meaning for a backup that is in none.
    for (column, value) in zip(Backup.columns, surveyed.backup.values) {
      let isOfCatalog = ["backup", "id", "registered_at", "indexed"].contains(
        String(decoding: column.name, as: UTF8.self))
      try append(isOfCatalog && !surveyed.isRegistered ? .absent : value)
    }
    let groups = ObjectGroups(surveyed.contents.objects)
    let isForPeople = format == .table || format == .md
    try append(groups.isEmpty ? .absent : isForPeople ? .text(groups.summary) : groups.counts)
    try append(.boolean(surveyed.isRegistered))
    try endRow()
  }
}

extension RowShape where Item == Attribute {
  /// What a backup states about itself.
  fileprivate static var attributes: RowShape {
    RowShape("attributes", [ReportColumn("name"), ReportColumn("value")]) { [.text($0.name), .bytes($0.value)] }
  }
}

extension ColumnOfTable {
  /// The columns of a table.
  static func all(_ table: CatalogTable) -> [ColumnOfTable] {
    table.columns.map { ColumnOfTable(table: table, column: $0) }
  }
}

private func listTables(_ session: Session) throws(Failure) -> ExitCode {
  let words = session.invocation.operands
  guard words.count > 1 else { return try listContents(session) }
  let tables = try session.survey(words[0], .columns).contents.tables
  guard let table = tables.first(where: { $0.name.bytes == words[1] }) else {
    throw noSuchTable(words[1], among: tables.map(\.name))
  }
  var report = try session.report()
  try report.list(ColumnOfTable.all(table), as: .columns(namesTable: false))
  try report.finish()
  return .success
}

/// Tables, objects by kind, and files.
private func listContents(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  var asked = listed.filter { invocation.isSet($0.flag) }
  if asked.isEmpty { asked = session.format == .csv || session.format == .tsv ? Array(listed.prefix(1)) : listed }
  let contents = try session.survey(
    invocation.operands[0], asked.reduce(into: []) { $0.formUnion($1.parts) }
  ).contents
  // Who lists only tables, because there is nothing else, needs no headings.
  let isSplit = session.isForPeople && asked.contains { $0.flag.name == objectsFlag.name } && !contents.objects.isEmpty
  var report = try session.report(isSingle: asked.count == 1 && !isSplit)
  for part in asked {
    switch part.flag.name {
    case "tables": try report.list(contents.tables, as: .tables)
    case "files": try report.list(contents.artifacts, as: .files)
    default: try report.list(ObjectGroups(contents.objects), showsSecrets: false)
    }
  }
  try report.finish()
  return .success
}
