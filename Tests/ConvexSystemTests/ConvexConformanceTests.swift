import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@testable import ConvexSystem

private let folder = (sharedSamples ?? "") + "/convex/dev/kam-hub_script_style_convex_backups"
private let stamp = "2026-02-05_07-54-39-688Z"

/// Runs the independent reading.
private func oracle(_ arguments: String...) throws -> String {
  let result = try run(["python3", packageRoot + "/Tests/oracles/convex.py"] + arguments)
  try #require(result.exitCode == 0, "\(result.errorText)")
  return result.text
}

/// What Coffer makes of a folder.
private struct Real {
  let recognition: Recognition
  let input: BackupInput
  let knowledge: Knowledge

  init(_ path: String) throws {
    recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(path.utf8)))
    input = Surveyed.input(recognition)
    knowledge = try Convex().survey(input)
  }

  func convert(to format: String, _ path: [UInt8]) throws -> ConversionReport {
    let format = try #require(BuiltIn.exportFormats.first { $0.id == format })
    var job = ConversionJob(input: input, system: Convex(), format: format)
    job.outputPath = path
    return try job.run()
  }
}

/// The real folder behind seed 000 (names and values scrambled).
@Suite(.enabled(if: sharedSamples != nil)) struct ConvexConformanceTests {
  @Test func folderIsRecognisedAsOneBackup() throws {
    let real = try Real(folder)
    #expect(real.recognition.backups.count == 1 && real.recognition.unclaimed.isEmpty)
    let backup = real.recognition.backups[0]
    #expect(backup.takenAt?.microseconds == 1_770_278_079_688_000 && backup.takenAt?.hasZone == true)
    #expect(backup.projectName == "opulent-rabbit-360")
    #expect(
      backup.artifacts.filter { $0.role == .document }.map { displayed($0.entry.path) } == [
        "README.md", "target_supabase_schema.sql",
      ])
  }

  @Test func witnessesAndClaimsAgreeWithTheOracle() throws {
    let real = try Real(folder), report = try oracle("survey", folder)
    // What the oracle says, by the words it says it in.
    #expect(report.contains("\"deployment\": \"opulent-rabbit-360.convex.cloud\""))
    #expect(report.contains("\"twin\": 0") && !report.contains("\"combined\": false"))
    #expect(report.contains("\"numbers\": [10008]") && report.contains("\"numbers\": [10007]"))
    #expect(report.contains("\"unused\": [\"kamNameSecondary\"]") && report.contains("\"unused\": []"))
    // What we say.
    func verdicts(_ subject: String) -> Set<Claim.Verdict> {
      Set(real.knowledge.claims.filter { $0.subject == subject }.map(\.verdict))
    }
    for table in ["Master_Data", "user_profiles"] {
      #expect(verdicts("CSV twin of \(table)") == [.proved] && verdicts("combined file of \(table)") == [.proved])
      #expect(verdicts("records of \(table)") == [.proved] && verdicts("table \(table)") == [.proved])
    }
    #expect(
      verdicts("records") == [.proved] && verdicts("deployment") == [.proved] && verdicts("backup date") == [.proved])
    #expect(
      real.knowledge.claims.filter { $0.verdict == .refuted }.map(\.subject).sorted() == [
        "password hashes in user_profiles", "schema fields of Master_Data",
      ])
    let findings = real.knowledge.findings
    #expect(findings.first { $0.code == "schema-field-unused" }?.column == "kamNameSecondary")
    #expect(findings.first { $0.code == "no-restore-path" }?.table == "user_profiles")
    #expect(findings.first { $0.code == "plaintext-passwords" }?.severity == .critical)
    #expect(findings.first { $0.code == "plaintext-passwords" }?.count == 61)
    #expect(findings.contains { $0.code == "personal-path" } && findings.contains { $0.code == "hostname-in-document" })
  }

  @Test func rowsComeOutAsTheyAre() throws {
    let place = try TemporaryDirectory(), output = place.path + "/all.json"
    let report = try Real(folder).convert(to: "json", Array(output.utf8))
    #expect(report.records == 1450 && report.losses.isEmpty && report.secretColumns.count == 1)
    let ours = try oracle("rows", output), theirs = try oracle("survey", folder)
    // Every table's facts must be among the survey's: count, columns and a checksum of all rows.
    for part in ours.split(separator: "\"rows\": \"").dropFirst() {
      #expect(theirs.contains(part.prefix(64)))
    }
    #expect(ours.split(separator: "\"rows\": \"").count == 3)
  }

  @Test func twinBecomesJSONAndTheSameCSVAgain() throws {
    let place = try TemporaryDirectory()
    for stem in ["master_data", "user_profiles"] {
      let original = "\(folder)/\(stem)_backup_\(stamp).csv", json = "\(place.path)/\(stem).json"
      let report = try Real(original).convert(to: "json", Array(json.utf8))
      #expect(report.losses.isEmpty && report.findings.contains { $0.code == "retyped-by-twin" })
      #expect(try oracle("csv", original, json) == "0\n")
      #expect(try oracle("same", "\(folder)/\(stem)_backup_\(stamp).json", json) == "True\n")
      // The JSON alone, wherever it lies, is the same CSV again.
      let again = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(json.utf8)))
      let csv = try #require(BuiltIn.exportFormats.first { $0.id == "csv" })
      var job = ConversionJob(input: Surveyed.input(again), system: BuiltIn.fallback, format: csv)
      job.outputPath = place.file("\(stem).csv")
      _ = try job.run()
      #expect(try readFile("\(place.path)/\(stem).csv") == readFile(original))
    }
  }

  @Test func loadedRowsEqualThePythonReading() throws {
    let place = try TemporaryDirectory(), database = place.path + "/out.db"
    _ = try Real(folder).convert(to: "sqlite", Array(database.utf8))
    let script = """
      import json, sqlite3, sys
      db = sqlite3.connect(sys.argv[1]); wrong = 0
      for table, stem in [("Master_Data", "master_data"), ("user_profiles", "user_profiles")]:
          rows = json.load(open(f"{sys.argv[2]}/{stem}_backup_\(stamp).json", encoding="utf-8"))
          columns = [c[1] for c in db.execute(f'PRAGMA table_info("{table}")')]
          stored = {r[columns.index("_id")]: dict(zip(columns, r)) for r in db.execute(f'SELECT * FROM "{table}"')}
          wrong += len(stored) != len(rows)
          for row in rows:
              mine = stored.get(row["_id"], {})
              for c in columns:
                  a, b = mine.get(c), row.get(c)
                  if c in ("created_at", "updated_at") and a is not None:
                      a, b = a.replace("T", " ").rstrip("Z").split("+")[0], b.replace("T", " ").rstrip("Z")
                  wrong += (a or None) != (b or None) if isinstance(b, str) or b is None else a != b
      print(wrong)
      """
    let result = try run(["python3", "-", database, folder], input: Array(script.utf8))
    #expect(result.text == "0\n", "\(result.errorText)")
  }

  /// Other exports of Convex are not taken for script sets.
  @Test(arguments: ["anouk-app_convex-backup.zip", "praxisplaner_seed_data_preview"])
  func snapshotExportsAreNoScriptSets(_ name: String) throws {
    let container = try BuiltIn.recogniser.open(Array(((sharedSamples ?? "") + "/convex/dev/" + name).utf8))
    let found = try BuiltIn.recogniser.recognise(container)
    #expect(found.backups.allSatisfy { $0.kind != "script set" })
  }
}
