import Bytes
import Records
import TestSupport
import Testing

@testable import RowIndex

@Suite struct DifferenceTests {
  static let table = TableSchema(
    "t", [Column("a", .int64), Column("b", .bytes), Column("c", .text)], primaryKey: ["a", "b"])

  /// An index of two backups of a table.
  static func index(_ old: [[TestValue]], _ new: [[TestValue]], _ table: TableSchema = table) throws -> RowIndex {
    let index = try RowIndex(MemoryPageStore(), lineage: 5)
    for (backup, rows) in [(UInt64(1), old), (2, new)] {
      let registration = try index.register(backup, time: Int64(backup))
      if !rows.isEmpty { try registration.add(RecordBatch(rows[...], columnCount: table.columns.count), of: table) }
      try registration.finish()
    }
    return index
  }
  static func values(_ index: RowIndex, _ version: UInt32?) throws -> [TestValue]? {
    guard let version else { return nil }
    var batch = RecordBatch(capacity: 64)
    batch.removeAll(columnCount: try index.shape(of: version).columns.count)
    try index.append(version, to: &batch)
    return try batch.testRows()[0]
  }
  static func changes(_ index: RowIndex, _ one: UInt64 = 1, _ two: UInt64 = 2) throws -> [[[TestValue]?]] {
    try index.differences(from: one, to: two).map { [try values(index, $0.old), try values(index, $0.new)] }
  }

  /// Rows are paired by all columns of their key, in order where several have the same, and not at all without one.
  @Test func rowsArePairedByTheirKeys() throws {
    func row(_ a: Int64?, _ b: [UInt8], _ c: String) -> [TestValue] {
      [a.map { .integer($0) } ?? .null, .bytes(b), .text(Array(c.utf8))]
    }
    let old = [
      row(1, [0], "same"), row(2, [0], "old"), row(2, [1], "gone"), row(3, [0], "twice"), row(3, [0], "twice, other"),
      row(nil, [0], "no key"),
    ]
    let new = [
      row(1, [0], "same"), row(2, [0], "new"), row(2, [2], "come"), row(3, [0], "first"), row(3, [0], "second"),
      row(nil, [0], "still no key"),
    ]
    let index = try Self.index(old, new)
    let expected: [[[TestValue]?]] = [
      [old[1], new[1]], [old[2], nil], [old[3], new[3]], [old[4], new[4]], [old[5], nil], [nil, new[2]], [nil, new[5]],
    ]
    #expect(try Self.changes(index) == expected)
    let back = expected.map { [$0[1], $0[0]] }
    #expect(try Set(Self.changes(index, 2, 1)) == Set(back))
    #expect(try index.history(of: "t", key: [Array("2".utf8), [0]]).map(\.backups) == [[1], [2]])
    #expect(try index.history(of: "t", key: [Array("2".utf8), [1]]).map(\.backups) == [[1]])
    #expect(try index.history(of: "t", key: [Array("2".utf8)]).isEmpty)
  }

  /// What was away in between is no difference, and neither is the order of columns or what a key's type is called.
  @Test func whatCameBackIsNoDifference() throws {
    let index = try Self.index([[.integer(1), .bytes([1]), "x"], [.integer(2), .bytes([2]), "y"]], [])
    let registration = try index.register(3, time: 3)
    let turned = TableSchema(
      "t", [Column("c", .text), Column("b", .bytes), Column("a", .text)], primaryKey: ["a", "b"])
    try registration.add(RecordBatch([["x", .bytes([1]), "1"], ["z", .bytes([2]), "2"]], columnCount: 3), of: turned)
    try registration.finish()
    let changes = try index.differences(from: 1, to: 3)
    #expect(changes.count == 2 && changes.allSatisfy { $0.old != nil && $0.new != nil })
    let again = try index.register(4, time: 4)
    try again.add(RecordBatch([[.integer(1), .bytes([1]), "x"]], columnCount: 3), of: Self.table)
    try again.finish()
    #expect(try Self.changes(index, 1, 4) == [[[.integer(2), .bytes([2]), "y"], nil]])
  }

  /// Looking for what changed opens no block of rows.
  @Test func noValuesAreRead() throws {
    let store = MemoryPageStore()
    var simulation = try Simulation(61, store)
    for _ in 0..<4 {
      simulation.live()
      try simulation.register()
    }
    let right = try simulation.index.differences(from: 1, to: 4)
    let everything = PageID(raw: 0)...PageID(raw: .max)
    try store.commit(writing: [], removing: store.ids(in: everything).filter { $0.kind == .rowBlock })
    let bare = try RowIndex(store, lineage: 3)
    #expect(try bare.differences(from: 1, to: 4) == right && !right.isEmpty)
  }
}

@Suite struct KeepTests {
  /// A table that is kept has the rows of the backup before, whatever other backups hold.
  @Test(arguments: [UInt64(71), 72, 73]) func keptTablesAreThoseOfTheBackupBefore(_ seed: UInt64) throws {
    var simulation = try Simulation(seed)
    for step in 0..<8 {
      simulation.live()
      try simulation.register()
      let people = simulation.state["people"]!
      simulation.live()
      simulation.state["people"] = people
      try simulation.register(late: step == 5, keeping: step == 5 ? [] : ["people"])
      if step % 3 == 0 { try simulation.reopen() }
      if step == 4 { try simulation.forget() }
      let note: Comment = "seed \(seed), step \(step)"
      try simulation.check(note)
      try simulation.checkDifferences(note)
    }
    try simulation.checkHistory("seed \(seed)")
  }

  @Test func onlyWholeTablesAreKept() throws {
    var simulation = try Simulation(74)
    let first = try simulation.index.register(50, time: 1)
    #expect(first.previous == nil)
    #expect(throws: IndexError.self) { try first.keep("people") }
    try simulation.register()
    let second = try simulation.index.register(51, time: 2000)
    #expect(second.previous == 1)
    let batch = try RecordBatch([["event 1", .null]], columnCount: 2)
    try second.add(batch, of: Simulation.log)
    #expect(throws: IndexError.self) { try second.keep("log") }
    try second.keep("people")
    #expect(throws: IndexError.self) { try second.keep("people") }
    #expect(throws: IndexError.self) {
      try second.add(RecordBatch([[.integer(1), "x", "y"]], columnCount: 3), of: Simulation.people)
    }
    try second.finish()
    #expect(second.rowCount == simulation.state["people"]!.count + 1)
  }
}
