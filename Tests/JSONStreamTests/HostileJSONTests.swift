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

  /// A window may end inside a character; all that matters happens at its edge.
}
