import Bytes
import CatalogConformance
import CatalogCopy
import CatalogModel
import CatalogPostgres
import CatalogSQL
import CatalogSQLite
import CatalogStore
import Diagnostics
import Records
import RowIndex
import TestSupport
import Testing

@Suite struct CatalogCopyTests {
  private static let odd: [UInt8] = [0xFF, 0x00, 0x27, 0x22, 0x5C, 0xC3, 0x28] + Array("é e\u{301}".utf8)

  /// A catalog in which every table has rows, odd ones among them.
  private func fill(_ store: any CatalogStore) throws {
    let odd = Self.odd
    for seed in UInt8(1)...40 {
      var registration = Fixture.registration(Name("shop \(seed % 3)"), seed: seed, takenAt: Fixture.day(Int64(seed)))
      registration.environment = seed % 2 == 0 ? Name(odd) : nil
      registration.label = odd
      registration.alias = Name("alias-\(seed)")
      registration.tags = [Tag("reason", odd), Tag(Name(odd), [])]
      registration.attributes = [Attribute("version", odd)]
      registration.artifacts[0].path = odd + [seed]
      registration.objects = (0..<20).map {
        SchemaObject(kind: "view", name: Name(odd + [$0]), table: "t", definition: odd)
      }
      registration.objects[3].attributes = [SchemaAttribute("using", odd)]
      registration.claims = [Claim(subject: "records", stated: odd, measured: "61", verdict: .proved, artifact: odd)]
      registration.findings = [
        Finding("code", .error, "found", advice: "look", artifact: odd, table: Name(odd), offset: 7)
      ]
      registration.documents = [Document(path: odd, text: [UInt8](repeating: seed, count: 100_000))]
      var table = Fixture.table(Name(odd), ["id", Name(odd)], secret: Name(odd))
      table.uniqueKeys = [["id", Name(odd)]]
      table.foreignKeys = [
        CatalogForeignKey(ForeignKey(["id"], references: "other", ["id"]), isVerified: false, danglingCount: 4)
      ]
      try store.add(registration, [(table, [])])
    }
    try store.write { (tx) throws(CatalogError) in
      try tx.setProjectNote("shop 1", odd, at: Fixture.day(1))
      try tx.add([Erasure(table: Name(odd), mark: odd, at: Fixture.day(3), reason: odd)], to: "shop 2")
      if let first = try tx.backups(BackupQuery()).first { try tx.forget(first.key, at: Fixture.day(2)) }
    }
  }

  /// The tables as `sqlite3` prints them, without what the search index keeps for itself.
  private func dump(_ path: [UInt8]) throws -> String {
    var script = ""
    for table in CatalogTableShape.all {
      let columns = table.columns.map { "quote(CAST(\($0.name) AS BLOB))" }.joined(separator: ", ")
      script += "SELECT '\(table.name)', \(columns) FROM \(table.name) ORDER BY \(table.key.joined(separator: ", "));"
    }
    let result = try run(["sqlite3", String(decoding: path, as: UTF8.self), script])
    #expect(result.exitCode == 0, "\(result.errorText)")
    return result.text
  }

  @Test func thereAndBackIsTheSame() throws {
    let directory = try TemporaryDirectory()
    let (server, name, place) = try Server.database()
    let path = directory.file("first/catalog.db"), last = directory.file("last/catalog.db")
    let first = try SQLiteCatalog.create(path)
    try fill(first)
    let pages = (UInt32(0)..<300).map { number in
      Page(
        PageID(.dictionary, lineage: 999, part: 1, number: number),
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Int(number) * 217))
    }
    try SQLitePageStore(directory.file("first/catalog.pages.db")).commit(writing: pages, removing: [])

    let shared = try PostgresCatalog.create(place)
    let there = try CatalogCopy.copy(from: first, to: shared)
    #expect(there.rows.allSatisfy { $0.count > 0 }, "\(there.rows)")
    let all = PageID(raw: .min)...PageID(raw: .max)
    let stored = try SQLitePageStore(directory.file("first/catalog.pages.db"))
    let ids = try stored.ids(in: all), bytes = try stored.pages(ids).compactMap { $0?.count }
    #expect(there.pageCount == ids.count && ids.count > 300)
    #expect(try CatalogCopy.survey(shared).digest == there.digest)
    #expect(
      try psql(server, name, "SELECT count(*), sum(length(data)) FROM coffer_catalog.pages")
        == "\(ids.count)|\(bytes.reduce(0, +))\n")
    let back = try CatalogCopy.copy(from: shared, to: try SQLiteCatalog.create(last))
    #expect(back.digest == there.digest)
    #expect(try dump(last) == dump(path))
    #expect(try SQLitePageStore(directory.file("last/catalog.pages.db")).pages(pages.map(\.id)) == pages.map(\.bytes))
    // A copy is a catalog: what is new gets keys behind the old.
    let key = try shared.add(Fixture.registration("new", seed: 99), [(Fixture.table(), [])])
    #expect(try shared.read { (tx) throws(CatalogError) in try tx.backup(key)?.project } == "new")
    #expect(try CatalogCopy.survey(shared).digest != there.digest)
  }

  @Test func filesAreCopiedToFiles() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("one.db"), other = directory.file("two.db")
    let first = try SQLiteCatalog.create(path)
    try fill(first)
    let copy = try CatalogCopy.copy(from: first, to: try SQLiteCatalog.create(other))
    #expect(try CatalogCopy.survey(try SQLiteCatalog.open(other)).digest == copy.digest)
    #expect(try dump(other) == dump(path))
  }

  @Test func onlyAnEmptyCatalogIsFilled() throws {
    let directory = try TemporaryDirectory()
    let first = try SQLiteCatalog.create(directory.file("one.db"))
    try fill(first)
    let shared = try PostgresCatalog.create(try Server.database().place)
    try shared.add(Fixture.registration())
    let before = try CatalogCopy.survey(shared).digest
    #expect(
      errorCode { () throws(CatalogError) in _ = try CatalogCopy.copy(from: first, to: shared) }
        == .exists("a catalog that holds something"))
    #expect(try CatalogCopy.survey(shared).digest == before)
  }

  /// A page that is not what it was when it arrives leaves nothing behind.
  @Test func whatArrivesOtherwiseIsNotKept() throws {
    let (server, name, place) = try Server.database()
    let directory = try TemporaryDirectory()
    let first = try SQLiteCatalog.create(directory.file("one.db"))
    try fill(first)
    let shared = try PostgresCatalog.create(place)
    _ = try psql(
      server, name,
      """
      CREATE FUNCTION public.bend() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.ordinal = 7 THEN NEW.definition := 'bent'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER bend BEFORE INSERT ON coffer_catalog.objects FOR EACH ROW EXECUTE FUNCTION public.bend()
      """)
    guard case .damaged? = errorCode({ () throws(CatalogError) in _ = try CatalogCopy.copy(from: first, to: shared) })
    else {
      Issue.record("kept")
      return
    }
    #expect(try psql(server, name, "SELECT count(*) FROM coffer_catalog.projects") == "0\n")
  }

  /// No column of either store is forgotten.
  @Test func everyColumnIsCopied() throws {
    let directory = try TemporaryDirectory()
    let (server, name, place) = try Server.database()
    let path = directory.file("catalog.db")
    _ = try SQLiteCatalog.create(path)
    _ = try PostgresCatalog.create(place)
    let copied = CatalogTableShape.all.flatMap { table in table.columns.map { "\(table.name).\($0.name)" } }.sorted()
    let inFile = try run([
      "sqlite3", String(decoding: path, as: UTF8.self),
      """
      SELECT t.name || '.' || c.name FROM pragma_table_list t JOIN pragma_table_info(t.name) c
      WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'search_%'
        AND c.name NOT IN ('first_row', 'last_row')
      """,
    ])
    #expect(inFile.text.split(separator: "\n").map(String.init).sorted() == copied)
    let onServer = try psql(
      server, name,
      """
      SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
      WHERE c.relnamespace = 'coffer_catalog'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND c.relname NOT IN ('version', 'receipts', 'pages')
      """)
    #expect(onServer.split(separator: "\n").map(String.init).sorted() == copied)
  }
}
