import Bytes
import Diagnostics
import Testing

@testable import CommandLine

@Suite struct TerminalTests {
  @Test(
    arguments: [
      (ColorChoice.auto, true, [:], true), (.auto, false, [:], false), (.always, false, ["NO_COLOR": "1"], true),
      (.never, true, ["CLICOLOR_FORCE": "1"], false), (.auto, true, ["NO_COLOR": "1"], false),
      (.auto, true, ["NO_COLOR": ""], true), (.auto, false, ["CLICOLOR_FORCE": "1"], true),
      (.auto, false, ["CLICOLOR_FORCE": "0"], false), (.auto, false, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false),
      (.auto, true, ["TERM": "dumb"], false), (.auto, true, ["TERM": "xterm"], true),
    ] as [(ColorChoice, Bool, [String: String], Bool)])
  func colors(_ choice: ColorChoice, _ isInteractive: Bool, _ variables: [String: String], _ expected: Bool) {
    #expect(
      Terminal.usesColor(choice, isInteractive: isInteractive) { variables[$0].map { Array($0.utf8) } } == expected)
  }

  @Test func styles() {
    #expect(Terminal(isInteractive: true, usesColor: true).styled("x", .bold) == "\u{1B}[1mx\u{1B}[0m")
    #expect(Terminal(isInteractive: true).styled("x", .bold) == "x")
  }

  @Test(arguments: [("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("😀", 2), ("ﬁ", 1), ("", 0)])
  func widths(_ text: String, _ width: Int) {
    #expect(displayWidth(text) == width)
  }

  @Test func marksDoNotPileUp() {
    let pile = displayed(Array(("a" + String(repeating: "\u{300}", count: 40) + "b\u{300}").utf8))
    #expect(pile.unicodeScalars.filter { $0 == "\u{300}" }.count == 31)
    #expect(pile.hasSuffix("\\u{300}b\u{300}"))
  }

  @Test func cuts() {
    #expect(truncated("日本語", to: 5) == "日本…")
    #expect(truncated("日本語", to: 4) == "日…")
    #expect(truncated("abc", to: 3) == "abc")
    #expect(padded("日", to: 4, onTheLeft: true) == "  日")
    #expect(wrapped("aa bb cc dddddddd", to: 5) == ["aa bb", "cc", "dddddddd"])
  }
}
