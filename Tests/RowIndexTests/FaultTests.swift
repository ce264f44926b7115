import Bytes
import Records
import Synchronization
import TestSupport
import Testing
import TextSearch

@testable import RowIndex

/// Fails at one of its calls, and at all after it: what a killed process or a full disk leaves behind.
private final class FailingStore: PageStore {
  let store: any PageStore
  private let left: Mutex<Int>
  init(_ store: any PageStore, after calls: Int) {
    self.store = store
    left = Mutex(calls)
  }

  private func count() throws(IndexError) {
    let isOver = left.withLock {
      $0 -= 1
      return $0 < 0
    }
    if isOver { throw IndexError(.full) }
  }
  func page(_ id: PageID) throws(IndexError) -> [UInt8]? {
    try count()
    return try store.page(id)
  }
  func ids(in range: ClosedRange<PageID>) throws(IndexError) -> [PageID] {
    try count()
    return try store.ids(in: range)
  }
  func commit(writing pages: [Page], removing ids: [PageID]) throws(IndexError) {
    try count()
    try store.commit(writing: pages, removing: ids)
  }
}

/// What is done to an index when it fails.
enum Change: CaseIterable, Sendable {
  case register, registerLate, forget, merge, reclaim, erase, rebuild

  func run(_ simulation: inout Simulation) throws {
    switch self {
    case .register: try simulation.register()
    case .registerLate: try simulation.register(late: true)
    case .forget: try simulation.forget()
    case .merge: try simulation.index.mergeSegments()
    case .reclaim: try simulation.index.reclaimRows(all: true)
    case .erase:
      simulation.erased.insert(.integer(3))
      _ = try simulation.index.erase("people", key: [[0x33]])
    case .rebuild: try simulation.index.rebuildSegments()
    }
  }
}

@Suite struct FaultTests {
  private static let everything = PageID(raw: 0)...PageID(raw: .max)

  private static func copy(_ store: any PageStore) throws -> MemoryPageStore {
    let copy = MemoryPageStore()
    try copy.commit(writing: store.ids(in: everything).map { Page($0, try store.page($0)!) }, removing: [])
    return copy
  }

  /// Wherever a change fails, the generation before it is there as it was, the change can be made again, and no page of the failed
  /// one is left.
  @Test(arguments: Change.allCases) func failedChangesChangeNothing(_ change: Change) throws {
    var simulation = try Simulation(81, people: 12)
    for _ in 0..<9 {
      simulation.live()
      try simulation.register()
      if simulation.backups.count > 6 { try simulation.forget() }
    }
    simulation.live()
    let generation = simulation.index.generation
    var failures = 0
    for calls in 0..<5000 {
      let store = try Self.copy(simulation.store)
      var failed = simulation
      failed.index = try RowIndex(FailingStore(store, after: calls + 2), lineage: 3, generation: generation)
      var isDone = true
      do { try change.run(&failed) } catch let error as IndexError {
        #expect(error.code == .full && error.advice != nil)
        isDone = false
      }
      // The catalog did not hear of it.
      var after = isDone ? failed : simulation
      after.index = try RowIndex(store, lineage: 3, generation: isDone ? nil : generation)
      if change == .erase { after.erased.insert(.integer(3)) }
      let note: Comment = "\(change), failed at call \(calls)"
      if change == .erase && !isDone { _ = try after.index.erase("people", key: [[0x33]]) }
      // Most of them in part: what differs from call to call is which pages are there.
      if calls % 7 == 0 || isDone { try after.check(note) }
      // What comes next sweeps up, whatever it is.
      if calls % 2 == 0 { try after.forget() }
      try after.register()
      #expect(after.index.damages().isEmpty, note)
      let kept = try after.reachable(), left = try store.ids(in: Self.everything).filter { !kept.contains($0) }
      #expect(left.isEmpty, "\(note): \(left.prefix(3))")
      if isDone { break }
      failures += 1
    }
    #expect(failures > 4, "\(failures)")
  }

  /// Any bit of any page that is turned over is noticed, and the page is named: its kind, its lineage and its number.
  @Test func turnedBitsAreNamed() throws {
    let store = MemoryPageStore()
    var simulation = try Simulation(82, store, people: 30)
    for _ in 0..<3 {
      simulation.live()
      try simulation.register()
    }
    // Lists that are too long for the pages of the dictionary.
    let registration = try simulation.index.register(70, time: 9000)
    let rows = (0..<3000).map { i -> [TestValue] in ["event \(i % 3 == 0 ? "often" : "x\(i)")", .null] }
    try registration.add(RecordBatch(rows[...], columnCount: 2), of: Simulation.log)
    try registration.finish()
    let generation = simulation.index.generation
    let needed = try simulation.reachable(before: false)
    #expect(Set(needed.compactMap(\.kind)) == Set(PageKind.allCases))
    var dice = Dice(83)
    for id in try store.ids(in: Self.everything) where needed.contains(id) {
      let page = try store.page(id)!
      for _ in 0..<6 {
        let bit = Int.random(in: 0..<(page.count * 8), using: &dice)
        var damaged = page
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        try store.commit(writing: [Page(id, damaged)], removing: [])
        var found: [IndexError] = []
        do throws(IndexError) {
          found = try RowIndex(store, lineage: 3, generation: generation).damages()
        } catch { found = [error] }
        let isNamed = found.contains { error in
          if case .damaged(_, id) = error.code {
            error.message.contains("\(id)")
          } else {
            error.message.contains("version")
          }
        }
        #expect(isNamed, "\(id), bit \(bit): \(found.map(\.message))")
      }
      try store.commit(writing: [page].map { Page(id, $0) }, removing: [])
    }
    #expect(simulation.index.damages().isEmpty)
  }

  /// Dictionaries, lists and keys that are lost are made again from the rows: every answer is as before.
  @Test(arguments: [UInt64(84), 85]) func indexesAreRebuiltFromTheirRows(_ seed: UInt64) throws {
    let store = MemoryPageStore()
    var simulation = try Simulation(seed, store)
    for step in 0..<9 {
      simulation.live()
      try simulation.register()
      if step == 4 { try simulation.index.mergeSegments() }
    }
    simulation.erased.insert(.integer(3))
    _ = try simulation.index.erase("people", key: [[0x33]])
    let before = try simulation.termBytes()
    let lost = try store.ids(in: Self.everything).filter { [.dictionary, .lists, .keys].contains($0.kind) }
    try store.commit(writing: lost.map { Page($0, [0]) }, removing: [])
    try simulation.reopen()
    #expect(simulation.index.damages().count == lost.count)
    #expect(try simulation.index.rebuildSegments() == simulation.index.segmentCount)
    try simulation.reopen()
    #expect(simulation.index.damages().isEmpty)
    // The pages hold what they held, whether they had been merged or written by an erasure.
    #expect(try simulation.termBytes() == before)
    try simulation.register()
    for step in 0..<3 {
      try simulation.check("step \(step)")
      try simulation.checkSearch("step \(step)")
      try simulation.checkHistory("step \(step)")
    }
  }
}

extension Simulation {
  /// The pages that this generation needs, and, as long as nobody said that it is known, the one before.
  func reachable(before: Bool = true) throws -> Set<PageID> {
    var kept = Set<PageID>()
    func add(_ kind: PageKind, _ part: UInt32) throws {
      let range = RowIndex.pages(kind, 3, part)
      kept.formUnion(try store(of: index).ids(in: range.first...range.last))
    }
    let manifest = index.manifest
    try add(.manifest, manifest.generation)
    for backup in manifest.backups where backup.changePages > 0 { try add(.changes, backup.changePart) }
    for segment in manifest.segments {
      let header = try index.reader(segment).header
      for kind in [PageKind.header, .dictionary, .lists, .keys] { try add(kind, segment.part) }
      for block in header.blocks {
        for i in 0..<block.pageCount {
          kept.insert(PageID(.rowBlock, lineage: 3, part: block.part, number: block.number + i))
        }
      }
      for page in header.hashPages { kept.insert(PageID(.hashes, lineage: 3, part: page.part, number: page.number)) }
    }
    if before {
      for range in manifest.retired { kept.formUnion(try store(of: index).ids(in: range.first...range.last)) }
    }
    return kept
  }
  /// Bytes of the pages that can be made again.
  func termBytes() throws -> Int {
    try reachable(before: false).filter { [.dictionary, .lists, .keys].contains($0.kind) }
      .reduce(0) { $0 + (try store.page($1)?.count ?? 0) }
  }
  private func store(of index: RowIndex) -> any PageStore { index.store }
}
