import Bytes
import CSVFormat
import Conversion
import Records
import TestSupport
import Testing

@Suite struct CSVWriterTests {
  let suite = FormatSuite(reads: .csv)
  static let values: [TestValue] = [
    nil, .missing, true, false, .integer(.min), .double(0.1), .double(-.infinity), .number("1.10"), "", "a,b",
    "q\"", "x\r", .bytes([0xFB, 0xFF]), .bytes([]), .json("{\"a\":[1,\"x\"]}"),
  ]

  func options(_ style: CSVStyle) -> WriteOptions {
    var options = WriteOptions()
    options.csv = style
    return options
  }

  /// Absent values are a loss only where nulls are written alike, wherever in the table those are.
  @Test func nullsInOtherRowsMakeAbsentValuesALoss() throws {
    let written = try write([TestTable("t", ["a", "b"], [["x", nil], ["y", .missing], [.missing, "z"]])], as: .csv)
    #expect(written.text == "a,b\nx,\ny,\n,z\n")
    #expect(written.losses.map(\.code) == ["missing-as-null"] && written.losses.map(\.column) == ["b"])
  }

  @Test func plainIsMinimal() throws {
    let table = TestTable("t", ["id", "v,w"], Self.values.enumerated().map { [.integer(Int64($0)), $1] })
    let written = try write([table], as: .csv)
    #expect(
      written.text == """
        id,"v,w"
        0,
        1,
        2,true
        3,false
        4,-9223372036854775808
        5,0.1
        6,-Infinity
        7,1.10
        8,""
        9,"a,b"
        10,"q"\""
        11,"x\r"
        12,+/8=
        13,""
        14,"{""a"":[1,""x""]}"

        """)
    #expect(written.losses.map(\.code) == ["missing-as-null"])
    #expect(written.losses[0].column == "v,w" && written.losses[0].count == 1 && !written.losses[0].isReject)
  }

  @Test func absentValuesAloneAreNoLoss() throws {
    let written = try write([TestTable("t", ["a", "b"], [["1", .missing], ["2", "x"]])], as: .csv)
    #expect(written.losses.isEmpty && written.text == "a,b\n1,\n2,x\n")
  }

  @Test(arguments: [1, 2, 1000]) func awkwardTextsComeBack(_ batchSize: Int) throws {
    let rows = awkwardTexts.map { [$0, "end"] }
    let table = TestTable("t", ["text", "end"], rows)
    let written = try write([table], as: .csv, batchSize: batchSize)
    #expect(suite.chunksNeverShow(written.files[""] ?? []).tables == [table])
    #expect(try write([table], as: .csv, externalAbove: 5).files[""].map { suite.read($0).rows } == rows)
  }

  @Test func oneColumnKeepsNullAndEmptyApart() throws {
    let table = TestTable("t", ["a"], [[nil], [""], ["x"], [nil]])
    let written = try write([table], as: .csv)
    #expect(written.text == "a\n\n\"\"\nx\n\n")
    #expect(suite.read(written.files[""] ?? []).tables == [table])
  }

  @Test func pythonReadsTheSame() throws {
    let texts = awkwardTexts.filter { $0 != "" }
    let table = TestTable("t", ["text", "end"], texts.map { [$0, "end"] })
    let script = """
      import csv, json, sys
      rows = csv.reader(open(sys.argv[1], encoding='utf-8', newline=''), delimiter=sys.argv[2])
      print(json.dumps([r[0] for r in rows][1:]))
      """
    for (format, delimiter) in [(ExportFormatValue.csv, ","), (ExportFormatValue.tsv, "\t")] {
      let written = try write([table], as: format)
      let place = try TemporaryDirectory()
      try writeFile(place.path + "/x", written.files[""] ?? [])
      let found = try run(["python3", "-c", script, place.path + "/x", delimiter])
      #expect(found.exitCode == 0, "\(found.errorText)")
      let expected = "[" + texts.map { json($0) }.joined(separator: ",") + "]"
      let same = try run(
        ["python3", "-c", "import json,sys; a,b=sys.stdin; assert json.loads(a)==json.loads(b), (a, b)"],
        input: Array((found.text + expected).utf8))
      #expect(same.exitCode == 0, "\(same.errorText)")
    }
  }

  /// A text as a JSON string of nothing but escapes.
  func json(_ value: TestValue) -> String {
    guard case .text(let bytes) = value else { return "null" }
    let units = String(decoding: bytes, as: UTF8.self).utf16
    return "\"" + units.map { "\\u" + String(String(Int($0) + 0x10000, radix: 16).dropFirst()) }.joined() + "\""
  }

  @Test func severalTablesNeedADirectory() throws {
    let tables = [
      TestTable("a", ["x"], [["1"], ["2"], ["3"]]), TestTable("b/c", ["y"], [["4"]]), TestTable("e", ["z"], []),
    ]
    let written = try write(tables, as: .csv, toDirectory: true, batchSize: 1)
    #expect(
      written.files.mapValues { String(decoding: $0, as: UTF8.self) } == [
        "a.csv": "x\n1\n2\n3\n", "b%2fc.csv": "y\n4\n", "e.csv": "z\n",
      ])
    #expect(throws: WriteError.self) { try write(tables, as: .csv) }
  }

  @Test func manyInterleavedTablesShareTheOpenFiles() throws {
    let tables = (0..<260).map { TestTable(Name("t\($0)"), ["x"], [["\($0)"], ["second"], ["third"]]) }
    let written = try write(tables, as: .csv, toDirectory: true, batchSize: 1)
    #expect(written.files.count == 260)
    #expect(written["t7.csv"] == "x\n7\nsecond\nthird\n" && written["t255.csv"] == "x\n255\nsecond\nthird\n")
  }

  @Test func loneSurrogatesAreRejected() throws {
    let half: TestValue = .surrogates([0x61, 0xED, 0xA0, 0x80])
    let table = TestTable("t", ["id", "s"], [["1", "x"], ["2", half], ["3", "y"], ["4", half]])
    for threshold in [2, Int.max] {
      let written = try write([table], as: .csv, batchSize: 4, externalAbove: threshold)
      #expect(written.text.contains("1,") && !written.text.contains("2,") && !written.text.contains("4,"))
      #expect(
        written.losses == [
          Loss(
            LossKind.loneSurrogate.code, LossKind.loneSurrogate.message, table: "t", column: "s", count: 2,
            isReject: true)
        ])
    }
  }

  @Test func droppedWriterLeavesNothing() throws {
    let place = try TemporaryDirectory()
    do {
      let table = TestTable("t", ["a"], [["1"]])
      var writer = try ExportFormatValue.csv.makeWriter(
        to: Output(.file(place.file("out"))), tables: [table.schema], options: WriteOptions())
      try writer.begin(table.schema)
      try writer.write(try RecordBatch(table.rows[...], columnCount: 1))
    }
    #expect(try directoryNames(place.file("")).isEmpty)
  }

  @Test func recordsWithoutColumnsAreNamed() throws {
    let written = try write([TestTable("t", [], [[], []])], as: .csv)
    #expect(written.losses.map(\.code) == ["no-columns"] && written.losses[0].count == 2)
  }

  // MARK: Spreadsheets

  @Test func spreadsheetsGetAMarkAndNoFormula() throws {
    let table = TestTable("t", ["=id", "v"], awkwardTexts.map { ["k", $0] } + [["k", .double(-.infinity)]])
    for threshold in [0, Int.max] {
      let written = try write([table], as: .csv, options: options(.spreadsheet), externalAbove: threshold)
      let bytes = written.files[""] ?? []
      #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]) && bytes.suffix(2) == [0x0D, 0x0A])
      let back = suite.read(bytes)
      #expect(back.tables[0].schema.columns[0].name == "'=id")
      var guarded = 0
      for (row, (mine, original)) in zip(back.rows, table.rows).enumerated() {
        guard case .text(let text) = mine[1], case .text(let truth) = original[1] else { continue }
        #expect(Self.unguarded(mine[1]) == original[1], "row \(row)")
        let harmless =
          Self.formulaBeginnings.allSatisfy { !text.starts(with: $0) }
          || Double(String(decoding: text, as: UTF8.self)) != nil
        #expect(harmless, "row \(row)")
        if text != truth { guarded += 1 }
      }
      #expect(guarded > 8)
      let loss = try #require(written.losses.first)
      #expect(loss.code == "formula-guarded" && loss.count == guarded + 1 && !loss.isReject)
    }
  }
  /// The rule that takes the apostrophe away again.
  static func unguarded(_ value: TestValue) -> TestValue {
    guard case .text(let text) = value, text.first == UInt8(ascii: "'") else { return value }
    let plain = text.drop { $0 == UInt8(ascii: "'") }
    return formulaBeginnings.contains { plain.starts(with: $0) } ? .text(Array(text.dropFirst())) : value
  }
  static let formulaBeginnings = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"].map { Array($0.utf8) }

  @Test func base64IsGuardedToo() throws {
    let table = TestTable("t", ["v"], [[.bytes([0xF8, 0, 0])], [.bytes([0, 0, 0])]])
    for threshold in [0, Int.max] {
      let written = try write([table], as: .csv, options: options(.spreadsheet), externalAbove: threshold)
      #expect(suite.read(written.files[""] ?? []).rows == [["'+AAA"], ["AAAA"]])
      #expect(written.losses.map(\.count) == [1])
    }
  }
}

/// The formats by their dots.
enum ExportFormatValue {
  static let csv: any ExportFormat = .csv
  static let tsv: any ExportFormat = .tsv
}
