internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics
internal import Records

extension Verb {
  static let bisect = Verb(
    Command(
      "bisect", "find the first backup in which something holds: a row is missing, a count is low",
      examples: [
        Example("coffer bisect --table shop_order --missing 11", "the first backup without a row that was there"),
        Example("coffer bisect --table auth_user --changed 42.email", "in which a value is not what it was at first"),
        Example("coffer bisect --table orders --count =0 --all", "each time when a table is empty, or no longer"),
        Example("coffer bisect --gone policy:orders.own_rows", "in which an object is gone"),
      ],
      flags: [table, missing, changed, count, gone, all] + ScopeFlags.all + [ScopeFlags.latest],
      discussion: "Backups are looked at in the order of their times, those of each project, environment and system by "
        + "themselves. What never was there cannot be missing or gone: backups before the row or object was first seen tell "
        + "nothing. A value is compared with what it was when it was first seen; backups without the row tell nothing of it. "
        + "Nothing is skipped, so that --all names every backup in which the condition begins or ceases to hold.\n\n"
        + "Values of a key of several columns are separated by commas. The condition of --count is one of <, <=, >, >=, = and != "
        + "with a number.",
      exitCodes: [.nothingFound, .noCatalog, .locked]),
    run: findFlips)
}

private let table = Flag("table", .text("NAME"), "the table that is meant")
private let missing = Flag("missing", .text("KEY"), "a row that was there is not")
private let changed = Flag("changed", .text("KEY.COLUMN"), "a value is not what it was at first")
private let count = Flag("count", .text("CONDITION"), "the number of rows, such as '<1000'")
private let gone = Flag("gone", .text("KIND:NAME"), "a policy, function, view… that was there is not")
private let all = Flag("all", "every backup in which the condition begins or ceases to hold")

private func findFlips(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  var query = BisectQuery(try condition(invocation))
  query.scope = ScopeFlags.query(session)
  let catalog = try session.openCatalog()
  let found = try telling { () throws(CatalogError) in
    try catalog.read { [query] reader throws(CatalogError) in try reader.bisect(query) }
  }
  let flips = found.flatMap { invocation.isSet(all) ? $0.flips : Array($0.flips.prefix(1)) }
  if flips.isEmpty, let name = invocation.bytes(table) { try checkTable(Name(name), query.scope, catalog) }
  var report = try session.report()
  try report.list(flips, as: .flips)
  try report.finish()
  let unknown = found.reduce(0) { $0 + $1.unknown }
  if session.isForPeople {
    let examined = counted(found.reduce(0) { $0 + $1.examined }, "backup")
    session.note((flips.isEmpty ? "it holds in none of \(examined)" : "looked at \(examined)"))
  }
  if unknown > 0 { session.note("of \(counted(unknown, "backup")) it cannot be told") }
  return flips.isEmpty ? .nothingFound : .success
}

/// The one condition that the flags state.
private func condition(_ invocation: Invocation) throws(Failure) -> BisectQuery.Condition {
  let stated = [missing, changed, count, gone].filter { invocation.bytes($0) != nil }
  guard stated.count == 1, let flag = stated.first, let word = invocation.bytes(flag) else {
    throw .usage(
      stated.isEmpty ? "there is no condition" : "--\(stated[0].name) and --\(stated[1].name) exclude each other",
      advice: "name one of --missing, --changed, --count and --gone")
  }
  if flag.name == gone.name {
    let address = ObjectAddress(word)
    return .gone { !address.find(in: $0).isEmpty }
  }
  guard let name = invocation.bytes(table) else { throw .usage("--\(flag.name) needs --table") }
  switch flag.name {
  case missing.name: return .missing(table: Name(name), key: key(word[...]))
  case changed.name:
    guard let dot = word.lastIndex(of: UInt8(ascii: ".")), dot > 0, dot + 1 < word.count else {
      throw .usage("--changed takes a key and a column with a point between them, such as 42.email")
    }
    return .changed(table: Name(name), key: key(word[..<dot]), column: Name(Array(word[(dot + 1)...])))
  default:
    for comparison in BisectQuery.Comparison.allCases where word.starts(with: comparison.rawValue.utf8) {
      let digits = word.dropFirst(comparison.rawValue.utf8.count).drop { $0 == UInt8(ascii: " ") }
      if let limit = parseCount(Array(digits)) { return .count(table: Name(name), comparison, Int64(limit)) }
    }
    throw .usage("--count takes a condition such as '<1000'", advice: "quote it, or the shell reads a file")
  }
}

private func key(_ word: ArraySlice<UInt8>) -> [[UInt8]] {
  word.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { Array($0) }
}

/// Checks that some backup has the table.
private func checkTable(_ name: Name, _ scope: BackupQuery, _ catalog: any CatalogStore) throws(Failure) {
  let query = FindQuery(.table, NamePattern(Array("*".utf8)), in: scope)
  let found = try telling { () throws(CatalogError) in
    try catalog.read { reader throws(CatalogError) in try reader.find(query) }
  }
  let names = Set(found.map { Name($0.name) })
  if !names.isEmpty, !names.contains(name) { throw unknownTable(name.bytes, names) }
}

extension RowShape where Item == Flip {
  /// Backups in `bisect`.
  fileprivate static var flips: RowShape {
    RowShape(
      "flips",
      [
        ReportColumn("project"), ReportColumn("environment", "env"), ReportColumn("system"), ReportColumn("holds"),
        ReportColumn("backup", isFixed: true), ReportColumn("id", isDetail: true),
        ReportColumn("taken_at", "taken", isFixed: true), ReportColumn("value"),
        ReportColumn("previous", isFixed: true), ReportColumn("previous_id", isDetail: true),
        ReportColumn("previous_taken_at", isDetail: true),
      ]
    ) { flip in
      [
        .name(flip.backup.project), Value(flip.backup.environment), .text(flip.backup.system), .boolean(flip.holds),
        .text(flip.backup.id.short), .text(flip.backup.id.description),
        .time(flip.backup.takenAt.moment.microseconds), flip.value?.value(isSecret: false) ?? .absent,
        Value(flip.previous?.id.short), Value(flip.previous?.id.description),
        Value(time: flip.previous?.takenAt.moment.microseconds),
      ]
    }
  }
}
