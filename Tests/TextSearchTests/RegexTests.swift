import Bytes
import TestSupport
import Testing

@testable import TextSearch

@Suite struct RegexTests {
  static func range(_ pattern: String, _ text: String, ignoresCase: Bool = false) throws -> Range<Int>? {
    var matcher = RegexMatcher(try RegexProgram(Array(pattern.utf8), ignoresCase: ignoresCase))
    let bytes = Array(text.utf8)
    return matcher.firstRange(in: bytes.span)
  }

  @Test(arguments: [
    ("abc", "xabcx", 1..<4), ("a|ab", "ab", 0..<1), ("ab|a", "ab", 0..<2), ("a*", "aaa", 0..<3), ("a*?", "aaa", 0..<0),
    ("a+?b", "aaab", 0..<4), ("<.+?>", "<a><b>", 0..<3), ("<.+>", "<a><b>", 0..<6), ("^b", "ab", nil),
    ("b$", "ab", 1..<2),
    ("a{2,3}", "aaaa", 0..<3), ("a{2}", "a", nil), ("a{,2}", "a{,2}", 0..<5), ("[^a-c]+", "abcdef", 3..<6),
    ("[]a]+", "]a", 0..<2), ("[a-]+", "a-", 0..<2), ("\\d+", "ab12", 2..<4), ("\\D+", "12ab", 2..<4),
    ("\\bfoo\\b", "a foo b", 2..<5),
    ("\\Boo", "foo", 1..<3), ("\\w+", "-é_1-", 1..<5), ("[\\W]", "é-", 2..<3), ("\\x41\\u00e9\\x{1F600}", "Aé😀", 0..<7),
    (".", "\n", nil), ("a.c", "aéc", 0..<4), ("(a|b)*c", "ababc", 0..<5), ("(?:ab)+", "ababa", 0..<4), ("", "x", 0..<0),
    ("$", "ab", 2..<2), ("x*$", "ab", 2..<2), ("\\.", "a.b", 1..<2), ("[\\]\\\\]+", "a]\\", 1..<3),
    ("\\s", "a\u{3000}", 1..<4),
    ("a??b", "ab", 0..<2), ("(a*)+$", "aab", 3..<3),
  ])
  func matches(_ pattern: String, _ text: String, _ expected: Range<Int>?) throws {
    #expect(try Self.range(pattern, text) == expected)
  }

  @Test(arguments: [
    ("straße", "STRASSE", nil), ("É", "é", 0..<2), ("[à-é]", "É", 0..<2), ("[^a]", "A", nil), ("k", "\u{212A}", 0..<3),
    ("σ", "ΑΣ", 2..<4),
  ])
  func caseIsIgnoredWhenAsked(_ pattern: String, _ text: String, _ expected: Range<Int>?) throws {
    #expect(try Self.range(pattern, text, ignoresCase: true) == expected)
  }

  @Test func bytesThatAreNoTextMatchOneByOne() throws {
    var matcher = RegexMatcher(try RegexProgram(Array("a.b".utf8), ignoresCase: false))
    let bytes: [UInt8] = [0x78, 0x61, 0xFF, 0x62]
    #expect(matcher.firstRange(in: bytes.span) == 1..<4)
  }

  @Test func requiredTextIsWhatEveryMatchHolds() throws {
    func required(_ pattern: String) throws -> String {
      String(decoding: try RegexProgram(Array(pattern.utf8), ignoresCase: true).requiredText, as: UTF8.self)
    }
    #expect(try required("^Foo[0-9]+barbaz$") == "barbaz")
    #expect(try required("foo|bar") == "")
    #expect(try required("(foo)+x") == "foo")
    #expect(try required("a?b*") == "")
  }

  /// Generated patterns and texts, against Python's `re`.
  @Test func pythonAgrees() throws {
    var state: UInt64 = 0x2545_F491_4F6C_DD1D
    func below(_ limit: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int((state >> 11) % UInt64(limit))
    }
    func pick(_ choices: [String]) -> String { choices[below(choices.count)] }
    func atom(_ depth: Int) -> String {
      switch below(depth > 0 ? 9 : 7) {
      case 0...3: return pick(["a", "b", "c", "-", "é"])
      case 4: return pick(["[ab]", "[^a]", "[b-c]", "\\w", "\\W", "[^b-]"])
      case 5: return "."
      case 6: return pick(["\\b", "^", "$", "\\B"])
      default: return "(" + alternation(depth - 1) + ")"
      }
    }
    func sequence(_ depth: Int) -> String {
      (0..<(1 + below(3))).map { _ in
        let inner = atom(depth)
        // Python treats a repetition of what may be empty in its own way.
        guard !inner.hasPrefix("("), !["\\b", "^", "$", "\\B"].contains(inner) else { return inner }
        return inner + pick(["", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?"])
      }.joined()
    }
    func alternation(_ depth: Int) -> String {
      (0..<(1 + below(2))).map { _ in sequence(depth) }.joined(separator: "|")
    }
    var cases: [(String, String)] = []
    for _ in 0..<3000 {
      let pattern = alternation(2)
      // Python finds no \B in an empty text.
      let least = pattern.contains("\\B") ? 1 : 0
      cases.append((pattern, (0..<(least + below(9))).map { _ in pick(["a", "b", "c", "-", "é"]) }.joined()))
    }
    let script = """
      import re, sys
      for line in sys.stdin.buffer.read().decode().split("\\n")[:-1]:
          pattern, text = line.split("\\t")
          m = re.search(pattern.replace("$", r"\\Z"), text)
          print("none" if m is None else "%d %d" % tuple(len(text[:i].encode()) for i in m.span()))
      """
    let input = cases.map { $0.0 + "\t" + $0.1 + "\n" }.joined()
    let answers = try run(["python3", "-c", script], input: Array(input.utf8))
    #expect(answers.exitCode == 0, "\(answers.errorText)")
    let expected = answers.text.split(separator: "\n").map { String($0) }
    #expect(expected.count == cases.count)
    var matched = 0
    for ((pattern, text), answer) in zip(cases, expected) {
      let found = try Self.range(pattern, text)
      #expect(found.map { "\($0.lowerBound) \($0.upperBound)" } ?? "none" == answer, "\(pattern) in \(text)")
      matched += found == nil ? 0 : 1
    }
    #expect(matched > 500 && matched < 2900)
  }
}
