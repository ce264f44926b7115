import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

/// What is found in a table of one column.
private func scan(_ column: Name, table: Name = "things", _ values: [Value]) -> SecretReport {
  var scan = SecretScan(table: table)
  scan.begin(TableSchema(table, [Column(column, .text)]))
  scan.add(batch(values.map { [$0] }, columnCount: 1))
  return scan.report()
}

private let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

/// Random text, the same for the same seed; invented, as all secrets in these tests.
private func random(_ count: Int, _ alphabet: [Character] = letters, seed: UInt64 = 1) -> String {
  var generator = Generator(seed)
  return String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "x" })
}
private func hex(_ count: Int, seed: UInt64 = 1) -> String { random(count, Array("0123456789abcdef"), seed: seed) }
private func crypt(_ count: Int, seed: UInt64 = 1) -> String { random(count, letters + ["/", "."], seed: seed) }

/// A value and what it is taken for wherever it stands.
struct ShapeExample: Sendable, CustomTestStringConvertible {
  var value: String
  var kind: SecretKind?
  var testDescription: String { "\(value.prefix(24)) \(kind?.rawValue ?? "harmless")" }
}

@Suite struct SecretShapeTests {
  @Test(arguments: [
    "pbkdf2_sha256$1000000$\(random(22))$\(random(43))=", "pbkdf2_sha1$1000$\(random(12))$\(random(27))=",
    "argon2$argon2id$v=19$m=102400,t=2,p=8$\(random(22))$\(random(43))", "bcrypt_sha256$$2b$12$\(crypt(53))",
    "bcrypt$$2b$12$\(crypt(53))", "scrypt$16384$\(random(22))$8$1$\(random(86))==", "md5$\(random(12))$\(hex(32))",
    "md5$$\(hex(32))", "sha1$\(random(12))$\(hex(40))", "crypt$$\(crypt(13))", "$2a$10$\(crypt(53))",
    "$2y$10$\(crypt(53))",
    "$argon2id$v=19$m=65536,t=3,p=4$\(random(22))$\(random(43))", "$6$\(crypt(16))$\(crypt(86))",
    "$6$rounds=5000$\(crypt(16))$\(crypt(86))", "$5$\(crypt(16))$\(crypt(43))", "$1$\(crypt(8))$\(crypt(22))",
    "$P$B\(crypt(30))", "$scrypt$ln=16,r=8,p=1$\(crypt(22))$\(crypt(43))", "$y$j9T$\(crypt(22))$\(crypt(43))",
    "SCRAM-SHA-256$4096:\(random(22))==$\(random(43))=:\(random(43))=", "md5\(hex(32))",
    "{SSHA}\(random(38))==", "{bcrypt}$2a$10$\(crypt(53))", "pbkdf2:sha256:600000$\(random(16))$\(hex(64))",
  ])
  func passwordHashesAreRecognised(_ value: String) {
    #expect(secretMatch(Array(value.utf8).span)?.kind == .passwordHash)
  }

  @Test(arguments: [
    ShapeExample(value: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.\(random(43))", kind: .token),
    ShapeExample(value: "Bearer \(random(40))", kind: .token),
    ShapeExample(value: "sk_live_\(random(24))", kind: .apiKey), ShapeExample(value: "sk-\(random(48))", kind: .apiKey),
    ShapeExample(value: "sk-ant-api03-\(random(90))", kind: .apiKey),
    ShapeExample(value: "ghp_\(random(36))", kind: .apiKey),
    ShapeExample(value: "github_pat_\(random(22))_\(random(59))", kind: .apiKey),
    ShapeExample(value: "xoxb-123456789012-\(random(24))", kind: .apiKey),
    ShapeExample(value: "AKIA" + random(16, Array("ABCDEFGHIJKLMNOP234567")), kind: .apiKey),
    ShapeExample(value: "AIza\(random(35))", kind: .apiKey),
    ShapeExample(value: "SG.\(random(22)).\(random(43))", kind: .apiKey),
    ShapeExample(value: "glpat-\(random(20))", kind: .apiKey), ShapeExample(value: "npm_\(random(36))", kind: .apiKey),
    ShapeExample(value: "sb_secret_\(random(30))", kind: .apiKey),
    ShapeExample(value: "postgresql://app:\(random(12))@db.example:5432/app", kind: .apiKey),
    ShapeExample(value: "redis://:\(random(12))@cache.example", kind: .apiKey),
    ShapeExample(value: "-----BEGIN PRIVATE KEY-----\n\(random(64))\n-----END PRIVATE KEY-----", kind: .privateKey),
    ShapeExample(value: "-----BEGIN OPENSSH PRIVATE KEY-----\nabc", kind: .privateKey),
    // Near misses.
    ShapeExample(value: "-----BEGIN PUBLIC KEY-----\n\(random(64))"),
    ShapeExample(value: "-----BEGIN CERTIFICATE-----\n\(random(64))"),
    ShapeExample(value: "https://example.com/a?token_type=x"), ShapeExample(value: "https://user@example.com/a:b@c"),
    ShapeExample(value: "https://example.com:8080/@someone"), ShapeExample(value: "http://localhost:3000/x@y"),
    ShapeExample(value: "sk-learn-tutorial-for-beginners"), ShapeExample(value: "sk-learntutorialforbeginners"),
    ShapeExample(value: "$1 and $2"), ShapeExample(value: "$5.00"), ShapeExample(value: "$2b$ is a prefix of bcrypt"),
    ShapeExample(value: "<b>$2b$</b>"), ShapeExample(value: "v5.1.2$beta"), ShapeExample(value: "$2a$10$tooShort"),
    ShapeExample(value: "ac64ff3e-b944-4cda-aabf-9f1cc978fcac"), ShapeExample(value: hex(40)),
    ShapeExample(value: hex(32)),
    ShapeExample(value: "md5 of the file is unknown to us"), ShapeExample(value: "key-value stores are databases"),
    ShapeExample(value: "Bearer of good tidings and of joy"), ShapeExample(value: "eyJust.a.sentence"),
    ShapeExample(value: "data:image/png;base64,iVBORw0KGgo\(random(60))"), ShapeExample(value: "someone@example.com"),
    ShapeExample(value: "AKIAN-Kitchen-and-Bar"), ShapeExample(value: "xoxo love from me"), ShapeExample(value: ""),
    ShapeExample(value: "SKU-000123-AB"), ShapeExample(value: "gho"), ShapeExample(value: "SG.Berlin"),
    ShapeExample(value: "012MS8CWXPR79267XWW9BEH3A5"), ShapeExample(value: "c1c121afb8bbfbf51a8dc259b"),
  ])
  func formsDecideAlone(_ example: ShapeExample) {
    #expect(secretMatch(Array(example.value.utf8).span)?.kind == example.kind)
  }
}

@Suite struct SecretScanTests {
  @Test(
    arguments: [
      "password", "Password", "userPassword", "password_hash", "passwd", "user_pwd", "encrypted_password",
      "hashedpassword",
      "password2", "old_password", "PASSWORD",
    ] as [Name])
  func plaintextPasswordsAreTheWorst(_ name: Name) {
    let report = scan(
      name, [.text("hunter2"), .text("letmein!"), .text(""), .null, .text("correct horse battery staple")])
    #expect(report.findings.count == 1)
    #expect(report.findings.first?.code == "plaintext-passwords")
    #expect(report.findings.first?.severity == .critical)
    #expect(report.findings.first?.count == 3)
    #expect(report.secretColumns == [name])
    for finding in report.findings {
      #expect(!finding.message.contains("hunter2") && !(finding.advice ?? "").contains("hunter2"))
    }
  }

  @Test func hashesUnusableAndEmptyPasswordsAreNotPlaintext() {
    let hash = "pbkdf2_sha256$600000$\(random(22))$\(random(43))="
    let unusable = "!" + random(40)
    let report = scan("password", [.text(hash), .text(unusable), .text("!"), .text(""), .null, .text("********")])
    #expect(report.findings.map(\.code) == ["password-hashes"])
    #expect(report.findings.first?.count == 1)
    #expect(report.secrets.first?.families == ["Django pbkdf2_sha256"])
    #expect(report.secretColumns == ["password"])
    #expect(scan("password", [.text(unusable), .null]).findings.isEmpty)
    #expect(scan("password", [.text(unusable), .null]).secretColumns == ["password"])
  }

  @Test func onePlaintextPasswordAmongHashesIsFound() {
    let hashes = (0..<50).map { Value.text("$2b$12$" + crypt(53, seed: UInt64($0))) }
    let report = scan("password", hashes + [.text("Sommer2024")])
    #expect(report.findings.map(\.code) == ["plaintext-passwords", "password-hashes"])
    #expect(report.findings.map(\.count) == [1, 50])
  }

  @Test func numbersCanBePasswords() {
    #expect(scan("password", [.number("123456"), .integer(1234)]).findings.first?.code == "plaintext-passwords")
    #expect(scan("password", [.boolean(true)]).secretColumns.isEmpty)
  }

  @Test(arguments: [32, 40, 64, 128]) func digestsOfPasswordsAreHashes(_ length: Int) {
    let values = (0..<5).map { Value.text(hex(length, seed: UInt64($0))) }
    #expect(scan("password", values).findings.map(\.code) == ["password-hashes"])
    // Elsewhere they are checksums.
    #expect(scan("etag", values).findings.isEmpty && scan("hash", values).findings.isEmpty)
  }

  @Test func longPasswordsOfManyLengthsAreNotTakenForHashes() {
    let typed = [20, 22, 27].map { Value.text(random($0, seed: UInt64($0))) }
    #expect(scan("password", typed).findings.map(\.code) == ["plaintext-passwords"])
    let encrypted = (0..<3).map { Value.text(random(60, seed: UInt64($0))) }
    #expect(scan("password", encrypted).secrets.map(\.families) == [["unknown"]])
  }

  @Test(arguments: [
    ("api_key", "tokens? \(random(32))", "api-keys"), ("apiKey", random(32), "api-keys"),
    ("client_secret", random(32), "api-keys"), ("access_token", random(40), "tokens"),
    ("refreshToken", random(40), "tokens"), ("reset_token", hex(32), "tokens"),
    ("confirmation_token", random(20), "tokens"), ("email_change_token_new", hex(56), "tokens"),
    ("totp_secret", random(32, Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")), "tokens"), ("otp", "493817", "tokens"),
    ("recovery_codes", "8f3k-29fj", "tokens"), ("session_key", random(32), "sessions"),
    ("session_data", random(200), "sessions"), ("private_key", random(64), "private-keys"),
    ("service_role_key", random(60), "api-keys"), ("password_salt", random(22), "password-hashes"),
  ])
  func namesTell(_ name: String, _ value: String, _ code: String) {
    let value = value.replacing("tokens? ", with: "")
    let report = scan(Name(name), [.text(value), .null])
    #expect(report.findings.map(\.code) == [code])
    #expect(report.secretColumns == [Name(name)])
  }

  @Test(arguments: [
    ("password_changed_at", "2024-02-29T13:14:15Z"), ("password_hint", "name of my dog"), ("has_password", "yes"),
    ("token_count", "1234"), ("token_type", "bearer"), ("tokens", "the"), ("token", "restaurant"),
    ("author", "hunter2"),
    ("monkey", "hunter2"), ("key_fields", "brandName"), ("key", "settings.title"), ("public_key", random(64)),
    ("primary_key", random(32)), ("cache_key", random(32)), ("hash", hex(40)), ("secret", "We meet at noon"),
    ("secret_santa", "Alice2024"), ("next_page_token", random(40)), ("passport_number", "X1234567"),
    ("bypass", "road9"),
    ("session_id", "ac64ff3e-b944-4cda-aabf-9f1cc978fcac"), ("is_token", "Abc123"), ("compass", "N45"),
    ("tokenizer", "bpe2"), ("pass", "boarding7"), ("zip_code", "94107"), ("country_code", "NO47"),
    ("pwd_updated", "x1"),
    ("slug", "pdljht-xvxrdx-99"), ("image", "data:image/png;base64,iVBORw0KGgo\(random(60))"),
    ("id", "jnthq8kcftjt0c14g3j3q1a0yrry19sn"), ("email", "someone@example.com"), ("commit", hex(40)),
  ])
  func harmlessColumnsAreLeftAlone(_ name: String, _ value: String) {
    let report = scan(Name(name), [.text(value), .text(value + "x"), .null])
    #expect(report.findings.isEmpty && report.secretColumns.isEmpty)
  }

  @Test func countsAreNoTokens() {
    #expect(scan("total_tokens", [.number("4096")]).secretColumns.isEmpty)
    #expect(scan("completionTokens", [.integer(17)]).secretColumns.isEmpty)
    #expect(scan("tokens", [.number("4096"), .number("5")]).secretColumns.isEmpty)
  }

  @Test func theTableTellsWhatAKeyIs() {
    let value = Value.text(hex(40))
    #expect(scan("key", table: "authtoken_token", [value]).findings.map(\.code) == ["tokens"])
    #expect(scan("key", table: "settings", [value]).findings.isEmpty)
    #expect(scan("data", table: "sessions", [.text(random(80))]).findings.map(\.code) == ["sessions"])
  }

  @Test func oneKeyInATextIsFoundButDoesNotHideTheColumn() {
    let notes = (0..<100).map { Value.text("note number \($0)") }
    let report = scan("notes", notes + [.text("ghp_" + random(36))])
    #expect(report.findings.map(\.code) == ["api-keys"])
    #expect(report.findings.first?.count == 1 && report.secretColumns.isEmpty)
    #expect(report.secrets.first?.valueCount == 101)
    let most = scan("notes", (0..<9).map { _ in .text("ghp_" + random(36)) } + [.text("nothing here")])
    #expect(most.secretColumns == ["notes"])
  }

  @Test func secretsWithinJSONAreReportedByKey() {
    let values = (0..<20).map { i in
      Value.json(
        #"{"user": {"name": "u\#(i)", "password": "hunter\#(i)"}, "keys": ["ghp_\#(random(36))"], "token_count": 5, "#
          + #""apiKey": "\#(random(32, seed: UInt64(i)))", "note": "plain", "jwt": null, "pin": 77}"#)
    }
    let report = scan("payload", values)
    #expect(report.findings.map(\.code).sorted() == ["api-keys", "api-keys", "plaintext-passwords"])
    #expect(report.secrets.compactMap(\.key) == ["apiKey", "keys", "password"])
    #expect(report.secrets.map(\.count) == [20, 20, 20])
    #expect(report.secretColumns.isEmpty)
    #expect(report.findings.allSatisfy { $0.column == "payload" && !$0.message.contains("hunter") })
    // The same as JSON in text.
    #expect(scan("payload", [.text(#"{"password": "hunter2", "a": 1}"#)]).findings.first?.code == "plaintext-passwords")
    #expect(scan("recovery_codes", [.json(#"["8f3k-29fj", "9dk2-x83k"]"#)]).secretColumns == ["recovery_codes"])
    #expect(scan("recovery_codes", [.json(#"["8f3k-29fj", "9dk2-x83k"]"#)]).findings.first?.count == 2)
  }

  @Test func muchJSONIsSampledAndSaysSo() {
    let filler = random(2000)
    let values = (0..<2000).map { _ in Value.json(#"{"filler": "\#(filler)", "password": "hunter2"}"#) }
    let report = scan("payload", values)
    let finding = report.findings.first
    #expect(finding?.code == "plaintext-passwords" && (finding?.count ?? 0) > 30 && (finding?.count ?? 0) < 2000)
    #expect(finding?.message.contains("at least") == true)
  }

  @Test func nameAloneMarksEmptyColumns() {
    #expect(scan("password", [.null, .text("")]).secretColumns == ["password"])
    #expect(scan("password", [.null]).findings.isEmpty)
    var table = TableSchema("things", [Column("id", .int32), Column("password", .text)])
    scan("password", [.null]).mark(&table)
    #expect(table.columns.map(\.isSecret) == [false, true])
  }

  @Test func profileSavesWorkButHidesNothing() {
    let rows: [[Value]] = (0..<300).map {
      [.text("2024-01-01"), .text("$2b$12$" + crypt(53, seed: UInt64($0))), .json(#"{"secret": "\#(random(32))"}"#)]
    }
    var with = SecretScan(table: "t"), without = SecretScan(table: "t")
    var profile = TableProfile()
    let schema = TableSchema("t", [Column("day", .text), Column("x", .text), Column("y", .json)])
    with.begin(schema)
    without.begin(schema)
    for part in [rows[..<100], rows[100...]] {
      let batch = batch(Array(part))
      profile.add(batch)
      with.add(batch, profile: profile)
      without.add(batch)
    }
    #expect(with.report() == without.report())
    #expect(with.report().findings.map(\.code) == ["api-keys", "password-hashes"])
  }

  @Test func namesInFindingsAreMadeFitForATerminal() {
    let report = scan("pass\u{1B}[2Jword password", [.text("hunter2")])
    #expect(report.findings.count == 1 && !report.findings[0].message.contains("\u{1B}"))
  }
}

@Suite struct SecretSampleTests {
  /// The labelled values of the shared samples, each as a column of one value.
  @Test(.enabled(if: sharedSamples != nil)) func labelledValuesAreToldApart() throws {
    let path = (sharedSamples ?? "") + "/adversarial/dev/own-attacks/secrets/labelled.json"
    let examples = try labelled(String(decoding: readFile(path), as: UTF8.self))
    #expect(examples.count == 41)
    for example in examples {
      let report = scan(Name(example.column), [.text(example.value)])
      #expect(report.secretColumns.isEmpty != example.isSecret, "\(example.kind) in '\(example.column)'")
    }
  }

  /// The password column of the script-style Convex set: the seed speaks of hashes, the values are plaintext.
  @Test(.enabled(if: sharedSamples != nil)) func passwordsOfTheConvexSetArePlaintext() throws {
    let path = (sharedSamples ?? "") + "/convex/dev/kam-hub_script_style_convex_backups"
    let file = path + "/user_profiles_backup_2026-02-05_07-54-39-688Z.json"
    let passwords = strings(ofKey: "password", in: String(decoding: try readFile(file), as: UTF8.self))
    #expect(passwords.count == 61)
    let report = scan("password", table: "user_profiles", passwords.map { .text($0) })
    #expect(report.findings.map(\.code) == ["plaintext-passwords"])
    #expect(report.findings.first?.severity == .critical && report.findings.first?.count == 61)
  }

  private struct Labelled {
    var column = "", kind = "", value = "", isSecret = false
  }

  /// Reads the one shape the sample has: an object a line group, a property a line.
  private func labelled(_ text: String) -> [Labelled] {
    let columns = strings(ofKey: "column", in: text), kinds = strings(ofKey: "kind", in: text)
    let values = strings(ofKey: "value", in: text)
    let secrets = text.split(separator: "\n").filter { $0.hasPrefix("\"secret\":") }.map { $0.contains("true") }
    return columns.indices.map {
      Labelled(column: columns[$0], kind: kinds[$0], value: values[$0], isSecret: secrets[$0])
    }
  }

  /// The strings under a key in JSON with a property a line.
  private func strings(ofKey key: String, in text: String) -> [String] {
    text.split(separator: "\n").compactMap { line -> String? in
      let line = line.drop { $0 == " " }
      let start = "\"\(key)\": \""
      guard line.hasPrefix(start), let end = line.lastIndex(of: "\"") else { return nil }
      return String(line[..<end].dropFirst(start.count)).replacing("\\n", with: "\n")
    }
  }
}
