import BuiltIn
import Bytes
import Conversion
import Diagnostics
import DjangoSystem
import Records
import SQLScriptFormat
import TestSupport
import Testing

/// What becomes of the shared samples is loaded by databases, and the loaded rows equal an independent reading in Python;
/// skipped where the samples are not present.
@Suite struct DjangoLoadTests {
  /// The SQL script that a sample becomes, and what was said of it.
  private func script(
    of file: String, _ dialect: SQLDialect, in place: TemporaryDirectory, schema: String? = nil
  ) throws
    -> (text: [UInt8], report: ConversionReport)
  {
    let container = try BuiltIn.recogniser.open(Array(file.utf8))
    let backup = try #require(try Django.django.detect(container, BuiltIn.toolbox).first, "\(file)")
    var options = ReadOptions()
    options.schema = schema.map { Array($0.utf8) }
    let input = BackupInput(
      backup: backup, container: container, toolbox: BuiltIn.toolbox, options: options)
    var job = ConversionJob(input: input, system: .django, format: .sqlScript)
    job.outputPath = place.file("out.sql")
    job.options.dialect = dialect
    let report = try job.run()
    return (try readFile(place.path + "/out.sql"), report)
  }

  private func compare(_ system: String, _ input: [UInt8], _ count: Int) throws {
    let result = try TestSupport.run(["python3", packageRoot + "/Tests/oracles/loaded.py", system], input: input)
    #expect(result.exitCode == 0, "\(result.errorText)")
    #expect(result.text == "\(count) samples compared\n")
  }

  @Test func sqliteLoadsEverySample() throws {
    let places = try DjangoConformanceTests.files.map { ($0, try TemporaryDirectory()) }
    guard !places.isEmpty else { return }
    var input: [UInt8] = []
    for (file, place) in places {
      var (text, report) = try script(of: file, .sqlite, in: place)
      text += Array("\nPRAGMA foreign_key_check;\n".utf8)
      for table in report.tables {
        text += Array("SELECT \(table.records) = count(*) FROM \"\(displayed(table.name))\";\n".utf8)
      }
      let result = try TestSupport.run(["sqlite3", "-bail", place.path + "/x.db"], input: text)
      #expect(result.exitCode == 0, "\(file): \(result.errorText)")
      // Rows with half a surrogate pair cannot be carried and are named as losses.
      let rejected = report.losses.filter(\.isReject).count
      let answers = result.text.split(separator: "\n")
      #expect(answers.filter { $0 != "1" }.count == rejected, "\(file): \(result.text)")
      input += Array("{\"file\": \"\(file)\", \"database\": \"\(place.path)/x.db\"}\n".utf8)
    }
    try compare("sqlite", input, places.count)
  }

  /// Fixtures in XML and YAML, in the tables that the project declares.
  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func bothDatabasesLoadMarkup() throws {
    guard let samples = sharedSamples else { return }
    let server = try ThrowAwayPostgres()
    for version in ["1.11", "3.2", "5.2", "6.0"] {
      for name in ["full.xml", "full.yaml", "natural.xml", "natural.yaml", "pg.geo.xml", "db.sqlite3"] {
        let stem = "\(samples)/django/dev/generated/dj\(version)/dj\(version)."
        if name == "pg.geo.xml", (try? readFile(stem + name)) == nil { continue }
        let place = try TemporaryDirectory()
        let (text, report) = try script(of: stem + name, .postgres, in: place, schema: stem + "project")
        try removeFile(place.file("out.sql"))
        var own =
          "SET client_min_messages = error; DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA s; SET search_path = s;\n"
        let loaded = try server.psql(Array(own.utf8) + text)
        #expect(loaded.exitCode == 0, "\(version) \(name): \(loaded.errorText)")
        own = "SET search_path = s;\n"
        for table in report.tables {
          own += "SELECT \(table.records) = count(*) FROM \"\(displayed(table.name))\";\n"
        }
        let counted = try server.psql(Array(own.utf8))
        #expect(counted.text.split(separator: "\n").filter { $0 == "t" }.count == report.tables.count, "\(name)")
        let (other, _) = try script(of: stem + name, .sqlite, in: place, schema: stem + "project")
        let result = try TestSupport.run(
          ["sqlite3", "-bail", place.path + "/x.db"], input: other + Array("\nPRAGMA foreign_key_check;\n".utf8))
        #expect(result.exitCode == 0 && result.text == "", "\(version) \(name): \(result.errorText)\(result.text)")
      }
    }
  }

  /// S3-09: ids are kept, and sequences go on behind the greatest.
  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func newRowsComeBehindTheGreatestID() throws {
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    let demo = packageRoot + "/Tests/Fixtures/demo/lantern/user_data_backup_20260214_081500.json"
    let (text, _) = try script(of: demo, .postgres, in: place)
    let greatest = "(SELECT max(id) FROM auth_group)"
    let result = try server.psql(
      text
        + Array(
          "SELECT \(greatest) > 0; INSERT INTO auth_group (name) VALUES ('new') RETURNING id = 1 + \(greatest);\n".utf8)
    )
    #expect(result.text.hasSuffix("t\nt\n"), "\(result.errorText)")
  }

  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func postgresLoadsEverySample() throws {
    let files = DjangoConformanceTests.files
    guard !files.isEmpty else { return }
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    var input: [UInt8] = []
    for file in files {
      let (text, report) = try script(of: file, .postgres, in: place)
      try removeFile(place.file("out.sql"))
      let own =
        "SET client_min_messages = error; DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA s; SET search_path = s;\n"
      let loaded = try server.psql(Array(own.utf8) + text)
      #expect(loaded.exitCode == 0, "\(file): \(loaded.errorText)")
      input += Array("{\"file\": \"\(file)\"}\n".utf8)
      var questions = "SET TimeZone = 'UTC'; SET search_path = s;\n"
      for table in report.tables {
        let name = displayed(table.name)
        // Line breaks of a JSON value stand between its tokens.
        let rows = "string_agg(translate(row_to_json(t)::text, E'\\n\\r', '  '), ',')"
        questions +=
          "SELECT '{\"table\": \"\(name)\", \"rows\": [' || coalesce(\(rows), '') || ']}' FROM \"\(name)\" t;\n"
      }
      let answer = try server.psql(questions)
      #expect(answer.exitCode == 0, "\(file): \(answer.errorText)")
      input += answer.output
    }
    try compare("postgres", input, files.count)
  }
}
