import Bytes
import TestSupport
import Testing

/// Loads into a live PostgreSQL from end to end: rows that are refused, loaded again, proved and taken back.
@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct MigrateRejectsTests {
  private let server: ThrowAwayPostgres
  private let place: TemporaryDirectory

  init() throws {
    server = try ThrowAwayPostgres()
    place = try TemporaryDirectory()
  }

  private func coffer(_ words: String...) throws -> ProcessResult {
    try run([binaryFolder + "/coffer"] + words, environment: ["HOME": place.path], directory: place.path)
  }
  private func url(_ database: String) -> String { "host=\(server.place) user=tester dbname=\(database)" }
  private func psql(_ sql: String, _ database: String = "shop") throws -> String {
    let result = try server.psql(sql, database: database)
    #expect(result.exitCode == 0, "\(result.errorText)")
    return result.text
  }
  private func sqlite(_ file: String, _ sql: String) throws {
    let result = try run(["sqlite3", place.path + "/" + file, sql])
    try #require(result.exitCode == 0, "\(result.errorText)")
  }

  private static let source = """
    CREATE TABLE people(id INTEGER, name TEXT, age INTEGER, boss INTEGER, photo BLOB);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO people SELECT i, 'n' || i, i % 90, CASE WHEN i % 10 = 0 THEN i - 1 END, x'00ff' FROM n;
    UPDATE people SET name = NULL WHERE id = 503;
    UPDATE people SET age = -1 WHERE id IN (700, 701);
    UPDATE people SET name = 'longer than eight, "quoted", and\nbroken' WHERE id = 911;
    UPDATE people SET boss = 99999 WHERE id = 20;
    UPDATE people SET boss = 20 WHERE id = 21;
    UPDATE people SET boss = 2999 WHERE id = 30;
    INSERT INTO people VALUES (7, 'again', 1, NULL, NULL);
    """
  private static let target = """
    CREATE TABLE people(id bigint PRIMARY KEY, name varchar(8) NOT NULL, age int CONSTRAINT grown CHECK (age >= 0),
      boss bigint REFERENCES people, photo bytea);
    """

  @Test func refusedRowsAreKeptAndLoadedAgain() throws {
    try sqlite("source.db", Self.source)
    _ = try psql("CREATE DATABASE shop", "postgres")
    _ = try psql(Self.target)
    // The first one ends the load, and is named.
    let stopped = try coffer("migrate", "source.db", "--into", url("shop"), "--mode", "append")
    #expect(stopped.exitCode == 1 && stopped.errorText.contains("--rejects"), "\(stopped.errorText)")
    #expect(stopped.errorText.contains("record 503") || stopped.errorText.contains("SQLSTATE"), "\(stopped.errorText)")
    #expect(try psql("SELECT count(*) FROM people") == "0\n")
    let few = try coffer(
      "migrate", "source.db", "--into", url("shop"), "--mode", "append", "--rejects", "few", "--max-rejects", "2")
    #expect(few.exitCode == 1 && few.errorText.contains("more than 2 rows"), "\(few.errorText)")
    #expect(try psql("SELECT count(*) FROM people") == "0\n")
    #expect(try fileStatus(place.file("few")) == nil)

    let loaded = try coffer("migrate", "source.db", "--into", url("shop"), "--mode", "append", "--rejects", "rejects")
    #expect(loaded.exitCode == 3, "\(loaded.errorText)")
    #expect(loaded.errorText.contains("7 rows refused, kept in rejects"), "\(loaded.errorText)")
    #expect(try psql("SELECT count(*), sum(octet_length(photo)) FROM people") == "2994|5988\n")
    let table = try run(["cat", place.path + "/rejects/people.csv"]).text
    for code in ["23502", "23514", "22001", "23503", "23505"] { #expect(table.contains(code), "\(table)") }
    #expect(table.contains("grown") && table.contains(",503,23502,"))

    // Nothing is mended: all stay, with their first places.
    let again = try coffer("replay", "rejects", "--into", url("shop"))
    #expect(again.exitCode == 3 && again.errorText.contains("7 rows refused"), "\(again.errorText)")
    #expect(try run(["cat", place.path + "/rejects/people.csv"]).text.contains(",503,23502,"))
    // The target is mended but for the key.
    _ = try psql(
      "ALTER TABLE people DROP CONSTRAINT grown, ALTER name TYPE text, ALTER name DROP NOT NULL;"
        + "INSERT INTO people VALUES (99999, 'late', 1)")
    let mended = try coffer("replay", "rejects/", "--into", url("shop"))
    #expect(mended.exitCode == 3 && mended.errorText.contains("1 row refused"), "\(mended.errorText)")
    #expect(try psql("SELECT count(*) FROM people") == "3001\n")
    #expect(try psql("SELECT name FROM people WHERE id = 911") == "longer than eight, \"quoted\", and\nbroken\n")
    let last = try coffer("replay", "rejects", "--into", url("shop"), "--mode", "skip-existing")
    #expect(last.exitCode == 0 && last.errorText.contains("nothing is left of rejects"), "\(last.errorText)")
    #expect(try fileStatus(place.file("rejects")) == nil)
  }

  @Test func loadsAreProvedAndTakenBack() throws {
    try sqlite(
      "source.db",
      "CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT, y REAL); CREATE TABLE b(id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id));"
        + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO a SELECT i, 'x' || i, i / 7.0 FROM n;"
        + "INSERT INTO b SELECT id, id FROM a")
    _ = try psql("CREATE DATABASE shop", "postgres")
    let made = try coffer("migrate", "source.db", "--into", url("shop"), "--certificate", "proof.json")
    #expect(made.exitCode == 0, "\(made.errorText)")
    #expect(try run(["cat", place.path + "/proof.json"]).text.contains("\"verdict\":\"same\""))
    #expect(try coffer("prove", "source.db", url("shop")).exitCode == 0)
    #expect(try coffer("diff", url("shop"), "sqlite:source.db", "--rows", "--exit-code").exitCode == 0)
    _ = try psql(
      "UPDATE a SET y = y + 1 WHERE id = 77; INSERT INTO a VALUES (1000, 'new', 0); DELETE FROM b WHERE id = 5")
    let changed = try coffer("prove", "source.db", url("shop"))
    #expect(changed.exitCode == 5 && changed.text.contains("77"), "\(changed.text)\(changed.errorText)")
    let before = try psql("SELECT * FROM a ORDER BY id; SELECT * FROM b ORDER BY id")

    for mode in ["upsert", "replace"] {
      let words = ["migrate", "source.db", "--into", url("shop"), "--mode", mode, "--yes", "--confirm", "shop"]
      let loaded = try run([binaryFolder + "/coffer"] + words, environment: ["HOME": place.path], directory: place.path)
      #expect(loaded.exitCode == 0, "\(loaded.errorText)")
      #expect(try psql("SELECT y < 12 FROM a WHERE id = 77") == "t\n")
      let line = try #require(loaded.errorText.split(separator: "\n").first { $0.contains("coffer undo ") })
      let copy = try #require(line.split(separator: "coffer undo ").last?.split(separator: " ").first)
      #expect(copy.hasPrefix(place.path + "/.local/share/coffer/undo/shop-"))
      let undone = try coffer("undo", String(copy), "--into", url("shop"), "--yes", "--confirm", "shop")
      #expect(undone.exitCode == 0, "\(undone.errorText)")
      #expect(try psql("SELECT * FROM a ORDER BY id; SELECT * FROM b ORDER BY id") == before)
    }
  }

  /// Copies are backups like others where there is a catalog; one that cannot be used does not stop a load.
  @Test func copiesAreRegistered() throws {
    try sqlite("source.db", "CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT); INSERT INTO a VALUES (1, 'new')")
    try sqlite("target.db", "CREATE TABLE a(id INTEGER PRIMARY KEY, x TEXT); INSERT INTO a VALUES (1, 'old'), (2, 'y')")
    func replace(_ words: String...) throws -> ProcessResult {
      let fixed = [
        "migrate", "./source.db", "--into", "target.db", "--mode", "replace", "--yes", "--confirm", "target.db",
      ]
      return try run(
        [binaryFolder + "/coffer"] + fixed + words, environment: ["HOME": place.path], directory: place.path)
    }
    func safe() throws -> Int {
      try coffer("list", "--tag", "safety", "--format", "csv").text.utf8.count { $0 == 10 } - 1
    }
    // Nobody keeps a catalog yet.
    #expect(try replace().exitCode == 0)
    #expect(try coffer("list").exitCode != 0)
    #expect(try coffer("register", "source.db").exitCode == 0)
    let first = try replace()
    #expect(first.exitCode == 0 && first.errorText.contains("with the tag 'safety'"), "\(first.errorText)")
    try sqlite("target.db", "UPDATE a SET x = 'later'")
    #expect(try replace("--no-register").exitCode == 0)
    #expect(try safe() == 1)
    // It is brought back by its id, too.
    let word = try #require(first.errorText.split(separator: "registered as ").last?.split(separator: ",").first)
    let undone = try coffer(
      "undo", String(word), "--into", "target.db", "--yes", "--confirm", "target.db", "--no-register")
    #expect(undone.exitCode == 0, "\(undone.errorText)")
    #expect(try run(["sqlite3", place.path + "/target.db", "SELECT * FROM a"]).text == "1|new\n")
    try sqlite(".local/share/coffer/catalog.db", "PRAGMA user_version = 999")
    let newer = try replace()
    #expect(newer.exitCode == 0 && newer.errorText.contains("is not registered"), "\(newer.errorText)")
    let named = try replace("--catalog", "own.db")
    #expect(named.exitCode == 0 && named.errorText.contains("with the tag 'safety'"), "\(named.errorText)")
  }

  @Test func sqliteKeepsRefusedRowsAndCopies() throws {
    try sqlite("source.db", Self.source)
    try sqlite(
      "target.db",
      "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER CHECK (age >= 0), boss, photo)")
    let loaded = try coffer("migrate", "source.db", "--into", "target.db", "--mode", "append", "--rejects", "rejects")
    #expect(loaded.exitCode == 3 && loaded.errorText.contains("4 rows refused"), "\(loaded.errorText)")
    let count = try run(["sqlite3", place.path + "/target.db", "SELECT count(*) FROM people"])
    #expect(count.text == "2997\n")
    let again = try coffer("replay", "rejects", "--into", "target.db", "--mode", "skip-existing")
    #expect(again.exitCode == 3 && again.errorText.contains("3 rows refused"), "\(again.errorText)")
    let replaced = try coffer(
      "migrate", "source.db", "--into", "target.db", "--mode", "replace", "--rejects", "more", "--yes", "--confirm",
      "target.db")
    #expect(replaced.exitCode == 3 && replaced.errorText.contains("coffer undo"), "\(replaced.errorText)")
    let new = try coffer("migrate", "source.db", "--into", "new.db", "--rejects", "none")
    #expect(new.exitCode == 0, "\(new.errorText)")
    #expect(
      try directoryNames(Array(place.path.utf8)).allSatisfy { !$0.starts(with: ".".utf8) || $0 == Array(".local".utf8) }
    )
  }
}
