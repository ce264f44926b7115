import Bytes
import TestSupport
import Testing

/// Backups taken from live systems of other kinds, in the layouts that are theirs.
@Suite struct CaptureSystemsTests {
  private static let coffer = binaryFolder + "/coffer"

  private func coffer(
    _ place: TemporaryDirectory, _ words: [String], environment: [String: String] = [:]
  ) throws -> ProcessResult {
    try run(
      [Self.coffer] + words, environment: ["HOME": place.path, "TMPDIR": place.path].merging(environment) { $1 },
      directory: place.path)
  }

  private func names(_ path: String) throws -> [String] {
    try directoryNames(Array(path.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A project of Supabase in its three layouts; every figure of their pages is proved, and the whole restores.
  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func supabaseIsLaidOutInThreeWays() throws {
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    let made = try run(
      ["python3", "-c", "import tidewatch; tidewatch.database()"],
      environment: ["PGHOST": server.place, "COFFER_PGUSER": "tester", "PYTHONDONTWRITEBYTECODE": "1"],
      directory: packageRoot + "/Tests/Fixtures/supabase")
    try #require(made.exitCode == 0, "\(made.errorText)")
    let url = "host=\(server.place) user=postgres dbname=tidewatch"
    for layout in ["set", "trio", "folder"] {
      let result = try coffer(place, ["capture", "supabase", url, "-o", layout, "--layout", layout, "--no-register"])
      #expect(result.exitCode == 0, "\(result.errorText)")
      #expect(result.errorText.contains("contents of stored files, which lie outside of the database (2)"))
      let claims = try coffer(place, ["claims", layout, "--format", "csv", "--fail-on", "warning"])
      #expect(claims.exitCode == 0, "\(claims.text)")
      for stated in [
        "records of auth.users,6,6,proved", "records of storage.objects,2,2,proved", "objects: policy,88,88,proved",
        "objects: sequence,23,23,proved", "objects: function,22,22,proved",
      ] { #expect(claims.text.contains(stated.proved), "\(stated)\n\(claims.text)") }
      if layout == "trio" {
        #expect(claims.text.contains("proved,rows of tidewatch_complete_backup_"), "\(claims.text)")
      }
      guard layout == "folder" else { continue }
      for stated in [
        "proved,policies,88,88", "proved,functions,20,20", "proved,migrations,24,24", "proved,users,6,6",
        "proved,role assignments,6,6", "proved,encryption functions,4,4", "proved,tables,23 tables,23",
        "proved,CSV of auth.users", "proved,CSV of tide_readings", "proved,rows of complete_database_with_data.dump",
      ] { #expect(claims.text.contains(stated), "\(stated)\n\(claims.text)") }
    }
    #expect(try names(place.path + "/set") == ["coffer-manifest.json", "data.sql", "roles.sql", "schema.sql"])
    #expect(try names(place.path + "/folder/migrations").count == 24)
    #expect(try names(place.path + "/folder/data_records").count == 23)
    // Scripts are scripts: the policies, functions and users of a database that has none come back.
    let folder = place.path + "/folder/"
    #expect(try server.psql("CREATE DATABASE again").exitCode == 0)
    let whole = try server.psql(try readFile(folder + "complete_database_with_data.sql"), database: "again")
    #expect(whole.exitCode == 0, "\(whole.errorText)")
    let count = """
      SELECT (SELECT count(*) FROM pg_policy), (SELECT count(*) FROM auth.users), (SELECT count(*) FROM user_roles),
        (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public')
      """
    let before = try server.psql(count, database: "again").text
    let policies = String(decoding: try readFile(folder + "rls_policies_complete.sql"), as: UTF8.self)
    #expect(policies.contains("CREATE POLICY"))
    let drop = """
      DO $$ DECLARE p record; BEGIN FOR p IN SELECT * FROM pg_policies LOOP
        EXECUTE format('DROP POLICY %I ON %I.%I', p.policyname, p.schemaname, p.tablename); END LOOP; END $$;
      SET session_replication_role = replica; DELETE FROM user_roles; DELETE FROM auth.identities; DELETE FROM auth.users;
      """
    let dropped = try server.psql(drop, database: "again")
    try #require(dropped.exitCode == 0, "\(dropped.errorText)")
    for file in ["rls_policies_complete.sql", "users_with_encrypted_passwords.sql", "user_roles_complete.sql"] {
      let result = try server.psql(try readFile(folder + file), database: "again")
      #expect(result.exitCode == 0, "\(file): \(result.errorText)")
    }
    #expect(try server.psql(count, database: "again").text == before && before.hasPrefix("88|6|6|20"), "\(before)")
  }

  /// A database that a program writes to: one moment of it, and nothing made beside it.
  @Test(arguments: ["WAL", "DELETE"]) func sqliteIsCopiedWhileItIsWritten(_ mode: String) throws {
    let place = try TemporaryDirectory()
    let writer = """
      import sqlite3, sys
      base = sqlite3.connect("live/app.db", isolation_level=None, timeout=60)
      base.execute("PRAGMA journal_mode = \(mode)")
      base.execute("CREATE TABLE a (i INTEGER PRIMARY KEY)"); base.execute("CREATE TABLE b (i)")
      base.execute("CREATE VIRTUAL TABLE words USING fts5(body)"); base.execute("INSERT INTO words VALUES ('hello')")
      i = 0
      while True:
          base.execute("BEGIN IMMEDIATE"); base.execute("INSERT INTO a VALUES (?)", (i,))
          base.execute("INSERT INTO b VALUES (?)", (i,)); base.execute("COMMIT")
          i += 1
          if i == 50: print("ready", flush=True)
      """
    let script = """
      mkdir live; mkfifo ready
      python3 -c "$1" > ready & writer=$!
      read -r word < ready
      for n in 1 2; do "$0" capture sqlite live/app.db -o "backup$n" --no-register || exit 1; done
      kill -KILL $writer; wait $writer
      exit 0
      """
    let result = try run(
      ["bash", "-c", script, Self.coffer, writer],
      environment: ["HOME": place.path, "PATH": "/usr/local/bin:/usr/bin:/bin"], directory: place.path)
    #expect(result.exitCode == 0, "\(result.errorText)")
    for backup in ["backup1", "backup2"] {
      let file = try #require(try names(place.path + "/" + backup).first { $0.hasSuffix(".db") })
      let found = try run([
        "sqlite3", "\(place.path)/\(backup)/\(file)",
        "PRAGMA integrity_check; SELECT (SELECT count(*) FROM a) = (SELECT count(*) FROM b), (SELECT count(*) > 49 FROM a), (SELECT body FROM words)",
      ])
      #expect(found.text == "ok\n1|1|hello\n", "\(found.text)\(found.errorText)")
      #expect(try coffer(place, ["claims", backup, "--fail-on", "warning"]).exitCode == 0)
    }
    let left = try names(place.path + "/live")
    #expect(left.allSatisfy { ["app.db", "app.db-wal", "app.db-shm", "app.db-journal"].contains($0) })
  }

  /// A database that nobody has open stays alone; what a killed program left is not ignored.
  @Test func sqliteLeavesNothingBesideItsSource() throws {
    let place = try TemporaryDirectory()
    try createDirectory(place.file("live"))
    let path = place.path + "/live/app.db"
    try #require(
      try run(["sqlite3", path, "PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)"])
        .exitCode == 0)
    let before = try readFile(path)
    let result = try coffer(place, ["capture", "sqlite", "sqlite:" + path, "-o", "backup", "--project", "app"])
    #expect(result.exitCode == 0 && result.text.contains("  app  "), "\(result.errorText)")
    let after = try readFile(path)
    #expect(after == before)
    #expect(try names(place.path + "/live") == ["app.db"])
    try writeFile(path + "-wal", Array("what was not put in".utf8))
    let killed = try coffer(place, ["capture", "sqlite", path, "-o", "other"])
    #expect(killed.exitCode == 1 && killed.errorText.contains("journal"), "\(killed.errorText)")
    for (name, text) in [("none.db", ""), ("text.db", "no database, but a text that is long enough for a header")] {
      try writeFile(place.path + "/" + name, Array(text.utf8))
      #expect(try coffer(place, ["capture", "sqlite", name, "-o", "other"]).exitCode == 1)
    }
    #expect(try names(place.path).filter { $0.hasPrefix("other") || $0.hasSuffix(".partial") } == [])
  }

  /// The database of a Django project, as dumpdata writes it and as the document of its users.
  @Test func djangoIsWrittenAsItsOwnProgramsDo() throws {
    let place = try TemporaryDirectory()
    let demo = packageRoot + "/Tests/Fixtures/demo/shop/shop_dumpdata.json"
    try #require(try coffer(place, ["convert", demo, "-t", "sqlite", "-o", "db.sqlite3", "-q"]).exitCode == 0)
    let result = try coffer(place, ["capture", "django", "db.sqlite3", "-o", "backup"])
    #expect(result.exitCode == 0, "\(result.errorText)")
    let files = try names(place.path + "/backup")
    let document = try #require(files.first { $0.hasPrefix("user_data_backup_") })
    #expect(files.count == 4 && files.contains { $0.hasPrefix("dumpdata_backup_") }, "\(files)")
    #expect(try coffer(place, ["claims", "backup", "--fail-on", "error"]).exitCode == 0)
    let proof = try coffer(place, ["prove", demo, "backup"])
    #expect(proof.exitCode == 0, "\(proof.text)\(proof.errorText)")
    let keys = try run([
      "python3", "-c", "import json, sys; d = json.load(open(sys.argv[1])); print(*d, len(d['users']))",
      "\(place.path)/backup/\(document)",
    ])
    #expect(keys.text.hasPrefix("export_date users groups permissions"), "\(keys.text)\(keys.errorText)")
  }

  // MARK: Convex

  private static let documents = """
    import json, os
    os.mkdir("deployment")
    rows = {"users": [{"_id": f"j57{i:029d}", "_creationTime": 1770000000000.5 + i, "n": i, "f": 1.0, "big": 12345678901234567890,
      "s": "é\\n\\"\\ud800", "deep": {"a": [1, None, {"b": "x"}]}, "_table_": 1} for i in range(23)], "empty": [],
      "notes": [{"_id": f"k57{i:029d}", "_creationTime": 1770000000000.25 + i, "t": "x"} for i in range(7)]}
    for name, values in rows.items():
        json.dump(values, open(f"deployment/{name}.json", "w"))
    """
  private static let compared = """
    import glob, json, sys
    for name in ["users", "empty", "notes"]:
        [found] = glob.glob(f"backup/{name}_backup_*.json")
        assert json.load(open(found)) == json.load(open(f"deployment/{name}.json")), name
        assert "12345678901234567890" in open(found).read() or name != "users"
    """

  /// Serves a deployment, captures it, and ends the server.
  private func convex(
    _ place: TemporaryDirectory, fault: String = "", key: String = "prod:brave|key", _ words: [String]
  ) throws -> ProcessResult {
    let script = """
      rm -f port; mkfifo port
      python3 "$1" deployment 'prod:brave|key' "$2" > port & server=$!
      read -r number < port
      shift 2
      "$0" capture convex "http://127.0.0.1:$number/" "$@"; code=$?
      kill $server
      exit $code
      """
    return try run(
      ["bash", "-c", script, Self.coffer, packageRoot + "/Tests/oracles/convex_deployment.py", fault] + words,
      environment: [
        "HOME": place.path, "CONVEX_DEPLOY_KEY": key, "PATH": "/usr/local/bin:/usr/bin:/bin", "no_proxy": "*",
      ],
      directory: place.path)
  }

  /// All documents of one snapshot, as the deployment has them, whatever is written meanwhile.
  @Test func convexIsReadPageByPage() throws {
    let place = try TemporaryDirectory()
    try #require(try run(["python3", "-c", Self.documents], directory: place.path).exitCode == 0)
    let result = try convex(place, ["-o", "backup", "--project", "brave"])
    #expect(result.exitCode == 0, "\(result.errorText)")
    #expect(
      result.text.contains("2026-02-05T07:36:40.123456Z  convex script set  3 tables, 30 records"), "\(result.text)")
    #expect(result.errorText.contains("not captured: stored files"))
    let compared = try run(["python3", "-c", Self.compared], directory: place.path)
    #expect(compared.exitCode == 0, "\(compared.errorText)")
    let claims = try coffer(place, ["claims", "backup", "--format", "csv", "--fail-on", "error"])
    #expect(claims.exitCode == 0 && claims.text.contains("proved,records of users,23,23"), "\(claims.text)")
  }

  /// Whatever the deployment does wrong, nothing half is left, and no message shows the key.
  @Test(arguments: [
    ("halfway", "HTTP status 500"), ("cursor", "none of the streaming export API"), ("moment", "another snapshot"),
    ("redirect", "HTTP status 302"), ("key", "HTTP status 401"),
  ]) func convexThatAnswersWronglyLeavesNothing(_ fault: String, _ words: String) throws {
    let place = try TemporaryDirectory()
    try #require(try run(["python3", "-c", Self.documents], directory: place.path).exitCode == 0)
    let result = try convex(
      place, fault: fault, key: fault == "key" ? "prod:wrong|secret" : "prod:brave|key", ["-o", "backup"])
    #expect(result.exitCode == 1 && result.errorText.contains(words), "\(result.errorText)")
    #expect(!result.errorText.contains("brave|") && !result.errorText.contains("secret"), "\(result.errorText)")
    #expect(try names(place.path).filter { $0.hasPrefix("backup") || $0.hasSuffix(".partial") } == [])
  }

  /// Keys are sent over encrypted connections only, and from the environment or a file only.
  @Test func convexKeysAreKept() throws {
    let place = try TemporaryDirectory()
    for url in ["http://brave.convex.cloud", "ftp://localhost", "https://", "https://a@brave.convex.cloud"] {
      let result = try coffer(
        place, ["capture", "convex", url, "-o", "x"], environment: ["CONVEX_DEPLOY_KEY": "prod:k|secret"])
      #expect(result.exitCode == 1 && result.errorText.contains("none of https"), "\(url): \(result.errorText)")
    }
    let none = try coffer(
      place, ["capture", "convex", "https://brave.convex.cloud"], environment: ["CONVEX_DEPLOY_KEY": ""])
    #expect(none.exitCode == 1 && none.errorText.contains("no deploy key"))
  }
}

extension String {
  /// A claim in the order in which they are printed, its verdict first.
  var proved: String { hasSuffix(",proved") ? "proved," + dropLast(7) : self }
}
