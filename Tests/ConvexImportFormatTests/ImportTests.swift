import Bytes
import Conversion
import ConvexImportFormat
import ConvexValues
import Records
import TestSupport
import Testing

/// People and notes on them: a key, a reference, and a value of each kind.
private let people = TestTable(
  TableSchema(
    "people", [Column("id", .int32), Column("name", .text), Column("born", .date)], primaryKey: ["id"]),
  [[.number("1"), "Ann", "1990-04-01"], [.number("2"), "Bob", nil], [.number("3"), "Cy", .missing]])

private let notes = TestTable(
  TableSchema(
    "notes",
    [
      Column("key", .text), Column("person", .int64), Column("created_at", .timestamptz), Column("price", .decimal),
      Column("data", .bytes), Column("more", .json), Column("done", .boolean),
    ], primaryKey: ["key"], foreignKeys: [ForeignKey(["person"], references: "people", ["id"])]),
  [
    ["a", .number("2"), "2024-01-01T00:00:00.123456Z", "1.50", .bytes([0, 255]), .json("{\"n\": [1, 2.5]}"), true],
    ["b", .integer(1), "1969-12-31T23:59:59Z", .number("7"), nil, .missing, false],
    ["c", nil, nil, .missing, .missing, nil, nil], ["d", "2", "?", nil, nil, .json("null"), .number("1")],
    ["e", .missing, .missing, nil, nil, "text", .number("0")],
  ])

@Suite struct ConvexImportTests {
  @Test func filesAreThoseOfAnExport() throws {
    let zip = try Imported([notes, people])
    #expect(
      zip.names == [
        "README.md", "_tables/documents.jsonl", "people/documents.jsonl", "people/generated_schema.jsonl",
        "notes/documents.jsonl", "notes/generated_schema.jsonl",
      ])
    #expect(zip.files["notes/generated_schema.jsonl"] == Array("\"uniform\"\n".utf8))
    #expect(
      zip.files["_tables/documents.jsonl"]
        == Array("{\"name\":\"notes\",\"id\":10001}\n{\"name\":\"people\",\"id\":10002}\n".utf8))
    _ = try zip.checked()
  }

  @Test func valuesAreConvexs() throws {
    let zip = try Imported([people, notes])
    #expect(
      zip.documents("people") == [
        #"{"id":1.0,"name":"Ann","born":"1990-04-01"}"#, #"{"id":2.0,"name":"Bob","born":null}"#,
        #"{"id":3.0,"name":"Cy"}"#,
      ])
    let (ann, bob) = (zip.ids("people")[0], zip.ids("people")[1])
    let expected = [
      #"{"key":"a","person":"\#(bob)","created_at":"2024-01-01T00:00:00.123456Z","price":"1.50","data":{"$bytes":"AP8="},"more":{"n":[1.0,2.5]},"done":true}"#,
      #"{"key":"b","person":"\#(ann)","created_at":"1969-12-31T23:59:59Z","price":"7","data":null,"done":false}"#,
      #"{"key":"c","person":null,"created_at":null,"more":null,"done":null}"#,
      #"{"key":"d","person":"\#(bob)","created_at":"?","price":null,"data":null,"more":null,"done":true}"#,
      #"{"key":"e","price":null,"data":null,"more":"text","done":false}"#,
    ]
    #expect(zip.documents("notes") == expected)
    #expect(zip.times("notes") == ["1704067200123.456", "-1000.0", "3.0", "4.0", "5.0"])
    #expect(zip.times("people") == ["1.0", "2.0", "3.0"])
    #expect(zip.loss("decimal-as-text").map(\.count) == [2] && zip.loss("reference-as-id").map(\.count) == [3])
    #expect(zip.loss("json-null").map(\.count) == [1] && !zip.losses.contains(where: \.isReject))
  }

  /// Neither batches nor runs nor how a key is spelled changes a byte.
  @Test func batchesNeverShow() throws {
    let whole = try Imported([people, notes], batchSize: 100)
    for batchSize in [1, 2, 3] {
      let isSame = try Imported([people, notes], batchSize: batchSize).bytes == whole.bytes
      #expect(isSame)
    }
  }

  @Test func idsFollowFromKeys() throws {
    let zip = try Imported([people, notes])
    let ids = zip.ids("people")
    #expect(Set(ids).count == 3)
    for id in ids { #expect(ConvexID(Array(id.utf8).span)?.tableNumber == 10_001) }
    var other = people
    other.rows = [[.integer(3), "Di", nil], [.number("1"), "Ed", nil]]
    #expect(try Imported([other]).ids("people") == [ids[2], ids[0]])
    // The same key of another table is another row.
    other.schema.name = "folk"
    let folk = ConvexID(Array(try Imported([other]).ids("folk")[1].utf8).span)
    #expect(folk?.internalID != ConvexID(Array(ids[0].utf8).span)?.internalID)
  }

  @Test func rowsWithoutKeysAreCounted() throws {
    let plain = TestTable("t", ["a"], [["x"], ["x"], ["x"]])
    var keyed = plain
    keyed.schema.primaryKey = ["a"]
    keyed.rows = [["x"], [nil], [.missing]]
    for table in [plain, keyed] { #expect(Set(try Imported([table]).ids("t")).count == 3) }
  }

  /// What the importer refuses as a whole is said beforehand.
  @Test func keysThatOccurTwiceAreNamed() throws {
    var twice = people
    twice.rows.append([.integer(2), "Bea", nil])
    #expect(try Imported([twice]).loss("duplicate-id").map(\.count) == [1])
    var kept = self.kept("t", [["x", nil, .init(stringLiteral: id(10_001, 1)), nil]])
    kept.rows.append(kept.rows[0])
    kept.schema.primaryKey = []
    #expect(try Imported([kept], isExport: true).loss("duplicate-id").map(\.count) == [1])
  }

  @Test func keysOfSeveralColumns() throws {
    var pairs = TestTable("t", ["a", "b"], [["x", "y"], ["y", "x"], ["xy", ""]])
    pairs.schema.primaryKey = ["b", "a"]
    let ids = try Imported([pairs]).ids("t")
    #expect(Set(ids).count == 3)
    pairs.rows.reverse()
    #expect(try Imported([pairs]).ids("t") == ids.reversed())
  }

  /// A table that refers to itself, by keys of UUIDs in whatever spelling; a reference to something else than the key stays.
  @Test func referencesLeadToDocuments() throws {
    let tree = TestTable(
      TableSchema(
        "tree", [Column("id", .uuid), Column("parent", .text), Column("twin", .text), Column("code", .text)],
        primaryKey: ["id"],
        foreignKeys: [
          ForeignKey(["parent"], references: "tree", ["id"]), ForeignKey(["twin"], references: "tree", ["code"]),
        ]),
      [
        ["0AC1D6A4-2E5B-4D9B-9E57-0A1B2C3D4E5F", nil, nil, "x"],
        ["1ac1d6a4-2e5b-4d9b-9e57-0a1b2c3d4e5f", "0ac1d6a4-2e5b-4d9b-9e57-0a1b2c3d4e5f", "x", "y"],
      ])
    let zip = try Imported([tree])
    #expect(zip.lines("tree")[1].contains("\"parent\":\"\(zip.ids("tree")[0])\",\"twin\":\"x\""))
    #expect(try zip.checked().contains(#""references": {"parent": "tree"}"#))
  }

  // MARK: Numbers

  /// Integers are floats unless one of their column has more digits than these hold.
  @Test func columnsOfIntegersHaveOneType() throws {
    let table = TestTable(
      TableSchema("t", [Column("a", .int64), Column("b", .int64), Column("c", .int32)]),
      [
        [.integer(5), .number("9007199254740992"), .number("-7")],
        [.number("9007199254740993"), .integer(-9_007_199_254_740_992), .integer(0)],
        [.integer(.min), .null, .missing],
      ])
    for batchSize in [1, 3] {
      let zip = try Imported([table], batchSize: batchSize)
      #expect(
        zip.documents("t") == [
          #"{"a":5,"b":9007199254740992.0,"c":-7.0}"#, #"{"a":9007199254740993,"b":-9007199254740992.0,"c":0.0}"#,
          #"{"a":-9223372036854775808,"b":null}"#,
        ])
      #expect(zip.losses.isEmpty)
    }
  }

  @Test func marksMayBeCutAnywhere() throws {
    // More than one piece of 64 KiB, so that marks lie on the borders of pieces.
    let rows = (0..<30_000).map { [TestValue.integer(Int64($0 % 97))] }
    let zip = try Imported([TestTable(TableSchema("t", [Column("n", .int64)]), rows)], batchSize: 1000)
    #expect(zip.documents("t") == rows.indices.map { "{\"n\":\($0 % 97).0}" })
  }

  @Test(arguments: [
    ("1.10", "1.10"), ("5", "5.0"), ("-0", "-0.0"), ("1e5", "1e5"),
    ("12345678901234567890123", "1.2345678901234568e+22"),
    (".5", "0.5"), ("+3.25", "3.25"), ("007.5", "7.5"), ("NaN", #"{"$float":"AAAAAAAA+H8="}"#),
    ("-Infinity", #"{"$float":"AAAAAAAA8P8="}"#),
  ]) func floatsAreSpelledAsFloats(_ digits: String, _ expected: String) throws {
    let table = TestTable(TableSchema("t", [Column("x", .float64)]), [[.number(digits)]])
    let zip = try Imported([table])
    #expect(zip.documents("t") == ["{\"x\":\(expected)}"] && zip.losses.isEmpty)
    _ = try zip.checked()
  }

  @Test func doublesKeepTheirBits() throws {
    let odd = Double(bitPattern: 0xFFF8_0000_0000_1234)
    let values: [Double] = [1, -0.0, .leastNonzeroMagnitude, odd, .infinity]
    let zip = try Imported([
      TestTable(TableSchema("t", [Column("x", .float64)]), values.map { [.double($0.bitPattern)] })
    ])
    #expect(
      zip.documents("t").map { $0.dropFirst(5).dropLast() } == [
        "1.0", "-0.0", "5e-324", #"{"$float":"NBIAAAAA+P8="}"#, #"{"$float":"AAAAAAAA8H8="}"#,
      ])
  }

  @Test func numbersBeyondAllFloatsAreRejected() throws {
    let table = TestTable(
      TableSchema("t", [Column("x", .float64), Column("j", .json)]),
      [[.number("1e400"), nil], [.number("1"), .json("[1e999]")], [.number("2"), .json("[1]")]])
    let zip = try Imported([table])
    #expect(zip.documents("t") == [#"{"x":2.0,"j":[1.0]}"#])
    #expect(zip.loss("type-mismatch").map(\.count) == [1, 1] && zip.losses.allSatisfy { $0.isReject })
  }

  // MARK: Nested values

  @Test(arguments: [
    (#"[1,-2,1.5,"x",null,true,[],{}]"#, #"[1.0,-2.0,1.5,"x",null,true,[],{}]"#, []),
    (" { \"a b\" : { \"_c\" : -0 } , \"\" : 1E2 } ", #"{"a b":{"_c":-0.0},"":1E2}"#, []),
    ("[9007199254740993]", "[9007199254740993]", []),
    (
      "[12345678901234567890, 0.12345678901234567890]", "[1.2345678901234567e+19,0.12345678901234567890]",
      ["number-rounded"]
    ),
    (#"{"$oid":"x","a$":1}"#, #"{"oid":"x","a$":1.0}"#, ["key-changed"]),
    (#"{"é":1,"_":2,"\u00e9":3}"#, #"{"field":1.0,"_":2.0,"field_HASH":3.0}"#, ["key-changed"]),
    (#"{"n":1,"n":2}"#, #"{"n":1.0,"n_HASH":2.0}"#, ["key-changed"]),
    (#"{"a":"\ud83d\ude00\u0000\n"}"#, #"{"a":"\ud83d\ude00\u0000\n"}"#, []),
    ("[NaN,-Infinity]", #"[{"$float":"AAAAAAAA+H8="},{"$float":"AAAAAAAA8P8="}]"#, []),
    ("{\"a\":", #""{\"a\":""#, []), ("5", "5.0", []), (#""s""#, #""s""#, []),
  ]) func nestedValues(_ json: String, _ expected: String, _ codes: [String]) throws {
    let zip = try Imported([TestTable(TableSchema("t", [Column("j", .json)]), [[.json(json)]])])
    var found = try #require(zip.documents("t").first)
    if let at = found.firstRange(of: /_[0-9a-f]{8}"/) { found.replaceSubrange(at, with: "_HASH\"") }
    #expect(found == "{\"j\":\(expected)}" && zip.losses.map(\.code) == codes)
    _ = try zip.checked()
  }

  @Test func arraysKeepTheDigitsOfDecimals() throws {
    let table = TestTable(
      TableSchema("t", [Column("a", .array(.decimal)), Column("b", .array(.array(.int64)))]),
      [[.json("[1.10,null]"), .json("[[1],[9007199254740993]]")]])
    #expect(try Imported([table]).documents("t") == [#"{"a":["1.10",null],"b":[[1.0],[9007199254740993]]}"#])
  }

  @Test func halfSurrogatesAreRejected() throws {
    let table = TestTable(
      TableSchema("t", [Column("x", .text), Column("j", .json)]),
      [[.surrogates([0xED, 0xA0, 0x80]), nil], ["a", .json(#"["\udc00"]"#)], ["b", .json(#"{"\ud800x":1}"#)]])
    let zip = try Imported([table])
    #expect(zip.loss("lone-surrogate").map(\.count) == [1, 1])
    #expect(zip.loss("key-changed").map(\.count) == [1] && zip.lines("t").count == 1)
    _ = try zip.checked()
  }

  // MARK: Limits

  @Test func whatIsTooLargeIsRejected() throws {
    let large = String(repeating: "x", count: 1 << 20), fits = String(repeating: "y", count: (1 << 20) - 100)
    let table = TestTable("t", ["v"], [[.init(stringLiteral: large)], [.init(stringLiteral: fits)], ["z"]])
    for external in [Int.max, 1 << 20 - 1] {
      let zip = try Imported([table], externalAbove: external)
      #expect(zip.lines("t").count == 2 && zip.ids("t").count == 2)
      #expect(zip.loss("document-too-large").map(\.count) == [1] && zip.losses.allSatisfy(\.isReject))
      _ = try zip.checked()
    }
  }

  private static func array(_ element: String, _ count: Int) -> String {
    "[" + Array(repeating: element, count: count).joined(separator: ",") + "]"
  }
  private static func nest(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }
  private static func object(_ count: Int) -> String {
    let members: [String] = (0..<count).map { "\"k\($0)\":1" }
    return "{" + members.joined(separator: ",") + "}"
  }
  private static let limits: [(json: String, code: String?)] = [
    (nest(15), nil), (nest(16), "too-deep"), (array("1", 8192), nil), (array("1", 8193), "too-many-elements"),
    (object(1024), nil), (object(1025), "too-many-elements"), (array(array("1", 8000), 9), nil),
    (array(array("1", 8000), 15), "document-too-large"),
  ]

  @Test(arguments: limits.indices) func nestedLimits(_ index: Int) throws {
    let (json, code) = Self.limits[index]
    let zip = try Imported([TestTable(TableSchema("t", [Column("j", .json)]), [[.json(json)], [nil]])])
    #expect(zip.lines("t").count == (code == nil ? 2 : 1))
    #expect(zip.losses.map(\.code) == (code.map { [$0] } ?? []) && zip.losses.allSatisfy(\.isReject))
    _ = try zip.checked()
  }

  @Test func tooManyFieldsAreRejected() throws {
    let names = (0..<1023).map { Name("c\($0)") }
    let row = Array(repeating: TestValue.null, count: 1022) + [.missing]
    let zip = try Imported([TestTable("t", names, [row, Array(repeating: .null, count: 1023)])])
    #expect(zip.lines("t").count == 1 && zip.loss("too-many-fields").map(\.count) == [1])
    _ = try zip.checked()
  }

  // MARK: Names

  @Test func namesAreMadeLegal() throws {
    let columns: [Name] = ["ok", "two words", "_id", "id", "$ref", "ref", "größe", "", "_"]
    let row = (0..<columns.count).map { TestValue.text(Array("\($0)".utf8)) }
    let names: [Name] = [
      "auth.users", "auth_users", "1st", "_private", "日本", Name(String(repeating: "n", count: 70)), "___",
    ]
    let zip = try Imported(names.map { TestTable($0, columns, [row]) })
    let tables = zip.names.filter { $0.hasSuffix("/generated_schema.jsonl") }.map { $0.prefix { $0 != "/" } }
    #expect(tables[1] == "auth_users" && tables[0].hasPrefix("auth_users_") && Set(tables).count == 7)
    #expect(tables[2...4] == ["table_1st", "private", "table"] && tables[6].hasPrefix("table_"))
    // A name that is cut keeps a hash of the whole.
    #expect(tables[5].utf8.count == 64 && tables[5].contains("_"))
    let document = zip.documents("auth_users")[0]
    #expect(document.hasPrefix(#"{"ok":"0","two words":"1","id_"#), "\(document)")
    for part in [#","id":"3","ref_"#, #","ref":"5","gr__e":"6","":"7","field":"8"}"#] {
      #expect(document.contains(part), "\(document)")
    }
    #expect(zip.loss("name-changed").filter { $0.column == nil }.count == 6)
    #expect(
      zip.loss("name-changed").filter { $0.table == "auth_users" }.map(\.column) == ["_id", "$ref", "größe", "_"])
    _ = try zip.checked()
  }

  @Test func namesAreTextInWhateverFile() throws {
    let zip = try Imported([TestTable("t", [#"a"b\c"#], [["x"]])])
    #expect(zip.documents("t") == [#"{"a\"b\\c":"x"}"#])
  }

  // MARK: Rows of Convex

  private func kept(_ name: Name, _ rows: [[TestValue]]) -> TestTable {
    TestTable(
      TableSchema(
        name, [Column("_creationTime", .float64), Column("n", .int64), Column("_id", .text), Column("j", .json)],
        primaryKey: ["_id"]), rows)
  }
  private func id(_ table: UInt32, _ row: UInt8) -> String {
    String(decoding: ConvexID(tableNumber: table, internalID: Array(repeating: row, count: 16)).text, as: UTF8.self)
  }

  @Test func idsTimesAndKindsAreKept() throws {
    let table = kept(
      "t",
      [
        [
          .number("1764000001005.25"), .number("5"), .init(stringLiteral: id(10_044, 1)),
          .json(#"[1,1.0,{"$bytes":"AP8="}]"#),
        ]
      ])
    let zip = try Imported([table, kept("empty", [])], isExport: true)
    let expected = #"{"_id":"\#(id(10_044, 1))","_creationTime":1764000001005.25,"n":5,"j":[1,1.0,{"$bytes":"AP8="}]}"#
    #expect(zip.lines("t") == [expected])
    #expect(
      zip.files["_tables/documents.jsonl"]
        == Array("{\"name\":\"t\",\"id\":10044}\n{\"name\":\"empty\",\"id\":10045}\n".utf8))
    // Rows of a program that knows no integers.
    #expect(try Imported([table]).lines("t")[0].contains(#""n":5.0,"j":[1.0,1.0,{"bytes":"AP8="}]"#))
  }

  @Test func wrongIDsAreRejected() throws {
    let rows: [[TestValue]] = [
      [.number("1"), nil, "nonsense", nil], [.number("2"), nil, .init(stringLiteral: id(10_001, 1)), nil],
      [.number("3"), nil, .init(stringLiteral: id(10_002, 2)), nil], [.number("4"), nil, nil, nil],
      ["x", nil, .init(stringLiteral: id(10_001, 3)), nil],
    ]
    let zip = try Imported([kept("t", rows)], isExport: true)
    #expect(zip.ids("t") == [id(10_001, 1), id(10_001, 3)] && zip.times("t") == ["2.0", "5.0"])
    #expect(zip.loss("wrong-id").map(\.count) == [3] && zip.loss("wrong-id")[0].isReject)
  }

  /// Two tables with one number cannot be imported together.
  @Test func tablesOfOneNumber() throws {
    let rows: [[TestValue]] = [[.number("1"), nil, .init(stringLiteral: id(10_001, 1)), nil]]
    let zip = try Imported([kept("a", rows), kept("b", rows)], isExport: true)
    #expect(zip.lines("a").count == 1 && zip.files["b/documents.jsonl"] == nil)
    #expect(zip.loss("table-number-taken").map(\.count) == [1])
    _ = try zip.checked()
  }

  @Test func componentsHaveNumbersOfTheirOwn() throws {
    let rows: [[TestValue]] = [[.number("1"), nil, .init(stringLiteral: id(10_001, 1)), nil]]
    var inner = kept("mail/../queue.jobs", rows)
    inner.schema.namespace = "mail/../queue"
    let zip = try Imported([kept("a", rows), inner], isExport: true)
    #expect(zip.names.contains("_components/mail/_components/__/_components/queue/jobs/documents.jsonl"))
    _ = try zip.checked()
  }

  // MARK: Output

  @Test func nothingAppearsUnfinished() throws {
    let place = try TemporaryDirectory()
    do {
      var writer = try ConvexImport().makeWriter(
        to: Output(.file(place.file("a.zip"))), tables: [people.schema], options: WriteOptions())
      try writeRows(of: [people], to: &writer, batchSize: 2)
    }
    #expect(try directoryNames(place.file("")).isEmpty)
  }

  @Test func noTablesAtAll() throws {
    let zip = try Imported([])
    #expect(zip.names == ["README.md", "_tables/documents.jsonl"])
    _ = try zip.checked()
  }
}
