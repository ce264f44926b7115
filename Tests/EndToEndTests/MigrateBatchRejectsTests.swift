import Bytes
import TestSupport
import Testing

/// Loads into PostgreSQL in batches that leave refused rows out: stopped in each kind of table, they come to the end of a load that
/// nothing stopped.
@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct MigrateBatchRejectsTests {
  private let server: ThrowAwayPostgres
  private let place: TemporaryDirectory

  init() throws {
    server = try ThrowAwayPostgres()
    place = try TemporaryDirectory()
    try #require(try run(["sqlite3", place.path + "/source.db", Self.source]).exitCode == 0)
    for database in ["whole", "parts"] {
      try #require(try server.psql("CREATE DATABASE \(database)").exitCode == 0)
      let made = try server.psql(Self.target, database: database)
      try #require(made.exitCode == 0, "\(made.errorText)")
    }
  }

  /// Children come long before their parents; each kind of refusal is in the first batches and in later ones.
  private static let source = """
    CREATE TABLE kids(id INTEGER PRIMARY KEY, parent INTEGER, x TEXT);
    CREATE TABLE fresh(id INTEGER PRIMARY KEY, up INTEGER REFERENCES fresh(id), y TEXT);
    CREATE TABLE parents(id INTEGER PRIMARY KEY, y TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      INSERT INTO kids SELECT i, 23001 - i, 'k' || i FROM n;
    INSERT INTO fresh SELECT id + 10000, CASE WHEN id % 10 = 0 THEN 13001 - id END, 'f' || id FROM kids;
    INSERT INTO parents SELECT id + 20000, 'p' || CASE id WHEN 9 THEN 7 WHEN 2900 THEN 50 ELSE id END FROM kids;
    UPDATE kids SET parent = 99 WHERE id IN (5, 2500);
    UPDATE kids SET x = NULL WHERE id IN (40, 2000);
    UPDATE fresh SET up = 98 WHERE id IN (10030, 12980);
    """
  /// The row that `stops` names ends a load by an error that no row is refused for; the new table gets its trigger when it is made.
  private static let target = """
    CREATE TABLE parents(id bigint PRIMARY KEY, y text UNIQUE);
    CREATE TABLE kids(id bigint PRIMARY KEY, parent bigint REFERENCES parents, x text NOT NULL);
    CREATE TABLE stops(at bigint); INSERT INTO stops VALUES (0);
    CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.id = (SELECT at FROM public.stops) THEN RAISE EXCEPTION 'stopped' USING ERRCODE = 'XX000'; END IF;
      RETURN NEW; END $$;
    CREATE TRIGGER t BEFORE INSERT ON parents FOR EACH ROW EXECUTE FUNCTION stop();
    CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      IF pg_catalog.to_regclass('public.fresh') IS NOT NULL
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = 'public.fresh'::regclass AND NOT tgisinternal) THEN
        CREATE TRIGGER t BEFORE INSERT ON public.fresh FOR EACH ROW EXECUTE FUNCTION public.stop(); END IF; END $$;
    CREATE EVENT TRIGGER w ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION watch();
    """

  private func load(_ database: String, _ words: String...) throws -> ProcessResult {
    try run(
      [
        binaryFolder + "/coffer", "migrate", "source.db", "--into",
        "host=\(server.place) user=tester dbname=\(database)",
        "--mode", "append", "--batch", "250", "--fk", "keep",
      ] + words, environment: ["HOME": place.path], directory: place.path)
  }
  private func psql(_ sql: String, _ database: String = "parts") throws -> String {
    let result = try server.psql(sql, database: database)
    #expect(result.exitCode == 0, "\(result.errorText)")
    return result.text
  }

  @Test func stoppedLoadsRefuseTheSameRows() throws {
    let whole = try load("whole", "--rejects", "whole")
    #expect(whole.exitCode == 3, "\(whole.errorText)")
    let sums = "SELECT (SELECT count(*) FROM kids), (SELECT count(*) FROM fresh), (SELECT count(*) FROM parents)"
    #expect(try psql(sums, "whole") == "2994|2998|2998\n")
    var last = ""
    for at in [11_500, 20_900, 22_800] {
      _ = try psql("UPDATE stops SET at = \(at)")
      let stopped = try load("parts", "--rejects", "parts", "--resume")
      #expect(stopped.exitCode == 1 && stopped.errorText.contains("--resume"), "\(stopped.errorText)")
      let progress = try psql("SELECT progress FROM coffer.loads")
      #expect(progress != last && progress.hasPrefix("r 3000"), "\(progress)")
      last = progress
      // Nothing is in files before the load is over.
      #expect(try fileStatus(place.file("parts")) == nil)
    }
    #expect(try psql("SELECT count(*) FROM coffer.rejects") == "3\n")
    _ = try psql("UPDATE stops SET at = 0")
    let other = try load("parts", "--resume")
    #expect(other.exitCode == 8 && other.errorText.contains("--rejects DIR"), "\(other.errorText)")
    let done = try load("parts", "--rejects", "parts", "--resume")
    #expect(done.exitCode == 3, "\(done.errorText)")
    // What the last command tells is of the whole load.
    let losses = { (result: ProcessResult) in result.errorText.split(separator: "\n").filter { $0.hasPrefix("loss") } }
    #expect(losses(done) == losses(whole) && !losses(done).isEmpty)
    let table = { (result: ProcessResult) in result.text.split(separator: "\n").prefix(4) }
    #expect(table(done) == table(whole))
    let files = try run(["diff", "-r", "whole", "parts"], directory: place.path)
    #expect(files.exitCode == 0 && files.text.isEmpty, "\(files.text)")
    for name in ["kids", "fresh", "parents"] {
      let rows = try ["whole", "parts"].map { try psql("SELECT * FROM \(name) ORDER BY id", $0) }
      #expect(rows[0] == rows[1] && !rows[0].isEmpty)
    }
    // Our own columns and tables are gone, but for the record of loads.
    #expect(
      try psql(
        "SELECT string_agg(relname, ' ') FROM pg_class WHERE relkind = 'r' AND relnamespace = 'coffer'::regnamespace")
        == "loads\n")
    #expect(try psql("SELECT count(*) FROM information_schema.columns WHERE table_name = 'fresh'") == "3\n")
  }
}
