import Bytes
import Conversion
import JSONFormat
import JSONLinesFormat
import Records
import TestSupport
import Testing

@Suite struct JSONWriterTests {
  static let half: TestValue = .surrogates(
    Array("a".utf8) + [0xED, 0xA0, 0x80] + Array("\"é".utf8) + [0xED, 0xBF, 0xBF])

  @Test func everyKindHasItsForm() throws {
    let table = TestTable(
      "t", ["id", "va\"lue"],
      [
        ["0", nil], ["1", .missing], ["2", true], ["3", false], ["4", .integer(.min)], ["5", .double(0.1)],
        ["6", .double(.nan)], ["7", .number("1.10")], ["8", .number("-Infinity")], ["9", "tab\t\"\\\u{1}é\u{0}"],
        ["10", Self.half], ["11", .bytes([0xFB, 0xFF])], ["12", .json("{\"a\": [1]}")], [.missing, .missing],
        [.missing, .json("{\n  \"a\\\" b\": [\r\n 1, \"x \"]\n}")], ["15", .number("-0")], ["16", .number("1e400")],
      ])
    let lines = #"""
      {"id":"0","va\"lue":null}
      {"id":"1"}
      {"id":"2","va\"lue":true}
      {"id":"3","va\"lue":false}
      {"id":"4","va\"lue":-9223372036854775808}
      {"id":"5","va\"lue":0.1}
      {"id":"6","va\"lue":null}
      {"id":"7","va\"lue":1.10}
      {"id":"8","va\"lue":null}
      {"id":"9","va\"lue":"tab\t\"\\\u0001é\u0000"}
      {"id":"10","va\"lue":"a\ud800\"é\udfff"}
      {"id":"11","va\"lue":"+/8="}
      {"id":"12","va\"lue":{"a": [1]}}
      {}
      {"va\"lue":{"a\" b":[1,"x "]}}
      {"id":"15","va\"lue":-0}
      {"id":"16","va\"lue":1e400}

      """#
    for batchSize in [1, 2, 100] {
      let written = try write([table], as: .jsonLines, batchSize: batchSize)
      #expect(written.text == lines)
      #expect(
        written.losses == [
          Loss("special-float", LossKind.specialFloat.message, table: "t", column: "va\"lue", count: 2)
        ])
      let array = "[\n" + lines.split(separator: "\n").joined(separator: ",\n") + "\n]\n"
      #expect(try write([table], as: .json, batchSize: batchSize).text == array)
    }
  }

  @Test(arguments: [0, 1, 1000, Int.max]) func textsComeBackThroughReaderAndPython(_ externalAbove: Int) throws {
    let table = TestTable("t", ["text", "end"], (awkwardTexts + [Self.half]).map { [$0, "end"] })
    for (format, reading) in [(Formats.lines, Formats.readingLines), (Formats.json, Formats.readingJSON)] {
      let written = try write([table], as: format, externalAbove: externalAbove)
      let back = FormatSuite(reads: reading).read(written.files[""] ?? [])
      #expect(back.error == nil && back.rows == table.rows)
    }
    let lines = try write([table], as: .jsonLines, externalAbove: externalAbove)
    let script = """
      import json, sys
      for line in sys.stdin: print(json.loads(line)['text'].encode('utf-8', 'surrogatepass').hex())
      """
    let found = try run(["python3", "-c", script], input: lines.files[""] ?? [])
    let expected = table.rows.map { row in
      switch row[0] {
      case .text(let bytes), .surrogates(let bytes): hexadecimal(bytes)
      default: ""
      }
    }
    #expect(found.text == expected.joined(separator: "\n") + "\n", "\(found.errorText)")
  }

  @Test func kindsAndAbsenceComeBack() throws {
    let rows: [[TestValue]] = [
      [.number("1"), nil, false, .json("[1,{\"a\":null}]")], [.number("1.10"), "x", true, .missing],
      [.number("-0"), .missing, .missing, .json("{}")], [nil, "", .missing, "text"],
    ]
    let table = TestTable("t", ["a", "b", "c", "d"], rows)
    for (format, reading) in [(Formats.lines, Formats.readingLines), (Formats.json, Formats.readingJSON)] {
      let written = try write([table], as: format)
      let back = FormatSuite(reads: reading).chunksNeverShow(written.files[""] ?? [])
      #expect(back.rows == rows)
      #expect(back.tables[0].schema.columns.map(\.name) == ["a", "b", "c", "d"])
    }
  }

  @Test func cutsInventNothing() throws {
    let table = TestTable(
      "t", ["id", "v"], [[.number("1"), "a\n"], [.number("2"), .json("{\"x\":[1,2]}")], [.number("3"), nil]])
    let lines = try write([table], as: .jsonLines).files[""] ?? []
    FormatSuite(reads: Formats.readingLines).cutsInventNothing(lines, cutsValues: false)
    let array = try write([table], as: .json).files[""] ?? []
    FormatSuite(reads: Formats.readingJSON).cutsInventNothing(array, cutsValues: false)
  }

  @Test func surrogatesSurviveEveryCutOfTheirPieces() throws {
    // External values come in pieces of 64 KiB.
    for shift in 0..<4 {
      let bytes =
        Array(repeating: UInt8(ascii: "x"), count: (1 << 16) - shift) + [0xED, 0xA0, 0x80] + Array("é\u{D7FF}".utf8)
        + [0xED, 0xBF, 0xBF]
      let table = TestTable("t", ["v"], [[.surrogates(bytes)]])
      let written = try write([table], as: .jsonLines, externalAbove: 10)
      #expect(FormatSuite(reads: Formats.readingLines).read(written.files[""] ?? []).rows == table.rows)
    }
  }

  @Test func externalJSONAndBytesAreWrittenWhole() throws {
    let json = "[" + (0..<20_000).map { "{\n \"k \\\" \": \($0)}" }.joined(separator: ",\r\n") + "]"
    let compact = "[" + (0..<20_000).map { "{\"k \\\" \":\($0)}" }.joined(separator: ",") + "]"
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let table = TestTable("t", ["j", "b"], [[.json(json), .bytes(bytes)]])
    let external = try write([table], as: .jsonLines, externalAbove: 10)
    #expect(external.text.hasPrefix("{\"j\":\(compact),\"b\":\""))
    #expect(external.text == (try write([table], as: .jsonLines).text))
  }

  // MARK: Several tables

  static let tables = [
    TestTable("a", ["x"], [["1"], ["2"], ["3"], ["4"], ["5"]]),
    TestTable("b\"\n", ["y", "z"], [["1", nil], [.missing, "2"], ["3", "3"]]), TestTable("empty", ["q"], []),
    TestTable("c", ["x"], (0..<3000).map { ["row \($0)"] }),
  ]

  @Test(arguments: [1, 2, 1000]) func oneStreamHoldsAnObjectOfArrays(_ batchSize: Int) throws {
    let written = try write(Self.tables, as: .json, batchSize: batchSize)
    #expect(
      written.text.hasPrefix(
        """
        {
        "a": [
        {"x":"1"},
        {"x":"2"},
        {"x":"3"},
        {"x":"4"},
        {"x":"5"}
        ],
        "b\\"\\n": [
        {"y":"1","z":null},
        {"z":"2"},
        {"y":"3","z":"3"}
        ],
        "empty": [],
        "c": [
        {"x":"row 0"},

        """))
    #expect(written.text.hasSuffix("{\"x\":\"row 2999\"}\n]\n}\n"))
    let back = FormatSuite(reads: Formats.readingJSON).read(written.files[""] ?? [])
    #expect(back.tables.map(\.rows) == Self.tables.map(\.rows))
    let check = "import json,sys; d=json.load(sys.stdin); print([len(v) for v in d.values()])"
    #expect(try run(["python3", "-c", check], input: written.files[""] ?? []).text == "[5, 3, 0, 3000]\n")
  }

  @Test func directoriesHoldAFileForEachTable() throws {
    let json = try write(Self.tables, as: .json, toDirectory: true)
    #expect(Set(json.files.keys) == ["a.json", "b%22%0a.json", "empty.json", "c.json"])
    #expect(json["empty.json"] == "[]\n" && json["b%22%0a.json"].hasPrefix("[\n{\"y\":\"1\",\"z\":null},\n"))
    let lines = try write(Self.tables, as: .jsonLines, toDirectory: true)
    #expect(lines["empty.jsonl"] == "" && lines["a.jsonl"].split(separator: "\n").count == 5)
    #expect(throws: WriteError.self) { try write(Self.tables, as: .jsonLines) }
  }

  @Test func noTablesAndOneEmptyTable() throws {
    #expect(try write([], as: .json).text == "[]\n")
    #expect(try write([], as: .jsonLines).text == "")
    #expect(try write([TestTable("t", ["a"], [])], as: .json).text == "[]\n")
  }

  @Test func namesThatAreNoTextAreRefused() throws {
    let bad = TestTable("t", [Name([0x61, 0xFF])], [])
    #expect(throws: WriteError.self) { try write([bad], as: .jsonLines) }
    #expect(throws: WriteError.self) { try write([TestTable(Name([0xFF]), ["a"], []), bad], as: .json) }
    let half = TestTable("t", [Name([0xED, 0xA0, 0x80])], [["x"]])
    #expect(try write([half], as: .jsonLines).text == "{\"\\ud800\":\"x\"}\n")
  }
}

/// The formats as values of their protocols.
enum Formats {
  static let json: any ExportFormat = .json
  static let lines: any ExportFormat = .jsonLines
  static let readingJSON: any ImportFormat = JSON()
  static let readingLines: any ImportFormat = JSONLines()
}
