import Testing

@testable import SupabaseSystem

/// Figures with the exactness they are stated with.
@Suite struct FigureTests {
  private func only(_ text: String) -> Figure? {
    let figures = Figure.all(in: Array(text.utf8)[...])
    return figures.count == 1 ? figures[0] : nil
  }

  @Test(arguments: [
    ("**25 Users** with", 25, 24), ("40+ RLS Policies", 42, 39), ("40+ policies", 40, 39), ("~250 rows", 231, 300),
    ("131,876 bytes", 131_876, 131_875), ("132 KB", 131_876, 134_000), ("(132 KB)", 134_800, 136_900),
    ("~1 MB", 1_033_436, 1_600_000), ("1.0 MB", 1_033_436, 1_120_000), ("770KB", 769_684, 768_000),
    ("129K", 131_876, 133_500), ("88.", 88, 87), ("1,234,567 rows", 1_234_567, 1234),
  ])
  func admitsWhatItMeans(_ text: String, _ right: Int, _ wrong: Int) throws {
    let figure = try #require(only(text), "\(text)")
    #expect(figure.admits(right), "\(text)")
    #expect(!figure.admits(wrong), "\(text)")
  }

  @Test(arguments: [
    "2025-09-02 15:23:54", "PostgreSQL 15.1", "AES-256", "20250101000001_*.sql", "127.0.0.1:54322", "v2", "$5", "3D",
    "99999999999999999999 rows", "9223372036854775807 GB",
  ])
  func partsOfNamesAreNone(_ text: String) { #expect(Figure.all(in: Array(text.utf8)[...]).isEmpty, "\(text)") }

  @Test func whatWasNeverFilledInIsKnown() throws {
    let figure = try #require(only("Total Records: XX records"))
    #expect(!figure.isFilled && !figure.admits(0))
    #expect(only("XXL shirts") == nil)
  }

  @Test func severalInALine() {
    let figures = Figure.all(in: Array("3 backup files + 1 summary document, 131,876 bytes (132 KB)".utf8)[...])
    #expect(figures.map(\.unit) == [.things, .things, .bytes, .bytes])
    #expect(figures.map(\.exact) == [3, 1, 131_876, nil])
  }
}
