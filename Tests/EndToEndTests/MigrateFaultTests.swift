import Bytes
import TestSupport
import Testing

/// Loads that something goes wrong with: the database is as before or as after, and coffer says which.
@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct MigrateFaultTests {
  private static let backup = packageRoot + "/Tests/Fixtures/demo/shop/shop_dumpdata.json"

  @Test func cutsAndKillsLeaveAllOrNothing() throws {
    let server = try ThrowAwayPostgres()
    let result = try run([
      "python3", packageRoot + "/Tests/oracles/cut_load.py", binaryFolder + "/coffer", server.place, Self.backup,
      "SELECT sum((xpath('/row/c/text()', query_to_xml(format('SELECT count(*) c FROM %I', tablename), true, true, '')))[1]::text::int)"
        + " FROM pg_tables WHERE schemaname = 'public'", "12",
    ])
    #expect(result.exitCode == 0, "\(result.text)\(result.errorText)")
    #expect(result.text.split(separator: "\n").count == 4, "\(result.text)")
  }

  @Test func serversThatAreDownOrGoDownAreTold() throws {
    let server = try ThrowAwayPostgres()
    let coffer = binaryFolder + "/coffer"
    let nobody = try run([coffer, "migrate", Self.backup, "--into", "postgresql://ann:hunter2@localhost:1/shop"])
    #expect(nobody.exitCode == 1 && nobody.errorText.contains("cannot connect to postgresql://ann@localhost:1/shop"))
    #expect(!nobody.errorText.contains("hunter2"))
    let odd = try run([coffer, "migrate", Self.backup, "--into", "ftp://ann:hunter2@localhost/shop"])
    #expect(odd.exitCode == 2 && !odd.errorText.contains("hunter2"))
    // Stopped at once in the midst of a load, again and again; the log brings back what was committed.
    var counts: Set<Int> = []
    for milliseconds in [40, 90, 160, 250, 400] {
      _ = try server.psql("DROP DATABASE IF EXISTS stopped WITH (FORCE)")
      #expect(try server.psql("CREATE DATABASE stopped").exitCode == 0)
      let script =
        "\"$0\" migrate \"$1\" --into \"host=$2 user=tester dbname=stopped\" >/dev/null 2>&1 & "
        + "sleep 0.\(milliseconds < 100 ? "0\(milliseconds)" : "\(milliseconds)"); eval \"$3\"; wait; eval \"$4\""
      #expect(
        try run(["sh", "-c", script, coffer, Self.backup, server.place, server.stopCommand, server.startCommand])
          .exitCode == 0)
      let found = try server.psql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database: "stopped")
      #expect(found.exitCode == 0, "\(found.errorText)")
      counts.insert(Int(found.text.dropLast()) ?? -1)
    }
    #expect(counts.count <= 2 && counts.subtracting([0]).count <= 1 && !counts.contains(-1), "\(counts)")
  }
}
