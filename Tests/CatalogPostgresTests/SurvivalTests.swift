import Bytes
import CatalogConformance
import CatalogModel
import CatalogPostgres
import CatalogStore
import TestSupport
import Testing

/// The program that is run side by side; it is built beside the tests.
private let probe: String = {
  let path = (try? realPath(Array("/proc/self/exe".utf8))) ?? []
  return String(decoding: path.directoryPath.appending(path: Array("CatalogProbe".utf8)), as: UTF8.self)
}()

@Suite(.serialized) struct PostgresSurvivalTests {
  /// A connection that goes after the server has committed, and before it says so: a standby that never answers is waited for.
  @Test func aCommitWithoutAnswerIsFoundOut() throws {
    let server = try ThrowAwayPostgres()
    let place = Server.place("postgres", of: server)
    let store = try PostgresCatalog.create(place)
    try store.add(Fixture.registration(seed: 1))
    // Whoever connects from now on does not wait.
    _ = try psql(server, "postgres", "ALTER ROLE tester SET synchronous_commit = local")
    _ = try psql(
      server, "postgres",
      "ALTER SYSTEM SET synchronous_standby_names = 'nobody'; SELECT pg_reload_conf()")
    let killer = """
      DO $$ BEGIN
        LOOP
          PERFORM pg_stat_clear_snapshot();
          PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep';
          EXIT WHEN FOUND;
        END LOOP;
      END $$
      """
    let client = "psql -X -q -h '\(server.place)' -U tester -d postgres"
    _ = try run(["sh", "-c", "\(client) -c \"$1\" >'\(server.place)/killer' 2>&1 </dev/null &", "sh", killer])
    let key = try store.add(Fixture.registration(seed: 2))
    let backups = try store.read { (tx) throws(CatalogError) in try tx.backups(BackupQuery()) }
    #expect(backups.map(\.key).contains(key) && backups.count == 2)
    #expect(try psql(server, "postgres", "SELECT number FROM coffer_catalog.receipts") == "3\n")
    let log = String(decoding: try readFile(server.place + "/log"), as: UTF8.self)
    #expect(log.contains("terminating connection due to administrator command"))
  }

  /// A connection that goes while the server commits, which it then does not.
  @Test func aCommitThatFailedIsFoundOut() throws {
    let (server, name, place) = try Server.database()
    let store = try PostgresCatalog.create(place)
    try store.add(Fixture.registration(seed: 1))
    _ = try psql(
      server, name,
      """
      CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER die AFTER INSERT ON coffer_catalog.backups DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION public.die()
      """)
    let error = catalogError { () throws(CatalogError) in try store.add(Fixture.registration(seed: 2)) }
    #expect(error?.message == "catalog: connection to the server was lost before the change was committed")
    #expect(try store.read { (tx) throws(CatalogError) in try tx.backups(BackupQuery()).count } == 1)
    _ = try psql(server, name, "DROP TRIGGER die ON coffer_catalog.backups")
    try store.add(Fixture.registration(seed: 2))
    #expect(try psql(server, name, "SELECT number FROM coffer_catalog.receipts") == "4\n")
  }

  /// Sixteen clients register into four projects while connections are cut at random; each tries again until it is done.
  @Test func cutClientsLoseAndDoubleNothing() throws {
    let (server, name, place) = try Server.database()
    let url = String(decoding: place, as: UTF8.self)
    let clients = (0..<16).map { "\"$0\" share \"$1\" \($0 * 10) 6 & pids=\"$pids $!\"\n" }.joined()
    let client = "psql -X -q -At -h '\(server.place)' -U tester -d \(name)"
    // One of the connections goes for each backup that comes, until the table `done` is there.
    let killer = """
      DO $$ DECLARE cuts int := 0; seen int := 0; now int; BEGIN
        LOOP
          EXIT WHEN EXISTS (SELECT 1 FROM pg_class WHERE relname = 'done');
          PERFORM pg_sleep(0.01);
          CONTINUE WHEN NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'receipts');
          SELECT count(*) INTO now FROM coffer_catalog.backups;
          CONTINUE WHEN now = seen;
          seen := now;
          PERFORM pg_stat_clear_snapshot();
          cuts := cuts + (SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'coffer' ORDER BY random() LIMIT 1) AS cut);
        END LOOP;
        RAISE NOTICE 'cuts %', cuts;
      END $$
      """
    let script = "\(client) -c \"$2\" 2>&1 & \n\(clients)wait $pids; \(client) -c 'CREATE TABLE public.done ()'; wait"
    let result = try run(["sh", "-c", script, probe, url, killer])
    let lines = result.text.split(separator: "\n")
    let acknowledged = lines.compactMap { $0.hasPrefix("ack ") ? Int($0.dropFirst(4)) : nil }
    #expect(acknowledged.sorted() == (0..<16).flatMap { client in (0..<6).map { client * 10 + $0 } }, "\(result.text)")
    let cuts = lines.compactMap { $0.hasPrefix("NOTICE:  cuts ") ? Int($0.dropFirst(14)) : nil }.first ?? 0
    let again = lines.filter { $0.hasPrefix("again ") }
    #expect(cuts > 20 && again.count > 10, "\(cuts) cuts, \(again.count) tries again")
    let figures = try psql(
      server, name,
      """
      SET search_path = coffer_catalog;
      SELECT count(*), count(DISTINCT content), count(DISTINCT label), sum(table_count), sum(record_count),
        sum(artifact_count), sum(finding_count) FROM backups;
      SELECT count(*) FROM projects;
      SELECT count(*), count(DISTINCT (backup, name)) FROM tables;
      SELECT count(*) FROM columns;
      SELECT count(*), count(DISTINCT backup_id) FROM events WHERE kind = 'registered';
      SELECT count(*) FROM receipts WHERE number = 0
      """)
    #expect(figures == "96|96|96|192|28800|96|96\n4\n192|192\n384\n96|96\n0\n", "\(figures)")
  }
}
