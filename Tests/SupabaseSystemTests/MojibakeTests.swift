import Diagnostics
import Testing

@testable import SupabaseSystem

/// UTF-8 that was taken for Windows-1252.
@Suite struct MojibakeTests {
  @Test func isFoundAndMeant() throws {
    let found = try #require(Mojibake(in: Array("Status: \u{E2}\u{153}\u{2026} Complete, caf\u{C3}\u{A9}".utf8)))
    #expect(found.offset == 8 && found.count == 2)
    #expect(found.meant == Array("✅".utf8))
    #expect(found.finding(artifact: []).advice?.contains("'✅'") == true)
  }

  @Test(arguments: ["✅ Complete", "Größe, façade, señor", "“quoted” – dash…", "Ã", "", "\u{E2}\u{153}"])
  func otherTextIsNone(_ text: String) { #expect(Mojibake(in: Array(text.utf8)) == nil, "\(text)") }
}
