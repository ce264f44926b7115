import Bytes
import Diagnostics
import TestSupport
import Testing

@testable import SupabaseSystem

/// Documents held against facts that are made up.
@Suite struct ClaimTests {
  private static let places = packageRoot + "/Tests/Fixtures/supabase/"

  /// Facts as millwork's backup has them.
  private var millwork: BackupFacts {
    var facts = BackupFacts()
    let sizes = [("schema", 23_657), ("data", 205_634), ("complete", 23_657)]
    facts.files = sizes.map { kind, size in
      BackupFacts.File(
        path: Array("millwork_\(kind)_backup_20250902_152354.sql".utf8), byteCount: size,
        content: DumpContent(hasSchema: kind != "data", hasRows: kind == "data"))
    }
    facts.dumps = Set(facts.files.map(\.path))
    facts.files.append(BackupFacts.File(path: Array("backup-summary-20250902_152354.md".utf8)))
    facts.rows = [
      "organizations": 8, "users": 25, "auth.users": 15, "workflow_stages": 8, "workflow_sub_stages": 30,
      "projects": 17,
      "contacts": 10, "activity_log": 27,
    ]
    facts.policies = (0..<42).map { Name("t\($0 % 14)") }
    facts.functions = ["step"]
    facts.definerFunctions = ["step"]
    facts.tablesWithoutRowSecurity = []
    facts.serverVersion = Array("15.18 (Debian)".utf8)
    facts.takenAt = StatedDate(Array("2025-09-02 15:23:54".utf8))?.microseconds
    facts.circularTables = ["approvals", "messages", "users"]
    (facts.buckets, facts.storageObjects, facts.storageBodies) = (2, 9, 0)
    return facts
  }

  private func check(_ facts: BackupFacts, _ text: [UInt8]) -> ClaimCheck {
    var check = ClaimCheck(facts)
    check.read(text, path: Array("summary.md".utf8))
    return check
  }
  private func summary() throws -> [UInt8] {
    try readFile(Self.places + "millwork/backups/backup-summary-20250902_152354.md")
  }
  private func verdicts(_ check: ClaimCheck, _ subject: String) -> [Claim.Verdict] {
    check.claims.filter { $0.subject == subject }.map(\.verdict)
  }

  @Test func figuresOfTheSummaryAreProved() throws {
    let check = check(millwork, try summary())
    for table in [
      "organizations", "workflow_stages", "workflow_sub_stages", "projects", "contacts", "activity_log", "users",
    ] {
      #expect(verdicts(check, "rows of \(table)").allSatisfy { $0 == .proved }, "\(table)")
      #expect(!verdicts(check, "rows of \(table)").isEmpty, "\(table)")
    }
    for subject in [
      "policies", "tables with policies", "total size", "backup files", "summary documents", "date",
      "circular foreign keys",
      "row level security", "SECURITY DEFINER", "storage buckets",
    ] {
      #expect(verdicts(check, subject).contains(.proved) && !verdicts(check, subject).contains(.refuted), "\(subject)")
    }
    for kind in ["schema", "data", "complete"] {
      let sizes = verdicts(check, "size of millwork_\(kind)_backup_20250902_152354.sql")
      #expect(sizes.count >= 2 && sizes.allSatisfy { $0 == .proved }, "\(kind)")
    }
    // Nothing tells inner from outer users.
    #expect(verdicts(check, "internal users") == [.open])
  }

  @Test func whatTheSummaryGetsWrongIsRefuted() throws {
    let check = check(millwork, try summary())
    #expect(verdicts(check, "PostgreSQL version") == [.refuted])
    #expect(verdicts(check, "content of millwork_complete_backup_20250902_152354.sql").contains(.refuted))
    #expect(verdicts(check, "content of millwork_schema_backup_20250902_152354.sql").allSatisfy { $0 == .proved })
    #expect(verdicts(check, "content of millwork_data_backup_20250902_152354.sql").allSatisfy { $0 == .proved })
    let items = check.claims.filter { $0.subject == "checked item" }
    #expect(items.count == 10)
    #expect(
      items.filter { $0.verdict == .refuted }.map { displayed($0.stated).prefix(15) } == [
        "Complete backup", "Complete storag",
      ])
    let codes = Set(check.findings.map(\.code))
    #expect(codes.isSuperset(of: ["restore-command-invalid", "claim-refuted"]))
    #expect(check.findings.filter { $0.code == "restore-command-invalid" }.count == 1)
    #expect(
      check.findings.contains { $0.code == "referenced-file-absent" && $0.message.contains("backup-database.sh") })
  }

  @Test func everyFigureCanBeFalse() throws {
    var facts = millwork
    for (table, count) in facts.rows ?? [:] { facts.rows?[table] = count + 1 }
    facts.policies = []
    for i in facts.files.indices { facts.files[i].byteCount = facts.files[i].byteCount.map { $0 * 3 } }
    facts.takenAt = 0
    facts.circularTables = ["messages"]
    facts.tablesWithoutRowSecurity = ["projects"]
    let check = check(facts, try summary())
    for subject in [
      "rows of projects", "rows of users", "policies", "total size", "date", "circular foreign keys",
      "row level security",
      "size of millwork_data_backup_20250902_152354.sql",
    ] {
      #expect(verdicts(check, subject).allSatisfy { $0 == .refuted }, "\(subject)")
      #expect(!verdicts(check, subject).isEmpty, "\(subject)")
    }
  }

  /// Facts as tidewatch's backup has them.
  private var tidewatch: BackupFacts {
    var facts = BackupFacts()
    facts.tables = (0..<23).map { Name("t\($0)") }
    facts.rows = ["auth.users": 6, "user_roles": 6]
    facts.policies = (0..<88).map { Name("t\($0 % 22)") }
    facts.functions =
      ["is_encrypted", "encrypt_api_key", "decrypt_api_key", "auto_encrypt_keys"] + (0..<16).map { Name("f\($0)") }
    facts.migrations = (0..<24).map { Name("2025101300000\($0)") }
    facts.edgeFunctions = (0..<73).map { Name("e\($0)") }
    facts.files = [
      BackupFacts.File(path: Array("b/BACKUP_MANIFEST.md".utf8)),
      BackupFacts.File(
        path: Array("b/rls_policies_complete.sql".utf8), printed: PsqlOutput.Yield(rowSecurity: 22)),
      BackupFacts.File(path: Array("b/migrations/20251013000004_x.sql".utf8)),
    ]
    return facts
  }

  @Test(arguments: ["comprehensive_backup_20251012_101500/BACKUP_MANIFEST.md", "README.md"])
  func nineFiguresOfTheManifestAreProved(_ name: String) throws {
    let check = check(tidewatch, try readFile(Self.places + "tidewatch/supabase_backups/" + name))
    for subject in [
      "tables", "users", "role assignments", "policies", "functions", "migrations", "edge functions",
      "encryption functions",
    ] {
      // The README counts roles only in its output.
      #expect(verdicts(check, subject).allSatisfy { $0 == .proved } && !verdicts(check, subject).isEmpty, "\(subject)")
    }
    #expect(check.findings.contains { $0.code == "claim-unfilled" })
    #expect(verdicts(check, "script rls_policies_complete.sql").allSatisfy { $0 == .refuted })
    #expect(!verdicts(check, "script rls_policies_complete.sql").isEmpty)
  }

  @Test func trapsOfTheReadmeAreNamed() throws {
    let check = check(tidewatch, try readFile(Self.places + "tidewatch/supabase_backups/README.md"))
    let codes = check.findings.map(\.code)
    #expect(codes.contains("fewer-named-than-stated"))
    #expect(codes.contains("future-dated"))
    #expect(codes.contains("claim-without-count"))
    for name in ["users.csv", "verify_user_creation_system.sh", "create_comprehensive_backup.sh"] {
      #expect(check.findings.contains { $0.code == "referenced-file-absent" && $0.message.contains(name) }, "\(name)")
    }
    #expect(!check.findings.contains { $0.code == "referenced-file-absent" && $0.message.contains("20251013000004_") })
  }

  @Test(arguments: [
    ("October 12, 2025", "2025-10-12T00:00:00Z"), ("Sun Oct 12 13:52:23 CEST 2025", "2025-10-12T13:52:23Z"),
    ("2025-09-02 15:23:54  ", "2025-09-02T15:23:54Z"), ("12 October 2025", "2025-10-12T00:00:00Z"),
  ])
  func datesAreRead(_ text: String, _ meant: String) throws {
    #expect(rfc3339(microseconds: try #require(StatedDate(Array(text.utf8))).microseconds) == meant)
  }

  @Test func documentsOfAnyKindAreHarmless() throws {
    var dice = Dice(7)
    let texts = [try summary(), try readFile(Self.places + "tidewatch/supabase_backups/README.md")]
    for text in texts {
      for _ in 0..<200 {
        var broken = text
        for _ in 0..<20 {
          broken[Int.random(in: 0..<broken.count, using: &dice)] = UInt8(
            truncatingIfNeeded: Int.random(in: 0..<256, using: &dice))
        }
        _ = check(millwork, broken)
        _ = check(BackupFacts(), Array(broken[..<Int.random(in: 0..<broken.count, using: &dice)]))
      }
    }
  }
}
