import Bytes
import TestSupport
import Testing

/// The real Convex backup beside the schema of the Supabase project that its data moved to, when the samples are there.
@Suite(.enabled(if: ThrowAwayPostgres.isAvailable && sharedSamples != nil)) struct MappingSampleTests {
  private static let sample = (sharedSamples ?? "") + "/convex/dev/kam-hub_script_style_convex_backups"
  private static let mapping = packageRoot + "/docs/migrate-convex-supabase.toml"

  @Test func realBackupFillsTheRealSchema() throws {
    let server = try ThrowAwayPostgres()
    #expect(try server.psql("CREATE DATABASE kam").exitCode == 0)
    // The extension may not be installed, and the role is Supabase's own.
    let schema = try readFile(Self.sample + "/target_supabase_schema.sql")
    let prepared =
      "CREATE ROLE authenticated;\nCREATE FUNCTION uuid_generate_v4() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()';\n"
      + String(decoding: schema, as: UTF8.self).replacing(
        "CREATE EXTENSION IF NOT EXISTS \"uuid-ossp\";", with: "")
    let made = try server.psql(prepared, database: "kam")
    #expect(made.exitCode == 0, "\(made.errorText)")
    let place = "host=\(server.place) user=tester dbname=kam"
    func migrate(_ map: String, _ words: String...) throws -> ProcessResult {
      try run(
        [binaryFolder + "/coffer", "migrate", Self.sample, "--into", place, "--mode", "append", "--map", map, "--json"]
          + words)
    }

    // Without the values of the roles the target refuses, and stays as it is.
    let folder = try TemporaryDirectory()
    let text = String(decoding: try readFile(Self.mapping), as: UTF8.self)
    let careless = text.split(separator: "\n").filter { !$0.hasPrefix("role") }.joined(separator: "\n")
    try writeFile(folder.path + "/careless.toml", Array(careless.utf8))
    let refused = try migrate(folder.path + "/careless.toml")
    #expect(refused.exitCode != 0)
    // The preview tells so before, by constraint and count.
    let warned = try migrate(folder.path + "/careless.toml", "--preview")
    #expect(warned.exitCode == 3, "\(warned.errorText)")
    let finding = warned.text.split(separator: "\n").filter { $0.contains("user_profiles_role_check") }
    #expect(
      finding.count == 1 && finding[0].contains("\"count\":61") && finding[0].contains("user_profiles"),
      "\(warned.text)")
    #expect(try value("SELECT count(*) FROM user_profiles", server) == "0")

    let preview = try migrate(Self.mapping, "--preview")
    #expect(preview.exitCode == 0, "\(preview.errorText)")
    let loaded = try migrate(Self.mapping)
    #expect(loaded.exitCode == 0, "\(loaded.errorText)")
    #expect(loaded.text.contains("\"rule\":\"values (3)\",\"count\":61"))
    let oracle = try run(["python3", "-c", Self.oracle, Self.sample])
    #expect(oracle.exitCode == 0, "\(oracle.errorText)")
    let rows = try server.psql(
      """
      SELECT id, email, role, coalesce(team_name, '-'), is_active, created_at AT TIME ZONE 'UTC' FROM user_profiles ORDER BY id;
      SELECT id, brand_name, kam_email_id, outlet_counts, updated_at AT TIME ZONE 'UTC' FROM master_data ORDER BY id;
      """, database: "kam")
    let isEqual = rows.output == oracle.output
    #expect(isEqual && rows.output.count > 100_000)
  }

  private func value(_ query: String, _ server: ThrowAwayPostgres) throws -> String {
    String(try server.psql(query, database: "kam").text.dropLast())
  }

  /// The rows as psql prints them, made of the backup's JSON by Python alone.
  private static let oracle = """
    import glob, json, sys, uuid
    def rows(pattern):
        rows = json.load(open(glob.glob(sys.argv[1] + pattern)[0]))
        for row in rows: row['_id'] = str(uuid.uuid5(uuid.NAMESPACE_URL, row['_id']))
        return sorted(rows, key=lambda row: row['_id'])
    def moment(text): return text.rstrip('Z').replace('T', ' ')
    roles = {'Admin': 'admin', 'Team Lead': 'team_lead', 'Agent': 'agent'}
    for r in rows('/user_profiles_backup*.json'):
        print('|'.join([r['_id'], r['email'], roles[r['role']], r.get('team_name') or '-', 't', moment(r['created_at'])]))
    for r in rows('/master_data_backup*.json'):
        print('|'.join([r['_id'], r['brandName'], r['kamEmailId'], str(r['outlet_counts']), moment(r['updated_at'])]))
    """
}
