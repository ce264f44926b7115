import Bytes
import CatalogStore
import Testing

@Suite struct NamePatternTests {
  @Test(arguments: [
    ("user", "USER", true), ("u*", "user", true), ("*er", "user", true), ("u?er", "user", true), ("u?er", "uer", false),
    ("*", "", true), ("**", "x", true), ("a*b*c", "aXbYc", true), ("a*b*c", "aXcYb", false), ("", "", true),
    ("", "a", false),
    ("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
  ])
  func namesFitPatterns(_ pattern: String, _ name: String, _ fits: Bool) {
    #expect(NamePattern(pattern).matches(Name(name)) == fits)
  }
}
