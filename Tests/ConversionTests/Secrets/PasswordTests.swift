import Bytes
import Records
import Testing

@testable import Conversion

/// K-13: which hashes of passwords work where.
@Suite struct PasswordTests {
  private static let bcrypt = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"
  private static let argon2 = "argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b2dWRWJTmaaJObG"
  private static let lucia = String(repeating: "0f", count: 16) + ":" + String(repeating: "3c", count: 64)

  /// Every family with what becomes of it in Convex, Django, Prisma and Supabase: works, works with a beginning (+) or without (-),
  /// must be reset (r), is none (.).
  @Test(arguments: [
    ("pbkdf2_sha256$1000000$saltsaltsalt$" + String(repeating: "A", count: 43) + "=", "Django pbkdf2_sha256", "rwrr"),
    ("pbkdf2_sha1$1000000$saltsaltsalt$" + String(repeating: "A", count: 27) + "=", "Django pbkdf2_sha1", "rwrr"),
    ("argon2$" + argon2, "Django argon2", "rw--"), ("bcrypt_sha256$" + bcrypt, "Django bcrypt_sha256", "rwrr"),
    ("bcrypt$" + bcrypt, "Django bcrypt", "rw--"),
    ("scrypt$16384$saltsalt$8$5$" + String(repeating: "A", count: 86) + "==", "Django scrypt", "rwrr"),
    ("md5$saltsalt$0123456789abcdef0123456789abcdef", "Django md5", "rwrr"),
    ("sha1$saltsalt$0123456789abcdef0123456789abcdef01234567", "Django sha1", "rwrr"),
    (bcrypt, "bcrypt", "r+ww"), (bcrypt.replacing("$2b", with: "$2a"), "bcrypt", "r+ww"),
    (bcrypt.replacing("$2b", with: "$2y"), "bcrypt", "r+ww"), ("$" + argon2, "argon2", "r+ww"),
    ("$" + argon2.replacing("2id", with: "2d"), "argon2d", "r+wr"),
    (
      "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oLspjnN0$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo",
      "Firebase scrypt", "rrrw"
    ),
    (lucia, "Lucia scrypt", "wrwr"), ("$6$saltsalt$" + String(repeating: "a", count: 86), "sha512crypt", "rrrr"),
    ("5f4dcc3b5aa765d61d8327deb882cf99", "md5 in hexadecimal", "rrrr"), ("hunter2", "plaintext", "rrrr"),
    ("!" + String(repeating: "aB3", count: 13) + "x", "unusable", "...."), ("!", "unusable", "...."),
    ("", "none", "...."),
  ]) func familiesAreLabelled(_ value: String, _ family: String, _ outcomes: String) throws {
    let bytes = Array(value.utf8), found = PasswordForm(bytes.span, isNamed: true)
    let form = try #require(found)
    #expect(form.family == family)
    let outcome = PasswordTarget.allCases.map { target in
      switch PasswordRules.outcome(form, in: target) {
      case .works: "w"
      case .worksWithPrefix: "+"
      case .worksWithoutPrefix: "-"
      case .mustReset: "r"
      case .none: "."
      }
    }
    #expect(outcome.joined() == outcomes)
  }

  @Test func hashesAreRespelledAndNeverMadeAnew() {
    func portable(_ value: String, _ target: PasswordTarget) -> String? {
      target.portable(Array(value.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(
      portable(Self.bcrypt, .supabase) == Self.bcrypt && portable("bcrypt$" + Self.bcrypt, .supabase) == Self.bcrypt)
    #expect(portable(Self.bcrypt, .django) == "bcrypt$" + Self.bcrypt)
    #expect(portable("argon2$" + Self.argon2, .supabase) == "$" + Self.argon2)
    #expect(portable("$" + Self.argon2, .django) == "argon2$" + Self.argon2)
    for value in ["hunter2", "", "!", Self.lucia, "bcrypt_sha256$" + Self.bcrypt] {
      #expect(portable(value, .supabase) == nil, "\(value)")
    }
  }

  /// Columns named like passwords count whole, other secret columns only by hashes in them, the rest not at all.
  @Test func onlyPasswordsAreCounted() throws {
    var table = TableSchema(
      "users", ["password", "secret", "note"].map { Column(Name($0), .text) })
    table.columns[1].isSecret = true
    let rows: [[String?]] = [
      [Self.bcrypt, Self.lucia, Self.bcrypt], ["hunter2", "token-0123456789abcdef", "x"], [nil, nil, nil],
      ["!", "", ""],
    ]
    var batch = RecordBatch()
    batch.removeAll(columnCount: 3)
    for row in rows { batch.append(row: row.map { $0.map { batch.text($0) } ?? .null }) }
    let counts = PasswordCount.Counts()
    var count = PasswordCount(counts)
    _ = count.begin(&table)
    count.apply(to: &batch)
    let found = counts.tallies.map { "\(String(decoding: $0.column.bytes, as: UTF8.self)) \($0.family) \($0.count)" }
    #expect(
      found == [
        "password bcrypt 1", "password none 1", "password plaintext 1", "password unusable 1", "secret none 2",
        "secret Lucia scrypt 1",
      ])
  }
}
