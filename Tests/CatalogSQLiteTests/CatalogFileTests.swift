import Bytes
import CatalogConformance
import CatalogModel
import CatalogSQLite
import CatalogStore
import Records
import TestSupport
import Testing

/// Runs SQL with the `sqlite3` program.
func sqlite(_ path: [UInt8], _ sql: String) throws -> String {
  let result = try run(["sqlite3", String(decoding: path, as: UTF8.self), sql])
  #expect(result.exitCode == 0, "\(result.errorText)")
  return result.text
}

/// Whether any file of a catalog's directory holds some bytes, compressed ones too.
func files(in place: TemporaryDirectory, hold text: String) throws -> Bool {
  let result = try run(["python3", packageRoot + "/Tests/oracles/catalog_bytes.py", place.path])
  #expect(result.exitCode == 0, "\(result.errorText)")
  let wanted = Array(text.utf8)
  return firstOffset(of: wanted.span, in: result.output.span) != nil
}

@Suite struct CatalogFileTests {
  @Test func noCatalogIsTold() throws {
    let place = try TemporaryDirectory()
    let path = place.file("catalog.db")
    #expect(errorCode { () throws(CatalogError) in _ = try SQLiteCatalog.open(path) } == .absent(path: path))
    try writeFile(place.path + "/catalog.db", [])
    #expect(errorCode { () throws(CatalogError) in _ = try SQLiteCatalog.open(path) } == .absent(path: path))
    let store = try SQLiteCatalog.create(path)
    try store.add(Fixture.registration())
    #expect(try SQLiteCatalog.open(path).read { (tx) throws(CatalogError) in try tx.projects().count } == 1)
  }

  @Test func otherFilesAreRefused() throws {
    let place = try TemporaryDirectory()
    let path = place.file("other.db")
    _ = try sqlite(path, "CREATE TABLE t (a)")
    let text = place.file("text")
    try writeFile(place.path + "/text", Array(repeating: 0x61, count: 5000))
    let directory = place.file("")
    for other in [path, text, directory] {
      #expect(errorCode { () throws(CatalogError) in _ = try SQLiteCatalog.open(other) } == .foreign(path: other))
      #expect(errorCode { () throws(CatalogError) in _ = try SQLiteCatalog.create(other) } == .foreign(path: other))
    }
    #expect(try sqlite(path, "SELECT count(*) FROM sqlite_schema") == "1\n")
  }

  @Test func catalogOfTheFirstVersionIsBroughtUpToDate() throws {
    let place = try TemporaryDirectory()
    let path = place.file("catalog.db")
    let first = try readFile(packageRoot + "/Catalog/SQLite/Migrations/v0001_initial.sql")
    _ = try sqlite(
      path,
      "\n" + String(decoding: first, as: UTF8.self) + """
        PRAGMA application_id=1131374194; PRAGMA user_version=1;
        INSERT INTO projects (id, name, created_at) VALUES (1, 'shop', 0);
        INSERT INTO backups (id, project, backup_id, content, system, kind, taken_at, taken_at_origin, taken_at_has_zone,
          registered_at, indexing) VALUES (1, 1, '00112233445566778899aabbccddeeff', x'01', 's', 'k', 0, 'given', 1, 0, 'full');
        INSERT INTO objects VALUES (1, 0, 'view', 'v', NULL, 'CREATE VIEW v AS SELECT 1');
        """)
    let store = try SQLiteCatalog.open(path)
    let contents = try store.read { (tx) throws(CatalogError) in try tx.contents(of: Key(1), .objects) }
    #expect(
      contents.objects == [SchemaObject(kind: "view", name: "v", definition: Array("CREATE VIEW v AS SELECT 1".utf8))])
    var registration = Fixture.registration()
    registration.objects = [SchemaObject(kind: "policy", name: "p", table: "t")]
    registration.objects[0].attributes = [SchemaAttribute("command", Array("ALL".utf8))]
    let key = try store.add(registration)
    #expect(try sqlite(path, "SELECT attributes FROM object_overview WHERE kind = 'policy'") == "command=ALL\n")
    #expect(try sqlite(path, "PRAGMA user_version; PRAGMA foreign_key_check") == "3\n")
    try store.write { (tx) throws(CatalogError) in try tx.forget(key, at: Fixture.day(301)) }
    #expect(try sqlite(path, "SELECT count(*) FROM object_attributes") == "0\n")
    #expect(try sqlite(path, "PRAGMA integrity_check") == "ok\n")
  }

  @Test func newerCatalogsAreRefused() throws {
    let place = try TemporaryDirectory()
    let path = place.file("catalog.db")
    _ = try SQLiteCatalog.create(path)
    _ = try sqlite(path, "PRAGMA user_version=99")
    #expect(errorCode { () throws(CatalogError) in _ = try SQLiteCatalog.open(path) } == .newer(found: 99, known: 3))
  }

  @Test func filesArePrivateWhateverTheUmask() throws {
    let place = try TemporaryDirectory()
    let path = place.file("deep/below/catalog.db")
    let result = try run([probe, "open", String(decoding: path, as: UTF8.self), "0", "2"])
    #expect(result.text == "ack 0\nack 1\n")
    for directory in ["deep", "deep/below"] {
      #expect(try fileStatus(place.file(directory))?.mode == 0o700)
    }
    for name in try directoryNames(place.file("deep/below")) {
      #expect(try fileStatus(place.file("deep/below").appending(path: name))?.mode == 0o600)
    }
  }

  @Test func theFileIsDurableAndKnown() throws {
    let place = try TemporaryDirectory()
    let path = place.file("catalog.db")
    let store = try SQLiteCatalog.create(path)
    try store.add(Fixture.registration(), [(Fixture.table(), [["1", "Ann", nil]])])
    #expect(
      try sqlite(path, "PRAGMA application_id; PRAGMA user_version; PRAGMA integrity_check") == "1131374194\n3\nok\n")
    // The journal stays beside the file with nothing in it: TRUNCATE.
    #expect(try fileStatus(place.file("catalog.db-journal"))?.byteCount == 0)
    #expect(try sqlite(path, "SELECT project, records, findings FROM backup_overview") == "shop|1|0\n")
    #expect(
      try sqlite(path, "SELECT records, columns FROM table_overview; SELECT count(*) FROM column_overview")
        == "1|3\n3\n")
    #expect(try sqlite(path, "SELECT count(*) FROM finding_overview; SELECT bytes FROM file_overview") == "0\n1000\n")
  }

  @Test func secretsNeverReachTheFile() throws {
    let place = try TemporaryDirectory()
    let store = try SQLiteCatalog.create(place.file("catalog.db"))
    let table = Fixture.table("users", ["id", "password", "name"], secret: "password")
    try store.add(Fixture.registration(), [(table, [["1", "Kanarienvogel77", "Ann"]])])
    #expect(try !files(in: place, hold: "Kanarienvogel77"))
    #expect(try !files(in: place, hold: "kanarienvogel77"))
    #expect(try files(in: place, hold: "Ann"))  // so that the search can fail
  }

  @Test func forgettingLeavesNoTrace() throws {
    let place = try TemporaryDirectory()
    let path = place.file("catalog.db")
    let store = try SQLiteCatalog.create(path)
    let others = (0..<500).map { ["\($0)", "Ann \($0)", "kept"] }
    try store.add(Fixture.registration(seed: 1), [(Fixture.table(), others)])
    var registration = Fixture.registration(seed: 2)
    registration.documents = [Document(path: Array("README".utf8), text: Array("Kanarienvogel77 wrote".utf8))]
    let rows = (0..<500).map { ["k\($0)", "Kanarienvogel\($0)", "Größe Kanarienvogel77"] }
    let key = try store.add(registration, [(Fixture.table("kanarientabelle"), rows)])
    #expect(try files(in: place, hold: "anarienvogel"))
    try store.write { (tx) throws(CatalogError) in try tx.forget(key, at: Fixture.day(1)) }
    for lineage in try store.read({ (tx) throws(CatalogError) in try tx.lineages() }) { try store.tidy(lineage.key) }
    #expect(try !files(in: place, hold: "anarienvogel"))
    #expect(try !files(in: place, hold: "kanarientabelle"))
    #expect(try store.search("ann") { $0.limit = nil }.hits.count == 500)
    #expect(try sqlite(path, "PRAGMA integrity_check") == "ok\n")
    #expect(try sqlite(path, "PRAGMA foreign_key_check") == "")
  }

  @Test func aBusyCatalogIsLockedAfterTheTimeout() throws {
    let place = try TemporaryDirectory()
    let path = place.file("catalog.db")
    let first = try SQLiteCatalog.create(path)
    var options = SQLiteCatalog.Options()
    options.busyTimeout = 30
    let second = try SQLiteCatalog.open(path, options)
    try first.write { (tx) throws(CatalogError) in
      _ = try tx.register(Fixture.registration("a"))
      let code = errorCode { () throws(CatalogError) in
        try second.write { (tx) throws(CatalogError) in _ = try tx.register(Fixture.registration("b")) }
      }
      #expect(code == .locked)
    }
    try second.write { (tx) throws(CatalogError) in _ = try tx.register(Fixture.registration("b")) }
    #expect(try first.read { (tx) throws(CatalogError) in try tx.projects().map(\.name) } == ["a", "b"])
  }

  @Test func othersSeeNothingBeforeTheEnd() throws {
    let place = try TemporaryDirectory()
    let path = place.file("catalog.db")
    let first = try SQLiteCatalog.create(path)
    let second = try SQLiteCatalog.open(path)
    try first.write { (tx) throws(CatalogError) in
      _ = try tx.register(Fixture.registration())
      #expect(try second.read { (tx) throws(CatalogError) in try tx.projects().isEmpty })
    }
    #expect(try second.read { (tx) throws(CatalogError) in try tx.projects().count } == 1)
  }

  @Test func usersMayQueryButNotChange() throws {
    let place = try TemporaryDirectory()
    let store = try SQLiteCatalog.create(place.file("catalog.db"))
    try store.add(Fixture.registration(), [(Fixture.table(), [["1", "Ann", nil]])])
    let rows = Rows()
    #expect(store.queryCode("SELECT project, records AS n, NULL, 1.5, x'00' FROM backup_overview", rows) == nil)
    #expect(rows.columns.prefix(2) == ["project", "n"])
    #expect(rows.rows == [[.text(Array("shop".utf8)), .integer(1), .null, .real(1.5), .blob([0])]])
    let many = Rows(limit: 3)
    let endless = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT i FROM c"
    #expect(store.queryCode(endless, many) == nil)
    #expect(many.rows == [[.integer(1)], [.integer(2)], [.integer(3)]])
    for bad in [
      "DELETE FROM backups", "UPDATE projects SET name = 'x'", "ATTACH '/tmp/x' AS y", "PRAGMA journal_mode=WAL",
      "SELECT 1; SELECT 2", "DROP TABLE backups", "SELECT load_extension('x')", "SELEC", "", "VACUUM INTO '/tmp/x'",
      "INSERT INTO settings VALUES ('a', 'b')", "CREATE TEMP TABLE t (a)", "BEGIN",
    ] {
      let code = store.queryCode(bad, Rows())
      guard case .invalid? = code else {
        Issue.record("'\(bad)' gave \(String(describing: code))")
        continue
      }
    }
    #expect(try store.search("ann").hits.count == 1)
  }
}
