import Bytes
import Records
import TestSupport
import Testing
import TextSearch

@testable import RowIndex

@Suite struct MergeTests {
  /// Many small backups become few segments, and every answer stays the same.
  @Test(arguments: [UInt64(21), 22]) func mergedSegmentsAnswerTheSame(_ seed: UInt64) throws {
    var simulation = try Simulation(seed, people: 25)
    for _ in 0..<18 {
      simulation.live()
      try simulation.register(late: Int.random(in: 0..<5, using: &simulation.dice) == 0)
    }
    let before = simulation.index.segmentCount
    #expect(try simulation.index.mergeSegments() > 0 && simulation.index.segmentCount < before - 6)
    for step in 0..<3 {
      let note: Comment = "seed \(seed), step \(step)"
      try simulation.check(note)
      try simulation.checkSearch(note)
      try simulation.checkDifferences(note)
      try simulation.checkHistory(note)
      simulation.live()
      try simulation.register()
      try simulation.reopen()
    }
    // A merge that is repeated has nothing to do.
    #expect(try simulation.index.mergeSegments() == 0)
  }

  /// Terms of merged segments are those of the segments, whether lists are short, long or hold every row.
  @Test func mergedListsAreThoseOfTheirSegments() throws {
    let store = MemoryPageStore(), index = try RowIndex(store, lineage: 0)
    let table = TableSchema("t", [Column("a", .text), Column("b", .text)])
    for backup in UInt64(0)..<9 {
      let registration = try index.register(backup, time: Int64(backup))
      let rows = (0..<1500).map { i -> [TestValue] in
        let n = Int(backup) * 1500 + i
        return ["row \(n) all \(n % 3 == 0 ? "third" : "other") d\(n % 97)", n % 200 == 0 ? "rare\(n)" : nil]
      }
      try registration.add(RecordBatch(rows[...], columnCount: 2), of: table)
      try registration.finish()
    }
    func answers() throws -> [[UInt32]] {
      try ["all", "third", "d13", "rare5000", "d1*", "13"].map { word in
        var query = RowQuery(try SearchPlan([.words(Array(word.utf8))]))
        query.limit = 20_000
        return try index.search(query).hits.map(\.version)
      }
    }
    let before = try answers()
    #expect(before[0].count == 13_500 && before[1].count == 4500 && before[3] == [5000])
    #expect(try index.mergeSegments() == 1 && index.segmentCount == 2)
    #expect(try answers() == before)
  }
}
