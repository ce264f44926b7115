import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import SupabaseFormat
import TestSupport
import Testing

/// A conversion to a set, and what our own reader makes of it.
private struct WrittenSet {
  let place: TemporaryDirectory
  let path: String
  let report: ConversionReport

  init(_ source: String, _ change: (inout ConversionJob) -> Void = { _ in }) throws {
    place = try TemporaryDirectory()
    path = place.path + "/set/"
    let (input, system) = try Self.open(source)
    var job = ConversionJob(
      input: input, system: system, format: try #require(BuiltIn.exportFormats.first { $0.id == "supabase" }))
    job.outputPath = Array(path.utf8)
    change(&job)
    report = try job.run()
  }

  static func open(_ path: String) throws -> (BackupInput, any SourceSystem) {
    let recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(path.utf8)))
    #expect(recognition.backups.count == 1)
    let backup = try #require(recognition.backups.first)
    let input = BackupInput(
      backup: backup, container: recognition.container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    return (input, try #require(BuiltIn.recogniser.system(backup.system)))
  }

  /// Digest of each table with rows.
  static func digests(_ path: String) throws -> [Name: TableDigest] {
    let (input, system) = try open(path)
    let knowledge = try system.survey(input)
    var reader = try system.openRecords(input, knowledge), batch = RecordBatch(), digests: [Name: TableDigest] = [:]
    while let table = try reader.nextTable() {
      var digester = RowDigester(table)
      while try reader.read(into: &batch) { try digester.add(batch) }
      digests[table.name, default: TableDigest()] += digester.digest
    }
    return digests
  }

  func text(_ name: String) throws -> String { String(decoding: try readFile(path + name), as: UTF8.self) }
}

private let library = packageRoot + "/Tests/Fixtures/django/library.json"
private let millwork = packageRoot + "/Tests/Fixtures/supabase/millwork"

/// What a project has before anything of its own: roles, and the tables of accounts as far as they matter here.
private let platform = """
  DO $$ BEGIN
    CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE authenticator; CREATE ROLE service_role BYPASSRLS;
  EXCEPTION WHEN duplicate_object THEN NULL; END $$;
  CREATE SCHEMA auth;
  CREATE TABLE auth.users (
    instance_id uuid, id uuid PRIMARY KEY, aud varchar(255), role varchar(255), email varchar(255),
    encrypted_password varchar(255), email_confirmed_at timestamptz, invited_at timestamptz,
    confirmation_token varchar(255), recovery_token varchar(255), email_change_token_new varchar(255),
    email_change varchar(255), last_sign_in_at timestamptz, raw_app_meta_data jsonb, raw_user_meta_data jsonb,
    is_super_admin boolean, created_at timestamptz, updated_at timestamptz, phone text DEFAULT NULL UNIQUE,
    confirmed_at timestamptz GENERATED ALWAYS AS (email_confirmed_at) STORED, banned_until timestamptz,
    is_sso_user boolean NOT NULL DEFAULT false, deleted_at timestamptz, is_anonymous boolean NOT NULL DEFAULT false);
  CREATE UNIQUE INDEX users_email_partial_key ON auth.users (email) WHERE is_sso_user = false;
  CREATE TABLE auth.identities (
    provider_id text NOT NULL, user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE, identity_data jsonb NOT NULL,
    provider text NOT NULL, last_sign_in_at timestamptz, created_at timestamptz, updated_at timestamptz,
    email text GENERATED ALWAYS AS (lower(identity_data->>'email')) STORED, id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    UNIQUE (provider_id, provider));

  """

@Suite struct SupabaseFormatTests {
  private func isApplication(_ name: Name) -> Bool { !name.hasPrefix("auth.") }

  /// What was written is a set of Supabase with the rows of the source.
  @Test(arguments: [library, packageRoot + "/Tests/Fixtures/demo/shop/shop_dumpdata.json"])
  func setHasTheRowsOfTheSource(_ source: String) throws {
    let written = try WrittenSet(source)
    let (input, system) = try WrittenSet.open(written.path)
    #expect(system.id == "supabase" && input.backup.artifacts.filter { $0.role == .data }.count == 2)
    let own = try WrittenSet.digests(source), again = try WrittenSet.digests(written.path)
    #expect(!own.isEmpty && again.filter { isApplication($0.key) } == own)
    #expect(again["auth.users"]?.count == again["auth.identities"]?.count)
    // A second conversion mints the same keys.
    let second = try WrittenSet(source)
    for name in ["roles.sql", "schema.sql", "data.sql"] { #expect(try second.text(name) == written.text(name)) }
  }

  /// A project that keeps its schema in migrations gets it as one, of the time of the backup.
  @Test func schemaIsAMigrationToo() throws {
    let timed = try WrittenSet(library) { $0.options.takenAt = 1_770_278_079_688_000 }
    #expect(try timed.text("migrations/20260205075439_schema.sql") == timed.text("schema.sql"))
    let (input, system) = try WrittenSet.open(timed.path)
    let knowledge = try system.survey(input)
    #expect(knowledge.objects.contains { $0.kind == "migration" && $0.name == "20260205075439_schema" })
    #expect(!knowledge.findings.contains { $0.code.hasPrefix("migration") })
    let rowsOnly = try WrittenSet(library) { $0.options.writesSchema = false }
    #expect(try directoryNames(Array(rowsOnly.path.utf8)) == [Array("data.sql".utf8)])
  }

  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func projectTakesTheSet() throws {
    let server = try ThrowAwayPostgres(), written = try WrittenSet(library)
    func load(_ script: String) throws {
      let result = try server.psql(script)
      #expect(result.exitCode == 0, "\(result.errorText)")
    }
    try load(platform)
    for name in ["roles.sql", "schema.sql", "data.sql"] { try load(try written.text(name)) }
    func rows(_ sql: String) throws -> [String] {
      let result = try server.psql(sql)
      #expect(result.exitCode == 0, "\(result.errorText)")
      return result.text.split(separator: "\n").map(String.init)
    }
    let users = try rows("SELECT count(*) FROM auth_user WHERE email LIKE '%@%'")
    #expect(
      try rows(
        "SELECT count(*) FROM auth.users u JOIN auth.identities i ON i.user_id = u.id AND i.email = lower(u.email)")
        == users)
    #expect(
      try rows(
        """
        SELECT count(*) FROM auth.users a JOIN auth_user s ON s.id::text = a.raw_app_meta_data->>'source_id'
        WHERE a.email = s.email AND a.created_at = s.date_joined AND a.last_sign_in_at IS NOT DISTINCT FROM s.last_login
          AND a.aud = 'authenticated' AND a.role = 'authenticated' AND a.instance_id::text LIKE '00000000-0000-%'
          AND a.confirmation_token = '' AND a.recovery_token = '' AND a.email_change_token_new = '' AND a.email_change = ''
          AND (a.banned_until IS NULL) = s.is_active AND a.encrypted_password NOT LIKE 'pbkdf2%'
        """) == users)
    // Nobody but the service reads, and new rows come behind the greatest key.
    #expect(try rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND NOT rowsecurity") == ["0"])
    #expect(try rows("SET ROLE anon; SELECT count(*) FROM auth_user") == ["0"])
    #expect(written.report.losses.filter { $0.table == "auth_user" }.map(\.code) == ["account-without-email"])
  }

  /// Users whose hashes are verified there keep them; addresses that are missing or repeat are named, accounts of those who may not
  /// log in are banned.
  @Test func accountsOfUsers() throws {
    let place = try TemporaryDirectory()
    let bcrypt = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"
    let text = """
      {"posts": [{"id": 1, "authorId": "0e984725-c51c-4bf4-9960-e1c80e27aba0"}],
       "users": [
        {"id": "0e984725-c51c-4bf4-9960-e1c80e27aba0", "email": "A@x.org", "password": "\(bcrypt)", "createdAt": "2025-01-02T03:04:05.678Z", "isActive": true},
        {"id": "1e984725-c51c-4bf4-9960-e1c80e27aba1", "email": "b@x.org", "password": "bcrypt$\(bcrypt)", "createdAt": "2025-01-02T03:04:05.678Z", "isActive": false},
        {"id": "2e984725-c51c-4bf4-9960-e1c80e27aba2", "email": "a@X.org", "password": "hunter2", "createdAt": null, "isActive": true},
        {"id": "3e984725-c51c-4bf4-9960-e1c80e27aba3", "email": null, "password": "hunter2", "createdAt": null, "isActive": true},
        {"id": "4e984725-c51c-4bf4-9960-e1c80e27aba4", "email": "c@x.org", "password": "hunter2", "createdAt": null, "isActive": true}]}
      """
    try writeFile(place.path + "/backup.json", Array(text.utf8))
    let written = try WrittenSet(place.path + "/backup.json"), data = try written.text("data.sql")
    let lines = data.split(separator: "\n").filter { $0.hasPrefix("00000000-") }.map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(lines.map { $0[1].prefix(8) } == ["0e984725", "1e984725", "4e984725"])
    #expect(lines.map { $0[5] } == [bcrypt, bcrypt, ""])
    #expect(
      lines.map { $0[12] } == ["\\N", "9999-12-31 00:00:00+00", "\\N"]
        || lines.map { $0[12].prefix(4) } == ["\\N", "9999", "\\N"])
    #expect(lines[2][6].hasPrefix("1970") && lines[2][10] == "\\N")
    let losses = Dictionary(uniqueKeysWithValues: written.report.losses.map { ($0.code, $0.count) })
    #expect(
      losses["account-without-email"] == 1 && losses["account-email-repeated"] == 1
        && losses["password-reset-needed"] == 1)
    #expect(
      written.report.passwords.map { "\($0.family) \($0.count)" } == ["plaintext 3", "Django bcrypt 1", "bcrypt 1"])
    #expect(!data.contains("hunter2\t1970"))
  }

  /// A source that is Supabase has its accounts already; tables of the service are named when they are left out.
  @Test func accountsOfSupabaseStay() throws {
    let written = try WrittenSet(millwork)
    let schema = try written.text("schema.sql"), data = try written.text("data.sql")
    #expect(!schema.contains("CREATE TABLE \"auth\"") && !schema.contains("CREATE SCHEMA"))
    #expect(data.components(of: "COPY \"auth\".\"users\"") == 1)
    let own = try WrittenSet.digests(millwork), again = try WrittenSet.digests(written.path)
    // What only rows tell of may be told otherwise by COPY than by INSERT.
    for (name, digest) in again {
      let isSame = name.bytes.contains(UInt8(ascii: ".")) ? own[name]?.count == digest.count : own[name] == digest
      #expect(isSame, "\(String(decoding: name.bytes, as: UTF8.self))")
    }
    #expect(schema.contains("REFERENCES \"auth\".\"users\""))
  }

  /// Files beside the set have rows of storage: a bucket for each folder, paths, sizes and types.
  @Test func filesHaveRowsOfStorage() throws {
    let folder = packageRoot + "/Tests/Fixtures/prisma/atelier/backups"
    let name = try #require(
      try directoryNames(Array(folder.utf8)).map { String(decoding: $0, as: UTF8.self) }.first {
        $0.contains("complete")
      })
    let place = try TemporaryDirectory()
    let written = try WrittenSet(folder + "/" + name) { job in
      job.input.files = try? FileStage(place.file("files"), replaces: false)
    }
    let count = try #require(written.report.files?.count), data = try written.text("data.sql")
    let rows = data.split(separator: "\n").drop { !$0.hasPrefix("COPY \"storage\".\"objects\"") }.dropFirst().prefix {
      $0 != "\\."
    }
    #expect(count > 0 && rows.count == count)
    for row in rows {
      let cells = row.split(separator: "\t").map(String.init)
      let bytes = try readFile(place.path + "/files/" + cells[1] + "/" + cells[2])
      #expect(cells[3].contains("\"size\": \(bytes.count)") && cells[3].contains("\"mimetype\": \""))
    }
    #expect(data.components(of: "COPY \"storage\".\"buckets\"") == 1)
  }

  @Test func filesAreNoSets() throws {
    #expect(throws: PumpError.self) {
      _ = try WrittenSet(library) { $0.outputPath = Array("/nowhere/set.sql".utf8) }
    }
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
