import Bytes
import Diagnostics
import TOML
import Testing

@Suite struct TOMLTests {
  private static let path = Array("map.toml".utf8)

  /// Entries in a notation of our own: `name=value`, tables in braces.
  private func shown(_ entries: [TOMLEntry]) -> String {
    entries.map { displayed($0.name) + "=" + shown($0.value) }.joined(separator: " ")
  }
  private func shown(_ value: TOMLValue) -> String {
    switch value.content {
    case .text(let text): "'\(displayed(text))'"
    case .flag(let isOn): "\(isOn)"
    case .integer(let number): "\(number)"
    case .list(let values): "[" + values.map(shown).joined(separator: ",") + "]"
    case .table(let entries): "{" + shown(entries) + "}"
    }
  }
  private func error(_ text: String) -> TOMLError? {
    do throws(TOMLError) { _ = try TOML.read(Array(text.utf8), path: Self.path) } catch { return error }
    return nil
  }

  @Test(arguments: [
    ("a = 1\n[b]\nc = 'x'\n[b.d]\ne = true\n[f]", "a=1 b={c='x' d={e=true}} f={}"),
    ("a.b.c = 1\na.b.d = 2\na . e = 3", "a={b={c=1 d=2} e=3}"),
    ("[a.b]\nx = 1\n[a]\ny = 2", "a={b={x=1} y=2}"),
    ("\"a b\" = 1\n'c.d' = 2\n[t.\"e.f\"]\n\"\\u00e9\" = 3", "a b=1 c.d=2 t={e.f={é=3}}"),
    ("a = [1, 'x', [true], {b = 2}]", "a=[1,'x',[true],{b=2}]"),
    ("a = [ # one\n  1,\r\n\n  2, # two\n]\nb = []", "a=[1,2] b=[]"),
    ("a = { b = 1, \"c d\" = 'x', e.f = 2 }\ng = {}", "a={b=1 c d='x' e={f=2}} g={}"),
    ("[ a . b ] # c\nd = 1", "a={b={d=1}}"), ("", ""),
  ])
  func documents(_ text: String, _ expected: String) throws {
    #expect(shown(try TOML.read(Array(text.utf8), path: Self.path)) == expected)
  }

  @Test(
    arguments: [
      ("[a]\n[a]", .repeated("a"), 2, 1), ("a = 1\n[a]", .repeated("a"), 2, 2),
      ("a = 1\na.b = 2", .repeated("a"), 2, 1),
      ("a = {b = 1, b = 2}", .repeated("b"), 1, 13), ("[a\nb = 1", .noKey, 1, 3),
      ("[[a]]", .unsupported("a list of sections"), 1, 2),
      ("a = [1", .openList, 1, 7), ("a = [1 2]", .openList, 1, 8), ("a = {b = 1\n}", .openList, 1, 11),
      ("a = [,]", .unknownWord, 1, 6), ("[a] b = 1", .somethingBehind, 1, 5), ("[]", .noKey, 1, 2),
      ("a..b = 1", .noKey, 1, 3),
      ("a = \"\"\"x\"\"\"", .unsupported("text of several lines"), 1, 5),
    ] as [(String, TOMLError.Code, Int, Int)])
  func mistakesHaveAPlace(_ text: String, _ code: TOMLError.Code, _ line: Int, _ column: Int) {
    #expect(
      error(text) == TOMLError(code: code, place: SourceLocation(artifact: Self.path, line: line, column: column)))
  }

  @Test func depthHasALimit() {
    #expect(error("a = " + String(repeating: "[", count: 100_000))?.code == .tooDeep)
    #expect(error("a = " + String(repeating: "{b = ", count: 1000))?.code == .tooDeep)
    #expect(error("a" + String(repeating: ".a", count: 1000) + " = 1")?.code == .tooDeep)
  }

  @Test func everyCutAndChangeEndsWell() {
    let text = Array("[a.\"b\"]\nc = [1, { d = 'x', e.f = \"\\u00e9\" }, true] # g\n'h i' = -1_0\r\n".utf8)
    for count in 0...text.count { _ = try? TOML.read(Array(text.prefix(count)), path: Self.path) }
    for i in text.indices {
      for byte in [0x00, 0x22, 0x27, 0x5B, 0x5D, 0x7B, 0x7D, 0x2C, 0x2E, 0x3D, 0x0A, 0xFF] as [UInt8] {
        var copy = text
        copy[i] = byte
        _ = try? TOML.read(copy, path: Self.path)
      }
    }
  }
}
