import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@testable import SupabaseSystem

/// What is learnt of whole backups.
@Suite struct SupabaseSurveyTests {
  private static let fixtures = packageRoot + "/Tests/Fixtures/supabase/"

  /// The first backup of a folder, and what is known of it.
  private struct Case {
    let input: BackupInput
    let knowledge: Knowledge
    init(_ path: String) throws {
      let container = try BuiltIn.recogniser.open(Array(path.utf8))
      let backup = try #require(try Supabase().detect(container, BuiltIn.toolbox).first)
      var options = ReadOptions()
      options.keepsRowsBeforeError = true
      input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: options)
      knowledge = try Supabase().survey(input)
    }
    func verdicts(_ subject: String) -> Set<Claim.Verdict> {
      Set(knowledge.claims.filter { $0.subject == subject }.map(\.verdict))
    }
    var codes: Set<String> { Set(knowledge.findings.map(\.code)) }
    func objects(_ kind: String) -> [SchemaObject] { knowledge.objects.filter { $0.kind == kind } }
    func inventory(_ name: String) -> String? {
      knowledge.attributes.first { $0.name == "inventory \(name)" }.map { String(decoding: $0.value, as: UTF8.self) }
    }
    func counts() throws -> [Name: Int] {
      var reader = try Supabase().openRecords(input, knowledge), counts: [Name: Int] = [:], batch = RecordBatch()
      while let table = try reader.nextTable() {
        #expect(knowledge.tables.contains(table))
        while try reader.read(into: &batch) { counts[table.name, default: 0] += batch.rowCount }
      }
      return counts
    }
  }
  private func tidewatch() throws -> Case { try Case(Self.fixtures + "tidewatch/supabase_backups") }
  private func millwork() throws -> Case { try Case(Self.fixtures + "millwork/backups") }

  @Test func inventoryComesFromTheContent() throws {
    let found = try tidewatch()
    let lines = [
      "database tables 23", "data records 165", "users 6", "user roles 6", "RLS policies 88", "RPC functions 20",
      "migrations 24", "edge functions 73", "encryption functions 4",
    ]
    let attributes = found.knowledge.attributes.filter { $0.name.hasPrefix("inventory ") }
    #expect(attributes.map { $0.name.dropFirst(10) + " " + String(decoding: $0.value, as: UTF8.self) } == lines)
    for subject in [
      "tables", "users", "role assignments", "policies", "functions", "migrations", "edge functions",
      "encryption functions",
    ] {
      #expect(found.verdicts(subject) == [.proved], "\(subject)")
    }
  }

  @Test func everyTrapOfTheFolderIsNamed() throws {
    let found = try tidewatch()
    let expected: Set<String> = [
      "claim-unfilled", "fewer-named-than-stated", "future-dated", "claim-without-count", "referenced-file-absent",
      "psql-output", "psql-output-blank", "restore-file-no-script", "twin-differs", "table-without-csv", "empty-file",
      "migration-not-applied", "migration-without-file", "storage-metadata-only",
    ]
    #expect(expected.subtracting(found.codes) == [])
    #expect(!found.codes.contains("unreadable"))
    #expect(found.knowledge.findings.count { $0.code == "psql-output" } == 6)
    #expect(found.verdicts("script rls_policies_complete.sql") == [.refuted])
  }

  @Test func copiesOfRowsAreCompared() throws {
    let found = try tidewatch()
    let claims = found.knowledge.claims.filter { $0.subject.hasPrefix("CSV of ") }
    // 22 tables and the users; the view's file is empty.
    #expect(claims.count == 23)
    #expect(
      Set(claims.filter { $0.verdict == .refuted }.map(\.subject)) == ["CSV of tide_readings", "CSV of user_roles"])
    #expect(
      claims.first { $0.subject == "CSV of user_roles" }?.measured == "1 rows only in the dump, 1 only in the CSV")
    #expect(
      claims.first { $0.subject == "CSV of tide_readings" }?.measured == "1 rows only in the dump, 0 only in the CSV")
  }

  @Test func archiveBearsWitness() throws {
    let found = try tidewatch()
    #expect(found.verdicts("rows of complete_database_with_data.dump") == [.proved])
    #expect(found.verdicts("objects of complete_database_with_data.dump") == [.proved])
    #expect(try found.counts()["user_roles"] == 6)
  }

  /// No other system takes a part of a folder for a backup of its own.
  @Test(arguments: ["tidewatch/supabase_backups", "tidewatch", "millwork/backups", "millwork"])
  func nothingElseIsMadeOfAFolder(_ name: String) throws {
    let container = try BuiltIn.recogniser.open(Array((Self.fixtures + name).utf8))
    let found = try BuiltIn.recogniser.recognise(container)
    #expect(found.backups.map(\.system) == ["supabase"])
    #expect(found.unclaimed.map { displayed($0.path) } == [])
  }

  /// Whatever becomes of the files, the survey ends with knowledge or an error.
  @Test func damagedFilesAreHarmless() throws {
    var dice = Dice(11)
    let place = try TemporaryDirectory()
    #expect(try run(["cp", "-r", Self.fixtures + "millwork/backups", place.path + "/m"]).exitCode == 0)
    let names = try directoryNames(Array((place.path + "/m").utf8)).map { String(decoding: $0, as: UTF8.self) }
    for _ in 0..<12 {
      for name in names {
        var bytes = try readFile(Self.fixtures + "millwork/backups/" + name)
        for _ in 0..<8 {
          bytes[Int.random(in: 0..<bytes.count, using: &dice)] = UInt8(
            truncatingIfNeeded: Int.random(in: 0..<256, using: &dice))
        }
        bytes.removeLast(Int.random(in: 0..<bytes.count / 2, using: &dice))
        try writeFile(place.path + "/m/" + name, bytes)
      }
      _ = try? Case(place.path + "/m")
    }
  }

  @Test func migrationsAndFunctionsAreObjects() throws {
    let found = try tidewatch()
    let migrations = found.objects("migration")
    #expect(migrations.count == 25)
    #expect(migrations.first?.attribute("version") == Array("20250101000001".utf8))
    #expect(migrations.count { $0.attribute("applied") == Array("yes".utf8) } == 24)
    #expect(migrations.count { $0.attribute("file") == nil } == 1)
    #expect(migrations.allSatisfy { $0.attribute("file") == nil || !$0.definition.isEmpty })
    let functions = found.objects("edge-function")
    #expect(functions.count == 73)
    #expect(functions.first { $0.name == "tide-get-00" }?.attribute("files") == Array("2".utf8))
    let texts = found.knowledge.documents.filter { $0.artifact.suffix(9).elementsEqual("/index.ts".utf8) }
    #expect(texts.count == 73)
  }

  @Test func usersAreObjectsWithoutHashes() throws {
    let found = try tidewatch()
    let users = found.objects("user")
    #expect(users.count == 6)
    #expect(users.allSatisfy { $0.attribute("hash") == Array("bcrypt".utf8) && $0.attribute("id")?.count == 36 })
    for object in found.knowledge.objects {
      #expect(object.attributes.allSatisfy { firstOffset(of: Array("$2a$10$".utf8).span, in: $0.value.span) == nil })
      #expect(firstOffset(of: Array("$2a$10$".utf8).span, in: object.definition.span) == nil)
    }
    for document in found.knowledge.documents {
      #expect(firstOffset(of: Array("$2a$10$".utf8).span, in: document.text.span) == nil)
    }
  }

  @Test func storageIsListedWithoutBodies() throws {
    let found = try tidewatch()
    #expect(found.objects("bucket").count == 2 && found.objects("storage-object").count == 2)
    #expect(found.objects("storage-object").allSatisfy { $0.attribute("body") == Array("absent".utf8) })
    #expect(found.objects("bucket").first { $0.name == "charts" }?.attribute("public") == Array("yes".utf8))
  }

  @Test func completeFileWithoutRowsIsTheWorst() throws {
    let found = try millwork()
    let worst = found.knowledge.findings.filter { $0.code == "complete-without-rows" }
    #expect(worst.map(\.severity) == [.critical])
    #expect(worst.first?.message.contains("it has the size of 'millwork_schema_backup_20250902_152354.sql'") == true)
    for (kind, verdict) in [("schema", Claim.Verdict.proved), ("data", .proved), ("complete", .refuted)] {
      #expect(found.verdicts("content of millwork_\(kind)_backup_20250902_152354.sql") == [verdict], "\(kind)")
      #expect(found.verdicts("size of millwork_\(kind)_backup_20250902_152354.sql") == [.proved], "\(kind)")
    }
  }

  @Test func everyTrapOfTheSetIsNamed() throws {
    let found = try millwork()
    let expected: Set<String> = [
      "complete-without-rows", "restore-command-invalid", "mojibake", "storage-metadata-only", "foreign-key-cycle",
      "referenced-file-absent", "claim-refuted", "credential-in-document",
    ]
    #expect(expected.subtracting(found.codes) == [])
    #expect(!found.codes.contains("noise-before-data"))
    #expect(found.verdicts("PostgreSQL version") == [.refuted])
    for subject in [
      "rows of organizations", "rows of users", "users", "rows of workflow_stages", "rows of workflow_sub_stages",
      "rows of projects", "rows of contacts", "rows of activity_log", "policies", "tables with policies", "total size",
      "circular foreign keys", "row level security", "SECURITY DEFINER", "date",
    ] where !found.verdicts(subject).isEmpty || subject != "users" {
      #expect(found.verdicts(subject) == [.proved], "\(subject)")
    }
    let connection = found.knowledge.attributes.first { $0.name == "connection" }
    #expect(connection.map { displayed($0.value) } == "postgresql://postgres:********@127.0.0.1:54322/postgres")
    // The original bytes are kept.
    let summary = found.knowledge.documents.first { $0.artifact.suffix(3).elementsEqual(".md".utf8) }
    #expect(summary.map { firstOffset(of: Array("\u{E2}\u{153}\u{2026}".utf8).span, in: $0.text.span) != nil } == true)
  }

  @Test func rowsOfASetAreReadInItsSchema() throws {
    let found = try millwork()
    let counts = try found.counts()
    #expect(counts["activity_log"] == 27 && counts["auth.users"] == 15 && counts["users"] == 25)
    let users = try #require(found.knowledge.tables.first { $0.name == "users" })
    #expect(users.primaryKey == ["id"])
    #expect(users.foreignKeys.map(\.table).sorted() == ["approvals", "auth.users", "organizations"])
    #expect(referenceCycles(found.knowledge.tables).map { $0.sorted() } == [["approvals", "messages", "users"]])
  }

  @Test(.enabled(if: sharedSamples != nil, "the shared samples are not present"))
  func realFolderShowsThatSideFilesAreNoScripts() throws {
    let found = try Case((sharedSamples ?? "") + "/supabase/dev/yacht_comprehensive_backup_20251012_135222")
    #expect(found.knowledge.findings.count { $0.code == "psql-output" } == 6)
    #expect(
      found.inventory("RLS policies") == "88" && found.inventory("users") == "6"
        && found.inventory("migrations") == "24")
    #expect(found.inventory("RPC functions") == "20")
    #expect(found.verdicts("policies") == [.proved] && found.verdicts("users") == [.proved])
  }

  @Test(
    .enabled(if: sharedSamples != nil, "the shared samples are not present"),
    arguments: ["data_inserts.sql", "data_use_copy.sql"])
  func bothFormsOfDataDumpsAreRead(_ name: String) throws {
    let found = try Case((sharedSamples ?? "") + "/supabase/dev/synthetic_from_yacht_reload/" + name)
    #expect(found.objects("user").count == 6)
    #expect(try found.counts()["user_roles"] == 6)
  }
}
