import Bytes
import JSONStream
import Records
import Testing

/// Text made to hang the reader, or to take all memory.
@Suite(.timeLimit(.minutes(30))) struct HostileJSONTests {
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
  @Test(arguments: ["é", "中", "😀"], 0..<4) func charactersAtTheEdgeOfTheWindow(_ character: String, _ pad: Int) {
    let count = (1 << 20) / character.utf8.count + 100
    let long = String(repeating: "x", count: pad) + String(repeating: character, count: count)
    let expected = "t(a)\nexternal(text,\(long.utf8.count))\n'y'"
    #expect(transcript(#"[{"a":"\#(long)"},{"a":"y"}]"#) == expected)
    #expect(transcript(#"[{"a":"\#(long)"},{"a":"y"}]"#, capacity: 64, step: 1 << 12) == expected)
  }

  @Test func nobodyElseCanPointAtALargeValue() {
    let long = String(repeating: "x", count: 3 << 20)
    let bytes = Array(#"[{"a":"\#(long)","b":"#.utf8) + [0] + Array("0000000}]".utf8)
    #expect(transcript(bytes) == "error value expected at \(bytes.count - 10)")
  }

  @Test func membersOfOneObjectAreFoundQuickly() {
    let count = 50_000
    let members = (0..<count).map { #""k\#($0)":\#($0)"# } + [#""k0":7"#]
    let lines = transcript("{" + members.joined(separator: ",") + "}").components()
    #expect(lines[1].hasPrefix("7|1|2|") && lines[1].hasSuffix("|\(count - 1)"))
    #expect(lines.last?.hasPrefix("finding duplicate-keys 1") == true)
  }

  /// Members of envelopes of one name, or of the name of a table, once made a table whose columns came and went.
  @Test(arguments: [
    (
      #"{"a":{"n":1,"m":2,"x":[{"q":1}]},"b":{"a":{"m":3,"y":[{"q":2}]}}}"#,
      "x(q)\n1\na(n,m)\n1|2\ny(q)\n2\na(n,m)\n-|3"
    ),
    (
      #"{"b":{"a":{"n":1,"x":[{"q":1}]}},"a":[{"z":3},{"z":4}]}"#,
      "x(q)\n1\na(n)\n1\na(n,z)\n-|3\n-|4"
    ),
    (
      #"{"t_document":[{"id":1}],"t":[{"a":1}],"n":5}"#, "t_document(id)\n1\nt(a)\n1\nt_document(id,n)\n-|5"
    ),
  ])
  func membersOfEnvelopesAreRowsOfOneTable(_ text: String, _ expected: String) {
    #expect(transcript(text) == expected)
  }

  @Test func tablesAndColumnsHaveLimits() {
    func error(_ text: String) -> String? { transcript(text).components().last { $0.hasPrefix("error") } }
    let tables = (0...10_000).map { #""t\#($0)":[{"a":1}]"# }
    #expect(error("{" + tables.joined(separator: ",") + "}")?.contains("more than 10000 tables") == true)
    let members = (0...TableSchema.columnLimit).map { #""k\#($0)":1"# }.joined(separator: ",")
    #expect(error("[{\(members)}]")?.contains("more than 100000 columns") == true)
    #expect(error("{\(members)}")?.contains("more than 100000 columns") == true)
    let half = (0...TableSchema.columnLimit / 2).map { #""k\#($0)":1"# }.joined(separator: ",")
    #expect(error("{\"a\":[{\(half)}],\"b\":[{\(half)}]}")?.contains("more than 100000 columns") == true)
    let name = String(repeating: "n", count: 1 << 16)
    #expect(error(#"{"\#(name)x":[{"a":1}]}"#)?.contains("the keys around a value") == true)
    let fixture = transcript(#"[{"model":"\#(name)x","pk":1,"fields":{}}]"#, shape: .fixture)
    #expect(fixture.contains("bytes in the name of a table"))
  }

  @Test func envelopesHaveADepth() {
    func nested(_ depth: Int) -> String {
      String(repeating: #"{"x":[{"q":1}],"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
    }
    #expect(!transcript(nested(500)).contains("error"))
    #expect(transcript(nested(600)).components().last?.hasPrefix("error values are nested deeper") == true)
  }
}
