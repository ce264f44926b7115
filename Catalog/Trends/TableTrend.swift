internal import Bytes
internal import CatalogModel
internal import Diagnostics

/// One table on its way through the backups of a series.
struct TableTrend: Sendable {
  private struct ColumnTrend: Sendable {
    var absent = Level()
    var lastAbsent: Double?
    /// Values that were there in the backup before.
    var lastPresent: Double?
    var distinct = Steps()
  }

  let firstSeen: Moment
  let firstRecords: Int64
  private(set) var lastSeen: Moment
  private(set) var records: Int64
  private(set) var backupCount = 0
  private var counts = Steps()
  private var columns: [Name: ColumnTrend] = [:]

  init(_ backup: Backup, _ table: CatalogTable) {
    firstSeen = backup.takenAt.moment
    lastSeen = firstSeen
    firstRecords = table.statistics.recordCount
    records = firstRecords
  }

  var recordsPerDay: Double? { counts.rate }

  /// Takes the table of the next backup; what is unlike before.
  mutating func take(_ backup: Backup, _ table: CatalogTable, _ day: Double) -> [Anomaly] {
    let count = Double(table.statistics.recordCount)
    backupCount += 1
    lastSeen = backup.takenAt.moment
    records = table.statistics.recordCount
    var found: [Anomaly] = []
    func note(_ code: Anomaly.Code, _ severity: Severity, _ column: Name?, _ expected: Double, _ value: Double) {
      found.append(
        Anomaly(
          code: code, severity: severity, backup: backup, table: table.name, column: column, expected: expected,
          found: value))
    }
    let rows = counts.take(count, day: day)
    if let rows, let (code, severity) = Self.judge(count, rows) { note(code, severity, nil, rows.value, count) }
    guard count > 0 else { return found }
    for column in table.columns {
      var trend = columns[column.name, default: ColumnTrend()]
      defer { columns[column.name] = trend }
      let absent = Double(column.statistics.nullCount + column.statistics.missingCount)
      if let usual = Self.rise(&trend, absent / count, count) {
        note(.nullRise, .warning, column.name, usual * 100, absent / count * 100)
      }
      let present = count - absent, before = trend.lastPresent ?? present
      trend.lastPresent = present
      guard let estimate = column.statistics.distinctEstimate,
        let distinct = trend.distinct.take(Double(estimate), day: day)
      else { continue }
      if Self.isCollapsed(Double(estimate), distinct, left: before > 0 ? present / before : 1) {
        note(.distinctDrop, .warning, column.name, distinct.previous, Double(estimate))
      }
    }
    return found
  }

  /// What a number of rows is, after what was expected of it.
  private static func judge(_ count: Double, _ expected: Steps.Expectation) -> (Anomaly.Code, Severity)? {
    let gone = expected.previous - count, spread = expected.spread
    let share = spread == nil ? Limits.unknownDrop : Limits.knownDrop
    let limit = max(share * expected.previous, Limits.deviations * (spread ?? 0), Limits.leastRows)
    // A table of few rows that loses them all is told too.
    if gone > 0, expected.value - count >= limit && gone >= limit / 2 || count == 0 {
      let isSevere = count == 0 || gone >= Limits.severeDrop * expected.previous
      return (.rowDrop, isSevere ? .error : .warning)
    }
    let more = count - expected.value
    let surge = max(
      Limits.surge * expected.previous, Limits.surgeDeviations * (spread ?? 0), Limits.leastSurge)
    return spread != nil && more > surge ? (.rowSurge, .info) : nil
  }

  /// The usual share of absent values when there are far more of them.
  private static func rise(_ trend: inout ColumnTrend, _ share: Double, _ count: Double) -> Double? {
    defer { trend.lastAbsent = share }
    let level = trend.absent.take(share)
    guard count >= Limits.leastValues else { return nil }
    guard let last = trend.lastAbsent else { return nil }
    guard let level else { return share - last > Limits.unknownNullRise ? last : nil }
    let limit = max(Limits.nullRise, Limits.deviations * level.spread)
    // What has risen before has been told.
    return share - level.usual > limit && share - last > limit / 2 ? level.usual : nil
  }

  /// Whether values that were different have become the same; fewer values, of which a share is `left`, hold
  /// fewer that differ.
  private static func isCollapsed(_ count: Double, _ expected: Steps.Expectation, left: Double) -> Bool {
    let before = expected.previous * min(left, 1)
    let limit = max(
      Limits.distinctDrop * expected.previous, Limits.deviations * (expected.spread ?? 0), Limits.leastDistinct)
    return before - count > limit
  }
}
