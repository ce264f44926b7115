import Bytes
import Conversion
import Testing

/// Secrets are found wherever they stand and however they are written.
@Suite struct SecretFinderTests {
  private static let secret = "Qz7/mK+9&vX'e4#Tn2\"pL8wR"

  private static func finder(_ secrets: [String] = [secret]) -> SecretFinder {
    var values = SecretValues()
    for secret in secrets {
      let bytes = Array(secret.utf8)
      values.add(bytes.span, from: SecretOrigin(table: "users", column: "password"))
    }
    values.finish()
    return SecretFinder(values)
  }

  private static func each(_ write: (UInt8) -> String) -> String { secret.utf8.map(write).joined() }
  private static func hex(_ byte: UInt8, _ digits: Int = 2) -> String {
    let text = String(byte, radix: 16)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }
  private static func base64(_ text: String, _ alphabet: Base64Alphabet = .standard) -> String {
    let bytes = Array(text.utf8)
    return String(decoding: encodeBase64(bytes.span, alphabet), as: UTF8.self)
  }

  static let encoded: [String] = [
    secret, each { "\\u" + hex($0, 4) }, each { "\\\\u" + hex($0, 4) }, each { "\\x" + hex($0) },
    each { "%" + hex($0) },
    each { "&#x" + hex($0) + ";" }, each { "&#\($0);" }, each { "=" + hex($0).uppercased() },
    each { $0 == UInt8(ascii: "'") ? "''" : String(decoding: [$0], as: UTF8.self) },
    each { String(decoding: [$0, 0], as: UTF8.self) },
    base64(secret), base64("x" + secret), base64("xy" + secret + "z"), base64("ab" + secret, .url), each { hex($0) },
    each { hex($0).uppercased() }, String(secret.reversed()), base64(base64(secret)),
    base64("{\"k\":\"" + each { "\\u" + hex($0, 4) } + "\"}"),
  ]

  @Test(arguments: encoded) func everyEncoding(_ text: String) throws {
    var finder = Self.finder()
    let bytes = Array("before \(text) after".utf8)
    let found = finder.find(in: bytes.span)
    let first = try #require(found.first)
    #expect(first.origin == SecretOrigin(table: "users", column: "password"))
    let marked = finder.redacted(bytes.span)
    let redacted = String(decoding: try #require(marked), as: UTF8.self)
    #expect(redacted.hasPrefix("before ") && redacted.hasSuffix(" after"), "\(redacted)")
    let again = Array(redacted.utf8)
    let left = finder.find(in: again.span)
    #expect(left.isEmpty)
  }

  @Test func harmlessTextsStay() {
    var finder = Self.finder(["short", "sunshine", "20250101"])
    for text in [
      "sunshine in 20250101, short", "https://example.com/a?page=2&next_page_token=3",
      "{\"password_changed_at\": \"2025-01-01\"}",
      "forgot your password: please write to us",
    ] {
      let bytes = Array(text.utf8)
      let found = finder.find(in: bytes.span)
      #expect(found.isEmpty, "\(text)")
    }
    #expect(finder.values.passedCount == 3)
  }

  @Test(arguments: [
    "{\"a\":[1,{\"client_secret\":\"kT9mXw2Qp7Lz4Rv8\"}]}", "https://x.example/cb?access_token=kT9mXw2Qp7Lz4Rv8&x=1",
    "Server=db;Password=kT9mXw2Qp7Lz4Rv8;", "postgres://app:kT9mXw2Qp7Lz4Rv8@db.example/app",
    "ALTER ROLE x PASSWORD 'kT9mXw2Qp7Lz4Rv8'",
    "key is sk_live_kT9mXw2Qp7Lz4Rv8, they say",
  ]) func namedAndKnownForms(_ text: String) throws {
    var finder = SecretFinder()
    let bytes = Array(text.utf8)
    let marked = finder.redacted(bytes.span)
    let redacted = String(decoding: try #require(marked), as: UTF8.self)
    #expect(!redacted.contains("kT9mXw2Qp7Lz4Rv8") && redacted.contains("[secret-removed]"), "\(redacted)")
  }
}
