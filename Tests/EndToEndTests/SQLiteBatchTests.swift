import Bytes
import TestSupport
import Testing

/// Loads into a SQLite file that are committed in batches: stopped again and again they come to the same end.
@Suite struct SQLiteBatchTests {
  private let place: TemporaryDirectory

  init() throws {
    place = try TemporaryDirectory()
    let source = """
      CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT);
      CREATE TABLE b(id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id), y TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO a SELECT i, 'x' || i FROM n;
      INSERT INTO b SELECT id, 20001 - id, 'y' || CASE id WHEN 9 THEN 7 WHEN 19000 THEN 50 ELSE id END FROM a;
      UPDATE a SET x = NULL WHERE id IN (30, 15000);
      """
    try #require(try run(["sqlite3", place.path + "/source.db", source]).exitCode == 0)
    // Of a database a copy is read, which the limit below would stop.
    let written = try run(
      [binaryFolder + "/coffer", "convert", "source.db", "-t", "json", "-o", "source.json"], directory: place.path)
    try #require(written.exitCode == 0, "\(written.errorText)")
  }

  private func sqlite(_ sql: String) throws -> String { try run(["sqlite3", place.path + "/target.db", sql]).text }

  @Test(arguments: ["create", "append", "rejects"]) func stoppedLoadsGoOn(_ how: String) throws {
    let isThere = how != "create"
    if isThere {
      _ = try sqlite(
        how == "append"
          ? "CREATE TABLE a(id INTEGER, x TEXT); CREATE TABLE b(id INTEGER, a INTEGER, y TEXT); INSERT INTO a VALUES (0, 'old')"
          : "CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT NOT NULL); CREATE TABLE b(id INTEGER, a INTEGER, y TEXT UNIQUE)"
      )
    }
    let words =
      [
        binaryFolder + "/coffer", "migrate", "source.json", "--into", "target.db", "--mode",
        isThere ? "append" : "create",
        "--batch", "700",
      ] + (how == "rejects" ? ["--rejects", "rejects"] : [])
    // A file that may not grow beyond a size, in blocks of a kilobyte, stops the load where it is.
    func load(_ extra: String..., limit: Int? = nil) throws -> ProcessResult {
      let command = limit.map { ["bash", "-c", "ulimit -f \($0); exec \"$@\"", "-"] } ?? []
      return try run(command + words + extra, environment: ["HOME": place.path], directory: place.path)
    }
    var last = 0
    for limit in [120, 240, 360] {
      let stopped = try load("--resume", limit: limit)
      #expect(stopped.exitCode != 0)
      let count = Int(try sqlite("SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM b)").dropLast()) ?? 0
      #expect(count > last)
      last = count
    }
    // Without the flag nothing is loaded twice by mistake.
    let again = try load()
    #expect(again.exitCode == 8 && again.errorText.contains("--resume"), "\(again.errorText)")
    let done = try load("--resume")
    #expect(done.exitCode == (how == "rejects" ? 3 : 0), "\(done.errorText)")
    let counts = try sqlite(
      "SELECT count(*), count(DISTINCT id) FROM a WHERE id > 0; SELECT count(*), count(DISTINCT id) FROM b")
    if how == "rejects" {
      #expect(counts == "19998|19998\n19998|19998\n")
      let a = String(decoding: try readFile(place.path + "/rejects/a.csv"), as: UTF8.self)
      let b = String(decoding: try readFile(place.path + "/rejects/b.csv"), as: UTF8.self)
      #expect(a.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } } == ["30", "15000"], "\(a)")
      #expect(b.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } } == ["9", "19000"], "\(b)")
      #expect(try sqlite("SELECT count(*) FROM sqlite_schema WHERE name = 'coffer_rejects'") == "0\n")
      return
    }
    #expect(counts == "20000|20000\n20000|20000\n")
    #expect(done.text.contains(isThere ? "a      false  20000" : "a      true  20000"), "\(done.text)")
    let over = try load("--resume")
    #expect(over.exitCode == 8 && over.errorText.contains("is complete"), "\(over.errorText)")
    if how == "create" {
      // Our own records are no tables of anybody.
      #expect(
        try run([binaryFolder + "/coffer", "prove", "source.json", "target.db"], directory: place.path).exitCode == 0)
    }
  }
}
