internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics
internal import Mapping
internal import Records
internal import RowIndex

extension Verb {
  static let history = Verb(
    Command(
      "history", "show what became of one row through all backups",
      examples: [
        Example("coffer history shop_order 11", "its versions: since when, until when, what has changed"),
        Example("coffer history auth_user 42 --columns email,is_active", "only when one of these has changed"),
        Example("coffer history order_item 11 3 --project shop --json", "a key of two columns, for a program"),
        Example("coffer history users 42 --map to-convex.toml", "on into a system that calls the table otherwise"),
      ],
      operands: [Operand("TABLE"), Operand("KEY", isRepeated: true)],
      flags: [columns, allColumns] + ScopeFlags.all + [ScopeFlags.latest, MappingFlags.map],
      discussion:
        "Backups that follow each other and hold the row alike are one run, from the first to the last of them. A "
        + "run tells what has changed since the one before: 'first' the row was not there before, 'moved' it was in a backup "
        + "of another system, 'changed', 'gone', 'no-table' the backups do not have the table at all, 'back' it is there again. "
        + "Columns that are new or gone are told even when they hold nothing. Environments and systems are kept apart. "
        + "KEY is the primary key, one word for each of its columns; values count by what they mean, so that 1.50 is 1.5.\n\n"
        + "Secrets are known by digests only: that they have changed is told, never what they are. With --map a table is "
        + "followed under the names that the mapping gives it and its columns.",
      exitCodes: [.nothingFound, .noCatalog, .locked]),
    run: showHistory)
}

private let columns = Flag("columns", .text("NAME,…"), "only changes of these columns", isRepeatable: true)
private let allColumns = Flag("all", "every column of each version, not only those that have changed")

private func showHistory(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation, words = invocation.operands
  var query = HistoryQuery(Name(words[0]), key: Array(words.dropFirst()))
  query.tables = try tables(Name(words[0]), invocation)
  query.scope = ScopeFlags.query(session)
  query.columns = Set(
    invocation.all(columns).flatMap { $0.split(separator: UInt8(ascii: ",")).map { Name(Array($0)) } })
  let catalog = try session.openCatalog()
  let history = try telling { () throws(CatalogError) in
    try catalog.read { [query] reader throws(CatalogError) in try reader.history(query) }
  }
  if history.keys.isEmpty, !history.knownTables.isEmpty {
    throw unknownTable(words[0], history.knownTables)
  }
  try check(query.key, history)
  try check(query.columns, history)
  let lines = history.lineages.flatMap { lineage in
    lineage.runs.flatMap { run in
      HistoryLine.lines(of: run, lineage, history.backups, all: invocation.isSet(allColumns), query.columns)
    }
  }
  var report = try session.report()
  try report.list(lines, as: .history)
  try report.finish()
  if history.unindexedBackups > 0 {
    session.note("\(counted(history.unindexedBackups, "backup")) in this scope cannot be looked into (--index)")
  }
  if lines.isEmpty, session.isForPeople { session.note("no backup holds this row") }
  return lines.isEmpty ? .nothingFound : .success
}

/// The table as the systems call it: as it is, and as the mapping has it on either side.
private func tables(_ name: Name, _ invocation: Invocation) throws(Failure) -> [HistoryQuery.Table] {
  guard let path = invocation.bytes(MappingFlags.map) else { return [HistoryQuery.Table(name)] }
  let text = try mappingText(invocation), mapping: Mapping
  do throws(MappingError) { mapping = try Mapping(text, path: path) } catch { throw Failure(error) }
  for rule in mapping.tables {
    let target = rule.name ?? mapping.policy.name(rule.source)
    guard rule.source == name || target == name else { continue }
    var names: [Name: Name] = [:]
    for column in rule.columns { names[column.source] = column.name ?? mapping.policy.name(column.source) }
    return [HistoryQuery.Table(rule.source, columns: names), HistoryQuery.Table(target)]
  }
  return [HistoryQuery.Table(name), HistoryQuery.Table(mapping.policy.name(name))]
}

/// Says that no backup has such a table, and which one may be meant.
func unknownTable(_ name: [UInt8], _ known: Set<Name>) -> Failure {
  let meant = suggestion(for: displayed(name), among: known.map { displayed($0) }.sorted())
  return Failure(
    .failure, "no backup in this scope has a table '\(displayed(name))'",
    advice: meant.map { "did you mean '\($0)'?" } ?? "'coffer find table \"*\"' lists the tables")
}

/// Checks that as many values are given as the key has columns.
private func check(_ key: [[UInt8]], _ history: RowHistory) throws(Failure) {
  guard history.lineages.isEmpty, !history.keys.isEmpty, !history.keys.contains(where: { $0.count == key.count }) else {
    return
  }
  let columns = history.keys[0]
  guard !columns.isEmpty else {
    throw .usage(
      "the table has no primary key by which a row could be followed", advice: "'coffer search' finds values")
  }
  throw .usage(
    "the key of the table has \(counted(columns.count, "column")): "
      + columns.map { displayed($0) }.joined(separator: ", "))
}

/// Checks that each of some columns is in a version of the row.
private func check(_ columns: Set<Name>, _ history: RowHistory) throws(Failure) {
  let rows = history.lineages.flatMap { $0.runs.compactMap(\.row) }
  let known = Set(rows.flatMap { $0.shape.columns.map(\.name) })
  guard !known.isEmpty, let unknown = columns.subtracting(known).min() else { return }
  let meant = suggestion(for: displayed(unknown), among: known.map { displayed($0) }.sorted())
  throw Failure(
    .failure, "no version of the row has a column '\(displayed(unknown))'",
    advice: meant.map { "did you mean '\($0)'?" })
}
