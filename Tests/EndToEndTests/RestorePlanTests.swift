import Bytes
import TestSupport
import Testing

@testable import coffer

@Suite struct RestorePlanTests {
  private func facts(
    _ system: String, _ kind: String, _ files: [(path: String, format: String)], attributes: [String: String] = [:]
  ) -> RestoreFacts {
    var facts = RestoreFacts(address: Array("b".utf8), name: Array("b".utf8), system: system, kind: kind)
    facts.files = files.map { RestoreFacts.File(place: Array($0.path.utf8), member: nil, format: $0.format) }
    facts.attributes = attributes.mapValues { Array($0.utf8) }
    facts.tables = [RestoreFacts.Table(name: "users", records: 3), RestoreFacts.Table(name: "app.orders", records: 12)]
    return facts
  }
  private func commands(_ facts: RestoreFacts, _ phase: RestorePlan.Phase = .restore) -> [String] {
    RestorePlan(facts).steps(in: phase).flatMap(\.commands)
  }
  private func codes(_ facts: RestoreFacts) -> [String] { RestorePlan(facts).warnings.map(\.code) }

  @Test func plainScriptIsRunAsAWhole() {
    let plain = facts("postgres", "plain dump", [("/b/shop.sql", "sql")])
    #expect(commands(plain) == [#"psql "$TARGET" -X -q -v ON_ERROR_STOP=1 --single-transaction -f /b/shop.sql"#])
    let packed = facts("postgres", "plain dump", [("/b/shop.sql.gz", "sql")])
    #expect(
      commands(packed) == [#"gzip -dc /b/shop.sql.gz | psql "$TARGET" -X -q -v ON_ERROR_STOP=1 --single-transaction"#])
    let cluster = facts("postgres", "pg_dumpall", [("/b/all.sql", "sql")])
    #expect(commands(cluster) == [#"psql "$TARGET" -X -q -v ON_ERROR_STOP=1 -f /b/all.sql"#])
  }

  @Test func archivesGoToPgRestore() {
    let custom = facts("postgres", "custom archive", [("/b/shop.dump", "pg-custom")])
    #expect(
      commands(custom) == [
        "pg_restore --list /b/shop.dump > restore-contents.txt",
        #"pg_restore --exit-on-error --no-owner --single-transaction -d "$TARGET" /b/shop.dump"#,
      ])
    let directory = facts("postgres", "archive", [("/b/shop/toc.dat", "pg")], attributes: ["dump_format": "directory"])
    #expect(commands(directory).last?.hasSuffix(" /b/shop") == true)
    let data = facts(
      "postgres", "custom archive", [("/b/shop.dump", "pg-custom")], attributes: ["dump_content": "data"])
    #expect(commands(data).last?.contains("--data-only --disable-triggers") == true)
  }

  @Test func rowsAloneRestTriggersAndSayThatTablesHaveToBeThere() {
    let data = facts("supabase", "data-only dump", [("/b/data.sql", "sql")])
    #expect(commands(data).first?.contains("SET session_replication_role = replica;'; cat -- /b/data.sql;") == true)
    #expect(codes(data) == ["destructive", "data-only", "superuser"])
    #expect(!RestorePlan(data).steps.contains { $0.title.hasPrefix("the target is empty") })
  }

  @Test func filesOfASetAreRestoredInOrder() {
    let set = facts(
      "supabase", "dump set", [("/b/data.sql", "sql"), ("/b/roles.sql", "sql"), ("/b/schema.sql", "sql")])
    let names = RestorePlan(set).steps(in: .restore).map(\.title)
    #expect(names.map { $0.contains("roles") } == [true, false, false])
    #expect(names[1].contains("schema.sql") && names[2].contains("rows of data.sql"))
    #expect(RestorePlan(set).steps.contains { $0.title.hasPrefix("the target is empty") })
  }

  @Test func warningsSayWhatMatters() {
    var risky = facts("postgres", "plain dump", [("/b/x.sql", "sql")], attributes: ["dump_clean": "yes"])
    risky.tables = [RestoreFacts.Table(name: "users", records: 0)]
    risky.cycles = [["messages", "users", "approvals"]]
    risky.objects = ["event-trigger": 1, "extension": 2]
    risky.neededRoles = [Array("app".utf8)]
    risky.refutedClaims = 2
    risky.isDamaged = true
    #expect(
      codes(risky) == [
        "destructive", "damaged", "no-rows", "claims-refuted", "superuser", "circular-foreign-keys", "roles-needed",
      ])
    let text = RestorePlan(risky).warnings.map(\.message).joined(separator: "\n")
    #expect(text.contains("drops what is in the target") && text.contains("messages, users, approvals"))
    #expect(text.contains("install extensions") && text.contains("1 table will be empty"))
  }

  @Test func countsAreCompared() {
    var shop = facts("postgres", "plain dump", [("/b/x.sql", "sql")])
    shop.objects = ["policy": 88]
    let after = commands(shop, .after)
    #expect(
      after.first?.contains(#"'\''app.orders'\'' AS name, 12 AS expected, (SELECT count(*) FROM "app"."orders")"#)
        == true)
    #expect(after.last?.contains("88") == true && after.last?.contains("pg_policies") == true)
    shop.tables = (0..<120).map { RestoreFacts.Table(name: Name("t\($0)"), records: 1) }
    #expect(commands(shop, .after).filter { $0.contains("UNION ALL") }.count == 3)
  }

  /// An export is imported as a whole, zipped if it is not.
  @Test func snapshotsAreImportedWhole() {
    var zip = facts("convex", "snapshot", [("/b/s.zip", "jsonl"), ("/b/s.zip", "jsonl")])
    for i in zip.files.indices { zip.files[i].member = Array("t\(i)/documents.jsonl".utf8) }
    #expect(commands(zip) == ["npx convex import /b/s.zip"])
    let folder = facts(
      "convex", "snapshot",
      [("/b/e/_components/m/jobs/documents.jsonl", "jsonl"), ("/b/e/notes/documents.jsonl", "jsonl")])
    #expect(
      commands(folder) == [
        "python3 -m zipfile -c snapshot-to-restore.zip /b/e/*", "npx convex import snapshot-to-restore.zip",
      ])
  }

  @Test func otherSystemsHaveTheirOwnPrograms() {
    #expect(
      commands(facts("django", "dumpdata fixture", [("/b/x.json", "json")])) == ["python manage.py loaddata /b/x.json"])
    var convex = facts("convex", "script set", [("/b/x.json", "json")])
    convex.files[0].table = "users"
    #expect(commands(convex) == ["npx convex import --table users /b/x.json"])
    convex.attributes["restore users"] = Array("Users:bulkImport".utf8)
    #expect(commands(convex).count == 8 && commands(convex)[2] == "# node - /b/x.json Users:bulkImport <<'END'")
    convex.tables = [RestoreFacts.Table(name: "users", records: 1), RestoreFacts.Table(name: "teams", records: 1)]
    #expect(RestorePlan(convex).warnings.last?.message.hasSuffix("no function that restores teams") == true)
    #expect(
      commands(facts("sqlite", "database file", [("/b/x.db", "sqlite")])) == [#"cp --no-clobber /b/x.db "$TARGET""#])
    // A directory of scripts is no archive of pg_dump.
    #expect(
      commands(facts("supabase", "migrations directory", [("/b/1.sql", "sql")])).first?.hasPrefix("psql ") == true)
    #expect(commands(facts("mysql", "mysqldump", [("/b/x.sql", "sql")])).first?.hasPrefix("mysql ") == true)
    #expect(commands(facts("sqlite", "sqlite dump", [("/b/x.sql", "sql")])) == [#"sqlite3 -bail "$TARGET" < /b/x.sql"#])
    #expect(commands(facts("generic", "csv file", [("/b/x.csv", "csv")])).first?.hasPrefix("coffer convert b ") == true)
  }

  @Test func archivesAreUnpackedFirst() {
    var zip = facts("django", "dumpdata fixture", [("/b/all.zip", "json")])
    zip.files[0].member = Array("in/x.json".utf8)
    #expect(
      commands(zip) == [
        "mkdir -m 700 restore-files", "unzip -n /b/all.zip -d restore-files",
        "python manage.py loaddata restore-files/in/x.json",
      ])
  }

  /// Whatever a file or table is called, bash takes it as one word, and the script as the commands that it says.
  @Test(arguments: [
    "plain", "", "two words", "it's", "$(touch pwned)", "`touch pwned`", "a\nb; touch pwned", "-rf", "tab\there", "\\",
    "\u{202E}evil", "!history", "~root", "é", "a'\\''b", "\"", "#", "*", "name\n```\ntouch pwned",
  ]) func namesAreWords(_ name: String) throws {
    let result = try run(["bash", "-c", "printf %s " + shellWord(Array(name.utf8))])
    #expect(result.output == Array(name.utf8))
    var facts = facts("postgres", "plain dump", [("/b/" + name + ".sql", "sql")])
    facts.tables = [RestoreFacts.Table(name: Name(name), records: 1, secrets: [Name(name)])]
    facts.cycles = [[Name(name), "b"]]
    facts.neededRoles = [Array(name.utf8)]
    let place = try TemporaryDirectory()
    let script = RestorePlan(facts).script
    let programs = "psql() { :; }; pg_dump() { :; }; TARGET=postgresql://localhost/x; ALLOW_NONEMPTY=yes\n"
    let ran = try run(["env", "-C", place.path, "bash", "-c", programs + script])
    #expect(ran.exitCode == 0, "\(ran.errorText)")
    #expect(try directoryNames(Array(place.path.utf8)).isEmpty)
    #expect(!RestorePlan(facts).markdown.contains("\ntouch pwned"))
  }

  @Test(arguments: [
    ("postgresql://localhost/x", true), ("postgresql://me@127.0.0.1:5433/x", true), ("postgresql:///x", true),
    ("postgresql://db.example.com/x", false), ("postgresql:///x?host=db.example.com", false), ("shop", false),
  ]) func targetHasToBeLocal(_ target: String, _ isLocal: Bool) throws {
    let script = RestorePlan(facts("postgres", "plain dump", [("/b/x.sql", "sql")])).script
    let programs = "psql() { :; }; pg_dump() { :; }; ALLOW_NONEMPTY=yes; TARGET=\(shellWord(Array(target.utf8)))\n"
    #expect(try run(["bash", "-c", programs + script]).exitCode == (isLocal ? 0 : 8))
  }
}
