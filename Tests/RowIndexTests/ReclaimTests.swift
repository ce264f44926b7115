import Bytes
import Records
import TestSupport
import Testing

@testable import RowIndex

@Suite struct ReclaimTests {
  /// What only forgotten backups held is in no page any more, and everything else is as it was.
  @Test(arguments: [UInt64(51), 52]) func deadRowsGiveTheirRoomBack(_ seed: UInt64) throws {
    let store = MemoryPageStore()
    var simulation = try Simulation(seed, store)
    simulation.state["people"]![0][2] = "zyxforgotten"
    try simulation.register()
    for _ in 0..<6 {
      simulation.live()
      simulation.state["people"]!.removeAll { $0[2] == "zyxforgotten" }
      try simulation.register()
    }
    #expect(try simulation.index.reclaimRows() == 0)
    try simulation.index.mergeSegments()
    for backup in simulation.backups.dropLast() { try simulation.index.forget(backup.id) }
    simulation.backups.removeFirst(simulation.backups.count - 1)
    #expect(try !simulation.pagesHolding("zyxforgotten").isEmpty)
    let bytes = store.byteCounts.values.reduce(0, +)
    #expect(try simulation.index.reclaimRows(all: true) > 10)
    #expect(try simulation.pagesHolding("zyxforgotten").isEmpty)
    #expect(store.byteCounts.values.reduce(0, +) < bytes)
    for step in 0..<2 {
      #expect(try simulation.index.reclaimRows(all: true) == 0)
      try simulation.check("step \(step)")
      try simulation.checkHistory("step \(step)")
      try simulation.checkSearch("step \(step)")
      simulation.live()
      try simulation.register()
      try simulation.index.mergeSegments()
      try simulation.reopen()
    }
  }
}
