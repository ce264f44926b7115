import Bytes
import Conversion
import Records
import SQLiteFormat
import TestSupport
import Testing

/// What Python's own sqlite3 module finds in a file: one line for each value, as type and hexadecimal digits.
private let dump = """
  import sqlite3, sys
  c = sqlite3.connect(sys.argv[1]); c.text_factory = bytes
  for row in c.execute(sys.argv[2]):
      print('|'.join('n' if v is None else 'i%d' % v if isinstance(v, int) else 'r' + v.hex() if isinstance(v, float)
          else ('b' if isinstance(v, memoryview) else 't') + bytes(v).hex() for v in
          [memoryview(v) if k == b'blob' else v for v, k in zip(row[::2], row[1::2])]))
  """

/// Writes a SQLite file and keeps it while the value lives.
struct WrittenFile {
  let place: TemporaryDirectory
  let losses: [Loss]
  var path: String { place.path + "/out.db" }

  init(_ tables: [TestTable], batchSize: Int = 2, externalAbove: Int = .max) throws {
    place = try TemporaryDirectory()
    var writer = try SQLiteExport().makeWriter(
      to: Output(.file(place.file("out.db"))), tables: tables.map(\.schema), options: WriteOptions())
    for table in tables {
      try writeRows(of: [table], to: &writer, batchSize: batchSize, externalAbove: externalAbove)
    }
    try writer.finish()
    losses = writer.losses
  }

  /// Output of the sqlite3 program.
  func sqlite3(_ sql: String) throws -> String {
    let result = try run(["sqlite3", "-batch", "-bail", path, sql])
    #expect(result.errorText == "")
    return result.text
  }

  /// Values of all rows as Python sees them.
  func values(_ columns: [String], of table: String) throws -> [String] {
    let list = columns.map { "\"\($0)\", typeof(\"\($0)\")" }.joined(separator: ", ")
    let result = try run(["python3", "-c", dump, path, "SELECT \(list) FROM \"\(table)\""])
    #expect(result.errorText == "")
    return result.text.split(separator: "\n").map(String.init)
  }
}

func hex(_ text: String) -> String { hexadecimal(Array(text.utf8)) }

@Suite struct SQLiteFileTests {
  @Test func everyTypeIsStoredAsDocumented() throws {
    let columns: [Column] = [
      Column("id", .int64), Column("flag", .boolean), Column("small", .int32),
      Column("exact", .decimal(precision: 20, scale: 4)),
      Column("float", .float64), Column("words", .text), Column("key", .uuid), Column("day", .date),
      Column("clock", .time),
      Column("at", .timestamp), Column("zoned", .timestamptz), Column("length", .interval), Column("tree", .json),
      Column("raw", .bytes), Column("list", .array(.int32)), Column("choice", .enumeration(["a", "b"])),
    ]
    let row: [TestValue] = [
      .number("-9223372036854775808"), true, .integer(5), .number("1.1000"), .number("0.1"), "a\u{0}b",
      "6F9619FF-8B86-D011-B42D-00CF4FC964FF",
      "2024-02-29", "23:59:59.999999", "2024-02-29T01:02:03.123456789", "2024-02-29 01:02:03+05:30", "3 04:05:06.789",
      .json("{\"b\":1, \"a\":1.10}"), .bytes([0, 255]), .json("[1,2]"), "a",
    ]
    let file = try WrittenFile([TestTable(TableSchema("t", columns, primaryKey: ["id"]), [row])])
    let expected = [
      "i-9223372036854775808", "i1", "i5", "t" + hex("1.1000"), "r0x1.999999999999ap-4", "t" + hex("a\u{0}b"),
      "t" + hex("6F9619FF-8B86-D011-B42D-00CF4FC964FF"), "t" + hex("2024-02-29"), "t" + hex("23:59:59.999999"),
      "t" + hex("2024-02-29T01:02:03.123456789"), "t" + hex("2024-02-29 01:02:03+05:30"), "t" + hex("3 04:05:06.789"),
      "t" + hex("{\"b\":1, \"a\":1.10}"), "b00ff", "t" + hex("[1,2]"), "t" + hex("a"),
    ]
    let names = columns.map { String(decoding: $0.name.bytes, as: UTF8.self) }
    #expect(try file.values(names, of: "t") == [expected.joined(separator: "|")])
    #expect(file.losses.isEmpty)
    #expect(try file.sqlite3("SELECT strict FROM pragma_table_list('t')") == "1\n")
    #expect(try fileStatus(Array(file.path.utf8))?.mode == 0o600)
    #expect(try directoryNames(Array(file.place.path.utf8)) == [Array("out.db".utf8)])
  }

  @Test func valuesAreSpelledForTheirColumns() throws {
    let columns = [
      Column("b", .boolean), Column("i", .int64), Column("f", .float64), Column("t", .text), Column("j", .json),
      Column("x", .bytes),
    ]
    let rows: [[TestValue]] = [
      ["yes", "007", "1.5", .number("1.10"), "text", "AAH/"],
      [.number("0"), .double(3.0), .number("1e22"), true, .number("1.10"), "\\x0001ff"],
      [.integer(1), true, .double(.infinity), .json("[1]"), true, .bytes([])],
      [nil, nil, .double(-0.0), .double(0.1), nil, nil],
      [nil, nil, .number("-0.0"), .double(0.1), nil, nil],
    ]
    let file = try WrittenFile([TestTable(TableSchema("t", columns), rows)])
    #expect(
      try file.values(["b", "i", "f", "t", "j", "x"], of: "t") == [
        "i1|i7|r0x1.8000000000000p+0|t\(hex("1.10"))|t\(hex("\"text\""))|b0001ff",
        "i0|i3|r0x1.0f0cf064dd592p+73|t\(hex("true"))|t\(hex("1.10"))|b0001ff",
        "i1|i1|rinf|t\(hex("[1]"))|t\(hex("true"))|b",
        "n|n|r0x0.0p+0|t\(hex("0.1"))|n|n", "n|n|r0x0.0p+0|t\(hex("0.1"))|n|n",
      ])
    // SQLite stores a float without fraction as an integer, which has no negative zero.
    #expect(file.losses.map { "\($0.code) \($0.count)" } == ["negative-zero 2"])
  }

  @Test func lossesAreNamedAndCounted() throws {
    let columns = [
      Column("id", .int32), Column("f", .float64), Column("t", .text), Column("n", .int64, isNullable: false),
    ]
    let rows: [[TestValue]] = [
      [.number("1"), .number("NaN"), nil, .number("1")],
      [.number("2"), .double(.nan), .missing, .number("1")],
      [.number("3"), .missing, .surrogates([0xED, 0xA0, 0x80]), .number("1")],
      [.number("2"), nil, "twice", .number("1")],
      [nil, nil, "no key", .number("1")],
      [.number("4"), nil, nil, nil],
      [.number("5"), "five", nil, .number("1")],
      [.number("6"), .number("1e400"), nil, .number("9223372036854775808")],
      [.number("7"), nil, nil, .number("-1")],
    ]
    let file = try WrittenFile([TestTable(TableSchema("t", columns, primaryKey: ["id"]), rows)])
    #expect(try file.values(["id", "f", "t", "n"], of: "t") == ["i1|n|n|i1", "i2|n|n|i1", "i7|n|n|i-1"])
    let losses = Set(
      file.losses.map {
        "\($0.code) \(String(decoding: $0.column?.bytes ?? [], as: UTF8.self)) \($0.count) \($0.isReject)"
      })
    #expect(
      losses == [
        "special-float f 2 false", "missing-as-null t 1 false", "lone-surrogate t 1 true", "constraint id 2 true",
        "constraint n 1 true", "type-mismatch f 2 true",
      ])
  }

  @Test func keysAndIndexesAreThere() throws {
    let tables = [
      TestTable(
        TableSchema(
          "a b", [Column("id", .int64), Column("mail", .text), Column("next", .int64)], primaryKey: ["id"],
          uniqueKeys: [["mail"]], foreignKeys: [ForeignKey(["next"], references: "a b", ["id"])],
          indexes: [["next", "mail"]]),
        [
          [.integer(1), "x", .integer(2)], [.integer(2), "y", nil], [.integer(3), "x", nil],
          [.integer(4), nil, .integer(9)],
          [.integer(5), nil, .integer(8)],
        ])
    ]
    let file = try WrittenFile(tables)
    #expect(try file.sqlite3("PRAGMA integrity_check; SELECT count(*) FROM \"a b\"") == "ok\n4\n")
    #expect(
      try file.sqlite3("SELECT name, \"unique\" FROM pragma_index_list('a b') ORDER BY 1")
        == "a b_mail_key|1\na b_next_mail_idx|0\n")
    #expect(
      try file.sqlite3("SELECT \"table\", \"from\", \"to\" FROM pragma_foreign_key_list('a b')") == "a b|next|id\n")
    #expect(
      file.losses.map { "\($0.code) \($0.count) \($0.isReject)" } == [
        "constraint 1 true", "foreign-key-dangling 2 false",
      ])
  }

  /// Our own check of references finds what SQLite's finds, for keys of every size and for keys of text.
  @Test(arguments: [0, 1, 70_000, 1 << 26, -5, .max - 100], [false, true])
  func danglingRowsAreCounted(_ first: Int64, _ isText: Bool) throws {
    func value(_ number: Int64) -> TestValue { isText ? .text(Array("k\(number)".utf8)) : .number("\(number)") }
    let type: LogicalType = isText ? .text : .int64
    let parent = TableSchema("parent", [Column("id", type, isNullable: false)], primaryKey: ["id"])
    let child = TableSchema(
      "child", [Column("id", .int64), Column("parent", type), Column("sibling", .int64)], primaryKey: ["id"],
      foreignKeys: [
        ForeignKey(["parent"], references: "parent", ["id"]), ForeignKey(["sibling"], references: "child", ["id"]),
      ])
    for missing in [0, 3] {
      let parents = (0..<Int64(50 - missing)).map { [value(first + $0)] }
      let children: [[TestValue]] = (0..<50).map {
        [.integer(first + $0), $0 == 7 ? nil : value(first + $0), $0 == 0 ? nil : .integer(first + $0 - 1)]
      }
      let file = try WrittenFile([TestTable(child, children), TestTable(parent, parents)])
      #expect(file.losses.map { "\($0.code) \($0.count)" } == (missing > 0 ? ["foreign-key-dangling 3"] : []))
      #expect(try file.sqlite3("SELECT count(*) FROM pragma_foreign_key_check") == "\(missing)\n")
    }
  }

  @Test(arguments: [1 << 10, 1 << 16, 3_000_000]) func externalValuesArePieced(_ count: Int) throws {
    let text = String(repeating: "aé日🙂\"\\\n", count: count / 16)
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* (2_654_435_761 >> 7)) }
    let columns = [
      Column("id", .int64), Column("t", .text), Column("b", .bytes), Column("e", .bytes), Column("j", .json),
      Column("s", .json),
    ]
    let file = try WrittenFile(
      [
        TestTable(
          TableSchema("long", columns, primaryKey: ["id"]),
          [
            [
              .number("1"), .text(Array(text.utf8)), .bytes(bytes), .text(encodeBase64(bytes.span)),
              .json("[\"\(String(repeating: "x", count: count))\"]"), .text(Array(text.utf8)),
            ],
            [.number("2"), "short", .bytes([1]), .text(Array(repeating: UInt8(ascii: "*"), count: count)), nil, nil],
          ])
      ], externalAbove: 500)
    let check = """
      import sqlite3, sys, json, hashlib
      r = sqlite3.connect(sys.argv[1]).execute('select t, b, e, j, s from long').fetchall()
      assert len(r) == 1, len(r)
      t, b, e, j, s = r[0]
      assert b == e and len(b) == \(count)
      assert b == bytes(i * (2654435761 >> 7) & 255 for i in range(\(count)))
      assert t == 'aé日🙂\"\\\\\\n' * \(count / 16)
      assert json.loads(j) == ['x' * \(count)] and json.loads(s) == t
      print('same')
      """
    let result = try run(["python3", "-c", check, file.path])
    #expect(result.text == "same\n", "\(result.errorText)")
    #expect(file.losses.map(\.code) == ["type-mismatch"])
  }

  @Test func nothingIsLeftOfAnUnfinishedFile() throws {
    let place = try TemporaryDirectory()
    do {
      var writer = try SQLiteExport().makeWriter(
        to: Output(.file(place.file("out.db"))), tables: [TestTable("t", ["a"], []).schema], options: WriteOptions())
      try writer.begin(TestTable("t", ["a"], []).schema)
      #expect(try directoryNames(Array(place.path.utf8)).count == 1)
    }
    #expect(try directoryNames(Array(place.path.utf8)).isEmpty)
  }

  /// Without a table, or without one that SQLite can hold, it is a database all the same.
  @Test func noTablesAreADatabase() throws {
    for tables in [[], [TestTable("t", [], [])]] {
      #expect(
        try WrittenFile(tables).sqlite3("PRAGMA integrity_check; SELECT count(*) FROM sqlite_schema") == "ok\n0\n")
    }
  }

  @Test func existingFileIsReplacedOnlyWhenAsked() throws {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/out.db", [1])
    let tables = [TestTable("t", ["a"], []).schema]
    #expect(throws: WriteError.self) {
      _ = try SQLiteExport().makeWriter(
        to: Output(.file(place.file("out.db"))), tables: tables, options: WriteOptions())
    }
    var writer = try SQLiteExport().makeWriter(
      to: Output(.file(place.file("out.db")), replaces: true), tables: tables, options: WriteOptions())
    #expect(try readFile(place.path + "/out.db") == [1])
    try writer.finish()
    #expect(try readFile(place.path + "/out.db").starts(with: Array("SQLite format 3".utf8)))
  }

  @Test func awkwardTextsAndNames() throws {
    let names = ["", "\"", "a\"\"; DROP TABLE t;--", "select", "rowid", "É", "é", "A", "a", "sqlite_x", "x\ny"].map {
      Name($0)
    }
    let rows = awkwardTexts.map { text in names.map { _ in text } }
    let file = try WrittenFile([
      TestTable("sqlite_master", names, rows), TestTable("SQLITE_sequence", ["a"], []), TestTable("T", ["a"], []),
      TestTable("t", ["a"], []),
    ])
    let tables = try file.sqlite3("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema ORDER BY rowid)")
    let first = tables.split(separator: " ")[0]
    let query = "SELECT hex(\"select\") FROM \"\(first)\""
    let expected = awkwardTexts.map { value in
      guard case .text(let bytes) = value else { return "" }
      return hexadecimal(bytes).uppercased()
    }
    #expect(
      try file.sqlite3(query).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        == expected)
    #expect(try file.sqlite3("SELECT count(*) FROM pragma_table_info('\(first)')") == "11\n")
    let renamed = Set(
      file.losses.map { "\($0.code) \(String(decoding: ($0.column ?? $0.table).bytes, as: UTF8.self))" })
    #expect(
      renamed == [
        "changed-name sqlite_master", "changed-name SQLITE_sequence", "changed-name t", "changed-name ",
        "changed-name a",
      ])
  }
}
