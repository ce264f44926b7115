import Bytes
import Records
import TestSupport
import Testing
import YAMLStream

/// YAML as pieces.
@Suite struct YAMLStreamTests {
  private func read(_ text: String, step: Int = .max) throws -> YAMLTranscript {
    try YAMLTranscript(Array(text.utf8), step: step)
  }

  private static let all = """
    # note
    - &a {x: é, "y": 'it''s', z: !!str 1}
    - *a
    - |
      one
        two
    - !own [~, ]

    """

  @Test func piecesAreWhatIsWritten() throws {
    let read = try read(Self.all)
    #expect(read.error == nil)
    #expect(
      read.lines == [
        "+DOC", "+SEQ", "+MAP &a", "=VAL :x", "=VAL :é", "=VAL \"y", "=VAL \"it's", "=VAL :z",
        "=VAL <tag:yaml.org,2002:str> :1", "-MAP", "=ALI *a", "=VAL \"one\\n  two\\n", "+SEQ <!own>", "=VAL :~", "-SEQ",
        "-SEQ", "-DOC",
      ])
  }

  @Test(arguments: [1, 2, 3, 7]) func stepsNeverShow(_ step: Int) throws {
    #expect(try read(Self.all, step: step).lines == read(Self.all).lines)
  }

  @Test func errorsSayWhere() throws {
    let read = try read("é: [1, 2\nb: }\n")
    guard case .syntax(let what)? = read.error?.code else {
      Issue.record("taken")
      return
    }
    #expect(what.hasPrefix("not YAML: "))
    #expect((8...15).contains(read.error?.offset ?? 0))
  }

  @Test func depthHasALimit() throws {
    let limit = YAMLStream.depthLimit
    let fits = try read(String(repeating: "[", count: limit) + String(repeating: "]", count: limit))
    #expect(fits.error == nil)
    #expect(try read(String(repeating: "[", count: 100_000)).error?.code == .tooDeep(limit: limit))
  }

  @Test func wrongBytesAreRefused() throws {
    #expect(try YAMLTranscript([0x61, 0x3A, 0x20, 0xC3, 0x28]).error?.code == .invalidUTF8)
    #expect(try YAMLTranscript(Array("a: \u{1}".utf8)).error?.code == .syntax("a control character stands in YAML"))
  }
}
