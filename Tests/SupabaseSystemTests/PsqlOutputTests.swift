import Bytes
import TestSupport
import Testing

@testable import SupabaseSystem

/// What psql prints for people.
@Suite struct PsqlOutputTests {
  private static let folder =
    packageRoot + "/Tests/Fixtures/supabase/tidewatch/supabase_backups/comprehensive_backup_20251012_101500"

  private func output(_ name: String) throws -> PsqlOutput { PsqlOutput(try readFile(Self.folder + "/" + name)) }

  @Test func sideFilesYieldWhatTheyHold() throws {
    let policies = try output("rls_policies_complete.sql").yield
    #expect(policies.policies == 0 && policies.rowSecurity == 22)
    let functions = try output("rpc_functions_complete.sql").yield
    #expect(functions.functions.count == 20 && functions.functions.contains("public.encrypt_api_key"))
    #expect(try output("users_with_encrypted_passwords.sql").yield.blanks == 6)
    let roles = try output("user_roles_complete.sql").yield
    #expect(roles.tuples == 6 && roles.blanks == 0)
    #expect(try output("migration_history.sql").yield == PsqlOutput.Yield())
  }

  @Test func scriptsAreNone() throws {
    for name in ["complete_database_with_data.sql", "migrations/20250101000001_create_departments.sql"] {
      #expect(!PsqlOutput.isBegun(by: Array(try readFile(Self.folder + "/" + name).prefix(1 << 16))), "\(name)")
    }
    for name in ["rls_policies_complete.sql", "rpc_functions_complete.sql", "user_roles_complete.sql"] {
      #expect(PsqlOutput.isBegun(by: Array(try readFile(Self.folder + "/" + name).prefix(1 << 16))), "\(name)")
    }
    #expect(!PsqlOutput.isBegun(by: Array(" a\n---\n".utf8)))
    #expect(!PsqlOutput.isBegun(by: []))
  }

  /// psql itself prints values, and they are read back.
  @Test(
    .enabled(if: ThrowAwayPostgres.isAvailable),
    arguments: ["a\nb+\n\nc +", "+", "é+\nü", "x", "(3 rows)", "---\n----", ""])
  func valuesComeBack(_ value: String) throws {
    let server = try ThrowAwayPostgres()
    let printed = try server.psql("\\pset format aligned\n\\pset tuples_only off\nSELECT $x$\(value)$x$ AS what;\n")
    #expect(printed.exitCode == 0)
    let output = PsqlOutput(printed.output)
    #expect(output.results.count == 1)
    #expect(output.results.first?.rows == [Array(value.utf8)], "\(printed.text)")
    #expect(output.results.first?.columns == ["what"] && output.results.first?.statedRows == 1)
  }

  @Test func everyCutIsHarmless() throws {
    let text = try readFile(Self.folder + "/user_roles_complete.sql")
    for end in stride(from: 0, to: text.count, by: 7) { #expect(PsqlOutput(Array(text[..<end])).results.count <= 7) }
  }

  @Test(.enabled(if: sharedSamples != nil, "the shared samples are not present"))
  func realSideFilesRestoreNothing() throws {
    let folder = (sharedSamples ?? "") + "/supabase/dev/yacht_comprehensive_backup_20251012_135222/"
    func yield(_ name: String) throws -> PsqlOutput.Yield { PsqlOutput(try readFile(folder + name)).yield }
    let policies = try yield("rls_policies_complete.sql")
    #expect(policies.policies == 0 && policies.rowSecurity == 20)
    #expect(try yield("users_with_encrypted_passwords.sql").blanks == 6)
    #expect(try yield("rpc_functions_complete.sql").functions.count == 20)
    // Six roles of users, and the matrix of permissions.
    #expect(try yield("user_roles_complete.sql").tuples == 6 + 35)
  }
}
