import Conversion
import Testing

@Suite struct IgnoreRulesTests {
  @Test(arguments: [
    ("*.log", "a.log", true), ("*.log", "x/y/a.log", true), ("*.log", "a.logs", false), ("/top", "top", true),
    ("/top", "x/top", false), ("a/b", "a/b", true), ("a/b", "x/a/b", false), ("a/**", "a/b/c", true),
    ("**/b", "b", true),
    ("**/b", "x/y/b", true), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/x/c", false),
    ("?.json", "a.json", true), ("?.json", "ab.json", false), ("a*b*c", "axbxc", true), ("a*b*c", "axbx", false),
    ("\\#x", "#x", true), ("# x", "# x", false), ("x\r", "x", true), ("x  ", "x", true), ("a\\*", "a*", true),
    ("a\\*", "ab", false), ("*", "any/thing", true), ("[ab]", "a", false), ("[ab]", "[ab]", true), ("", "a", false),
  ]) func matches(_ pattern: String, _ path: String, _ ignored: Bool) {
    var rules = IgnoreRules()
    rules.add(Array(pattern.utf8), in: [])
    #expect(rules.ignores(Array(path.utf8), isDirectory: false) == ignored)
  }

  @Test func lastRuleDecidesAndDirectoriesCount() {
    var rules = IgnoreRules()
    rules.add(Array("*.json\n!keep.json\nold/\n".utf8), in: [])
    #expect(rules.ignores(Array("a.json".utf8), isDirectory: false))
    #expect(!rules.ignores(Array("keep.json".utf8), isDirectory: false))
    #expect(rules.ignores(Array("x/old".utf8), isDirectory: true))
    #expect(!rules.ignores(Array("x/old".utf8), isDirectory: false))
  }

  @Test func rulesOfADirectoryReachBelowItOnly() {
    var rules = IgnoreRules()
    rules.add(Array("/a\nb".utf8), in: Array("sub".utf8))
    for (path, ignored) in [("a", false), ("sub/a", true), ("sub/x/a", false), ("sub/x/b", true), ("subb/b", false)] {
      #expect(rules.ignores(Array(path.utf8), isDirectory: false) == ignored, "\(path)")
    }
  }

  /// Many stars take time in proportion to the lengths, not to their power.
  @Test func hostilePatternsEnd() {
    var rules = IgnoreRules()
    rules.add(Array(String(repeating: "a*", count: 2000).utf8) + Array("b\n".utf8), in: [])
    rules.add(Array((String(repeating: "**/a/", count: 500) + "b").utf8), in: [])
    #expect(!rules.ignores(Array(repeating: UInt8(ascii: "a"), count: 4000), isDirectory: false))
    #expect(!rules.ignores(Array(String(repeating: "a/", count: 2000).utf8), isDirectory: false))
  }
}
