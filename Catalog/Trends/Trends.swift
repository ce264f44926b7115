package import Bytes
package import CatalogModel
package import Diagnostics

/// How tables grew from backup to backup, and what is unlike it.
package struct Trends: Sendable {
  /// Backups that are compared with each other.
  package struct Series: Hashable, Sendable {
    package var project: Name
    package var environment: Name?
    package var system: String
    package var kind: String
  }

  /// How a table grew.
  package struct Growth: Sendable {
    package var series: Series
    package var table: Name
    package var backups = 0
    package var firstSeen: Moment
    package var lastSeen: Moment
    package var firstRecords: Int64
    package var records: Int64
    /// Usual change of the number of records a day; nil for a single backup.
    package var recordsPerDay: Double?
  }

  /// By series and table, as the newest backups have them.
  package private(set) var growth: [Growth] = []
  /// Those of the newest backups first.
  package private(set) var anomalies: [Anomaly] = []
  /// The newest backup of each series.
  package private(set) var newest: [Series: Key<Backup>] = [:]

  private var tables: [TableKey: TableTrend] = [:]
  private var sizes: [Series: (bytes: Steps, records: Steps)] = [:]
  private var order: [TableKey] = []

  private struct TableKey: Hashable {
    var series: Series
    var table: Name
  }

  package init() {}

  /// Takes the next backup, which is no older than those before it, and its tables with what is known of their columns.
  package mutating func take(_ backup: Backup, _ contents: [CatalogTable]) {
    let series = Series(backup)
    let day = Double(backup.takenAt.moment.microseconds) / 86_400_000_000
    newest[series] = backup.key
    var found = lookAtSize(backup, series, day)
    for table in contents {
      let key = TableKey(series: series, table: table.name)
      if tables[key] == nil { order.append(key) }
      found += tables[key, default: TableTrend(backup, table)].take(backup, table, day)
    }
    anomalies.insert(contentsOf: found, at: 0)
  }

  /// Ends the series.
  package mutating func finish() {
    growth = order.sorted { ($0.series.words, $0.table) < ($1.series.words, $1.table) }.compactMap { key in
      guard let trend = tables[key] else { return nil }
      return Growth(
        series: key.series, table: key.table, backups: trend.backupCount, firstSeen: trend.firstSeen,
        lastSeen: trend.lastSeen, firstRecords: trend.firstRecords, records: trend.records,
        recordsPerDay: trend.recordsPerDay)
    }
  }

  /// The worst of what is unlike before in the newest backups.
  package var worstOfNewest: Severity? {
    anomalies.filter { newest[Series($0.backup)] == $0.backup.key }.map(\.severity).max()
  }

  private mutating func lookAtSize(_ backup: Backup, _ series: Series, _ day: Double) -> [Anomaly] {
    var steps = sizes[series] ?? (Steps(), Steps())
    defer { sizes[series] = steps }
    let bytes = steps.bytes.take(Double(backup.counts.bytes), day: day)
    let records = steps.records.take(Double(backup.counts.records), day: day)
    guard let bytes, let records, records.previous > 0,
      Double(backup.counts.records) >= records.previous * (1 - Limits.sizeDrop / 2)
    else { return [] }
    let gone = bytes.previous - Double(backup.counts.bytes)
    guard gone > max(Limits.sizeDrop * bytes.previous, Limits.deviations * (bytes.spread ?? 0)) else { return [] }
    return [
      Anomaly(
        code: .sizeDrop, severity: .warning, backup: backup, expected: bytes.previous,
        found: Double(backup.counts.bytes))
    ]
  }
}

extension Trends.Series {
  package init(_ backup: Backup) {
    self.init(
      project: backup.project, environment: backup.environment, system: backup.system, kind: backup.kind)
  }
  fileprivate var words: [[UInt8]] {
    [project.bytes, environment?.bytes ?? [], Array(system.utf8), Array(kind.utf8)]
  }
}

private func < (a: ([[UInt8]], Name), b: ([[UInt8]], Name)) -> Bool {
  for (x, y) in zip(a.0, b.0) where x != y { return x.lexicographicallyPrecedes(y) }
  return a.1 < b.1
}
