internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import Records
internal import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A generator that always gives the same numbers.
private struct Chance {
  var state: UInt64
  mutating func next(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }
}

extension CatalogStore {
  fileprivate func history(
    _ key: String, of table: Name = "people", change: @Sendable (inout HistoryQuery) -> Void = { _ in }
  ) throws(CatalogError) -> RowHistory {
    var query = HistoryQuery(table, key: [bytes(key)])
    change(&query)
    return try read { [query] (tx) throws(CatalogError) in try tx.history(query) }
  }

  /// Runs as words: kind, days of the first and the last backup, changes.
  fileprivate func runs(
    _ key: String, change: @Sendable (inout HistoryQuery) -> Void = { _ in }
  ) throws(CatalogError) -> [String] {
    let history = try history(key, change: change)
    func day(_ key: Key<Backup>) -> Int64 {
      ((history.backups[key]?.takenAt.moment.microseconds ?? 0) - Fixture.day(0).microseconds) / 86_400_000_000
    }
    return history.lineages.flatMap { lineage in
      lineage.runs.map { run in
        let changes = run.changes.map { " \($0.column.text) \(text($0.from))→\(text($0.to))" }.joined()
        return "\(run.kind.rawValue) \(day(run.since))-\(day(run.until)) (\(run.backupCount))\(changes)"
      }
    }
  }

  fileprivate func flips(_ condition: BisectQuery.Condition) throws(CatalogError) -> [String] {
    let found = try read { (tx) throws(CatalogError) in try tx.bisect(BisectQuery(condition)) }
    return found.flatMap(\.flips).map { flip in
      let day = (flip.backup.takenAt.moment.microseconds - Fixture.day(0).microseconds) / 86_400_000_000
      return "\(flip.holds ? "+" : "-")\(day)"
    }
  }
}

private func text(_ value: KeptValue?) -> String {
  switch value {
  case nil: "·"
  case .text(let bytes): String(decoding: bytes, as: UTF8.self)
  case .null: "null"
  case .leftOut: "…"
  default: "?"
  }
}

extension Name {
  fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension CatalogConformance {
  static let history: [ConformanceCase] = [
    ConformanceCase("a row's versions are runs of backups, whatever came late") { store in
      let states: [(day: Int64, rows: [[String?]])] = [
        (5, [["1", "Ann", "b"], ["2", "Bob", "x"]]), (1, [["1", "Ann", "a"]]), (3, [["1", "Ann", "b"]]),
        (2, [["1", "Ann", "a"], ["2", "Bob", "x"]]), (7, [["2", "Bob", nil]]),
        (8, [["1", "Ann", "b"], ["2", "Bob", nil]]),
        (9, [["1", "Eve", "c"]]),
      ]
      for (day, rows) in states {
        try store.add(
          Fixture.registration(seed: UInt8(day), takenAt: Fixture.day(day)), [(Fixture.table(), rows)])
      }
      #expect(
        try store.runs("1") == [
          "first 1-2 (2)", "changed 3-5 (2) note a→b", "gone 7-7 (1)", "back 8-8 (1)",
          "changed 9-9 (1) name Ann→Eve note b→c",
        ])
      #expect(
        try store.runs("2") == [
          "first 2-2 (1)", "gone 3-3 (1)", "back 5-5 (1)", "changed 7-8 (2) note x→null", "gone 9-9 (1)",
        ])
      #expect(try store.runs("3") == [])
      #expect(try store.runs("1") { $0.columns = ["name"] }.first == "first 1-5 (4)")
      #expect(
        try store.runs("1") { $0.scope.since = Fixture.day(3) }.first == "first 3-5 (2)")
      #expect(try store.history("1", of: "peple").knownTables == ["people"])
      #expect(try store.history("1").keys == [["id"]])
      #expect(try store.flips(.missing(table: "people", key: [bytes("1")])) == ["+7", "-8"])
      #expect(try store.flips(.missing(table: "people", key: [bytes("2")])) == ["+3", "-5", "+9"])
      #expect(try store.flips(.missing(table: "people", key: [bytes("3")])) == [])
      #expect(
        try store.flips(.changed(table: "people", key: [bytes("1")], column: "note")) == ["+3"])
      #expect(try store.flips(.count(table: "people", .less, 2)) == ["+1", "-2", "+3", "-5", "+7", "-8", "+9"])
      #expect(try store.flips(.count(table: "nothing", .less, 2)) == [])
    },
    ConformanceCase("columns come and go, tables are left out, secrets stay unknown") { store in
      try store.add(
        Fixture.registration(seed: 1, takenAt: Fixture.day(1)),
        [(Fixture.table("people", ["id", "name", "pin"], secret: "pin"), [["1", "Ann", "1234"]])])
      try store.add(
        Fixture.registration(seed: 2, takenAt: Fixture.day(2)),
        [(Fixture.table("people", ["id", "name", "pin"], secret: "pin"), [["1", "Ann", "9876"]])])
      try store.add(
        Fixture.registration(seed: 3, takenAt: Fixture.day(3)), [(Fixture.table("orders"), [["1", "a", "b"]])])
      try store.add(
        Fixture.registration(seed: 4, takenAt: Fixture.day(4)),
        [(Fixture.table("people", ["id", "name", "mail"]), [["1", "Ann", "a@b"]])])
      #expect(
        try store.runs("1") == [
          "first 1-1 (1)", "changed 2-2 (1) pin …→…", "no-table 3-3 (1)", "back 4-4 (1) pin …→· mail ·→a@b",
        ])
      let secret = try #require(try store.history("1").lineages.first?.runs[1].changes.first)
      #expect(secret.isSecret)
      #expect(try store.flips(.missing(table: "people", key: [bytes("1")])) == ["+3", "-4"])
    },
    ConformanceCase("a row is followed into another system, and environments are kept apart") { store in
      try store.add(
        Fixture.registration(seed: 1, takenAt: Fixture.day(1)), [(Fixture.table(), [["1", "Ann", "a"]])])
      var other = Fixture.registration(seed: 2, takenAt: Fixture.day(2))
      other.system = "convex"
      try store.add(other, [(Fixture.table("User", ["id", "fullName", "note"]), [["1", "Ann", "b"]])])
      var staging = Fixture.registration(seed: 3, takenAt: Fixture.day(3))
      staging.environment = "staging"
      try store.add(staging, [(Fixture.table(), [["1", "Zoe", "a"]])])
      #expect(try store.runs("1") == ["first 1-1 (1)", "first 3-3 (1)"])
      #expect(
        try store.runs("1") { $0.tables = [.init("people", columns: ["name": "fullName"]), .init("User")] } == [
          "first 1-1 (1)", "moved 2-2 (1) note a→b", "first 3-3 (1)",
        ])
      #expect(try store.history("1").lineages.map(\.lineage.environment) == [nil, "staging"])
    },
    ConformanceCase("histories and flips are those of plain rows") { store in
      var chance = Chance(state: 7), days: [[String: String]] = []
      for _ in 0..<14 {
        var rows: [String: String] = [:]
        for key in 1...5 where chance.next(4) > 0 { rows["\(key)"] = "v\(chance.next(3))" }
        days.append(rows)
      }
      var order = Array(days.indices)
      for i in order.indices.dropFirst() { order.swapAt(i, chance.next(i + 1)) }
      for day in order {
        let rows: [[String?]] = days[day].sorted { $0.key < $1.key }.map { [$0.key, $0.value, "same"] }
        try store.add(
          Fixture.registration(seed: UInt8(day + 1), takenAt: Fixture.day(Int64(day))), [(Fixture.table(), rows)])
      }
      for key in 1...5 {
        let values = days.map { $0["\(key)"] }
        #expect(try store.runs("\(key)") == expectedRuns(values), "\(key): \(values)")
        var state = false, isBegun = false, flips: [String] = []
        for (day, value) in values.enumerated() {
          if value != nil { isBegun = true }
          if isBegun, (value == nil) != state {
            state.toggle()
            flips.append("\(state ? "+" : "-")\(day)")
          }
        }
        #expect(try store.flips(.missing(table: "people", key: [bytes("\(key)")])) == flips, "\(key)")
        var different = false, changes: [String] = []
        for (day, value) in values.enumerated() {
          guard let value, let first = values.compactMap(\.self).first, (value != first) != different else { continue }
          different.toggle()
          changes.append("\(different ? "+" : "-")\(day)")
        }
        #expect(
          try store.flips(.changed(table: "people", key: [bytes("\(key)")], column: "name")) == changes, "\(key)")
      }
    },
  ]
}

/// Runs of a value that a row has, or has not, day by day.
private func expectedRuns(_ values: [String?]) -> [String] {
  var runs: [(kind: String, first: Int, last: Int, count: Int, change: String)] = []
  var known: String?
  for (day, value) in values.enumerated() {
    if value == nil && known == nil { continue }
    let before: String?? = day > 0 && !runs.isEmpty ? values[day - 1] : nil
    if let before, before == value {
      runs[runs.count - 1].last = day
      runs[runs.count - 1].count += 1
      continue
    }
    let isBack = if case .some(.none) = before { true } else { false }
    let change = known.flatMap { old in value.flatMap { $0 == old ? nil : " name \(old)→\($0)" } } ?? ""
    let kind = value == nil ? "gone" : known == nil ? "first" : isBack ? "back" : "changed"
    runs.append((kind, day, day, 1, change))
    known = value ?? known
  }
  return runs.map { "\($0.kind) \($0.first)-\($0.last) (\($0.count))\($0.change)" }
}
