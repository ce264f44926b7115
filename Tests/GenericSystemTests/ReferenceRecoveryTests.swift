import BuiltIn
import Bytes
import Conversion
import Records
import TestSupport
import Testing

/// K-12: references that nobody declared, found again where the truth is known: the declared keys of a backup are put aside and
/// compared with what names and values suggest.
@Suite struct ReferenceRecoveryTests {
  /// What was found of what there is.
  private struct Score: CustomStringConvertible {
    var right = 0, wrong = 0, declared = 0
    var notes: [String] = []
    var precision: Double { right + wrong == 0 ? 1 : Double(right) / Double(right + wrong) }
    var recall: Double { declared == 0 ? 1 : Double(right) / Double(declared) }
    var description: String {
      "precision \(precision), recall \(recall): \(right) right, \(wrong) wrong of \(declared): \(notes.joined(separator: "; "))"
    }
  }

  /// Backups whose schemas are known, with the schema that tells them where they do not themselves.
  private static let own: [(path: String, schema: String?)] = [
    ("prisma/atelier/backups/atelier-complete-backup-2025-10-30T11-00-00.json", "prisma/atelier/prisma"),
    ("django/library.json", "django/project"), ("supabase/millwork", nil), ("supabase/tidewatch", nil),
  ].map { (packageRoot + "/Tests/Fixtures/" + $0.0, $0.1.map { packageRoot + "/Tests/Fixtures/" + $0 }) }

  private static let shared: [(path: String, schema: String?)] = {
    guard let samples = sharedSamples else { return [] }
    let django = samples + "/django/dev/generated/dj5.2/dj5.2."
    var all: [(path: String, schema: String?)] = [
      (django + "full.xml", django + "project"), (django + "db.sqlite3", nil), (django + "pg15.plain.sql", nil),
    ]
    all += everyFile(samples + "/postgres/dev").filter { $0.hasSuffix(".sql") || $0.hasSuffix(".dump") }.map {
      ($0, nil)
    }
    all += everyFile(samples + "/supabase/dev").filter { $0.hasSuffix(".sql") }.map { ($0, nil) }
    return all
  }()

  private func score(_ path: String, _ schema: String?, _ score: inout Score) throws {
    var options = ReadOptions()
    options.schema = schema.map { Array($0.utf8) }
    let recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(path.utf8)))
    for backup in recognition.backups {
      guard let system = BuiltIn.recogniser.system(backup.system) else { continue }
      let input = BackupInput(
        backup: backup, container: recognition.container, toolbox: BuiltIn.toolbox, options: options)
      guard let knowledge = try? system.survey(input), var reader = try? system.openRecords(input, knowledge) else {
        continue
      }
      var inference = ReferenceInference(), stripped: [Name: TableSchema] = [:]
      for table in knowledge.tables {
        stripped[table.name] = table
        stripped[table.name]?.foreignKeys = []
      }
      var batch = RecordBatch(), rows: [Name: Int] = [:]
      while let table = try? reader.nextTable() {
        inference.begin(try #require(stripped[table.name]))
        while (try? reader.read(into: &batch)) ?? false {
          rows[table.name, default: 0] += batch.rowCount
          try inference.add(batch)
        }
      }
      let all = Set(try inference.references().map { [$0.table] + $0.key.columns + [$0.key.table] })
      // References of empty tables, and those without values, show in no row: they are not counted.
      var declared: Set<[Name]> = []
      for table in knowledge.tables where rows[table.name, default: 0] > 0 {
        for key in table.foreignKeys where !key.isInferred && key.columns.count == 1 && rows[key.table, default: 0] > 0
        {
          declared.insert([table.name] + key.columns + [key.table])
        }
      }
      // Of tables that declare nothing, nothing is known.
      let known = Set(declared.map { $0[0] })
      let found = all.filter { known.contains($0[0]) }
      score.declared += declared.count
      score.right += found.intersection(declared).count
      score.wrong += found.subtracting(declared).count
      let last = path.split(separator: "/").last ?? ""
      for wrong in found.subtracting(declared) { score.notes.append("\(last): wrong \(wrong.map { text($0) })") }
      for lost in declared.subtracting(found) { score.notes.append("\(last): lost \(lost.map { text($0) })") }
    }
  }

  private func text(_ name: Name) -> String { String(decoding: name.bytes, as: UTF8.self) }

  @Test func keysOfOurOwnBackupsAreFoundAgain() throws {
    var score = Score()
    for (path, schema) in Self.own { try self.score(path, schema, &score) }
    print("references of our own backups: \(score.right) of \(score.declared) found, \(score.wrong) wrong")
    #expect(score.declared > 20)
    #expect(score.precision >= 0.95, "\(score)")
    #expect(score.recall >= 0.6, "\(score)")
  }

  @Test(.enabled(if: sharedSamples != nil)) func keysOfSamplesAreFoundAgain() throws {
    var score = Score()
    for (path, schema) in Self.shared { try self.score(path, schema, &score) }
    print("references of samples: \(score.right) of \(score.declared) found, \(score.wrong) wrong")
    #expect(score.declared > 100)
    #expect(score.precision >= 0.95, "\(score)")
    #expect(score.recall >= 0.7, "\(score)")
  }

  // MARK: What the survey makes of it

  private func convert(_ text: String, infers: Bool) throws -> (sql: String, knowledge: Knowledge) {
    let place = try TemporaryDirectory(), path = place.file("shop.json")
    try writeFile(place.path + "/shop.json", Array(text.utf8))
    let recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(path))
    let backup = try #require(recognition.backups.first)
    let system = try #require(BuiltIn.recogniser.system(backup.system))
    let input = BackupInput(
      backup: backup, container: recognition.container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    var job = ConversionJob(
      input: input, system: system, format: try #require(BuiltIn.exportFormats.first { $0.id == "sql" }))
    job.knowledge = try system.survey(input)
    job.addsInferredKeys = infers
    job.outputPath = place.file("out.sql")
    _ = try job.run()
    return (String(decoding: try readFile(place.path + "/out.sql"), as: UTF8.self), try #require(job.knowledge))
  }

  private static let shop = """
    {"customers": [{"id": 11, "name": "a"}, {"id": 12, "name": "b"}, {"id": 13, "name": "c"}],
     "orders": [{"id": 1, "customerId": 11, "parent_order_id": null, "item_id": 11, "item_type": "customer", "status_code": 11},
                {"id": 2, "customerId": 13, "parent_order_id": 1, "item_id": 12, "item_type": "customer", "status_code": 99}]}
    """

  /// A reference is told with its confidence and is written only when that is asked for, and then says what it is.
  @Test func inferredReferencesAreMarked() throws {
    let (plain, knowledge) = try convert(Self.shop, infers: false)
    #expect(!plain.contains("FOREIGN KEY"))
    let keys = knowledge.inferred.map { "\(text($0.table)).\(text($0.key.columns[0])) \(text($0.key.table))" }
    #expect(keys == ["orders.customerId customers", "orders.parent_order_id orders"])
    #expect(knowledge.inferred.allSatisfy { $0.key.isInferred && $0.confidence >= ReferenceInference.threshold })
    let objects = knowledge.objects.filter { $0.kind == "inferred relation" }
    #expect(objects.first?.attribute("confidence").map { String(decoding: $0, as: UTF8.self) } == "0.92")
    #expect(objects.first?.attribute("inferred") == Array("yes".utf8))
    let (sql, _) = try convert(Self.shop, infers: true)
    #expect(sql.contains("FOREIGN KEY (\"customerId\") REFERENCES \"customers\" (\"id\") /* inferred */"), "\(sql)")
  }

  private func survey(_ files: [String: String]) throws -> (backup: DetectedBackup, knowledge: Knowledge) {
    let place = try TemporaryDirectory()
    for (name, text) in files { try writeFile(place.path + "/" + name, Array(text.utf8)) }
    let recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(place.path.utf8)))
    let backup = try #require(recognition.backups.first)
    #expect(recognition.backups.count == 1)
    let input = BackupInput(
      backup: backup, container: recognition.container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    let system = try #require(BuiltIn.recogniser.system(backup.system))
    return (backup, try system.survey(input))
  }

  private func inferred(_ knowledge: Knowledge) -> [String] {
    knowledge.inferred.map { "\(text($0.table)).\(text($0.key.columns[0])) \(text($0.key.table))" }.sorted()
  }

  /// The CSV files of a directory are one backup, whose tables refer to each other.
  @Test func referencesBetweenCSVFiles() throws {
    let customers = "id,name\n11,a\n12,b\n13,c\n", orders = "id,customer_id\n1,11\n2,13\n"
    let (backup, knowledge) = try survey(["customers.csv": customers, "orders.csv": orders, "README.md": "# Shop\n"])
    #expect(backup.kind == "csv directory" && backup.artifacts.count == 2)
    #expect(inferred(knowledge) == ["orders.customer_id customers"])
    #expect(knowledge.tables.flatMap(\.foreignKeys).isEmpty)
    let dangling = orders.replacing("13", with: "14")
    let none = try survey(["customers.csv": customers, "orders.csv": dangling]).knowledge
    #expect(none.inferred.isEmpty)
  }

  /// Copies of other times, and of one table, are backups of their own.
  @Test(arguments: [
    ["a_2025-01-01.csv", "a_2025-01-02.csv"], ["a.csv", "a.tsv"], ["one/a.csv", "two/b.csv"],
  ]) func csvFilesThatAreNoneOfOneBackup(_ names: [String]) throws {
    let place = try TemporaryDirectory()
    #expect(try run(["mkdir", place.path + "/one", place.path + "/two"]).exitCode == 0)
    for name in names {
      let text = name.hasSuffix("tsv") ? "id\tx\n1\t2\n2\t3\n" : "id,x\n1,2\n2,3\n"
      try writeFile(place.path + "/" + name, Array(text.utf8))
    }
    let found = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(place.path.utf8)))
    #expect(found.backups.count == 2)
  }

  private static let dataDump = """
    SET session_replication_role = replica;

    INSERT INTO "auth"."users" ("id", "email") VALUES
    \t('0e984725-c51c-4bf4-9960-e1c80e27aba0', 'a@example.org'),
    \t('1e984725-c51c-4bf4-9960-e1c80e27aba1', 'b@example.org');

    INSERT INTO "public"."projects" ("id", "owner_id") VALUES
    \t(1, '1e984725-c51c-4bf4-9960-e1c80e27aba1'),
    \t(2, '0e984725-c51c-4bf4-9960-e1c80e27aba0');

    INSERT INTO "public"."tasks" ("id", "project_id") VALUES
    \t(7, 2),
    \t(8, 2);

    RESET ALL;

    """

  /// A set of Supabase without its schema declares nothing; keys of the platform's own tables say nothing of the others.
  @Test func referencesWithinSetsOfSupabase() throws {
    let (backup, knowledge) = try survey(["data.sql": Self.dataDump])
    #expect(backup.system == "supabase")
    #expect(inferred(knowledge) == ["projects.owner_id auth.users", "tasks.project_id projects"])
    #expect(knowledge.objects.filter { $0.kind == "inferred relation" }.count == 2)
    let schema = """
      CREATE TABLE IF NOT EXISTS "public"."projects" ("id" integer PRIMARY KEY, "owner_id" "uuid");
      CREATE TABLE IF NOT EXISTS "public"."tasks" ("id" integer PRIMARY KEY, "project_id" integer,
        FOREIGN KEY ("project_id") REFERENCES "public"."projects" ("id"));
      GRANT ALL ON TABLE "public"."tasks" TO "anon";
      GRANT ALL ON TABLE "public"."tasks" TO "service_role";

      """
    let (_, declared) = try survey(["schema.sql": schema, "data.sql": Self.dataDump])
    #expect(declared.inferred.isEmpty && declared.tables.flatMap(\.foreignKeys).count == 1)
  }

  /// A value that leads nowhere, or a key that repeats, is no reference.
  @Test func valuesDecide() throws {
    let dangling = Self.shop.replacing("\"customerId\": 13", with: "\"customerId\": 14")
    #expect(try convert(dangling, infers: false).knowledge.inferred.map(\.key.columns) == [["parent_order_id"]])
    let repeated = Self.shop.replacing("\"id\": 12", with: "\"id\": 11")
    #expect(try !convert(repeated, infers: false).knowledge.inferred.contains { $0.key.table == "customers" })
  }
}
