import BuiltIn
import Bytes
import Conversion
import Records
import SQLScriptFormat
import TestSupport
import Testing

/// Writes all of a backup as a script for PostgreSQL.
func convertedScript(_ path: String, to file: [UInt8]) throws -> [Loss] {
  let container = try BuiltIn.recogniser.open(Array(path.utf8))
  let backup = try #require(try BuiltIn.recogniser.recognise(container).backups.first)
  let system = try #require(BuiltIn.recogniser.system(backup.system))
  let input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: ReadOptions())
  let knowledge = try system.survey(input)
  var reader = try system.openRecords(input, knowledge)
  let format = try #require(BuiltIn.exportFormats.first { $0.id == "sql" })
  var writer = try format.makeWriter(to: Output(.file(file)), tables: knowledge.tables, options: WriteOptions())
  var batch = RecordBatch()
  while let table = try reader.nextTable() {
    try writer.begin(table)
    while try reader.read(into: &batch) { try writer.write(batch) }
  }
  try writer.finish()
  return writer.losses
}

/// Dumps written again as SQL and loaded give the rows and keys that restoring the originals gives.
@Suite(
  .serialized,
  .enabled(if: sharedSamples != nil && ThrowAwayPostgres.isAvailable, "needs the shared samples and PostgreSQL")
) struct ReloadTests {
  static let generated = (sharedSamples ?? "") + "/postgres/dev/generated/"

  @Test(arguments: ["circular", "shop", "noscs", "latin1", "alltypes"])
  func rowsAndKeysAreThoseOfTheOriginal(_ name: String) throws {
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    _ = try server.psql("CREATE ROLE postgres SUPERUSER")
    _ = try server.psql("CREATE DATABASE a")
    let form = name == "noscs" ? "inserts" : name == "latin1" ? "utf8" : "plain"
    let original = Self.generated + "pg15/\(name).\(form).sql"
    _ = try server.psql(readFile(Self.generated + "truth/roles.sql"))
    // The tablespace of the original server has no place here.
    let text = String(decoding: try readFile(original), as: UTF8.self)
      .replacing("SET default_tablespace = fast;", with: "")
    let restored = try server.psql(Array(text.utf8), database: "a")
    #expect(restored.exitCode == 0, "\(restored.errorText)")
    // The custom archive of the same database, where there is one.
    let archive = Self.generated + "pg15/\(name).fc-z6.dump"
    for (number, source) in ([original] + (name == "circular" || name == "shop" ? [archive] : [])).enumerated() {
      _ = try server.psql("DROP DATABASE IF EXISTS b")
      _ = try server.psql("CREATE DATABASE b")
      let losses = try convertedScript(source, to: place.file("out\(number).sql"))
      #expect(losses.filter(\.isReject) == [])
      let loaded = try server.psql(readFile(place.path + "/out\(number).sql"), database: "b")
      #expect(loaded.exitCode == 0, "\(loaded.errorText)")
      let (a, b) = (try contents(server, "a"), try contents(server, "b"))
      #expect(a == b)

    }
  }

  /// All rows of all tables as text, and their keys.
  private func contents(_ server: ThrowAwayPostgres, _ database: String) throws -> [String] {
    let queries = """
      SELECT format('SELECT %L || t::text FROM ONLY %s t ORDER BY 1;', c.oid::regclass || ' ', c.oid::regclass)
      FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
      WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
      """
    let made = try server.psql(queries, database: database)
    let keys = """
      SELECT conrelid::regclass || ' ' || contype::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
      WHERE contype IN ('p', 'f') AND conrelid >= 16384 ORDER BY 1;
      """
    let rows = try server.psql(made.output + Array(keys.utf8), database: database)
    #expect(rows.exitCode == 0 && !rows.output.isEmpty)
    return rows.output.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
  }
}
