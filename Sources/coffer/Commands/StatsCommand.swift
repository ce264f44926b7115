internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Diagnostics
internal import Records
internal import Trends

extension Verb {
  static let stats = Verb(
    Command(
      "stats", "show how tables grow, and what is unlike before",
      examples: [
        Example("coffer stats", "every table of every project, and what is unusual about any backup"),
        Example("coffer stats shop --since 90d", "of one project, of the last 90 days"),
        Example("coffer stats --by month --format csv", "backups, records and bytes a month"),
        Example(
          "coffer stats shop --fail-on warning", "exit 4 when the newest backup is unlike those before, for cron"),
      ],
      operands: [Operand("PROJECT", isRequired: false)],
      flags: [by] + ScopeFlags.all.filter { $0.name != ScopeFlags.newestOnly.name } + [failOn],
      discussion:
        "Backups of one project, environment, system and kind are compared with each other in the order in which they were taken. "
        + "What a table holds next is forecast from its usual change a day and how far it usually is from it; rows that are "
        + "gone, far too many that came, values that became absent or all the same, and files that shrank although no rows are gone are told "
        + "for every backup. Exit code 4 speaks of the newest ones.",
      exitCodes: [.findings, .noCatalog, .locked]),
    run: showStatistics)
}

private let by = Flag("by", .choice("WHAT", ["table", "month"]), "a row for each table, as usual, or for each month")
private let failOn = Flag(
  "fail-on", .choice("SEVERITY", ["warning", "error"]), "exit 4 when a newest backup is as unusual as that")

private func showStatistics(_ session: Session) throws(Failure) -> ExitCode {
  let invocation = session.invocation
  var query = ScopeFlags.query(session)
  if let word = invocation.operands.first { query.project = Name(word) }
  let catalog = try session.openCatalog(), scope = query
  let backups = try telling { () throws(CatalogError) in
    try catalog.read { reader throws(CatalogError) in try reader.backups(scope) }
  }
  guard invocation.word(by) != "month" else {
    var report = try session.report()
    try report.list(months(backups), as: .months)
    try report.finish()
    return .success
  }
  let trends = try telling { () throws(CatalogError) in
    try catalog.read { reader throws(CatalogError) in
      var trends = Trends()
      for backup in backups.reversed() {
        trends.take(backup, try reader.contents(of: backup.key, .columns).tables)
      }
      trends.finish()
      return trends
    }
  }
  // A format that holds one table gets the one that matters.
  let isSingle = session.format == .csv || session.format == .tsv
  var report = try session.report(isSingle: isSingle)
  try report.list(trends.growth, as: .growth)
  if !isSingle { try report.list(trends.anomalies, as: .anomalies) }
  try report.finish()
  guard let limit = invocation.word(failOn).flatMap(Severity.init(word:)) else { return .success }
  return trends.worstOfNewest.map { $0 >= limit } ?? false ? .findings : .success
}

/// What was backed up in a month.
private struct BackedUpMonth {
  var month: [UInt8]
  var project: Name
  var backups = 0
  var records: Int64 = 0
  var bytes: Int64 = 0
}

/// The months of backups, newest first.
private func months(_ backups: [Backup]) -> [BackedUpMonth] {
  var months: [BackedUpMonth] = []
  for backup in backups {
    let month = Array(rfc3339(microseconds: backup.takenAt.moment.microseconds).utf8.prefix(7))
    let place = months.firstIndex { $0.month == month && $0.project == backup.project }
    if place == nil { months.append(BackedUpMonth(month: month, project: backup.project)) }
    let at = place ?? months.count - 1
    months[at].backups += 1
    months[at].records += backup.counts.records
    months[at].bytes += backup.counts.bytes
  }
  return months
}

extension RowShape where Item == BackedUpMonth {
  fileprivate static var months: RowShape {
    RowShape(
      "months",
      [
        ReportColumn("month", isFixed: true), ReportColumn("project"), ReportColumn("backups", isNumeric: true),
        ReportColumn("records", isNumeric: true), ReportColumn("bytes", "size", isNumeric: true),
      ]
    ) { month in
      [
        .bytes(month.month), .name(month.project), .integer(month.backups), .integer(month.records), .size(month.bytes),
      ]
    }
  }
}

extension RowShape where Item == Trends.Growth {
  /// How tables grew.
  fileprivate static var growth: RowShape {
    RowShape(
      "tables",
      [
        ReportColumn("project"), ReportColumn("environment", "env", isDetail: true), ReportColumn("system"),
        ReportColumn("kind", isDetail: true), ReportColumn("table"), ReportColumn("backups", isNumeric: true),
        ReportColumn("first_seen", isDetail: true), ReportColumn("last_seen", "newest", isFixed: true),
        ReportColumn("first_records", "first", isNumeric: true), ReportColumn("records", isNumeric: true),
        ReportColumn("per_day", "a day", isNumeric: true), ReportColumn("in_30_days", "in 30 days", isNumeric: true),
      ]
    ) { growth in
      let rate = growth.recordsPerDay
      return [
        .name(growth.series.project), Value(growth.series.environment), .text(growth.series.system),
        .text(growth.series.kind), .name(growth.table), .integer(growth.backups),
        .time(growth.firstSeen.microseconds), .time(growth.lastSeen.microseconds), .integer(growth.firstRecords),
        .integer(growth.records), rate.map { .number(Array(decimal($0).utf8)) } ?? .absent,
        rate.map { .integer(max(0, growth.records + Int64(($0 * 30).rounded()))) } ?? .absent,
      ]
    }
  }
}

/// A number with one digit behind the point.
private func decimal(_ value: Double) -> String {
  let tenths = Int64((value * 10).rounded()), size = tenths.magnitude
  return (tenths < 0 ? "-" : "") + "\(size / 10).\(size % 10)"
}

extension RowShape where Item == Anomaly {
  /// What is unlike before.
  fileprivate static var anomalies: RowShape {
    RowShape(
      "anomalies",
      [
        ReportColumn("severity"), ReportColumn("code"), ReportColumn("project"),
        ReportColumn("backup", isFixed: true), ReportColumn("taken_at", "taken", isFixed: true), ReportColumn("table"),
        ReportColumn("column"), ReportColumn("message"), ReportColumn("expected", isDetail: true),
        ReportColumn("found", isDetail: true),
      ]
    ) { anomaly in
      [
        .text(anomaly.severity.word), .text(anomaly.code.rawValue), .name(anomaly.backup.project),
        .text(anomaly.backup.id.short), .time(anomaly.backup.takenAt.moment.microseconds), Value(anomaly.table),
        Value(anomaly.column), .text(anomaly.message), .number(Array(decimal(anomaly.expected).utf8)),
        .number(Array(decimal(anomaly.found).utf8)),
      ]
    }
  }
}
