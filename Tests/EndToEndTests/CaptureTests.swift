import Bytes
import TestSupport
import Testing

/// Backups taken from live databases: what is in them, and that nothing is written anywhere else.
@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct CaptureTests {
  private static let script = """
    CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('a', 'b'); CREATE TYPE pair AS (a int, b int);
    CREATE DOMAIN short AS text CHECK (length(value) < 9); CREATE SEQUENCE app.free START 7;
    CREATE TABLE t (id serial PRIMARY KEY, x text UNIQUE, m app.mood);
    CREATE TABLE app."od d" (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, t int REFERENCES t, CHECK (t > 0));
    CREATE INDEX ON t (m); CREATE TABLE p (k int) PARTITION BY RANGE (k); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9);
    CREATE VIEW v AS SELECT * FROM t; CREATE MATERIALIZED VIEW mv AS SELECT count(*) FROM t;
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
    CREATE PROCEDURE pr() LANGUAGE sql AS 'select 1'; CREATE AGGREGATE ag(int) (sfunc = int4pl, stype = int);
    CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();
    ALTER TABLE app."od d" ENABLE ROW LEVEL SECURITY; CREATE POLICY pol ON app."od d" USING (true);
    COMMENT ON TABLE t IS 'hi'; CREATE TABLE parent (a int); CREATE TABLE kid () INHERITS (parent);
    INSERT INTO t (x, m) SELECT 'x' || i, 'a' FROM generate_series(1, 500) i; INSERT INTO app."od d" (t) SELECT id FROM t;
    INSERT INTO p VALUES (1), (2); INSERT INTO kid VALUES (1); INSERT INTO parent VALUES (2), (3);
    REFRESH MATERIALIZED VIEW mv; SELECT nextval('app.free');
    CREATE ROLE reader LOGIN BYPASSRLS; GRANT USAGE ON SCHEMA app TO reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA public, app TO reader; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public, app TO reader;
    ALTER ROLE reader SET default_transaction_read_only = on;
    """
  private static let coffer = binaryFolder + "/coffer"

  private func capture(_ place: TemporaryDirectory, _ words: [String], environment: [String: String] = [:]) throws
    -> ProcessResult
  {
    try run(
      [Self.coffer, "capture"] + words,
      environment: ["HOME": place.path, "TMPDIR": place.path].merging(environment) { $1 },
      directory: place.path)
  }

  /// A server with one of everything, and a URL of a role that may only read.
  private func served() throws -> (ThrowAwayPostgres, url: String) {
    let server = try ThrowAwayPostgres()
    let made = try server.psql(Self.script)
    try #require(made.exitCode == 0, "\(made.errorText)")
    return (server, "host=\(server.place) user=reader dbname=postgres")
  }

  private func restored(_ file: String, _ server: ThrowAwayPostgres, _ database: String, creates: Bool = true) throws {
    if creates { try #require(try server.psql("CREATE DATABASE \(database)").exitCode == 0) }
    let result = try server.psql(try readFile(file), database: database)
    #expect(result.exitCode == 0, "\(result.errorText)")
  }

  private func names(_ path: String) throws -> [String] {
    try directoryNames(Array(path.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Three files of one moment that restore to the same database, made by a role that may only read.
  @Test func threeFilesRestoreTheDatabase() throws {
    let (server, url) = try served(), place = try TemporaryDirectory()
    let before = try server.dump(["--restrict-key=k"]).text
    let result = try capture(place, ["postgres", url, "-o", "backup", "--project", "shop"])
    #expect(result.exitCode == 0, "\(result.errorText)")
    #expect(result.errorText.contains("every figure is proved") && result.text.contains("  shop  "), "\(result.text)")
    #expect(try server.dump(["--restrict-key=k"]).text == before, "the source has changed")
    let files = try names(place.path + "/backup")
    let beside = try names(place.path)
    #expect(files.count == 5 && !beside.contains { $0.hasSuffix(".partial") }, "\(files) \(beside)")
    for name in files {
      let status = try #require(try fileStatus(place.file("backup/" + name)))
      #expect(status.mode == 0o600, "\(name)")
    }
    #expect(try fileStatus(place.file("backup"))?.mode == 0o700)
    func file(_ part: String) throws -> String {
      place.path + "/backup/" + (try #require(files.first { $0.contains("_\(part)_backup_") }))
    }
    try restored(try file("complete"), server, "whole")
    try restored(try file("schema"), server, "parts")
    try restored(try file("data"), server, "parts", creates: false)
    #expect(try server.dump(["--restrict-key=k"], database: "whole").text == before)
    // Rows alone refresh no view that keeps its own.
    let rest = ["--restrict-key=k", "--exclude-table=mv"]
    #expect(try server.dump(rest, database: "parts").text == server.dump(rest).text)
    let claims = try run(
      [Self.coffer, "claims", "backup", "--format", "csv", "--fail-on", "warning"], directory: place.path)
    #expect(claims.exitCode == 0, "\(claims.text)")
    for stated in [
      "records of t,500,500,proved", "records of app.od d,500,500,proved", "records of kid,1,1,proved",
      "records of parent,2,2,proved", "records of p1,2,2,proved", "objects: policy,1,1,proved",
      "objects: sequence,3,3,proved", "objects: function,1,1,proved", "objects: trigger,1,1,proved",
      "objects: view,1,1,proved", "objects: type,2,2,proved", "objects: domain,1,1,proved",
      "objects: row-security,1,1,proved", "objects: aggregate,1,1,proved", "objects: materialized-view,1,1,proved",
    ] { #expect(claims.text.contains(stated.proved), "\(stated)\n\(claims.text)") }
  }

  /// What was changed, or is missing, is told by its file and figure.
  @Test func changedFilesAreRefuted() throws {
    let (server, url) = try served(), place = try TemporaryDirectory()
    defer { withExtendedLifetime(server) {} }
    let result = try capture(place, ["postgres", url, "-o", "backup", "--no-register"])
    try #require(result.exitCode == 0, "\(result.errorText)")
    #expect(try fileStatus(place.file(".local")) == nil, "it was registered")
    let name = try #require(try names(place.path + "/backup").first { $0.contains("_complete_") })
    let path = place.path + "/backup/" + name
    let text = String(decoding: try readFile(path), as: UTF8.self)
    try writeFile(path, Array(text.replacing("\n250\tx250\ta\n", with: "\n").utf8))
    let data = try #require(try names(place.path + "/backup").first { $0.contains("_data_") })
    try removeFile(place.file("backup/" + data))
    let claims = try run(
      [Self.coffer, "claims", "backup", "--refuted", "--format", "csv", "--fail-on", "error"], directory: place.path)
    #expect(claims.exitCode == 4)
    #expect(claims.text.contains("refuted,records of t,500,499") && claims.text.contains(",absent,"), "\(claims.text)")
    #expect(claims.text.utf8.count { $0 == 10 } == 4, "\(claims.text)")
    // A backup that nobody registered is held against its manifest, too.
    let verified = try run([Self.coffer, "verify", "backup", "--only", "claims", "--json"], directory: place.path)
    #expect(verified.exitCode == 4, "\(verified.errorText)")
    #expect(verified.text.split(separator: "\n").count { $0.contains("claim-refuted") } == 3, "\(verified.text)")
  }

  /// While somebody writes, all files are of one moment.
  @Test func allFilesAreOfOneMoment() throws {
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    try #require(try server.psql("CREATE TABLE a (i int); CREATE TABLE b (i int)").exitCode == 0)
    let writer =
      "DO $$ BEGIN FOR i IN 1..1000000 LOOP INSERT INTO a VALUES (i); INSERT INTO b VALUES (i); COMMIT; END LOOP; END $$"
    let script = """
      psql="psql -X -q -At -h $1 -U tester -d postgres"
      $psql -c "$2" 2>writer & writer=$!
      until [ "$($psql -c 'SELECT count(*) > 50 FROM b')" = t ]; do :; done
      for n in 1 2; do "$0" capture postgres "host=$1 user=tester dbname=postgres" -o "backup$n" --no-register || exit; done
      kill $writer; wait $writer
      exit 0
      """
    let result = try run(
      ["sh", "-c", script, Self.coffer, server.place, writer],
      environment: ["HOME": place.path, "PATH": "/usr/local/bin:/usr/bin:/bin"],
      directory: place.path)
    #expect(result.exitCode == 0, "\(result.errorText)")
    var moments: Set<Int> = []
    for backup in ["backup1", "backup2"] {
      var counts: Set<Int> = []
      for name in try names(place.path + "/" + backup) where name.hasSuffix(".sql") && !name.contains("_schema_") {
        let text = String(decoding: try readFile(place.path + "/\(backup)/" + name), as: UTF8.self)
        for table in ["a", "b"] {
          let rows = try #require(text.split(separator: "COPY public.\(table) (i) FROM stdin;\n").last)
          counts.insert(rows.prefix { $0 != "\\" }.split(separator: "\n").count)
        }
      }
      #expect(counts.count == 1, "\(counts)")
      moments.formUnion(counts)
    }
    #expect(moments.count == 2, "nobody wrote: \(moments)")
  }

  /// A program in the place of pg_dump.
  private func fake(_ place: TemporaryDirectory, _ body: String) throws -> String {
    let path = place.path + "/fake_dump"
    let text = """
      #!/bin/sh
      case "$*" in --version) echo "pg_dump (PostgreSQL) 39.1"; exit 0;; esac
      \(body)
      """
    try writeFile(path, Array(text.utf8))
    try #require(try run(["chmod", "700", path]).exitCode == 0)
    return path
  }

  /// Stopped or failing in the midst, it leaves nothing, not even a program that goes on.
  @Test(arguments: ["TERM", "INT", "KILL", "fails"]) func nothingIsLeftOfAStoppedCapture(_ how: String) throws {
    let (server, url) = try served(), place = try TemporaryDirectory()
    defer { withExtendedLifetime(server) {} }
    let stop =
      how == "fails" ? "echo 'pg_dump: error: it broke' >&2; exit 3" : "kill -\(how) $PPID; exec tail -f /dev/null"
    let dies = how == "KILL" ? "kill -KILL $PPID; while echo more; do :; done" : stop
    let program = try fake(place, "echo $$ > \(place.path)/child; echo 'CREATE TABLE half (i int);'; \(dies)")
    let result = try capture(place, ["postgres", url, "-o", "backup", "--pg-dump", program])
    #expect(result.exitCode == (how == "fails" ? 1 : how == "KILL" ? 137 : 130), "\(result.errorText)")
    if how == "fails" { #expect(result.errorText.contains("pg_dump: error: it broke"), "\(result.errorText)") }
    let left = try names(place.path)
    #expect(!left.contains("backup"), "\(left)")
    // Nobody can clean up behind a process that is killed; what it leaves bears no backup's name.
    if how != "KILL" { #expect(!left.contains { $0.hasSuffix(".partial") }, "\(left)") }
    let child = String(decoding: try readFile(place.path + "/child"), as: UTF8.self).split(separator: "\n")[0]
    // It ends by itself when nobody reads any more.
    #expect(try run(["timeout", "60", "tail", "--pid=\(child)", "-f", "/dev/null"]).exitCode == 0)
  }

  /// A role that policies keep rows from gets no backup that looks whole.
  @Test func rowsThatPoliciesHideAreAnError() throws {
    let (server, url) = try served(), place = try TemporaryDirectory()
    try #require(try server.psql("ALTER ROLE reader NOBYPASSRLS").exitCode == 0)
    for program in [[], ["--pg-dump", "none"]] {
      let result = try capture(place, ["postgres", url, "-o", "backup", "--no-register"] + program)
      #expect(result.exitCode == 1 && result.errorText.contains("row-level security"), "\(result.errorText)")
      #expect(try names(place.path).contains("backup") == false)
    }
  }

  /// Without pg_dump, what is left out is named and counted.
  @Test func withoutTheProgramLossesAreCounted() throws {
    let (server, url) = try served(), place = try TemporaryDirectory()
    defer { withExtendedLifetime(server) {} }
    let words = ["postgres", url, "--pg-dump", "none", "--no-register"]
    let result = try capture(place, words + ["-o", "backup", "--json"])
    #expect(result.exitCode == 0, "\(result.errorText)")
    for loss in ["kind view", "kind policy", "kind function", "kind trigger", "kind sequence"] {
      #expect(result.text.contains(loss), "\(loss)")
    }
    #expect(try capture(place, words + ["-o", "other", "--fail-on-loss"]).exitCode == 5)
    let name = try #require(try names(place.path + "/backup").first { $0.contains("_complete_") })
    let text = String(decoding: try readFile(place.path + "/backup/" + name), as: UTF8.self)
    #expect(text.contains("CREATE TABLE public.t") && text.contains("\n500\tx500\ta\n"))
    // The rows are those of the database.
    let claims = try run(
      [Self.coffer, "claims", "backup", "--format", "csv", "--fail-on", "error"], directory: place.path)
    #expect(claims.exitCode == 0 && claims.text.contains("proved,records of t,500,500"), "\(claims.text)")
  }

  /// What is secret stands on no command line, in no message and in no file.
  @Test func passwordsAreSeenByNobody() throws {
    let (server, _) = try served(), place = try TemporaryDirectory()
    try writeFile(place.path + "/secret", Array("hunter2\nrest".utf8))
    let program = try fake(
      place, "echo \"$@\" >> \(place.path)/words; echo \"$PGPASSWORD\" >> \(place.path)/variable; exit 1")
    let host = server.place.replacing("/", with: "%2F")
    for (url, words) in [
      ("postgresql://tester:hunter2@\(host)/postgres", []),
      ("host=\(server.place) user=tester dbname=postgres", ["--password-file", "secret"]),
    ] as [(String, [String])] {
      let result = try capture(place, ["postgres", url, "-o", "backup", "--pg-dump", program, "-v"] + words)
      #expect(result.exitCode == 1 && !result.errorText.contains("hunter2"), "\(result.errorText)")
    }
    #expect(!String(decoding: try readFile(place.path + "/words"), as: UTF8.self).contains("hunter2"))
    #expect(String(decoding: try readFile(place.path + "/variable"), as: UTF8.self) == "hunter2\nhunter2\n")
  }

  /// In the background it writes a log, whose last line says that it is done.
  @Test func backgroundWorkEndsItsLogWithTheSummary() throws {
    let (server, url) = try served(), place = try TemporaryDirectory()
    defer { withExtendedLifetime(server) {} }
    let start = try capture(place, ["postgres", url, "-o", "backup", "--detach", "--json"])
    #expect(start.exitCode == 0 && start.text.contains("\"action\":\"started\""), "\(start.errorText)")
    func end(_ text: String) throws -> String {
      let number = try #require(text.split(separator: "\"process\":").last?.prefix { $0.isNumber })
      _ = try run(["timeout", "120", "tail", "--pid=\(number)", "-f", "/dev/null"])
      let name = try #require(text.split(separator: "\"log\":\"").last?.prefix { $0 != "\"" })
      #expect(try fileStatus(place.file(String(name)))?.mode == 0o600)
      return String(
        String(decoding: try readFile(place.path + "/" + name), as: UTF8.self).split(separator: "\n").last ?? "")
    }
    let last = try end(start.text)
    #expect(last.contains("\"message_type\":\"summary\"") && last.contains("\"output\":\"backup\""), "\(last)")
    #expect(try names(place.path + "/backup").count == 5)
    // A failure is an event, too; the log that is there is not written over.
    #expect(try capture(place, ["postgres", url, "-o", "other", "--log", "backup.log", "--detach"]).exitCode == 1)
    let broken = try capture(
      place, ["postgres", url + " port=1", "--output=other", "--log=failed.log", "--detach", "--json"])
    #expect(try end(broken.text).contains("\"message_type\":\"exit_error\",\"code\":1"))
    #expect(try names(place.path).contains("other") == false)
  }
}
