import Bytes
import Records
import TestSupport
import Testing
import TextSearch

@testable import RowIndex

@Suite struct EraseTests {
  /// Nothing of an erased row is left in any page, and other rows are as they were.
  @Test(arguments: [UInt64(31), 32, 33]) func erasedRowsLeaveNothing(_ seed: UInt64) throws {
    let store = MemoryPageStore()
    var simulation = try Simulation(seed, store)
    let secret = "zyxsecretword", long = String(repeating: "q7", count: 90)
    simulation.state["people"]![3][1] = "\(secret) 2031-12-30T11:22:33Z"
    simulation.state["people"]![3][2] = .text(Array("\(long) f0e1d2c3-aaaa-bbbb-cccc-0123456789ab".utf8))
    try simulation.register()
    let id = simulation.state["people"]![3][0]
    guard case .integer(let number) = id else { return }
    simulation.state["people"]![3][2] = "another version zyxother"
    let kept = simulation.state["people"]![3]
    try simulation.register()
    #expect(try simulation.found(secret) == 2)
    #expect(try simulation.index.erase("people", key: [Array("\(number)".utf8)]) == 2)
    simulation.erased.insert(id)
    for word in [secret, "zyxother", String(long.prefix(40)), "f0e1d2c3", "2031-12-30"] {
      #expect(try simulation.found(word) == 0)
      #expect(try simulation.pagesHolding(word).isEmpty, "\(word)")
    }
    try simulation.check("erased")
    try simulation.checkSearch("erased")
    // It comes again with the next backup, and is erased again.
    if !simulation.state["people"]!.contains(where: { $0[0] == id }) { simulation.state["people"]!.append(kept) }
    try simulation.reopen()
    let count = simulation.index.versionCount
    try simulation.register()
    #expect(try simulation.found("zyxother") == 0 && simulation.pagesHolding("zyxother").isEmpty)
    #expect(simulation.index.versionCount == count)
    try simulation.check("registered again")
  }
}

extension Simulation {
  func found(_ word: String) throws -> Int {
    try index.search(RowQuery(try SearchPlan([.substring(Array(word.utf8))]))).hits.count
  }
  /// Pages in which a word stands, opened or not.
  func pagesHolding(_ word: String) throws -> [PageID] {
    let codec = PageCodec(), wanted = Array(word.utf8)
    return try store.ids(in: PageID(raw: 0)...PageID(raw: .max)).filter { id in
      var page = try store.page(id)!
      switch id.kind {
      case .rowBlock: page = (try? codec.open("R1", page, id: id)) ?? page
      case .dictionary: page = try TermPageReader(page, id: id, codec: codec).terms
      case .header: page = try codec.open("S1", page, id: id)
      default: break
      }
      return firstOffset(of: wanted.span, in: page.span) != nil
    }
  }
}
