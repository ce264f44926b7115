import Conversion
import Diagnostics
import Testing

@Suite struct DocumentRisksTests {
  private func risks(_ text: String) -> DocumentRisks {
    DocumentRisks(Array(text.utf8), artifact: Array("README.md".utf8))
  }

  @Test(arguments: [
    ("postgres://app:s3cret!@db.example.org:5432/x", "postgres://app:*******@db.example.org:5432/x"),
    ("see mysql://u:p@h/d and redis://:pw@h", "see mysql://u:*@h/d and redis://:**@h"),
    ("PGPASSWORD=hunter2 psql", "PGPASSWORD=******* psql"),
    ("password: \"correct1horse\"", "password: \"*************\""),
    ("export OPENAI_API_KEY=sk-abc123def", "export OPENAI_API_KEY=************"),
    ("- token: a1b2c3d4e5", "- token: **********"),
  ]) func masksCredentials(_ text: String, _ masked: String) {
    let found = risks(text)
    #expect(String(decoding: found.maskedText, as: UTF8.self) == masked)
    #expect(found.findings.contains { $0.code == "credential-in-document" && $0.severity == .critical })
    #expect(!found.findings.contains { $0.message.contains("hunter2") || $0.message.contains("s3cret") })
  }

  @Test(arguments: [
    "password: yes", "user_profiles backup contains password hashes", "PASSWORD=$PGPASSWORD",
    "password: <your password>",
    "https://example.org/path?x=1", "token: ${TOKEN_1}", "primary key: id1234567", "mailto:someone@example.org",
    "postgres://app@db/x", "postgres://app:***@db/x", "", ":", "=",
  ]) func leavesProseAlone(_ text: String) {
    let found = risks(text)
    #expect(found.maskedText == Array(text.utf8))
    #expect(!found.findings.contains { $0.code == "credential-in-document" })
  }

  @Test(arguments: ["/Users/ann/x", "/home/ann", "C:\\Users\\ann\\Desktop", "\"C:\\\\Users\\\\ann\""])
  func namesHomeDirectories(_ text: String) {
    let finding = risks("saved in\n\(text)\n").findings.first { $0.code == "personal-path" }
    #expect(finding != nil && finding?.message.contains("ann") == false)
  }

  @Test func namesHosts() {
    let found = risks("Deployment: quiet-otter-12.convex.cloud\nsee https://db.example.org:8080/x\nreadme.md v1.2.3")
    let finding = found.findings.first { $0.code == "hostname-in-document" }
    #expect(finding?.count == 2 && finding?.offset == 12)
    #expect(finding?.message.contains("quiet-otter-12.convex.cloud, db.example.org") == true)
  }

  @Test(.timeLimit(.minutes(30))) func manyURLsOnOneLineTakeNoTime() {
    #expect(risks(String(repeating: "://", count: 300_000)).findings.isEmpty)
    let found = risks(String(repeating: "x://u:p@h ", count: 20_000))
    #expect(found.findings.first { $0.code == "credential-in-document" }?.count == 20_000)
  }
}
