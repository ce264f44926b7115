import BuiltIn
import Bytes
import Conversion
import Records
import SQLScriptFormat
import TestSupport
import Testing

/// Writes all of a backup in a format.
func converted(_ path: String, to format: String, at output: [UInt8]) throws -> ConversionReport {
  let container = try BuiltIn.recogniser.open(Array(path.utf8))
  let backup = try #require(try BuiltIn.recogniser.recognise(container).backups.first)
  let system = try #require(BuiltIn.recogniser.system(backup.system))
  let input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: ReadOptions())
  let format = try #require(BuiltIn.exportFormats.first { $0.id == format })
  var job = ConversionJob(input: input, system: system, format: format)
  job.outputPath = output
  return try job.run()
}

/// Writes all of a backup as a script for PostgreSQL.
func convertedScript(_ path: String, to file: [UInt8]) throws -> [Loss] {
  try converted(path, to: "sql", at: file).losses.filter { $0.code != "objects-left-out" }
}

extension [Loss] {
  /// What they are of, a line each, as the oracle reads them.
  var places: [UInt8] {
    var lines: [UInt8] = []
    for loss in self {
      lines += loss.table.bytes
      lines.append(0x09)
      lines += loss.column?.bytes ?? []
      lines.append(0x0A)
    }
    return lines
  }
}

/// Dumps written again as SQL and loaded give the rows and keys that restoring the originals gives, and that the scripts gave by which
/// their databases were made.
@Suite(
  .serialized,
  .enabled(if: sharedSamples != nil && ThrowAwayPostgres.isAvailable, "needs the shared samples and PostgreSQL")
) struct ReloadTests {
  static let generated = (sharedSamples ?? "") + "/postgres/dev/generated/"
  private static let oracle = packageRoot + "/Tests/oracles/restored.py"

  /// A generated database and the dumps of it that are loaded.
  struct Database: CustomTestStringConvertible, Sendable {
    var name: String
    var forms: [String]
    var encoding = "UTF8"
    var testDescription: String { name }
  }
  private static let databases = [
    Database(
      name: "alltypes",
      forms: [
        "pg15/alltypes.plain.sql", "pg15/alltypes.inserts.sql", "pg15/alltypes.column-inserts.sql",
        "pg15/alltypes.rows-per-insert-3.sql", "pg15/alltypes.fc-z6.dump", "pg15/alltypes.fc-inserts.dump",
        "pg15/alltypes.fd-gz", "pg15/alltypes.ft.tar", "pg16/alltypes.plain.sql", "pg17/alltypes.fc-lz4.dump",
        "pg18/alltypes.fd-none",
      ]),
    Database(
      name: "circular",
      forms: [
        "pg15/circular.plain.sql", "pg15/circular.inserts.sql", "pg15/circular.fc-z6.dump", "pg15/circular.ft.tar",
      ]),
    Database(name: "shop", forms: ["pg15/shop.plain.sql", "pg15/shop.fc-z6.dump", "pg17/shop.fc-zstd.dump"]),
    Database(
      name: "latin1", forms: ["pg15/latin1.utf8.sql", "pg15/latin1.native.sql", "pg15/latin1.fc.dump"],
      encoding: "LATIN1"),
    Database(name: "sqlascii", forms: ["pg15/sqlascii.sql", "pg15/sqlascii.fc.dump"], encoding: "SQL_ASCII"),
    Database(name: "noscs", forms: ["pg15/noscs.inserts.sql", "pg15/noscs.fc.dump"]),
    Database(name: "manylo", forms: ["pg15/manylo.fc.dump", "pg17/manylo.ft.tar"]),
    Database(name: "empty", forms: ["pg15/empty.sql", "pg15/empty.fc.dump", "pg15/empty.fd", "pg15/empty.ft.tar"]),
  ]

  @Test(arguments: databases) func rowsAndKeysAreThoseOfTheOriginal(_ database: Database) throws {
    let server = try Self.server(database), place = try TemporaryDirectory()
    try restore(database, server)
    let isLatin = database.encoding == "SQL_ASCII"
    let (source, original) = (try contents(server, "source", isLatin), try contents(server, "restored", isLatin))
    #expect(source == original && original.isEmpty == (database.name == "empty"))
    for (number, form) in database.forms.enumerated() {
      _ = try server.psql("DROP DATABASE IF EXISTS b")
      _ = try server.psql("CREATE DATABASE b")
      let losses = try convertedScript(Self.generated + form, to: place.file("out\(number).sql"))
      #expect(losses.filter(\.isReject) == [], "\(form)")
      let loaded = try server.psql(readFile(place.path + "/out\(number).sql"), database: "b")
      #expect(loaded.exitCode == 0, "\(form): \(loaded.errorText)")
      let found = try contents(server, "b", isLatin)
      let different = zip(found, original).first { $0 != $1 }
      #expect(different == nil && found.count == original.count, "\(form)")
      if database.name == "alltypes" { try compareWithTruth(server, form) }
    }
  }

  /// What a file of SQLite can hold of each database is in it, value for value; the rest is named.
  @Test(arguments: databases) func sqliteHoldsWhatTheServerHolds(_ database: Database) throws {
    let server = try Self.server(database), place = try TemporaryDirectory()
    try restore(database, server)
    for (number, form) in database.forms.enumerated() {
      let report = try converted(Self.generated + form, to: "sqlite", at: place.file("\(number).db"))
      #expect(report.losses.filter(\.isReject).allSatisfy { $0.table == "app.zero_cols" }, "\(form)")
      let result = try run(
        ["python3", Self.oracle, "sqlite", server.place, "restored", place.path + "/\(number).db"],
        input: report.losses.places, environment: ["ENCODING": database.encoding == "SQL_ASCII" ? "SQL_ASCII" : "UTF8"])
      let summary = [
        "alltypes": "25 tables, 51 rows, 921 values; 5 losses", "circular": "4 tables, 10 rows, 34 values; 0 losses",
        "shop": "4 tables, 13800 rows, 70500 values; 0 losses", "latin1": "1 tables, 2 rows, 4 values; 0 losses",
        "sqlascii": "1 tables, 2 rows, 4 values; 0 losses", "noscs": "1 tables, 2 rows, 4 values; 0 losses",
        "manylo": "1 tables, 2300 rows, 4600 values; 0 losses", "empty": "0 tables, 0 rows, 0 values; 0 losses",
      ]
      #expect(result.exitCode == 0, "\(result.errorText)")
      #expect(result.text == "\(summary[database.name] ?? "")\n", "\(form)")
    }
  }

  /// All rows of `alltypes` as JSON Lines against what the server said that they are, in every form that holds them.
  @Test(arguments: (try? SampleDumpTests.dumps(of: "alltypes")) ?? []) func rowsAreTheTruth(_ form: String) throws {
    guard !form.contains("data-only") else { return }  // A dump of the data alone knows of no types.
    let place = try TemporaryDirectory()
    let report = try converted(Self.generated + form, to: "jsonl", at: place.file("out/"))
    let result = try run(
      ["python3", Self.oracle, "truth", Self.generated + "truth", place.path + "/out"],
      // What the server computes is in no dump.
      input: report.losses.places + Array("app.gen\tarea\napp.user\tlimit\n".utf8))
    #expect(result.text == "22 tables, 51 rows, 921 values; 5 losses\n", "\(form) \(result.errorText)")
    for line in try readFile(Self.generated + "truth/alltypes.counts.tsv").split(separator: 0x0A) {
      let fields = line.split(separator: 0x09).map { String(decoding: $0, as: UTF8.self) }
      let name = fields[1].replacing("\"", with: "")
      #expect(report.tables.first { $0.name == Name(name) }?.records == Int(fields[2]), "\(form): \(name)")
    }
  }

  // MARK: The server

  private static func server(_ database: Database) throws -> ThrowAwayPostgres {
    let server = try ThrowAwayPostgres()
    _ = try server.psql("CREATE ROLE postgres SUPERUSER")
    _ = try server.psql(readFile(generated + "truth/roles.sql"))
    for name in ["source", "restored"] {
      let made = try server.psql(
        "CREATE DATABASE \(name) TEMPLATE template0 ENCODING '\(database.encoding)' LOCALE 'C'")
      try #require(made.exitCode == 0, "\(made.errorText)")
    }
    return server
  }

  /// Fills `source` by the script that made the database, and `restored` by PostgreSQL's own tools.
  private func restore(_ database: Database, _ server: ThrowAwayPostgres) throws {
    if database.name != "empty" {
      var script = String(decoding: try readFile(Self.generated + "truth/\(database.name).sql"), as: UTF8.self)
      // The tablespace of the original server has no place here.
      script = script.replacing(/CREATE TABLESPACE [^;]*;/, with: "").replacing(" TABLESPACE fast", with: "").replacing(
        "DATABASE alltypes", with: "DATABASE source")
      if database.name == "noscs" {
        script = "SET standard_conforming_strings = off; SET escape_string_warning = off;" + script
      }
      let made = try server.psql(Array(script.utf8), database: "source")
      try #require(made.exitCode == 0, "\(made.errorText)")
    }
    let form = try #require(database.forms.first), path = Self.generated + form
    var text = try readFile(path)
    if !form.hasSuffix(".sql") { text = try ThrowAwayPostgres.restore(["-f", "-", path]).output }
    if database.name == "alltypes" {
      text = Array(
        String(decoding: text, as: UTF8.self).replacing("SET default_tablespace = fast;", with: "").utf8)
    }
    let restored = try server.psql(text, database: "restored")
    try #require(restored.exitCode == 0, "\(restored.errorText)")
  }

  /// All rows of all tables as text, and their keys. `isLatin`: bytes without an encoding are those of Latin-1.
  private func contents(_ server: ThrowAwayPostgres, _ database: String, _ isLatin: Bool) throws -> [String] {
    let row = isLatin ? "convert_to(t::text, ''LATIN1'')" : "t::text"
    let settings = "SET client_encoding = 'UTF8'; SET search_path = '';\n"
    let queries =
      settings + """
        SELECT format('SELECT %L, \(row) FROM ONLY %s t ORDER BY 2;', c.oid::regclass, c.oid::regclass)
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE relkind = 'r' AND nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY c.oid::regclass::text
        """
    let made = try server.psql(queries, database: database)
    let keys = """
      SELECT conrelid::regclass || ' ' || contype::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
      WHERE contype IN ('p', 'f') AND conrelid >= 16384 ORDER BY 1;
      """
    let rows = try server.psql(
      Array(settings.utf8) + made.output + Array(keys.utf8), database: database)
    #expect(rows.exitCode == 0, "\(rows.errorText)")
    return rows.output.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The rows that were loaded, as JSON of the server itself, against what it wrote when the dumps were made.
  private func compareWithTruth(_ server: ThrowAwayPostgres, _ form: String) throws {
    let place = try TemporaryDirectory()
    var tables = try readFile(Self.generated + "truth/alltypes.counts.tsv").split(separator: 0x0A).map { line in
      String(decoding: line.split(separator: 0x09)[1], as: UTF8.self)
    }
    tables.append("\"Odd Schema.x\".\"Odd \"\"Table\"\".name\"")
    for table in tables {
      let found = try server.psql(
        "SET TimeZone = 'UTC'; SELECT row_to_json(whole) FROM ONLY \(table) whole ORDER BY ctid", database: "b")
      #expect(found.exitCode == 0, "\(found.errorText)")
      let name = table.hasPrefix("app.") ? table.replacing("\"", with: "") : "Odd Schema.x.Odd %22Table%22.name"
      try writeFile(place.path + "/\(name).jsonl", found.output)
    }
    let result = try run(["python3", Self.oracle, "truth", Self.generated + "truth", place.path])
    #expect(result.text == "22 tables, 51 rows, 921 values; 0 losses\n", "\(form) \(result.errorText)")
  }
}
