import Bytes
import CatalogConformance
import CatalogModel
import CatalogSQLite
import CatalogStore
import Records
import RowIndex
import TestSupport
import Testing
import TextSearch

/// A year of nightly backups of two projects: what the catalog answers is what looking through all rows of all days answers, and the
/// rows of any day come back out of the catalog as they were.
@Suite struct YearTests {
  private static let days = 365
  private static let words = [
    "amber", "basalt", "cedar", "dunes", "ember", "fjord", "garnet", "heron", "indigo", "juniper", "kestrel", "larch",
  ]

  /// The rows of a table on each day, by their keys.
  private struct Year {
    var days: [[String: [String]]] = []

    /// The rows change a little from day to day, come, go, and come back.
    init(_ dice: inout Dice, prefix: String) {
      var rows: [String: [String]] = [:]
      func word() -> String { YearTests.words.randomElement(using: &dice)! }
      func row(_ key: String) -> [String] { [key, "\(prefix)\(key)@\(word()).example", "\(word()) \(word())"] }
      var next = 0
      for _ in 0..<YearTests.days {
        for _ in 0..<(days.isEmpty ? 20 : Int.random(in: 0...1, using: &dice)) {
          rows["\(next)"] = row("\(next)")
          next += 1
        }
        if Int.random(in: 0..<3, using: &dice) == 0, let key = rows.keys.sorted().randomElement(using: &dice) {
          rows[key]?[2] = "\(word()) \(word())"
        }
        if Int.random(in: 0..<6, using: &dice) == 0, let key = rows.keys.sorted().randomElement(using: &dice) {
          rows[key] = nil
        }
        if Int.random(in: 0..<9, using: &dice) == 0 {
          let key = "\(Int.random(in: 0..<next, using: &dice))"
          if rows[key] == nil { rows[key] = row(key) }
        }
        days.append(rows)
      }
    }
  }

  private static let table = Fixture.table("people", ["id", "email", "note"])
  private static let schema = TableSchema(
    "people", ["id", "email", "note"].map { Column($0, .text) }, primaryKey: ["id"])

  @Test func answersAreThoseOfTheRowsOfAllDays() throws {
    let seed = UInt64.random(in: 0..<10_000)
    var dice = Dice(seed)
    let place = try TemporaryDirectory()
    let store = try SQLiteCatalog.create(place.file("catalog.db"))
    let years: [Name: Year] = ["shop": Year(&dice, prefix: "s"), "blog": Year(&dice, prefix: "b")]
    var keys: [Name: [Key<Backup>]] = [:]
    for day in 0..<Self.days {
      for (i, project) in years.keys.sorted().enumerated() {
        var registration = Fixture.registration(project, seed: 1, takenAt: Fixture.day(Int64(day)))
        registration.content = contentIdentity(ofChecksums: [[UInt8(i), UInt8(day & 255), UInt8(day >> 8)]])
        registration.artifacts = []
        let rows = years[project]!.days[day].values.sorted { $0[0] < $1[0] }
        let key = try store.add(registration, [(Self.table, rows)])
        keys[project, default: []].append(key)
        let lineage = try store.read { (tx) throws(CatalogError) in try tx.backup(key)?.lineage }
        try store.mergeRows(of: try #require(lineage))
      }
    }
    for (project, year) in years {
      let backups = keys[project]!
      try search(store, project, year, &dice, seed)
      try history(store, project, year, backups, &dice, seed)
      try differences(store, year, backups, &dice, seed)
      try wholeDays(store, year, backups, &dice, seed)
      try bisect(store, project, year, &dice, seed)
    }
  }

  /// How many backups hold each row that has a word, by its key.
  private func search(
    _ store: SQLiteCatalog, _ project: Name, _ year: Year, _ dice: inout Dice, _ seed: UInt64
  ) throws {
    for _ in 0..<24 {
      let word = Self.words.randomElement(using: &dice)!, from = Int64.random(in: 0..<365, using: &dice)
      let isPart = Bool.random(using: &dice), term = isPart ? String(word.dropFirst().dropLast()) : word
      var query = SearchQuery([isPart ? .substring(Array(term.utf8)) : .words(Array(term.utf8))])
      query.scope.project = project
      query.scope.since = Fixture.day(from)
      query.limit = nil
      var found: [String: Int] = [:], expected: [String: Int] = [:]
      for hit in try store.search(query).hits {
        guard case .record(_, let key?) = hit.place else { continue }
        found[String(decoding: key, as: UTF8.self), default: 0] += hit.backupCount
      }
      for day in year.days[Int(from)...] {
        for row in day.values where row[1].contains(term) || row[2].contains(term) { expected[row[0], default: 0] += 1 }
      }
      #expect(found == expected, "seed \(seed): \(term) from day \(from)")
    }
  }

  /// What each day's row was, out of the versions of a key.
  private func history(
    _ store: SQLiteCatalog, _ project: Name, _ year: Year, _ backups: [Key<Backup>], _ dice: inout Dice, _ seed: UInt64
  ) throws {
    for _ in 0..<20 {
      let key = "\(Int.random(in: 0..<60, using: &dice))"
      let found = try store.read { (tx) throws(CatalogError) -> [Int64: [String]] in
        var found: [Int64: [String]] = [:]
        guard let lineage = try tx.backup(backups[0])?.lineage else { return [:] }
        let index = try tx.rowIndex(of: lineage)
        do throws(IndexError) {
          for version in try index.history(of: "people", key: [Array(key.utf8)]) {
            let row = try Self.texts(version.version, index)
            for backup in version.backups { found[Int64(backup)] = row }
          }
        } catch { throw CatalogError(error) }
        return found
      }
      for (day, backup) in backups.enumerated() {
        #expect(found[backup.number] == year.days[day][key], "seed \(seed): key \(key), day \(day)")
      }
    }
  }

  private func differences(
    _ store: SQLiteCatalog, _ year: Year, _ backups: [Key<Backup>], _ dice: inout Dice, _ seed: UInt64
  ) throws {
    for _ in 0..<20 {
      let a = Int.random(in: 0..<Self.days, using: &dice), b = Int.random(in: 0..<Self.days, using: &dice)
      let found = try store.read { (tx) throws(CatalogError) -> Set<[[String]]> in
        guard let lineage = try tx.backup(backups[0])?.lineage else { return [] }
        let index = try tx.rowIndex(of: lineage)
        do throws(IndexError) {
          var found: Set<[[String]]> = []
          for change in try index.differences(from: UInt64(backups[a].number), to: UInt64(backups[b].number)) {
            let old = try change.old.map { (version) throws(IndexError) in try Self.texts(version, index) }
            let new = try change.new.map { (version) throws(IndexError) in try Self.texts(version, index) }
            found.insert([old ?? [], new ?? []])
          }
          return found
        } catch { throw CatalogError(error) }
      }
      var expected: Set<[[String]]> = []
      let before = year.days[a], after = year.days[b]
      for key in Set(before.keys).union(after.keys) where before[key] != after[key] {
        expected.insert([before[key] ?? [], after[key] ?? []])
      }
      #expect(found == expected, "seed \(seed): days \(a) and \(b)")
    }
  }

  /// The rows of a day have the digest of the rows as they were registered.
  private func wholeDays(
    _ store: SQLiteCatalog, _ year: Year, _ backups: [Key<Backup>], _ dice: inout Dice, _ seed: UInt64
  ) throws {
    for _ in 0..<20 {
      let day = Int.random(in: 0..<Self.days, using: &dice)
      let kept = try store.read { (tx) throws(CatalogError) -> String in
        var batch = RecordBatch(capacity: 1 << 14), digester = RowDigester(Self.schema)
        batch.removeAll(columnCount: 3)
        guard let lineage = try tx.backup(backups[0])?.lineage else { return "" }
        let index = try tx.rowIndex(of: lineage)
        do throws(IndexError) {
          for version in try index.rows(of: UInt64(backups[day].number)).rows {
            try index.append(UInt32(version), to: &batch)
          }
        } catch { throw CatalogError(error) }
        do throws(IOError) { try digester.add(batch) } catch { throw CatalogError(.io(error)) }
        return digester.digest.description
      }
      var original = RowDigester(Self.schema)
      let rows = Fixture.batch(year.days[day].values.map { $0 })
      try original.add(rows)
      #expect(kept == original.digest.description, "seed \(seed): day \(day)")
    }
  }

  private func bisect(
    _ store: SQLiteCatalog, _ project: Name, _ year: Year, _ dice: inout Dice, _ seed: UInt64
  ) throws {
    for _ in 0..<10 {
      let key = "\(Int.random(in: 0..<30, using: &dice))"
      var query = BisectQuery(.missing(table: "people", key: [Array(key.utf8)]))
      query.scope.project = project
      let asked = query
      let flips = try store.read { (tx) throws(CatalogError) in try tx.bisect(asked) }.flatMap(\.flips)
      // It is missing from the first day after one that has it.
      var expected: [Int64] = [], isThere = false
      for (day, rows) in year.days.enumerated() {
        if isThere && rows[key] == nil { expected.append(Int64(day)) }
        isThere = rows[key] != nil
      }
      let found = flips.filter(\.holds).map {
        ($0.backup.takenAt.moment.microseconds - Fixture.day(0).microseconds) / 86_400_000_000
      }
      #expect(found == expected, "seed \(seed): key \(key)")
    }
  }

  private static func texts(_ version: UInt32, _ index: RowIndex) throws(IndexError) -> [String] {
    var batch = RecordBatch(capacity: 256)
    batch.removeAll(columnCount: 3)
    try index.append(version, to: &batch)
    return (0..<3).map { String(decoding: Array(batch.bytes(of: batch[0, $0])), as: UTF8.self) }
  }
}
