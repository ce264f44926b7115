import Bytes
import Comparison
import Records
import TestSupport
import Testing

private let fixtures = packageRoot + "/Tests/Fixtures/"

/// Backups of all systems become exports of Convex and are read as such.
@Suite struct ConvexRoundTripTests {
  /// Ids, times, kinds and components stay; both generations become the newer one.
  @Test(arguments: ["1780000000123456789", "1765000000123456789"]) func convexStaysWhatItIs(_ stamp: String) throws {
    let run = try ThereAndBack(fixtures + "convex/snapshot_brave-heron-208_\(stamp).zip")
    #expect(run.verdicts(explained: false).keys.map(\.self) == [.same])
    let facts = try run.imported.checked()
    #expect(facts.contains(#""_components/mailer/outbox": {"number": 10001"#), "\(facts)")
    #expect(facts.contains(#""visits": ["int64"]"#) && facts.contains(#""digest": ["bytes"]"#))
    #expect(run.losses.allSatisfy { $0.code == "objects-left-out" })
  }

  @Test func scriptSetsKeepTheirIDs() throws {
    let run = try ThereAndBack(fixtures + "demo/harbourlight/convex_backups")
    #expect(run.verdicts(explained: false).keys.map(\.self) == [.same])
    #expect(try run.imported.checked().contains(#""number": 10008"#))
  }

  /// Tables without references are the same; of the others just those columns differ that the losses name.
  @Test(arguments: [
    ("demo/shop/shop_dumpdata.json", 11932), ("django/library.json", 12),
    ("prisma/atelier/backups/atelier-backup-2025-10-30T10-00-00.json", 85),
  ]) func othersKeepTheirRows(_ path: String, _ count: Int) throws {
    let run = try ThereAndBack(fixtures + path)
    _ = try run.imported.checked()
    var rows = 0
    for table in run.comparison.tables {
      rows += table.second.count
      #expect(table.first.count == table.second.count && table.missingColumns.isEmpty, "\(table.name)")
      let named = Set(run.losses.filter { $0.table == table.name }.compactMap(\.column))
      let differing = Set(table.examples.flatMap(\.columns))
      #expect(differing.isSubset(of: named), "\(table.name): \(differing)")
      if named.isEmpty { #expect(table.verdict == .same || table.verdict == .explained, "\(table.name)") }
    }
    #expect(rows == count && !run.losses.contains(where: \.isReject))
  }
}
