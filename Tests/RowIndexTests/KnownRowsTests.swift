import Bytes
import CIndex
import TestSupport
import Testing

@testable import RowIndex

@Suite struct KnownRowsTests {
  /// Rows are known, new or repeated as a dictionary says, while the table grows.
  @Test(arguments: Array(UInt64(1)...12)) func saysWhatADictionarySays(_ seed: UInt64) throws {
    var dice = Dice(seed)
    let codec = PageCodec(), count = Int.random(in: 0...9000, using: &dice)
    // Few different keys, so that rows differ in one half only.
    func identity() -> RowIdentity {
      RowIdentity(key: UInt64.random(in: 0..<400, using: &dice), content: UInt64.random(in: 0..<40, using: &dice) << 40)
    }
    var known: [[UInt64]: Int] = [:], wanted = RowSet(limit: count)
    let rows = KnownRows(capacity: Int.random(in: 0...count, using: &dice))
    var at = 0
    while at < count {
      let end = min(count, at + 4096)
      var heap = ByteHeap(capacity: 4096)
      for row in at..<end {
        let identity = identity()
        heap.append(identity)
        guard Int.random(in: 0..<3, using: &dice) > 0 else { continue }
        wanted.insert(row)
        if known[[identity.low, UInt64(identity.high)]] == nil { known[[identity.low, UInt64(identity.high)]] = row }
      }
      let id = PageID(.hashes, lineage: 0, part: 1, number: 0)
      rows.insert(
        try IdentityPage(
          IdentityPage.sealed(heap, codec), firstRow: UInt32(at), rowCount: end - at, id: id, codec: codec), in: wanted)
      at = end
    }
    var met = Set<[UInt64]>(), seen = RowSet(limit: count), expected = seen
    for _ in 0..<20 {
      let batch = (0..<Int.random(in: 1...900, using: &dice)).map { _ in identity() }
      var others: [Int: Bool] = [:]
      for (i, row) in batch.enumerated() {
        let row = [row.low, UInt64(row.high)], isNew = met.insert(row).inserted
        if isNew, let version = known[row] { expected.insert(version) } else { others[i] = !isNew }
      }
      var found: [Int: Bool] = [:]
      for (row, isRepeated) in rows.meet(batch, &seen) { found[row] = isRepeated }
      #expect(found == others && seen == expected)
    }
  }

  /// The n-th of equal rows is told apart, and is the same one in another backup.
  @Test func repeatedRowsHaveTheirOwnIdentities() {
    let row = RowIdentity(key: 7, content: 9)
    let (one, other) = (KnownRows(capacity: 0), KnownRows(capacity: 50))
    let all = (0..<50).map { _ in one.identity(repeating: row) }
    #expect(Set(all.map { [$0.low, UInt64($0.high)] }).count == 50 && all.allSatisfy { $0.key == 7 })
    #expect(all.allSatisfy { $0.isEqual(to: other.identity(repeating: row)) })
  }
}
