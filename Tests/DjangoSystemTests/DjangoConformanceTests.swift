import BuiltIn
import Bytes
import Conversion
import DjangoSystem
import Glibc
import Records
import TestSupport
import Testing

/// The shared samples against the independent reading in Python; skipped where the samples are not present.
@Suite struct DjangoConformanceTests {
  /// Files that are no Django documents or are broken; other tests speak of them.
  private static let others = ["empty.json", "zero-bytes.json", "truncated.json", "cp1252-encoded.json"]

  static let files: [String] = {
    guard let samples = sharedSamples else { return [] }
    return everyFile(samples + "/django/dev").filter { file in
      (file.hasSuffix(".json") || file.hasSuffix(".jsonl")) && !others.contains { file.hasSuffix("/" + $0) }
    }
  }()

  @Test func equalsIndependentReading() throws {
    guard sharedSamples != nil else { return }
    #expect(Self.files.count > 100)
    var input: [UInt8] = []
    for file in Self.files {
      let run = try #require(try DjangoRun(FileContainer(file: file)), "\(file) is not recognised")
      #expect(run.error == nil, "\(file)")
      input += try run.lines(file: file)
    }
    let result = try TestSupport.run(
      ["python3", packageRoot + "/Tests/oracles/django.py", "compare"], input: input)
    #expect(result.exitCode == 0, "\(result.errorText)")
    #expect(result.text == "")
  }

  /// The same data in XML and in YAML, in the tables that the project declares; nothing is lost in either.
  @Test(arguments: ["1.11", "2.2", "3.2", "4.2", "5.2", "6.0"], ["full", "natural", "pg.geo"])
  func yamlEqualsXML(_ version: String, _ kind: String) throws {
    guard let samples = sharedSamples else { return }
    let stem = "\(samples)/django/dev/generated/dj\(version)/dj\(version).\(kind)"
    guard kind != "pg.geo" || (try? readFile(stem + ".xml")) != nil else { return }
    let project = "\(samples)/django/dev/generated/dj\(version)/dj\(version).project"
    let xml = try #require(try DjangoRun(FileContainer(file: stem + ".xml"), schema: project))
    let yaml = try #require(try DjangoRun(FileContainer(file: stem + ".yaml"), schema: project))
    #expect(xml.error == nil && yaml.error == nil)
    #expect(xml.knowledge.tables.map(\.name).sorted() == yaml.knowledge.tables.map(\.name).sorted())
    let others = xml.digests.filter { yaml.digests[$0.key] != $0.value }.map { text($0.key) }
    #expect(others == [])
  }

  /// Django's fields for PostgreSQL: arrays, hstores, ranges and lexemes of a fixture are those of the dump of its database.
  @Test(arguments: ["3.2", "5.2", "6.0"]) func postgresFieldsEqualTheDump(_ version: String) throws {
    guard let samples = sharedSamples else { return }
    let stem = "\(samples)/django/dev/generated/dj\(version)/dj\(version)."
    let xml = try #require(try DjangoRun(FileContainer(file: stem + "pg.geo.xml"), schema: stem + "project"))
    let recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array((stem + "pg15.plain.sql").utf8)))
    let backup = try #require(recognition.backups.first)
    let system = try #require(BuiltIn.recogniser.system(backup.system))
    let input = BackupInput(
      backup: backup, container: recognition.container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    let dump = try system.survey(input), table: Name = "geo_pgthing"
    let declared = try #require(dump.tables.first { $0.name == table })
    // An hstore has no type in the common schema: it is text in a dump and JSON in a fixture.
    for column in declared.columns where column.name != "hs" {
      let own = try #require(xml.column(table, column.name))
      #expect(own.type == column.type && own.isNullable == column.isNullable, "\(text(column.name))")
      if column.type == .text { #expect(own.sourceType == column.sourceType, "\(text(column.name))") }
    }
    var reader = try system.openRecords(input, dump), batch = RecordBatch(), values: [String: [String]] = [:]
    while let run = try reader.nextTable() {
      while try reader.read(into: &batch) {
        guard run.name == table else { continue }
        for row in 0..<batch.rowCount {
          for (i, column) in run.columns.enumerated() {
            let cell = batch[row, i]
            let shown =
              switch cell.kind {
              case .null: "null"
              case .text: "text:" + String(decoding: Array(batch.bytes(of: cell)), as: UTF8.self)
              default: "other"
              }
            values[text(column.name), default: []].append(shown)
          }
        }
      }
    }
    for column in ["ir", "dr", "nr", "sv"] {
      #expect(xml.values(table, Name(column)) == values[column], "\(column)")
    }
  }

  /// Compressed forms, found in directories among other files.
  @Test(arguments: [("generated/dj5.2", 5), ("real/django-tests/fixtures/fixtures", 7)])
  func compressedFormsEqualIndependentReading(_ directory: String, _ least: Int) throws {
    guard let samples = sharedSamples else { return }
    let path = samples + "/django/dev/" + directory
    let container = try BuiltIn.recogniser.open(Array(path.utf8))
    var input: [UInt8] = [], count = 0
    for backup in try Django.django.detect(container, BuiltIn.toolbox) {
      let name = String(decoding: try #require(backup.artifacts.first).entry.path, as: UTF8.self)
      if [".json", ".jsonl", ".xml", ".yaml", ".sqlite3"].contains(where: { name.hasSuffix($0) }) { continue }
      let run = try DjangoRun(backup, container, BuiltIn.toolbox)
      #expect(run.error == nil, "\(name)")
      input += try run.lines(file: path + "/" + name)
      count += 1
    }
    #expect(count >= least)
    let result = try TestSupport.run(
      ["python3", packageRoot + "/Tests/oracles/django.py", "compare"], input: input)
    #expect(result.exitCode == 0, "\(result.errorText)")
    #expect(result.text == "")
  }

  /// What a fixture cannot say: `db_table`, `db_column`, names of primary keys, parents, and references named unlike their
  /// models. Everything else, all values included, equals the database the fixture was dumped from.
  private static let unknowable: [String: Set<String>] = [
    "full": [
      "table shop_redemption is not in the database", "table weird Table-name is not in the dump, 1 rows",
      "table shop_book_related is not in the dump, 2 rows", "shop_book column related is not in the database",
      "shop_book column sequel_of is not in the database", "shop_book column sequel_of_id is not in the dump",
      "shop_restaurant column id is not in the database", "shop_restaurant column place_ptr_id is not in the dump",
      "shop_cafe column id is not in the database", "shop_cafe column restaurant_ptr_id is not in the dump",
    ],
    "natural": [
      "table shop_redemption is not in the database", "table weird Table-name is not in the dump, 1 rows",
      // Only Django 1.11 leaves parents out of natural dumps too.
      "shop_restaurant column id is not in the database", "shop_restaurant column place_ptr_id is not in the dump",
      "shop_cafe column id is not in the database", "shop_cafe column restaurant_ptr_id is not in the dump",
    ],
  ]
  private static let alwaysUnknowable: Set<String> = [
    "shop_allfields column choice is not in the database", "shop_allfields column choice_code is not in the dump",
    "shop_profile column id is not in the database", "shop_profile column user_id is not in the dump",
    "shop_publisher column id is not in the database", "shop_publisher column code is not in the dump",
  ]

  @Test(arguments: ["1.11", "2.2", "3.2", "4.2", "5.2", "6.0"], ["full", "natural"])
  func equalsDatabase(_ version: String, _ kind: String) throws {
    guard let samples = sharedSamples else { return }
    let stem = "\(samples)/django/dev/generated/dj\(version)/dj\(version)."
    let run = try #require(try DjangoRun(FileContainer(file: stem + kind + ".json")))
    let result = try TestSupport.run(
      ["python3", packageRoot + "/Tests/oracles/django.py", "database", stem + "db.sqlite3"],
      input: run.lines(file: kind))
    #expect(result.exitCode == 0, "\(result.errorText)")
    let differences = result.text.split(separator: "\n").map(String.init).filter { !$0.contains("django_migrations") }
    let expected = Self.alwaysUnknowable.union(Self.unknowable[kind] ?? [])
    #expect(differences.filter { !expected.contains($0) } == [])
    #expect(!differences.isEmpty)
  }
}

extension DjangoConformanceTests {
  /// With the project's files nothing is unknowable: tables, columns and values equal the database.
  @Test(arguments: ["1.11", "2.2", "3.2", "4.2", "5.2", "6.0"], ["full.json", "full.xml", "full.yaml"])
  func equalsDatabaseWhenModelsAreDeclared(_ version: String, _ file: String) throws {
    guard let samples = sharedSamples else { return }
    let stem = "\(samples)/django/dev/generated/dj\(version)/dj\(version)."
    let run = try #require(try DjangoRun(FileContainer(file: stem + file), schema: stem + "project"))
    let result = try TestSupport.run(
      ["python3", packageRoot + "/Tests/oracles/django.py", "database", stem + "db.sqlite3"]
        + (file.hasSuffix("json") ? [] : ["exact"]),
      input: run.lines(file: file))
    #expect(result.exitCode == 0, "\(result.errorText)")
    let differences = result.text.split(separator: "\n").map(String.init).filter { !$0.contains("django_migrations") }
    #expect(differences == [])
  }

  /// Types, lengths, what may be null, keys and indexes equal the database's too.
  @Test(arguments: ["1.11", "2.2", "3.2", "4.2", "5.2", "6.0"])
  func declaredSchemaEqualsDatabase(_ version: String) throws {
    guard let samples = sharedSamples else { return }
    let stem = "\(samples)/django/dev/generated/dj\(version)/dj\(version)."
    let run = try #require(try DjangoRun(FileContainer(file: stem + "full.json"), schema: stem + "project"))
    var lines: [String] = []
    for table in run.knowledge.tables {
      for column in table.columns {
        let name = "\(text(table.name)).\(text(column.name))"
        lines.append("column \(name) \(column.type.word) \(column.maximumLength ?? 0) \(column.isNullable)")
      }
      lines.append("key \(text(table.name)) \(table.primaryKey.map(text))")
      for key in table.uniqueKeys { lines.append("unique \(text(table.name)) \(key.map(text))") }
      for index in table.indexes { lines.append("index \(text(table.name)) \(index.map(text))") }
      for key in table.foreignKeys {
        lines.append(
          "reference \(text(table.name)) \(key.columns.map(text)) \(text(key.table)) \(key.referencedColumns.map(text))"
        )
      }
    }
    let result = try TestSupport.run(
      ["python3", packageRoot + "/Tests/oracles/django_schema.py", stem + "db.sqlite3"],
      input: Array(lines.joined(separator: "\n").utf8))
    #expect(result.exitCode == 0, "\(result.errorText)")
    #expect(result.text == "")
  }

  fileprivate func text(_ name: Name) -> String { String(decoding: name.bytes, as: UTF8.self) }
}
