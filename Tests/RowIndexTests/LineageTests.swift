import Bytes
import CatalogPostgres
import Records
import TestSupport
import Testing
import TextSearch

@testable import RowIndex

@Suite struct LineageTests {
  /// Backups are registered in order and late, and forgotten; after each step every answer is what plain rows say.
  @Test(arguments: Array(UInt64(1)...6)) func answersAreThoseOfPlainRows(_ seed: UInt64) throws {
    var simulation = try Simulation(seed)
    for step in 0..<10 {
      simulation.live()
      switch Int.random(in: 0..<6, using: &simulation.dice) {
      case 0: try simulation.forget()
      case 1: try simulation.register(late: true)
      default: try simulation.register()
      }
      if simulation.backups.isEmpty { continue }
      if step % 3 == 0 { try simulation.reopen() }
      let note: Comment = "seed \(seed), step \(step)"
      try simulation.check(note)
      try simulation.checkDifferences(note)
      try simulation.checkSearch(note)
    }
    try simulation.checkHistory("seed \(seed)")
  }

  @Test func unchangedRowsAreKeptOnce() throws {
    var simulation = try Simulation(7)
    try simulation.register()
    let count = simulation.index.versionCount
    try simulation.register()
    #expect(simulation.index.versionCount == count && simulation.index.segmentCount == 1)
    let registration = try simulation.index.register(99, time: 99_999)
    var rows = simulation.state["people"]!
    rows[0][1] = "somebody else"
    try registration.add(RecordBatch(rows[...], columnCount: 3), of: Simulation.people)
    try registration.finish()
    #expect(registration.rowCount == rows.count && registration.newCount == 1)
  }

  /// A registration that is dropped leaves nothing, and neither do its pages.
  @Test func unfinishedRegistrationsAreNotSeen() throws {
    let store = MemoryPageStore()
    var simulation = try Simulation(8, store)
    try simulation.register()
    let pages = try store.ids(in: PageID(raw: 0)...PageID(raw: .max))
    let orphan = Page(PageID(.rowBlock, lineage: 3, part: 500, number: 0), [1])
    try store.commit(writing: [orphan], removing: [])
    let dropped = try simulation.index.register(77, time: 5000)
    try dropped.add(RecordBatch([[.integer(1), "x", "y"]], columnCount: 3), of: Simulation.people)
    try simulation.reopen()
    #expect(try store.ids(in: PageID(raw: 0)...PageID(raw: .max)) == pages)
    try simulation.check("reopened")
  }

  /// What a catalog that lost its last transaction still sees.
  @Test func theGenerationBeforeStays() throws {
    var simulation = try Simulation(9)
    try simulation.register()
    simulation.live()
    try simulation.register()
    let generation = simulation.index.generation, before = simulation.backups
    try simulation.index.forget(1)
    let old = try RowIndex(simulation.store, lineage: 3, generation: generation)
    #expect(old.backups == before.map(\.id))
    simulation.index = old
    try simulation.check("older generation")
    #expect(throws: IndexError.self) { try RowIndex(simulation.store, lineage: 3, generation: generation - 1) }
    // It goes on from there, as if the change that was lost had never been made.
    simulation.live()
    try simulation.register()
    simulation.live()
    try simulation.register()
    try simulation.reopen()
    try simulation.check("went on")
  }

  @Test func deadlinesEndASearchWhereItCanGoOn() throws {
    var simulation = try Simulation(10)
    try simulation.register()
    simulation.live()
    try simulation.register()
    var query = RowQuery(try SearchPlan([.regex(Array("e".utf8))]))
    query.limit = 1000
    let all = try simulation.index.search(query).hits.map(\.version)
    query.deadline = .now
    let cut = try simulation.index.search(query)
    #expect(cut.isCutShort && cut.hits.isEmpty)
    query.deadline = nil
    query.before = cut.next
    #expect(try simulation.index.search(query).hits.map(\.version) == all && !all.isEmpty)
  }
}

@Suite struct SecretTests {
  static let users = TableSchema(
    "users", [Column("id", .int64), Column("name", .text), Column("token", .text, isSecret: true)], primaryKey: ["id"])

  /// A secret is found whole and only with the key; no page holds it, and a change of it is a change of the row.
  @Test func secretsAreFoundByTheirDigests() throws {
    let store = MemoryPageStore(), key = SecretKey(Array("key of the project".utf8))
    let index = try RowIndex(store, lineage: 1, secretKey: key)
    for (backup, token) in [(UInt64(1), "tok-zebra-1"), (2, "tok-zebra-2")] {
      let registration = try index.register(backup, time: Int64(backup))
      let rows: [[TestValue]] = [
        [.integer(1), "ann", .text(Array(token.utf8))], [.integer(2), "bob", "tok-other"],
        [.integer(3), "tok-open", nil],
      ]
      try registration.add(RecordBatch(rows[...], columnCount: 3), of: Self.users)
      try registration.finish()
      #expect(registration.newCount == (backup == 1 ? 3 : 1))
    }
    func holders(_ index: RowIndex, _ value: String) throws -> [[UInt64]] {
      try index.versions(of: "users", secret: "token", value: Array(value.utf8)).map(\.backups)
    }
    #expect(try holders(index, "tok-zebra-1") == [[1]] && holders(index, "tok-zebra-2") == [[2]])
    #expect(try holders(index, "tok-other") == [[1, 2]] && holders(index, "tok-zebra").isEmpty)
    #expect(try index.versions(of: "users", secret: "name", value: Array("ann".utf8)).isEmpty)
    for word in ["zebra", "tok-other"] {
      let plan = try SearchPlan([.substring(Array(word.utf8))])
      #expect(try index.search(RowQuery(plan)).hits.isEmpty)
    }
    #expect(try index.search(RowQuery(try SearchPlan([.words(Array("tok".utf8))]))).hits.count == 1)
    let other = try RowIndex(store, lineage: 1, secretKey: SecretKey([1]))
    #expect(try holders(other, "tok-other").isEmpty)
    #expect(throws: IndexError.self) { try holders(RowIndex(store, lineage: 1), "tok-other") }
  }
}

@Suite struct PageStoreTests {
  /// A file that cannot grow takes all of a change or nothing, wherever it is full; then the change can be made again.
  @Test func fullDisksTakeNothing() throws {
    let directory = try TemporaryDirectory()
    var failures = 0
    for room in 0..<40 {
      let path = directory.file("pages\(room).db")
      var simulation = try Simulation(13, SQLitePageStore(path), people: 300)
      try simulation.register()
      simulation.live()
      let generation = simulation.index.generation, pages = Int(try fileStatus(path)!.byteCount) / 8192
      var limited = simulation
      limited.index = try RowIndex(SQLitePageStore(path, pageLimit: pages + room), lineage: 3, generation: generation)
      var isDone = true
      do { try limited.register() } catch let error as IndexError {
        #expect(error.code == .full && error.message.contains("no space left"))
        isDone = false
        failures += 1
      }
      simulation.index = try RowIndex(SQLitePageStore(path), lineage: 3, generation: generation)
      try simulation.check("room for \(room)")
      try simulation.register()
      try simulation.check("made again with room for \(room)")
      #expect(simulation.index.damages().isEmpty)
      if isDone { break }
    }
    #expect(failures > 0)
  }

  /// The same answers from pages in a SQLite file.
  @Test func sqliteKeepsPages() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("pages.db")
    var simulation = try Simulation(11, SQLitePageStore(path))
    for _ in 0..<3 {
      simulation.live()
      try simulation.register()
    }
    let old = simulation
    simulation = try Simulation(11, SQLitePageStore(path))
    simulation.backups = old.backups
    try simulation.check("file")
    #expect(try fileStatus(path)?.mode == 0o600)
  }

  /// The same from a table of a catalog in PostgreSQL.
  @Test func postgresKeepsPages() throws {
    let server = try ThrowAwayPostgres()
    let place = Array("postgres:///postgres?user=tester&host=\(server.place)".utf8)
    let catalog = try PostgresCatalog.create(place)
    var simulation = try Simulation(11, catalog.pages())
    for _ in 0..<3 {
      simulation.live()
      try simulation.register()
    }
    let old = simulation
    simulation = try Simulation(11, catalog.pages())
    simulation.backups = old.backups
    try simulation.check("table")
    let stored = try server.psql(
      """
      SELECT count(*) > 0, max(length(data)) <= 65536 FROM coffer_catalog.pages;
      SELECT attstorage FROM pg_attribute WHERE attrelid = 'coffer_catalog.pages'::regclass AND attname = 'data'
      """)
    #expect(stored.text == "t|t\ne\n")
  }

  @Test(arguments: [false, true]) func pagesAreWrittenReplacedAndRemoved(_ onServer: Bool) throws {
    let directory = try TemporaryDirectory(), server = onServer ? try ThrowAwayPostgres() : nil
    var store: any PageStore = try SQLitePageStore(directory.file("pages.db"))
    if let server {
      store = try PostgresCatalog.create(Array("postgres:///postgres?user=tester&host=\(server.place)".utf8)).pages()
    }
    func id(_ number: UInt32) -> PageID { PageID(.rowBlock, lineage: 1, part: 2, number: number) }
    let odd = (0..<Page.byteLimit).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let pages = (0..<200).map { Page(id($0), $0 % 3 == 0 ? odd : [UInt8($0), 0, 0x5C]) }
    try store.commit(writing: pages, removing: [])
    #expect(try store.pages([id(3), id(999), id(4), id(3)]) == [odd, nil, [4, 0, 0x5C], odd])
    #expect(try store.ids(in: id(0)...id(500)) == pages.map(\.id))
    try store.commit(writing: [Page(id(3), []), Page(id(300), [1])], removing: (10..<190).map { id($0) })
    #expect(try store.page(id(3)) == [])
    #expect(try store.page(id(10)) == nil)
    #expect(try store.ids(in: id(5)...id(500)) == [5..<10, 190..<200, 300..<301].flatMap { $0.map { id($0) } })
    try store.commit(writing: [], removing: [])
  }
}
