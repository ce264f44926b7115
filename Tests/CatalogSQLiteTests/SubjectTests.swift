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

/// A person is found in everything that is kept of all backups, and erased from all of it.
@Suite struct SubjectTests {
  private let place: TemporaryDirectory
  private let store: SQLiteCatalog

  init() throws {
    place = try TemporaryDirectory()
    var options = SQLiteCatalog.Options()
    options.secretKey = SecretKey(Array(0..<32))
    store = try SQLiteCatalog.create(place.file("catalog.db"), options)
  }

  /// Users, their orders, the lines of these, and remarks without a key.
  private func add(
    _ project: Name = "shop", day: UInt8, _ users: [[String?]], _ orders: [[String?]], _ lines: [[String?]],
    _ remarks: [[String?]] = []
  ) throws {
    var orderTable = Fixture.table("orders", ["id", "user_id", "note"])
    orderTable.foreignKeys = [CatalogForeignKey(ForeignKey(["user_id"], references: "users", ["id"]), isVerified: true)]
    var lineTable = Fixture.table("lines", ["id", "order_id", "article"])
    lineTable.foreignKeys = [
      CatalogForeignKey(ForeignKey(["order_id"], references: "orders", ["id"]), isVerified: true)
    ]
    var remarkTable = Fixture.table("remarks", ["author", "text"])
    remarkTable.primaryKey = []
    try store.add(
      Fixture.registration(project, seed: day, takenAt: Fixture.day(Int64(day))),
      [
        (Fixture.table("users", ["id", "email", "name"]), users), (orderTable, orders), (lineTable, lines),
        (remarkTable, remarks),
      ])
  }

  private func subject(_ identity: String, hops: Int = 3) throws -> [SubjectRow] {
    try store.read { (tx) throws(CatalogError) in
      try tx.subject(Array(identity.utf8), in: BackupQuery(), hops: hops)
    }
  }

  private func shown(_ rows: [SubjectRow]) -> [String] {
    rows.map { row in
      let key = row.key.map { String(decoding: Array($0.joined(separator: [0x2C])), as: UTF8.self) } ?? "-"
      return "\(String(decoding: row.table.bytes, as: UTF8.self)) \(key) \(row.distance) \(row.backups.count)"
    }.sorted()
  }

  private func fill() throws {
    let bob = ["2", "bob@example.org", "Bob Kettle"]
    try add(
      day: 1, [["1", "ann@example.org", "Ann Heron"], bob],
      [["10", "1", "blue heronry"], ["11", "2", "for joann@example.org"]],
      [["100", "10", "wickerbasket"], ["101", "11", "lamp"]], [["ann@example.org", "nice heronry"], ["x", "y"]])
    try add(
      day: 2, [["1", "Ann@Example.org", "Ann Heron-Marsh"], bob],
      [["10", "1", "blue heronry"], ["11", "2", "ask ann@example.org"]],
      [["100", "10", "wickerbasket"], ["101", "11", "lamp"]])
    try add("blog", day: 3, [["7", "ann@example.org", "ann"]], [], [])
  }

  @Test func aPersonIsFoundByValuesTextsAndKeys() throws {
    try fill()
    #expect(
      shown(try subject("ann@example.org")) == [
        "lines 100 2 2", "orders 10 1 2", "orders 11 0 1", "remarks - 0 1", "users 1 0 1", "users 1 0 1", "users 7 0 1",
      ])
    #expect(shown(try subject("ann@example.org", hops: 0)).count == 5)
    let mention = try #require(
      try subject("ann@example.org").first { $0.table == "orders" && $0.key == [Array("11".utf8)] })
    #expect(!mention.isOwn && mention.reason == .mention(column: "note"))
    #expect(try subject("nobody@example.org").isEmpty)
  }

  @Test func whatIsErasedIsGoneAndStaysGone() throws {
    try fill()
    for word in ["ann@example.org", "wickerbasket", "Heron-Marsh", "blue heronry"] {
      #expect(try files(in: place, hold: word), "\(word)")
    }
    let rows = try subject("ann@example.org").filter { $0.isOwn && $0.lineage.project == "shop" }
    let report = try store.erase(rows, of: "shop", at: Fixture.day(9), reason: Array("request 17".utf8))
    #expect(report.rowCounts == ["users": 1, "orders": 1, "lines": 1] && report.keylessCounts == ["remarks": 1])
    #expect(report.versionCount == 4)
    for word in ["wickerbasket", "Heron-Marsh", "heron-marsh", "Ann Heron", "blue heronry"] {
      #expect(try !files(in: place, hold: word), "\(word)")
    }
    #expect(try store.search("lamp").hits.count == 1)
    #expect(shown(try subject("ann@example.org")) == ["orders 11 0 1", "remarks - 0 1", "users 7 0 1"])
    // The same rows in later and in older backups are not kept.
    try add(
      day: 5, [["1", "ann@example.org", "Ann Heron-Marsh"]], [["10", "1", "blue heronry"]],
      [["100", "10", "wickerbasket"]])
    try add(day: 0, [["1", "ann@example.org", "Ann Heron"]], [], [["100", "10", "wickerbasket"]])
    var other = Fixture.registration(seed: 40, takenAt: Fixture.day(40))
    other.environment = "staging"
    try store.add(
      other, [(Fixture.table("users", ["id", "email", "name"]), [["1", "ann@example.org", "Ann Heron-Marsh"]])])
    for word in ["wickerbasket", "Heron-Marsh", "heron-marsh", "Ann Heron"] {
      #expect(try !files(in: place, hold: word), "\(word)")
    }
    let events = try store.read { (tx) throws(CatalogError) in try tx.events(project: "shop", limit: 10) }
    #expect(events.contains { $0.kind == .erased && $0.detail == Array("request 17".utf8) })
  }

  @Test func anotherKeyIsRefused() throws {
    try fill()
    var options = SQLiteCatalog.Options()
    options.secretKey = SecretKey(Array(1..<33))
    let stranger = try SQLiteCatalog.open(place.file("catalog.db"), options)
    let code = errorCode { () throws(CatalogError) in _ = try stranger.add(Fixture.registration(seed: 90)) }
    #expect(code == .otherKey)
  }

  @Test func secretsAreFoundAsWholeValuesOnly() throws {
    let table = Fixture.table("users", ["id", "token"], secret: "token")
    try store.add(Fixture.registration(seed: 1), [(table, [["1", "Kanarienvogel77"], ["2", "Andere88"]])])
    let exact = try store.search(SearchQuery([.exact(Array("Kanarienvogel77".utf8))]))
    #expect(exact.keys == ["1"] && exact.hits.first?.matches.map(\.column) == ["token"])
    #expect(exact.hits.first?.matches.first?.snippet == [])
    #expect(try store.search("Kanarienvogel77").hits.isEmpty)
    #expect(try store.search(SearchQuery([.substring(Array("Kanarien".utf8))])).hits.isEmpty)
    #expect(try !files(in: place, hold: "anarienvogel"))
  }
}
