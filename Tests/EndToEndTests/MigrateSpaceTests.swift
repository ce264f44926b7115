import Bytes
import TestSupport
import Testing

/// Loads into databases that no room is left for: limits on the size of files stand for full disks.
@Suite struct MigrateSpaceTests {
  private static let backup = packageRoot + "/Tests/Fixtures/demo/shop/shop_dumpdata.json"
  private let place: TemporaryDirectory
  private let coffer = binaryFolder + "/coffer"

  init() throws { place = try TemporaryDirectory() }

  /// Runs the program, no file of which may become longer.
  private func coffer(kilobytes: Int, _ words: [String]) throws -> ProcessResult {
    let script = "trap '' XFSZ; ulimit -f \(kilobytes); exec \"$0\" \"$@\""
    return try run(
      ["bash", "-c", script, coffer] + words, environment: ["HOME": place.path], directory: place.path)
  }

  /// A new file is whole or not there at all.
  @Test(arguments: [1, 64, 600, 1300]) func newFilesOfSQLiteAreWholeOrNotThere(_ kilobytes: Int) throws {
    let result = try coffer(kilobytes: kilobytes, ["migrate", Self.backup, "--into", "new.db"])
    #expect(result.exitCode == 1 && result.errorText.contains("coffer: "), "\(result.errorText)")
    #expect(try run(["ls", "-A", place.path]).text == "")
  }

  /// Rows that are there stay as they are, to the byte, and no journal is left that would change them.
  @Test func filesOfSQLiteThatAreThereStay() throws {
    let whole = try run(
      [coffer, "migrate", Self.backup, "--into", "shop.db"], environment: ["HOME": place.path], directory: place.path)
    #expect(whole.exitCode == 0, "\(whole.errorText)")
    let cleared = try run(
      ["sqlite3", place.path + "/shop.db", "DELETE FROM shop_orderitem; DELETE FROM shop_review; VACUUM"])
    #expect(cleared.exitCode == 0, "\(cleared.errorText)")
    let before = try readFile(place.path + "/shop.db")
    let limit = before.count / 1024 + 32
    let result = try coffer(
      kilobytes: limit,
      [
        "migrate", Self.backup, "--into", "shop.db", "--mode", "append", "--table", "shop_orderitem", "--table",
        "shop_review",
      ])
    #expect(result.exitCode == 1, "\(result.exitCode): \(result.errorText)")
    let check = try run([
      "sqlite3", place.path + "/shop.db", "PRAGMA integrity_check; SELECT count(*) FROM shop_orderitem",
    ])
    #expect(check.text == "ok\n0\n", "\(check.text)\(check.errorText)")
  }

  /// A server whose files cannot grow takes nothing of the load, and takes all of it when they can.
  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func serversTakeAllOrNothing() throws {
    let server = try ThrowAwayPostgres()
    #expect(try server.psql("CREATE DATABASE shop").exitCode == 0)
    let source = try run([
      "sqlite3", place.path + "/big.db",
      "CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
        + " i < 30000) INSERT INTO t SELECT i, printf('%.900d', i) FROM n",
    ])
    #expect(source.exitCode == 0, "\(source.errorText)")
    let words = ["migrate", "big.db", "--into", "host=\(server.place) user=tester dbname=shop"]
    // Pieces of the log have 16 MB.
    try server.limitFiles(to: 20_000_000)
    let full = try run([coffer] + words, environment: ["HOME": place.path], directory: place.path)
    #expect(
      full.exitCode == 1 && full.errorText.contains("make room on the server's disk"),
      "\(full.exitCode): \(full.errorText)")
    try server.limitFiles(to: nil)
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    #expect(try server.psql(tables, database: "shop").text == "0\n")
    let whole = try run([coffer] + words, environment: ["HOME": place.path], directory: place.path)
    #expect(whole.exitCode == 0, "\(whole.errorText)")
    #expect(try server.psql("SELECT count(*) FROM t", database: "shop").text == "30000\n")
  }
}
