import Bytes
import PostgresClient
import TestSupport
import Testing

@Suite struct PostgresPlaceTests {
  @Test(arguments: [
    ("postgresql://ann:hunter2@db.example:5433/shop", "postgresql://ann@db.example:5433/shop"),
    ("host=db.example dbname=shop user=ann password=hunter2", "postgresql://ann@db.example/shop"),
    ("postgresql:///shop?password=hunter2", "postgresql:///shop"),
    ("service=shop", "postgresql://?service=shop"),
  ]) func showsNoPassword(_ place: String, _ shown: String) throws {
    #expect(try PostgresPlace(Array(place.utf8)).shown == shown)
  }

  /// Passwords with separators that are not escaped end up in other parts, which must not be shown either.
  @Test(arguments: [
    "postgresql://ann:hunter2@x@db/shop", "postgresql://ann:hunter2/x@db/shop", "postgresql://ann:1/hunter2@db/shop",
    "postgresql://ann:hunter2?x@db/shop", "postgresql://ann:hunter2%zz@db/shop", "password=hunter2 x",
    "host=db password='hunter2", "postgresql://ann:hunter2#x@db:port/shop",
  ]) func refusesWithoutQuoting(_ place: String) {
    do {
      let shown = try PostgresPlace(Array(place.utf8)).shown
      #expect(!shown.contains("hunter2"))
    } catch {
      #expect(!error.message.contains("hunter2") && error.advice?.contains("%40") == true)
    }
  }
}

@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct PostgresConnectionTests {
  let server: ThrowAwayPostgres
  init() throws { server = try ThrowAwayPostgres() }

  private func connect(_ more: String = "user=tester dbname=postgres") throws(PostgresError) -> PostgresConnection {
    try PostgresConnection(PostgresPlace(Array("host=\(server.place) \(more)".utf8)))
  }

  @Test func parametersAreOnlyValues() throws {
    let connection = try connect()
    let rows = try connection.query(
      "SELECT $1::text, $2::text IS NULL, $3::int + 1, $4::text",
      [Array("'; DROP TABLE x;--\\".utf8), nil, Array("41".utf8), []])
    #expect(rows.count == 1 && rows[0, 0] == Array("'; DROP TABLE x;--\\".utf8))
    #expect(rows.isTrue(0, 1) && rows.integer(0, 2) == 42 && rows[0, 3] == [])
    #expect(throws: PostgresError.self) { _ = try connection.query("SELECT $1::text", [[0x61, 0]]) }
  }

  @Test func copyGoesBothWaysInAnyPieces() throws {
    let connection = try connect()
    try connection.execute("CREATE TABLE t (a int, b text)")
    var text: [UInt8] = []
    for i in 0..<20_000 { text += Array("\(i)\tvalue \(i) äöü\n".utf8) }
    try connection.beginCopy(Array("COPY t FROM STDIN".utf8))
    var at = 0
    while at < text.count {
      let end = min(at + 7919, text.count)
      try connection.put(text.span.extracting(at..<end))
      at = end
    }
    #expect(try connection.endCopy() == 20_000)
    var source: any ByteSource & ~Copyable = try PostgresCopySource(connection, Array("COPY t TO STDOUT".utf8))
    let back = try readAll(&source, limit: 1 << 24)
    #expect(back == text)
  }

  @Test func errorsNameTheirPlaceAndNoValue() throws {
    let connection = try connect()
    try connection.execute("CREATE TABLE t (a int PRIMARY KEY, b text NOT NULL)")
    func failure(_ sql: String) -> PostgresError? {
      do { try connection.execute(sql) } catch { return error }
      return nil
    }
    let text = failure("INSERT INTO t VALUES ('hunter2', 'b')")
    #expect(text?.state == "22P02" && text?.message.contains("hunter2") == false)
    #expect(failure("INSERT INTO t VALUES (1, NULL)")?.column == "b")
    try connection.execute("INSERT INTO t VALUES (1, 'x')")
    #expect(failure("INSERT INTO t VALUES (1, 'y')")?.constraint == "t_pkey")
    #expect(failure("SELEC 1")?.state == "42601")
    // The connection goes on after every error.
    try connection.beginCopy(Array("COPY t FROM STDIN".utf8))
    try connection.put(Array("2\tx\nhunter2\ty\n".utf8).span)
    #expect(throws: PostgresError.self) { _ = try connection.endCopy() }
    #expect(try connection.query("SELECT count(*) FROM t").integer(0, 0) == 1)
    try connection.execute("DO $$ BEGIN RAISE NOTICE 'hello'; END $$")
    #expect(connection.takeNotices() == ["NOTICE:  hello"])
    #expect(connection.takeNotices() == [])
  }

  @Test func wrongPasswordsAreNotShown() throws {
    let rules = server.place + "/data/pg_hba.conf"
    _ = try server.psql("CREATE ROLE locked LOGIN PASSWORD 'right'")
    try writeFile(rules, Array("local all locked scram-sha-256\n".utf8) + (try readFile(rules)))
    _ = try run(["chown", "--reference=\(server.place)/data/PG_VERSION", rules])
    _ = try server.psql("SELECT pg_reload_conf()")
    for _ in 0..<50 {
      do { _ = try connect("user=locked dbname=postgres password=hunter2") } catch {
        #expect(error.state == "28P01" && !error.message.contains("hunter2"))
        #expect(error.advice?.contains("PGPASSWORD") == true)
        break
      }
      pause(milliseconds: 100)
    }
    #expect(throws: PostgresError.self) { _ = try connect("user=locked dbname=postgres password=wrong") }
    _ = try connect("user=locked dbname=postgres password=right")
    #expect(throws: PostgresError.self) { _ = try connect("user=tester dbname=absent") }
  }

  @Test func lostConnectionsAreTold() throws {
    let connection = try connect()
    _ = try server.psql("SELECT pg_terminate_backend(\(connection.processID))")
    do { try connection.execute("SELECT 1") } catch {
      #expect(error.isConnectionLost && connection.isBroken)
      return
    }
    Issue.record("a connection that is gone answered")
  }
}
