import Bytes
import CatalogModel
import Testing

@Suite struct BackupAddressTests {
  static func address(_ text: String) -> BackupAddress? { BackupAddress(Array(text.utf8)) }

  @Test(arguments: [
    ("latest", BackupAddress(.latest(0))), ("latest~2", BackupAddress(.latest(2))), ("first", BackupAddress(.first(0))),
    ("first~10", BackupAddress(.first(10))), ("shop@latest", BackupAddress(project: "shop", .latest(0))),
    ("a@b@first", BackupAddress(project: "a@b", .first(0))),
    ("before-migration", BackupAddress(.named("before-migration"))),
    ("deadbeef", BackupAddress(.named("deadbeef"))), ("shop@1a2b", BackupAddress(project: "shop", .named("1a2b"))),
    ("latestish", BackupAddress(.named("latestish"))), ("Latest", BackupAddress(.named("Latest"))),
  ])
  func textMeans(_ text: String, _ expected: BackupAddress) {
    #expect(Self.address(text) == expected)
  }

  @Test func datesMeanTheNewestNotAfter() throws {
    let end = try #require(Moment.range(parsing: Array("2026-02-05".utf8))).upperBound
    #expect(Self.address("shop@2026-02-05") == BackupAddress(project: "shop", .asOf(end)))
    #expect(Self.address("2026-02-05") == BackupAddress(.asOf(end)))
  }

  @Test(arguments: [
    "", "@", "@latest", "shop@", "latest~", "latest~x", "latest~1~2", "latest~-1", "name~1", "latest~9999999999",
  ])
  func otherTextIsNoAddress(_ text: String) {
    #expect(Self.address(text) == nil)
  }

  @Test func bytesOfAProjectAreKept() {
    let address = BackupAddress([0xFF, 0x40] + Array("latest".utf8))
    #expect(address?.project == Name([0xFF]))
  }
}

@Suite struct BackupIDTests {
  @Test func idsDependOnProjectContentAndAttempt() {
    let content = contentIdentity(ofChecksums: [[1], [2]])
    #expect(content == contentIdentity(ofChecksums: [[2], [1]]))
    #expect(content != contentIdentity(ofChecksums: [[1], [3]]))
    let id = BackupID(project: "a", content: content)
    #expect(id == BackupID(project: "a", content: content))
    #expect(id != BackupID(project: "b", content: content))
    #expect(id != BackupID(project: "a", content: content, attempt: 1))
    #expect(id.description.utf8.count == 32 && id.short.utf8.count == 8)
  }
}

@Suite struct MaskingTests {
  static func shown(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return masked(bytes.span)
  }

  @Test(arguments: [
    ("pbkdf2_sha256$600000$salt$hash=", "•••• (PBKDF2-SHA256)"),
    ("$2b$12$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyz012345678", "•••• (bcrypt)"),
    ("argon2$argon2id$v=19$m=102400", "•••• (Argon2)"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "•••• (JWT)"), ("sk_live_0123456789abcdef", "•••• (API key)"),
    ("", "•••• (empty)"), ("hunter2", "•••• (1–7 bytes)"), ("hunter22", "•••• (8–15 bytes)"),
    ("sk-short", "•••• (8–15 bytes)"), ("eyJ.a", "•••• (1–7 bytes)"),
  ])
  func secretsShowTheirFamilyOrLength(_ secret: String, _ expected: String) {
    #expect(Self.shown(secret) == expected)
  }

  @Test func noByteOfTheValueIsShown() {
    for length in [1, 5, 20, 60, 200] {
      let secret = String(repeating: "Zq9", count: length)
      #expect(!Self.shown(secret).contains("Zq"))
    }
  }
}
