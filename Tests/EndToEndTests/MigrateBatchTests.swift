import Bytes
import TestSupport
import Testing

/// Loads that are committed in batches: killed again and again they come to the same end.
@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct MigrateBatchTests {
  private static let source = """
    CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT);
    CREATE TABLE b(id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id), y TEXT UNIQUE);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO a SELECT i, 'x' || i FROM n;
    INSERT INTO b SELECT id, 20001 - id, 'y' || id FROM a;
    """

  @Test(arguments: ["create", "append", "upsert"]) func killedLoadsGoOn(_ mode: String) throws {
    let server = try ThrowAwayPostgres()
    let place = try TemporaryDirectory()
    let file = place.path + "/source.db"
    try #require(try run(["sqlite3", file, Self.source]).exitCode == 0)
    try #require(try server.psql("CREATE DATABASE batches").exitCode == 0)
    if mode != "create" {
      let tables = try server.psql(
        "CREATE TABLE a(id bigint \(mode == "upsert" ? "PRIMARY KEY" : ""), x text); CREATE TABLE b(id bigint \(mode == "upsert" ? "PRIMARY KEY" : ""), a bigint, y text)",
        database: "batches")
      try #require(tables.exitCode == 0)
    }
    let url = "host=\(server.place) user=tester dbname=batches"
    let words =
      [binaryFolder + "/coffer", "migrate", file, "--into", url, "--mode", mode, "--batch", "700"]
      + (mode == "upsert" ? ["--yes", "--confirm", "batches"] : [])
    func load(_ words: [String]) throws -> ProcessResult {
      try run(words, environment: ["HOME": place.path], directory: place.path)
    }
    var killed = 0, stopped: Set<String> = []
    for tenths in [5, 8, 11, 14] {
      let result = try load(["timeout", "-s", "KILL", "\(Double(tenths) / 10)"] + words + ["--resume"])
      if result.exitCode != 0 { killed += 1 }
      // The server notices after a moment that its client has gone.
      let found = try server.psql(
        "SELECT progress FROM coffer.loads WHERE NOT is_complete", database: "batches")
      if found.exitCode == 0, !found.text.isEmpty { stopped.insert(found.text) }
    }
    if killed == 4, !stopped.isEmpty {
      // Without the flag nothing is loaded twice by mistake.
      let again = try load(words)
      #expect(again.exitCode == 8 && again.errorText.contains("--resume"), "\(again.errorText)")
    }
    let last = try load(words + ["--resume"])
    // A load that is over is not begun again by chance.
    #expect(last.exitCode == 0 || killed < 4 && last.errorText.contains("is complete"), "\(last.errorText)")
    let counts = try server.psql(
      "SELECT count(*), count(DISTINCT id) FROM a; SELECT count(*), count(DISTINCT id), sum(a) FROM b",
      database: "batches")
    #expect(counts.text == "20000|20000\n20000|20000|200010000\n", "\(counts.text)\(killed)")
    #expect(try load([binaryFolder + "/coffer", "prove", file, url]).exitCode == 0)
  }
}
