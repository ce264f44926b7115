import Records
import TestSupport
import Testing

@Suite struct DistinctEstimateTests {
  @Test(arguments: [0, 1, 10, 64, 65, 500, 5000, 200_000])
  func distinctIsEstimated(_ count: Int) {
    var dice = Dice(UInt64(count))
    let hashes = (0..<count).map { _ in dice.next() }
    var whole = DistinctEstimate()
    for value in hashes + hashes { whole.insert(value) }
    #expect(abs(Double(whole.count - count)) <= (count <= 64 ? 0 : Double(count) * 0.08))
    for cut in [0, count / 20, count / 2] {
      var parts = DistinctEstimate(), rest = DistinctEstimate()
      for value in hashes[..<cut] { parts.insert(value) }
      for value in hashes[cut...] { rest.insert(value) }
      parts.merge(rest)
      #expect(parts.count == whole.count)
    }
  }
}
