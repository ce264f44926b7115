import Bytes
import CatalogModel
import Diagnostics
import Records
import TestSupport
import Testing
import Trends

private let day: Int64 = 86_400_000_000

private func backup(_ at: Int64, bytes: Int64 = 1000, records: Int64 = 0, kind: String = "complete") -> Backup {
  var counts = BackupCounts()
  counts.bytes = bytes
  counts.records = records
  return Backup(
    key: Key(at + 1), id: BackupID(project: "p", content: [UInt8(truncatingIfNeeded: at)]), project: "p",
    environment: nil, content: [], system: "prisma", kind: kind,
    takenAt: BackupTime(Moment(microseconds: at * day), origin: .content, hasZone: true),
    registeredAt: Moment(microseconds: 0), label: nil, note: nil, indexing: .full, counts: counts)
}

private func table(_ rows: Int64, nulls: Int64 = 0, distinct: Int64? = nil) -> CatalogTable {
  var column = CatalogColumn(name: "x", type: "text")
  column.statistics.nullCount = nulls
  column.statistics.distinctEstimate = distinct
  var table = CatalogTable(name: "t", columns: [column])
  table.statistics.recordCount = rows
  return table
}

/// What a daily series of tables comes to: the day and the code of each anomaly.
private func anomalies(_ days: [CatalogTable]) -> [String] {
  var trends = Trends()
  for (i, table) in days.enumerated() { trends.take(backup(Int64(i)), [table]) }
  return trends.anomalies.reversed().map { anomaly in
    "\(anomaly.backup.key.number - 1) \(anomaly.code.rawValue) \(anomaly.severity.word)"
  }
}

@Suite struct TrendsTests {
  /// Counts of a table that grows by about so many rows a day, with chance.
  private static func growing(_ dice: inout Dice, days: Int, from start: Int64, by rate: Int64) -> [Int64] {
    var count = start
    return (0..<days).map { _ in
      count += rate == 0 ? 0 : Int64.random(in: rate / 2...rate * 3 / 2, using: &dice)
      return count
    }
  }

  /// Growth is no alarm, whatever its rate, and 5 % of the rows gone on any day are one, once and on that day.
  @Test(arguments: 0..<200) func truncationIsFoundAndGrowthIsNot(_ seed: Int) {
    var dice = Dice(UInt64(seed))
    let start = Int64.random(in: 100...1_000_000, using: &dice)
    let rates: [Int64] = [0, start / 1000, start / 100, start / 50]
    let rate = rates[Int.random(in: 0..<4, using: &dice)]
    let counts = Self.growing(&dice, days: 60, from: start, by: rate)
    #expect(anomalies(counts.map { table($0) }) == [], "seed \(seed)")
    let at = Int.random(in: 5..<60, using: &dice)
    let lost = counts[at] / 20
    var truncated = counts
    for i in at..<60 { truncated[i] -= lost }
    #expect(
      anomalies(truncated.map { table($0) }) == ["\(at) row-drop warning"], "seed \(seed), rate \(rate) of \(start)")
  }

  @Test func greatLossesAreErrors() {
    #expect(anomalies([1000, 1010, 0, 0].map { table($0) }) == ["2 row-drop error"])
    #expect(anomalies([1000, 1000, 1000, 1000, 700].map { table($0) }) == ["4 row-drop error"])
    // Two rows less are nothing; so is a tenth of few backups.
    #expect(anomalies([20, 20, 20, 20, 18].map { table($0) }) == [])
    #expect(anomalies([1000, 920].map { table($0) }) == [])
    #expect(anomalies([1000, 880].map { table($0) }) == ["1 row-drop warning"])
  }

  @Test func surgesAreTold() {
    #expect(anomalies([1000, 1010, 1020, 1030, 5000].map { table($0) }) == ["4 row-surge info"])
  }

  /// Tables that lose many rows as a rule do so without an alarm as soon as that is known.
  @Test func whatIsUsualIsNoAlarm() {
    var dice = Dice(7)
    let found = anomalies((0..<60).map { _ in table(Int64.random(in: 400...600, using: &dice)) })
    #expect(found.allSatisfy { ["1", "2", "3"].contains($0.prefix { $0 != " " }) }, "\(found)")
  }

  @Test func valuesThatBecomeAbsentOrTheSameAreTold() {
    let nulls = [10, 12, 9, 11, 10, 210, 212].map { table(1000, nulls: $0) }
    #expect(anomalies(nulls) == ["5 null-rise warning"])
    let same = [900, 905, 910, 902, 1, 1].map { table(1000, distinct: $0) }
    #expect(anomalies(same) == ["4 distinct-drop warning"])
    // Half of the rows hold half of the values.
    let half = [(1000, 900), (1000, 905), (1000, 910), (1000, 902), (500, 450)].map {
      table(Int64($0.0), distinct: Int64($0.1))
    }
    #expect(anomalies(half) == ["4 row-drop error"])
  }

  /// Each kind of backups is a series of its own.
  @Test func seriesDoNotMix() {
    var trends = Trends()
    for i in 0..<10 {
      trends.take(backup(Int64(i), kind: i % 2 == 0 ? "safe" : "complete"), [table(i % 2 == 0 ? 10 : 1000)])
    }
    trends.finish()
    #expect(trends.anomalies.isEmpty)
    #expect(trends.growth.map(\.records) == [1000, 10] && trends.growth.map(\.backups) == [5, 5])
  }

  @Test func growthIsMeasuredADay() throws {
    var trends = Trends()
    for i in 0..<10 { trends.take(backup(Int64(i) * 7), [table(Int64(100 + 70 * i))]) }
    trends.finish()
    let growth = try #require(trends.growth.first)
    #expect(growth.recordsPerDay == 10 && growth.firstRecords == 100 && growth.records == 730)
    #expect(trends.worstOfNewest == nil)
  }

  /// Files that shrink though the rows are all there.
  @Test func smallerFilesAreTold() {
    var trends = Trends()
    for (i, bytes) in [1000, 1010, 1020, 1030, 400].enumerated() {
      trends.take(backup(Int64(i), bytes: Int64(bytes), records: 50), [])
    }
    #expect(trends.anomalies.map(\.code) == [.sizeDrop] && trends.worstOfNewest == .warning)
  }
}
