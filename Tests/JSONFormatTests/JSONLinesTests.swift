import Conversion
import JSONFormat
import JSONLinesFormat
import Testing

@Suite struct JSONLinesTests {
  /// A second line that begins as an object decides, whatever becomes of it: a document cannot go on so.
  @Test(arguments: [
    ("{\"a\":1}\n{\"a\":2}\n", 0.9), ("{\"a\":1}\n{\"a", 0.9), ("{\"a\":1}\r\n {\"a\": tru}", 0.9),
    ("\n{\"a\":1}\n\n{", 0.9),
    ("{\"a\":1}\n", 0.5), ("{\"a\":1}", 0.5), ("{\"a\":1}\n[1]", 0.5), ("{\"a\":1} {\"a\":2}", 0),
    ("{\"a\":1},\n{\"a\":2}", 0),
    ("{\n\"a\":1}\n{\n\"a\":2}", 0), ("[{\"a\":1}]\n", 0), ("{\"a\":", 0), ("", 0),
  ]) func confidenceFollowsTheContent(_ text: String, _ confidence: Double) {
    #expect(JSONLines().confidence(Array(text.utf8)) == confidence)
    if confidence == 0.9 { #expect(JSON().confidence(Array(text.utf8)) < confidence) }
  }
}
