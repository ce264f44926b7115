import Bytes
import Records
import TestSupport
import Testing
import TextSearch

@testable import RowIndex

/// A lineage in the index, and beside it what it has to say: every backup as plain rows.
struct Simulation {
  static let people = TableSchema(
    "people", [Column("id", .int64), Column("name", .text), Column("note", .text)], primaryKey: ["id"])
  static let log = TableSchema("log", [Column("what", .text), Column("when", .text)])

  struct Backup: Equatable {
    var id: UInt64
    var time: Int64
    var tables: [Name: [[TestValue]]]
  }
  let store: any PageStore
  var index: RowIndex
  var dice: Dice
  /// In the order of their times.
  var backups: [Backup] = []
  var nextID: UInt64 = 1
  var nextTime: Int64 = 1000
  var state: [Name: [[TestValue]]] = ["people": [], "log": []]
  var erased = Set<TestValue>()

  init(_ seed: UInt64, _ store: any PageStore = MemoryPageStore(), people: Int = 40) throws {
    dice = Dice(seed)
    self.store = store
    index = try RowIndex(store, lineage: 3)
    for i in 0..<people { state["people"]!.append(person(i)) }
    for _ in 0..<20 { state["log"]!.append(entry()) }
  }

  mutating func person(_ id: Int) -> [TestValue] {
    [.integer(Int64(id)), .text(Array(Corpus.piece(&dice).utf8)), .text(Corpus.text(&dice))]
  }
  mutating func entry() -> [TestValue] {
    // Few different rows, so that equal ones are common.
    [.text(Array("event \(Int.random(in: 0..<6, using: &dice))".utf8)), Bool.random(using: &dice) ? .null : "later"]
  }
  /// A day's changes.
  mutating func live() {
    var people = state["people"]!, log = state["log"]!
    for i in people.indices where Int.random(in: 0..<8, using: &dice) == 0 {
      if case .integer(let id) = people[i][0] { people[i] = person(Int(id)) }
    }
    people.removeAll { _ in Int.random(in: 0..<20, using: &dice) == 0 }
    for _ in 0..<Int.random(in: 0...3, using: &dice) {
      let id = Int.random(in: 0..<60, using: &dice)
      if !people.contains(where: { $0[0] == .integer(Int64(id)) }) { people.append(person(id)) }
    }
    log.removeAll { _ in Int.random(in: 0..<6, using: &dice) == 0 }
    for _ in 0..<Int.random(in: 0...5, using: &dice) { log.append(entry()) }
    people.shuffle(using: &dice)
    state = ["people": people, "log": log]
  }

  /// Registers the present state, at the end or between two older backups.
  mutating func register(late: Bool = false, keeping kept: Set<Name> = []) throws {
    nextTime += 10
    let time = late && backups.count > 1 ? backups[Int.random(in: 1..<backups.count, using: &dice)].time - 5 : nextTime
    guard !backups.contains(where: { $0.time == time }) else { return }
    let registration = try index.register(nextID, time: time)
    for (table, rows) in [(Self.people, state["people"]!), (Self.log, state["log"]!)].shuffled(using: &dice) {
      if kept.contains(table.name) {
        try registration.keep(table.name)
        continue
      }
      var at = 0
      while at < rows.count {
        let end = min(rows.count, at + Int.random(in: 1...25, using: &dice))
        try registration.add(RecordBatch(rows[at..<end], columnCount: table.columns.count), of: table)
        at = end
      }
    }
    try registration.finish()
    backups.append(Backup(id: nextID, time: time, tables: state))
    backups.sort { $0.time < $1.time }
    nextID += 1
  }

  mutating func forget() throws {
    guard backups.count > 2, let gone = backups.randomElement(using: &dice) else { return }
    try index.forget(gone.id)
    backups.removeAll { $0.id == gone.id }
  }

  /// Opens the index again, now with segments so small that a backup has several.
  mutating func reopen() throws {
    index = try RowIndex(store, lineage: 3)
    index.segmentTextLimit = 1500
  }

  /// The values of a row version.
  func values(_ version: UInt32) throws -> (table: Name, values: [TestValue]) {
    let shape = try index.shape(of: version)
    var batch = RecordBatch(capacity: 64)
    batch.removeAll(columnCount: shape.columns.count)
    try index.append(version, to: &batch)
    return (shape.table, try batch.testRows()[0])
  }

  func counted(_ rows: [[TestValue]]) -> [[TestValue]: Int] {
    rows.reduce(into: [:]) { $0[expected($1), default: 0] += 1 }
  }
  /// What is left of a row: nothing when it was erased.
  func expected(_ row: [TestValue]) -> [TestValue] {
    row.count == 3 && erased.contains(row[0]) ? [.missing, .missing, .missing] : row
  }
}
