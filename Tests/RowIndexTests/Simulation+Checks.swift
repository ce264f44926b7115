import Bytes
import Records
import TestSupport
import Testing
import TextSearch

@testable import RowIndex

// What an index says, compared with plain rows.
extension Simulation {
  func check(_ note: Comment) throws {
    #expect(index.backups == backups.map(\.id), note)
    var all: [UInt32: [UInt64]] = [:]
    for backup in backups {
      var held: [Name: [[TestValue]: Int]] = ["people": [:], "log": [:]]
      for version in try index.rows(of: backup.id).rows {
        all[UInt32(version), default: []].append(backup.id)
        let row = try values(UInt32(version))
        held[row.table]![row.values, default: 0] += 1
      }
      for (table, rows) in backup.tables { #expect(held[table] == counted(rows), note) }
    }
    for (version, holders) in all { #expect(try index.backups(holding: version) == holders, note) }
  }

  func checkHistory(_ note: Comment) throws {
    for id in Int64(0)..<60 where !erased.contains(.integer(id)) {
      let versions = try index.history(of: "people", key: [Array("\(id)".utf8)])
      var holders: [UInt64: [TestValue]] = [:]
      for version in versions {
        let values = try values(version.version).values
        for backup in version.backups { holders[backup] = values }
      }
      for backup in backups {
        let row = backup.tables["people"]!.first { $0[0] == .integer(id) }
        #expect(holders[backup.id] == row, note)
      }
    }
  }

  mutating func checkDifferences(_ note: Comment) throws {
    let one = backups.randomElement(using: &dice)!, two = backups.randomElement(using: &dice)!
    var keyed: [TestValue: (old: [TestValue]?, new: [TestValue]?)] = [:], plain: [[TestValue]: Int] = [:]
    for change in try index.differences(from: one.id, to: two.id) {
      let old = try change.old.map { try values($0).values }, new = try change.new.map { try values($0).values }
      if change.shape.table == "people", let id = (old ?? new)?[0], id != .missing {
        #expect(keyed[id] == nil, note)
        keyed[id] = (old, new)
      } else if change.shape.table == "log" {
        #expect(old == nil || new == nil, note)
        plain[old ?? new!, default: 0] += old == nil ? 1 : -1
      }
    }
    for id in (0..<60).map({ TestValue.integer($0) }) where !erased.contains(id) {
      let old = one.tables["people"]!.first { $0[0] == id }, new = two.tables["people"]!.first { $0[0] == id }
      #expect(keyed[id]?.old == (old == new ? nil : old) && keyed[id]?.new == (old == new ? nil : new), note)
    }
    let before = counted(one.tables["log"]!), after = counted(two.tables["log"]!)
    for row in Set(before.keys).union(after.keys) {
      #expect(plain[row, default: 0] == after[row, default: 0] - before[row, default: 0], note)
    }
  }

  /// Searches for parts of rows, in all backups and in one, page by page.
  mutating func checkSearch(_ note: Comment) throws {
    for _ in 0..<4 {
      let backup = backups.randomElement(using: &dice)!
      guard let row = backup.tables["people"]!.randomElement(using: &dice), case .text(let text) = row[2] else {
        continue
      }
      let kind = QueryKind.allCases.randomElement(using: &dice)!
      let terms = kind.terms(text, text, &dice)
      guard let plan = try? SearchPlan(terms) else { continue }
      var query = RowQuery(plan)
      query.limit = Int.random(in: 1...5, using: &dice)
      if Bool.random(using: &dice) { query.backups = [backup.id] }
      var found: [[TestValue]: Int] = [:], last = UInt32.max
      while true {
        let result = try index.search(query)
        for hit in result.hits {
          #expect(hit.version < last, note)
          last = hit.version
          found[try values(hit.version).values, default: 0] += 1
        }
        guard let next = result.next else { break }
        query.before = next
      }
      var packed: [[TestValue]: Int] = [:]
      for version in try (query.backups == nil ? index.liveRows() : index.rows(of: backup.id)).rows {
        let values = try values(UInt32(version)).values
        if try matches(plan, values) { packed[values, default: 0] += 1 }
      }
      #expect(found == packed, "\(note) \(terms)")
    }
  }

  private func matches(_ plan: SearchPlan, _ row: [TestValue]) throws -> Bool {
    try SearchBed.scan(plan, [row], TableSchema("t", row.map { _ in Column("c", .text) })) == [0]
  }
}
