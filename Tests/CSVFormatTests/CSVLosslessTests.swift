import Bytes
import CSVFormat
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@Suite struct CSVLosslessTests {
  static let values: [TestValue] =
    [
      nil, .missing, true, false, .integer(.min), .integer(0), .double(0.1), .double(-0.0), .double(.infinity),
      .number("1.10"), .number("-0"), .number("1e400"), .number("NaN"), .number("-Infinity"),
      .number("123456789012345678901234567890"), .bytes([]), .bytes([0, 1, 0xFB, 0xFF]),
      .json("{\"a\": [1, \"\\ud800\"]}"),
      .json("[]"), .json("\"x\""), .json("1.50"), .surrogates([0xED, 0xA0, 0x80]),
      .surrogates(Array("a\\\"b\n".utf8) + [0xED, 0xBF, 0xBF] + Array("é\u{D7FF}".utf8)),
    ] + awkwardTexts

  func lossless(_ tables: [TestTable], toDirectory: Bool = false, externalAbove: Int = .max) throws -> Written {
    var options = WriteOptions()
    options.csv = .lossless
    return try write(
      tables, as: ExportFormatValue.csv, options: options, toDirectory: toDirectory, externalAbove: externalAbove)
  }

  func suite(_ schema: [UInt8]?) throws -> FormatSuite {
    FormatSuite(reads: CSV.lossless(try CSVSidecar(parsing: try #require(schema))))
  }

  @Test(arguments: [0, Int.max]) func everyKindSurvivesBesideEveryOther(_ externalAbove: Int) throws {
    // Each value comes first once, so that it decides its column's kind.
    let columns = Self.values.indices.map { Name("c\($0)") }
    let rows = Self.values.indices.map { shift in
      Self.values.indices.map { Self.values[($0 + shift) % Self.values.count] }
    }
    let table = TestTable("wide", columns, rows)
    let written = try lossless([table], externalAbove: externalAbove)
    #expect(written.losses.isEmpty)
    let suite = try suite(written.files[".schema.json"])
    #expect(suite.read(written.files[""] ?? []).tables == [table])
    if externalAbove == .max { suite.chunksNeverShow(Array(written.files[""]?.prefix(6000) ?? [])) }
  }

  @Test(arguments: Self.values) func oneColumnToo(_ value: TestValue) throws {
    let table = TestTable("t", ["only"], [[value], [nil], [value], [""], [.missing]])
    let written = try lossless([table])
    #expect(try suite(written.files[".schema.json"]).read(written.files[""] ?? []).tables == [table])
  }

  @Test func notationIsAsDocumented() throws {
    let table = TestTable(
      TableSchema("t", [Column("id", .int64), Column("v", .json)]),
      [
        [.integer(1), "text"], [.integer(2), nil], [.integer(3), .missing], [.integer(4), .number("1.10")],
        [.integer(5), "\\N"], [.number("6"), .json("[1,2]")], ["7", true], [.integer(8), ""],
        [.integer(9), .surrogates([0xED, 0xA0, 0x80])], [.integer(10), .bytes([1])], [.integer(11), .double(0.5)],
      ])
    let written = try lossless([table])
    #expect(
      written.text == ##"""
        id,v
        1,text
        2,\N
        3,\M
        4,\#1.10
        5,\\N
        \#6,"\j[1,2]"
        \t7,\btrue
        8,""
        9,\s\ud800
        10,\xAQ==
        11,\d0.5

        """##)
  }

  @Test func otherToolsMayQuoteDifferently() throws {
    let table = TestTable("t", ["a", "b"], Self.values.map { [$0, "end"] }.filter { $0[0] != .text([0]) })
    let written = try lossless([table])
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/x", written.files[""] ?? [])
    let script = """
      import csv, sys
      rows = list(csv.reader(open(sys.argv[1], encoding='utf-8', newline='')))
      csv.writer(open(sys.argv[1], 'w', encoding='utf-8', newline=''), quoting=csv.QUOTE_ALL).writerows(rows)
      """
    let result = try run(["python3", "-c", script, place.path + "/x"])
    #expect(result.exitCode == 0, "\(result.errorText)")
    let quoted = try readFile(place.path + "/x")
    #expect(quoted.starts(with: Array("\"a\",\"b\"\r\n".utf8)))
    #expect(try suite(written.files[".schema.json"]).read(quoted).tables == [table])
  }

  @Test func everyCut() throws {
    let values: [TestValue] = [
      nil, .missing, true, .number("1.10"), .json("[1,\"\"]"), "\\N\n\"", .bytes([1, 2, 3, 4]),
    ]
    let table = TestTable("t", ["a", "b"], values.flatMap { [["x", $0], [$0, "y"]] })
    let written = try lossless([table])
    let bytes = written.files[""] ?? []
    #expect(try suite(written.files[".schema.json"]).chunksNeverShow(bytes).tables == [table])
    try suite(written.files[".schema.json"]).cutsInventNothing(bytes, cutsValues: false)
    // A cut between two records shows as well.
    for end in bytes.indices {
      #expect(try suite(written.files[".schema.json"]).read(Array(bytes[..<end])).error != nil, "cut at \(end)")
    }
    let more = try suite(written.files[".schema.json"]).read(bytes + Array("x,y\n".utf8))
    #expect(more.error == nil && more.findings.map(\.code) == ["record-count"])
  }

  @Test func schemaComesBackWhole() throws {
    let schema = TableSchema(
      "order \"x\"",
      [
        Column("id", .int64, isNullable: false, isIdentity: true), Column("", .text, maximumLength: 20),
        Column("price", .decimal(precision: 10, scale: 2)), Column("tags", .array(.enumeration(["a", "b\n"]))),
        Column("hash", .text, isSecret: true), Column("naïve\t", .timestamptz),
      ],
      primaryKey: ["id"], uniqueKeys: [["price", "tags"], ["hash"]],
      foreignKeys: [
        ForeignKey(["hash"], references: "other", ["id"]),
        ForeignKey(["price", "id"], references: "o2", ["p", "i"], isInferred: true),
      ],
      indexes: [["tags"], []])
    let table = TestTable(schema, [])
    let written = try lossless([table], toDirectory: true)
    #expect(Set(written.files.keys) == ["order %22x%22.csv", "order %22x%22.csv.schema.json"])
    let file = written.files["order %22x%22.csv.schema.json"]
    #expect(try CSVSidecar(parsing: try #require(file)).table == schema)
    #expect(try suite(file).read(written.files["order %22x%22.csv"] ?? []).tables == [table])
    let json = try run(["python3", "-c", "import json,sys; json.load(sys.stdin)"], input: file ?? [])
    #expect(json.exitCode == 0)
  }

  @Test(arguments: [
    ("\\Q,x\n", 0), ("x,\\Nx\n", 2), ("x,\\\n", 2), ("\\i1.5,x\n", 2), ("\\btrueish,x\n", 2), ("\\xA,x\n", 2),
    ("\\j{,x\n", 2),
    ("\\j1 2,x\n", 2), ("\\s\\q,x\n", 2), ("\\#1.,x\n", 2), ("\\dx,x\n", 2),
  ]) func wrongFieldsAreErrors(_ row: String, _ offset: Int) throws {
    let written = try lossless([TestTable("t", ["a", "b"], [["x", "y"]])])
    let good = written.files[""] ?? []
    let found = try suite(written.files[".schema.json"]).chunksNeverShow(good + Array(row.utf8))
    #expect(found.rows == [["x", "y"]])
    guard case .syntax = found.error?.code else {
      Issue.record("\(String(describing: found.error))")
      return
    }
    #expect(found.error?.record == 2 && found.error?.offset == good.count + (row.hasPrefix("\\") ? 0 : 2))
  }

  @Test func otherHeaderIsAnError() throws {
    let written = try lossless([TestTable("t", ["a", "b"], [])])
    #expect(try suite(written.files[".schema.json"]).read(Array("a,c\n".utf8)).error?.offset == 0)
  }

  @Test func standardOutputHasNoRoomForASchemaFile() {
    var options = WriteOptions()
    options.csv = .lossless
    #expect(throws: WriteError.self) {
      _ = try ExportFormatValue.csv.makeWriter(to: Output(.standardOutput), tables: [], options: options)
    }
  }

  /// A schema file of one column.
  static func schema(records: String = "1", type: String = "text") -> String {
    #"{"coffer_csv_schema":1,"table":"t","delimiter":",","records":\#(records),"columns":[{"name":"a","type":"\#(type)","kind":"text"}]}"#
  }

  @Test func moreRecordsThanWrittenAreNamed() throws {
    let found = try suite(Array(Self.schema().utf8)).read(Array("a\n1\n2\n".utf8))
    #expect(found.error == nil && found.findings.contains { $0.count == 1 })
  }

  @Test(arguments: [
    "", "{", "[]", "{}", "{\"coffer_csv_schema\": 2}",
    "{\"coffer_csv_schema\": 1, \"table\": \"t\", \"delimiter\": \",,\"}",
    "{\"coffer_csv_schema\": 1, \"table\": \"t\", \"delimiter\": \",\", \"columns\": [{\"name\": \"a\", \"type\": \"q\", \"kind\": \"text\"}]}",
    String(repeating: "[", count: 100_000), schema(records: "-9223372036854775808"), schema(records: "1e3"),
    schema(type: "text" + String(repeating: "[]", count: 1 << 18)),
  ]) func wrongSchemaFilesAreErrors(_ text: String) {
    #expect(throws: ReadError.self) { try CSVSidecar(parsing: Array(text.utf8)) }
  }
}
