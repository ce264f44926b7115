import Bytes
import JSONStream
import Records
import Testing

/// Text made to hang the reader, or to take all memory.
@Suite(.timeLimit(.minutes(1))) struct HostileJSONTests {
  @Test(arguments: [
    ("[{}]", "t()\n"), ("[{},{}]", "t()\n\n"), (#"[{},{"a":1}]"#, "t()\n\nt(a)\n1"), (#"{"a":[{}]}"#, "a()\n"),
    (#"[{"a":1},{}]"#, "t(a)\n1\n-"),
  ])
  func recordsWithoutMembersComeToAnEnd(_ text: String, _ expected: String) {
    #expect(transcript(text) == expected)
    if text.hasPrefix("[{}") {
      let lines = text.dropFirst().dropLast().replacing("},{", with: "}\n{")
      #expect(transcript(String(lines), shape: .lines) == expected)
    }
  }

  @Test(arguments: ["1", "[1", "-"]) func numbersLongerThanTheWindowComeToAnEnd(_ start: String) {
    let text = #"[{"a":"# + start + String(repeating: "1", count: 3 << 20)
    #expect(transcript(text + "}]").hasPrefix("error a number exceeds the limit of 1048576 bytes at 6"))
    #expect(transcript(#"{"x":[{"b":1}],"#.dropLast() + #","n":"# + text.dropFirst(6)).contains("a number exceeds"))
  }
  @Test func numbersBehindLongValuesFindRoom() {
    let text = #"[{"a":["\#(String(repeating: "x", count: 1_000_000))",\#(String(repeating: "1", count: 900_000))]}]"#
    #expect(transcript(text) == "t(a)\nexternal(json,1900005)")
  }

  /// A window may end inside a character; all that matters happens at its edge.
}
