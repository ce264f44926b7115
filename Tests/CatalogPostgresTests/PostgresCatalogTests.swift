import Bytes
import CatalogConformance
import CatalogModel
import CatalogPostgres
import CatalogStore
import Records
import TestSupport
import Testing

/// What psql prints of a script.
func psql(_ server: ThrowAwayPostgres, _ name: String, _ script: String) throws -> String {
  let result = try server.psql(script, database: name)
  #expect(result.exitCode == 0, "\(result.errorText)")
  return result.text
}

/// The error that `body` throws.
func catalogError(_ body: () throws(CatalogError) -> Void) -> CatalogError? {
  do {
    try body()
    return nil
  } catch { return error }
}

@Suite struct PostgresCatalogTests {
  @Test func catalogOfTheFirstVersionIsBroughtUpToDate() throws {
    let (server, name, place) = try Server.database()
    let first = try readFile(packageRoot + "/Catalog/Postgres/Migrations/v0001_initial.sql")
    _ = try psql(
      server, name,
      """
      CREATE SCHEMA coffer_catalog; SET search_path = coffer_catalog;
      CREATE TABLE version (number BIGINT NOT NULL); INSERT INTO version VALUES (1);
      \(String(decoding: first, as: UTF8.self))
      INSERT INTO projects (id, name, created_at) VALUES (1, 'shop', 0);
      INSERT INTO backups (id, project, backup_id, content, system, kind, taken_at, taken_at_origin, taken_at_has_zone,
        registered_at, indexing) VALUES (1, 1, '00112233445566778899aabbccddeeff', '\\x01', 's', 'k', 0, 'given', 1, 0, 'full');
      INSERT INTO objects VALUES (1, 0, 'view', 'v', NULL, 'CREATE VIEW v AS SELECT 1');
      SELECT setval(pg_get_serial_sequence('projects', 'id'), 1), setval(pg_get_serial_sequence('backups', 'id'), 1);
      """)
    let store = try PostgresCatalog.open(place)
    let contents = try store.read { (tx) throws(CatalogError) in try tx.contents(of: Key(1), .objects) }
    #expect(
      contents.objects == [SchemaObject(kind: "view", name: "v", definition: Array("CREATE VIEW v AS SELECT 1".utf8))])
    var registration = Fixture.registration()
    registration.objects = [SchemaObject(kind: "policy", name: "p", table: "t")]
    registration.objects[0].attributes = [SchemaAttribute("command", Array("ALL".utf8))]
    let key = try store.add(registration)
    #expect(
      try psql(
        server, name,
        "SELECT attributes FROM coffer_catalog.object_overview WHERE kind = 'policy'; TABLE coffer_catalog.version")
        == "command=ALL\n3\n")
    try store.write { (tx) throws(CatalogError) in try tx.forget(key, at: Fixture.day(301)) }
    #expect(try psql(server, name, "SELECT count(*) FROM coffer_catalog.object_attributes") == "0\n")
  }

  @Test func whatIsNoCatalogIsRefused() throws {
    let (server, name, place) = try Server.database()
    guard case .absent? = errorCode({ () throws(CatalogError) in _ = try PostgresCatalog.open(place) }) else {
      Issue.record("opened")
      return
    }
    _ = try psql(server, name, "CREATE SCHEMA coffer_catalog; CREATE TABLE coffer_catalog.t (a int)")
    guard case .foreign? = errorCode({ () throws(CatalogError) in _ = try PostgresCatalog.create(place) }) else {
      Issue.record("opened")
      return
    }
    _ = try psql(server, name, "DROP SCHEMA coffer_catalog CASCADE")
    _ = try PostgresCatalog.create(place)
    _ = try psql(server, name, "UPDATE coffer_catalog.version SET number = 99")
    #expect(
      errorCode { () throws(CatalogError) in _ = try PostgresCatalog.open(place) } == .newer(found: 99, known: 3))
    #expect(try psql(server, name, "TABLE coffer_catalog.version") == "99\n")
  }

  @Test func theSchemaOfAnotherRoleIsNotTrusted() throws {
    let (server, name, _) = try Server.database()
    let role = "guest_\(name)"
    let owner = "owner_\(name)"
    _ = try psql(
      server, name,
      "CREATE ROLE \(role) LOGIN; CREATE ROLE \(owner) LOGIN; GRANT CREATE ON DATABASE \(name) TO \(owner)")
    _ = try PostgresCatalog.create(Server.place(name, of: server, user: owner))
    let guest = Server.place(name, of: server, user: role)
    let error = catalogError { () throws(CatalogError) in _ = try PostgresCatalog.open(guest) }
    #expect(error?.message.contains("belongs to a role that this one is no member of") == true)
    _ = try psql(server, name, "GRANT \(owner) TO \(role)")
    try PostgresCatalog.open(guest).add(Fixture.registration())
    #expect(try psql(server, name, "SELECT count(*) FROM coffer_catalog.backups") == "1\n")
  }

  @Test func otherEncodingsAreRefused() throws {
    let (server, _, _) = try Server.database()
    _ = try psql(server, "postgres", "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0")
    let error = catalogError { () throws(CatalogError) in
      _ = try PostgresCatalog.create(Server.place("ascii", of: server))
    }
    #expect(error?.advice?.contains("createdb -E UTF8") == true)
  }

  @Test func serversThatDoNotAnswerAreTold() throws {
    let (server, name, _) = try Server.database()
    let nowhere = "postgres://tester:Kanarienvogel77@/\(name)?host=/nowhere"
    let absent = catalogError { () throws(CatalogError) in _ = try PostgresCatalog.open(Array(nowhere.utf8)) }
    #expect(absent?.message.contains("cannot connect to postgresql://tester@/nowhere") == true)
    #expect(absent?.advice?.contains("check that the server runs") == true)
    #expect(absent?.message.contains("Kanarienvogel77") == false)
    let bad = "postgres://tester:Kanarien@vogel77@/\(name)"
    let unreadable = catalogError { () throws(CatalogError) in _ = try PostgresCatalog.open(Array(bad.utf8)) }
    #expect(unreadable?.message == "catalog: the URL of the database cannot be read")

    let rules = try readFile(server.place + "/data/pg_hba.conf")
    _ = try psql(server, name, "CREATE ROLE locked LOGIN PASSWORD 'right'")
    let script =
      "cat - '\(server.place)/data/pg_hba.conf' > '\(server.place)/hba' && cat '\(server.place)/hba' > "
      + "'\(server.place)/data/pg_hba.conf'"
    #expect(try run(["sh", "-c", script], input: Array("local all locked scram-sha-256\n".utf8)).exitCode == 0)
    defer { try? writeFile(server.place + "/data/pg_hba.conf", rules) }
    _ = try psql(server, name, "SELECT pg_reload_conf()")
    // The server reads its rules anew when it next has time; a connection made after this one finds them.
    let url = "postgres://locked:Kanarienvogel77@/\(name)?host=\(server.place)"
    var refused: CatalogError?
    for _ in 0..<200 where refused?.message.contains("password") != true {
      refused = catalogError { () throws(CatalogError) in _ = try PostgresCatalog.open(Array(url.utf8)) }
    }
    #expect(refused?.message.contains("cannot connect to postgresql://locked@") == true, "\(refused?.message ?? "")")
    #expect(refused?.advice?.contains("check user and password") == true)
    #expect(refused?.message.contains("Kanarienvogel77") == false)
  }

  @Test func aConnectionThatIsCutLosesOnlyWhatWasUnderWay() throws {
    let (server, name, place) = try Server.database()
    let cut = """
      SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
      WHERE datname = '\(name)' AND application_name = 'coffer'
      """
    let store = try PostgresCatalog.create(place)
    try store.add(Fixture.registration(seed: 1))
    // While nobody used it.
    #expect(try psql(server, "postgres", cut) == "1\n")
    #expect(try store.read { (tx) throws(CatalogError) in try tx.backups(BackupQuery()).count } == 1)
    // In the middle of a change.
    let error = catalogError { () throws(CatalogError) in
      try store.write { (tx) throws(CatalogError) in
        guard case .added(let key) = try tx.register(Fixture.registration(seed: 2)) else { return }
        #expect((try? psql(server, "postgres", cut)) == "1\n")
        try tx.finish(key)
      }
    }
    #expect(error?.message.contains("connection to the server was lost") == true, "\(error?.message ?? "none")")
    #expect(error?.advice == "nothing of what was under way is kept: try again")
    #expect(try store.read { (tx) throws(CatalogError) in try tx.backups(BackupQuery()).count } == 1)
    try store.add(Fixture.registration(seed: 2))
    #expect(try store.read { (tx) throws(CatalogError) in try tx.backups(BackupQuery()).count } == 2)
  }

  @Test func projectsAreLockedOneByOne() throws {
    let (_, _, place) = try Server.database()
    let first = try PostgresCatalog.create(place)
    var options = PostgresCatalog.Options()
    options.lockTimeout = 30
    let second = try PostgresCatalog.open(place, options)
    // The project is there: nothing but the lock keeps two from changing it.
    try first.add(Fixture.registration("a", seed: 3))
    try first.write { (tx) throws(CatalogError) in
      _ = try tx.register(Fixture.registration("a"))
      let code = errorCode { () throws(CatalogError) in
        try second.write { (tx) throws(CatalogError) in _ = try tx.register(Fixture.registration("a", seed: 2)) }
      }
      #expect(code == .locked)
      try second.write { (tx) throws(CatalogError) in _ = try tx.register(Fixture.registration("b")) }
      #expect(try second.read { (tx) throws(CatalogError) in try tx.projects().map(\.backupCount) } == [1, 1])
    }
    try second.write { (tx) throws(CatalogError) in _ = try tx.register(Fixture.registration("a", seed: 2)) }
    #expect(try first.read { (tx) throws(CatalogError) in try tx.projects().map(\.backupCount) } == [3, 1])
  }

  @Test func viewsShowTextsWhateverTheirBytes() throws {
    let (server, name, place) = try Server.database()
    let store = try PostgresCatalog.create(place)
    var registration = Fixture.registration(Name([0xFF, 0x00, 0x41]))
    registration.label = Array("Größe 😀".utf8)
    registration.tags = [Tag("a", Array("b".utf8)), Tag("c", [])]
    registration.alias = "weekly"
    try store.add(registration, [(Fixture.table(), [])])
    #expect(
      try psql(
        server, name,
        "SELECT project, label, tags, aliases, taken_at, tables FROM coffer_catalog.backup_overview")
        == "\\377\\000A|Größe 😀|a:b, c|weekly|2026-01-01T00:00:00Z|1\n")
    #expect(
      try psql(
        server, name,
        """
        SET search_path = coffer_catalog; SELECT path, location, bytes FROM file_overview;
        SELECT "column", type FROM column_overview; SELECT count(*) FROM finding_overview; SELECT columns FROM table_overview
        """) == "data.json|/backups/1/data.json|1000\nid|text\nname|text\nnote|text\n0\n3\n")
    // Every sequence of three bytes around the borders of UTF-8, against the server's own opinion.
    #expect(
      try psql(
        server, name,
        """
        CREATE FUNCTION pg_temp.is_text(b bytea) RETURNS bool LANGUAGE plpgsql AS $$
          BEGIN PERFORM convert_from(b, 'UTF8'); RETURN true; EXCEPTION WHEN OTHERS THEN RETURN false; END $$;
        WITH n(x) AS (VALUES ('00'), ('41'), ('7f'), ('80'), ('8f'), ('90'), ('9f'), ('a0'), ('bf'), ('c1'), ('c2'), ('df'),
          ('e0'), ('e1'), ('ec'), ('ed'), ('ee'), ('ef'), ('f0'), ('f1'), ('f3'), ('f4'), ('f5'), ('ff')),
        b(v) AS (SELECT decode(a.x || b.x || c.x || d.x, 'hex') FROM n a, n b, n c, (SELECT * FROM n WHERE x IN ('41', '80', 'bf', 'c0')) d)
        SELECT count(*) > 50000, count(*) FILTER (WHERE pg_temp.is_text(v) <> (coffer_catalog.shown(v) = convert_from(
          CASE WHEN pg_temp.is_text(v) THEN v ELSE '\\xc2a0' END, 'UTF8'))) FROM b
        """) == "f|0\n")
  }

  @Test func usersMayQueryButNotChange() throws {
    let (server, name, place) = try Server.database()
    let store = try PostgresCatalog.create(place)
    try store.add(Fixture.registration(), [(Fixture.table(), [])])
    let rows = Rows()
    #expect(
      store.queryCode(
        "SELECT project, records AS n, NULL, 1.50, '\\xff00'::bytea, true, name FROM backup_overview, projects;", rows)
        == nil)
    #expect(rows.columns.prefix(2) == ["project", "n"])
    #expect(
      rows.rows == [
        [
          .text(Array("shop".utf8)), .integer(0), .null, .number(Array("1.50".utf8)), .blob([0xFF, 0]),
          .text(Array("true".utf8)), .text(Array("shop".utf8)),
        ]
      ])
    let many = Rows(limit: 3)
    #expect(
      store.queryCode("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT i FROM c", many) == nil)
    #expect(many.rows == [[.integer(1)], [.integer(2)], [.integer(3)]])
    for bad in [
      "DELETE FROM backups", "UPDATE projects SET name = 'x'", "SELECT 1; SELECT 2", "DROP TABLE backups", "SELEC", "",
      "COPY backups TO '/tmp/x'", "COPY backups TO PROGRAM 'cat'", "CREATE TEMP TABLE t (a int)", "BEGIN", "COMMIT",
      "SELECT * INTO x FROM backups", "WITH gone AS (DELETE FROM backups RETURNING 1) SELECT * FROM gone",
      "SELECT setval('projects_id_seq', 99)", "SELECT 1 FROM projects FOR UPDATE", "SET search_path = public",
      "DO $$ BEGIN END $$",
    ] {
      let code = store.queryCode(bad, Rows())
      guard case .invalid? = code else {
        Issue.record("'\(bad)' gave \(String(describing: code))")
        continue
      }
    }
    #expect(store.queryCode("SELECT set_config('search_path', 'public', false), pg_advisory_lock(1)", Rows()) == nil)
    #expect(try store.read { (tx) throws(CatalogError) in try tx.backups(BackupQuery()).count } == 1)
    #expect(try psql(server, name, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1") == "0\n")
  }
}
