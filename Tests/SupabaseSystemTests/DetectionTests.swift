import BuiltIn
import Bytes
import Conversion
import Records
import TestSupport
import Testing

@testable import SupabaseSystem

/// What is seen of names and first bytes.
@Suite struct SupabaseDetectionTests {
  private let fixtures = packageRoot + "/Tests/Fixtures/supabase/"

  private func backups(_ path: String) throws -> [DetectedBackup] {
    let container = try BuiltIn.recogniser.open(Array(path.utf8))
    return SupabaseDetection(container, BuiltIn.toolbox).backups()
  }
  private func backups(of files: [String: String], named name: String = "") throws -> [DetectedBackup] {
    let place = try TemporaryDirectory()
    for (path, text) in files {
      let full = place.path + "/" + name + (name.isEmpty ? "" : "/") + path
      _ = try run(["mkdir", "-p", String(full[..<(full.lastIndex(of: "/") ?? full.endIndex)])])
      try writeFile(full, Array(text.utf8))
    }
    return try backups(place.path + "/" + name)
  }
  private func roles(_ backup: DetectedBackup) -> [String: ArtifactRole] {
    Dictionary(uniqueKeysWithValues: backup.artifacts.map { (String(decoding: $0.entry.path, as: UTF8.self), $0.role) })
  }

  private let schema =
    "\n\nSET statement_timeout = 0;\nCREATE TABLE IF NOT EXISTS \"public\".\"t\" (\"id\" bigint);\n"
    + "GRANT ALL ON TABLE \"public\".\"t\" TO \"anon\";\nGRANT ALL ON TABLE \"public\".\"t\" TO \"service_role\";\nRESET ALL;\n"
  private let data =
    "SET session_replication_role = replica;\n\nINSERT INTO \"public\".\"t\" (\"id\") VALUES\n\t(1);\nRESET ALL;\n"
  private let settings = "\nALTER ROLE \"anon\" SET \"statement_timeout\" TO '3s';\nRESET ALL;\n"

  @Test(arguments: ["", "/comprehensive_backup_20251012_101500"]) func scriptFolderIsOneBackup(_ inner: String) throws {
    let found = try backups(fixtures + "tidewatch/supabase_backups" + inner)
    #expect(found.count == 1)
    let backup = try #require(found.first)
    #expect(backup.kind == "script folder" && backup.confidence > 0.9)
    #expect(backup.takenAt?.microseconds == 1_760_264_100_000_000 && backup.takenAt?.hasZone == false)
    let prefix = inner.isEmpty ? "comprehensive_backup_20251012_101500/" : ""
    let roles = roles(backup)
    #expect(roles[prefix + "complete_database_with_data.sql"] == .data)
    #expect(roles[prefix + "complete_database_with_data.dump"] == .twin)
    #expect(roles[prefix + "data_records/user_roles.csv"] == .twin)
    #expect(roles[prefix + "users_complete.csv"] == .twin)
    #expect(roles[prefix + "BACKUP_MANIFEST.md"] == .summary)
    #expect(roles[prefix + "rls_policies_complete.sql"] == .part)
    #expect(backup.artifacts.count { $0.format == "psql" } == 6)
    #expect((roles["README.md"] != nil) == inner.isEmpty)
    #expect(EdgeFunctions(backup.artifacts).functions.count == 73)
    #expect(EdgeFunctions(backup.artifacts).shared == 1)
  }

  @Test func threeFilesAndASummaryAreOneSet() throws {
    let found = try backups(fixtures + "millwork/backups")
    #expect(found.count == 1 && found[0].kind == "dump set" && found[0].artifacts.count == 4)
    let roles = roles(found[0])
    #expect(roles["millwork_schema_backup_20250902_152354.sql"] == .data)
    #expect(roles["millwork_data_backup_20250902_152354.sql"] == .data)
    #expect(roles["millwork_complete_backup_20250902_152354.sql"] == .combined)
    #expect(roles["backup-summary-20250902_152354.md"] == .summary)
    #expect(found[0].takenAt?.origin == "name")
  }

  @Test func eachNightIsABackup() throws {
    var files: [String: String] = ["README.md": "# Nightly"]
    for day in ["2026-08-14_01-48-44", "2026-08-18_01-07-44"] {
      files[day + "/roles.sql"] = settings
      files[day + "/schema.sql"] = schema
      files[day + "/data.sql"] = data
    }
    let found = try backups(of: files)
    #expect(found.map(\.artifacts.count) == [3, 3])
    #expect(Set(found.compactMap { $0.takenAt?.microseconds }).count == 2)
    #expect(roles(found[0]).values.filter { $0 == .part }.count == 1)
  }

  @Test func timesInNamesPartSets() throws {
    var files: [String: String] = [:]
    for stamp in ["20250901_100000", "20250902_100000"] {
      files["app_schema_backup_\(stamp).sql"] = schema
      files["app_data_backup_\(stamp).sql"] = data
      files["backup-summary-\(stamp).md"] = "# Summary"
    }
    files["NOTES.md"] = "# Notes"
    let found = try backups(of: files)
    #expect(found.map(\.artifacts.count) == [4, 4])
    #expect(
      roles(found[0])["backup-summary-20250902_100000.md"] == nil
        || roles(found[0])["backup-summary-20250901_100000.md"] == nil)
  }

  /// Rows that two files repeat are counted once.
  @Test func filesOfOnePartAreNoSet() throws {
    let found = try backups(of: ["data_copy.sql": data, "data_inserts.sql": data, "schema.sql": schema])
    #expect(found.count == 2)
    let manifest = ["BACKUP_MANIFEST.md": "# x", "one.sql": schema + data, "two.sql": schema + data]
    let whole = try backups(of: manifest)
    #expect(whole.count == 1)
    #expect(roles(whole[0]).values.count { $0 == .data } == 1)
  }

  @Test func dashboardBackupIsACluster() throws {
    let text = "--\n-- PostgreSQL database cluster dump\n--\nCREATE ROLE supabase_admin;\n\\connect template1\n"
    let found = try backups(of: ["db_cluster-12-10-2025@03-04-05.backup": text])
    #expect(found.map(\.kind) == ["cluster dump"])
    #expect(found.first?.takenAt?.microseconds == 1_760_238_245_000_000)
  }

  @Test func projectTreeHasMigrationsAndFunctions() throws {
    let found = try backups(
      of: [
        "supabase/config.toml": "project_id = \"lagoon\"\n[functions.hello]\nverify_jwt = false\n",
        "supabase/migrations/20250101000001_a.sql": "create table a (id int);",
        "supabase/functions/hello/index.ts": "//", "supabase/functions/_shared/x.ts": "//", "src/app.ts": "//",
      ])
    #expect(found.map(\.kind) == ["project tree"])
    #expect(found.first?.projectName == "lagoon")
    #expect(found.first?.artifacts.count == 4)
  }

  @Test func otherPeoplesDumpsAreNotClaimed() throws {
    let found = try backups(of: [
      "dump.sql": "CREATE TABLE public.t (id int);\nCOPY public.t (id) FROM stdin;\n1\n\\.\n",
      "neon.sql":
        "CREATE TABLE auth.users (raw_app_meta_data text); ALTER TABLE x OWNER TO neondb_owner; supabase_auth_admin",
      "db/migrations/20250101000001_a.sql": "create table a (id int);", "notes.md": "# supabase",
      "data/storage/functions/x.ts": "//",
    ])
    #expect(found.isEmpty)
  }

  @Test(.enabled(if: sharedSamples != nil, "the shared samples are not present")) func realBackupsAreSeen() throws {
    let samples = (sharedSamples ?? "") + "/supabase/dev"
    let kinds = try backups(samples + "/kutx_daily").map(\.kind)
    #expect(kinds == ["dump set", "dump set", "dump set"])
    #expect(try backups(samples + "/yacht_comprehensive_backup_20251012_135222").map(\.kind) == ["script folder"])
    let reloaded = try backups(samples + "/synthetic_from_yacht_reload")
    #expect(reloaded.contains { $0.kind == "cluster dump" })
    let folder = samples + "/../../postgres/dev"
    for backup in try backups(folder) { Issue.record("claimed: \(backup.evidence)") }
  }
}
