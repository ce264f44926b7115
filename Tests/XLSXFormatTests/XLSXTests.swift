import BuiltIn
import Bytes
import Conversion
import Records
import TestSupport
import Testing

@testable import XLSXFormat

/// A workbook, and what openpyxl reads in it, line by line.
private struct Workbook {
  let bytes: [UInt8]
  let losses: [Loss]
  let lines: [String]

  init(_ tables: [TestTable], batchSize: Int = 2, externalAbove: Int = .max) throws {
    let written = try write(tables, as: XLSX(), batchSize: batchSize, externalAbove: externalAbove)
    try self.init(written.files[""] ?? [], written.losses)
  }

  init(_ bytes: [UInt8], _ losses: [Loss]) throws {
    (self.bytes, self.losses) = (bytes, losses)
    let place = try TemporaryDirectory(), path = place.path + "/a.xlsx"
    try writeFile(path, bytes)
    let python = packageRoot + "/.build/oracles/bin/python"
    let result = try run([python, packageRoot + "/Tests/oracles/xlsx.py", path])
    try #require(result.exitCode == 0, "\(result.errorText)")
    lines = result.text.split(separator: "\n").map { String($0) }
  }

  /// Losses as `code column count`.
  var counts: [String] {
    losses.map { "\($0.code) \($0.column.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "-") \($0.count)" }
  }
}

/// One column of a type.
private func column(_ type: LogicalType, _ values: [TestValue]) -> TestTable {
  TestTable(TableSchema("t", [Column("x", type)]), values.map { [$0] })
}

@Suite struct XLSXTests {
  private let table = TestTable(
    TableSchema(
      "people",
      [
        Column("id", .int64), Column("name", .text), Column("price", .decimal(precision: 8, scale: 2)),
        Column("good", .boolean), Column("at", .timestamptz), Column("day", .date), Column("data", .bytes),
        Column("more", .json),
      ]),
    [
      [
        .integer(1), "Ann & <Bob>", .number("1.50"), true, "2024-01-01T12:00:00+02:00", "2024-02-29",
        .bytes([1, 2, 3]),
        .json(#"{"a":1}"#),
      ],
      [.number("2"), "=1+1", nil, false, "2024-01-01T12:00:00.250Z", "1900-03-01", nil, nil],
      [nil, "", .missing, nil, nil, "9999-12-31", .missing, nil],
    ])

  @Test func openpyxlReadsTheValues() throws {
    let book = try Workbook([table])
    #expect(
      book.lines == [
        "# people", #"["id", "name", "price", "good", "at", "day", "data", "more"]"#,
        #"[1, "Ann & <Bob>", [1.5, "0.00"], true, "2024-01-01T10:00:00 yyyy\\-mm\\-dd\\ hh:mm:ss\\Z", "2024-02-29T00:00:00 yyyy\\-mm\\-dd", "AQID", "{\"a\":1}"]"#,
        #"[2, "=1+1", null, false, "2024-01-01T12:00:00.250000 yyyy\\-mm\\-dd\\ hh:mm:ss.000\\Z", "1900-03-01T00:00:00 yyyy\\-mm\\-dd", null, null]"#,
        #"[null, "", null, null, null, "9999-12-31T00:00:00 yyyy\\-mm\\-dd", null, null]"#,
      ])
    #expect(book.counts == ["missing-as-null price 1", "offset-as-utc at 1", "missing-as-null data 1"])
  }

  @Test func batchesNeverShow() throws {
    let whole = try Workbook([table], batchSize: 10).bytes
    for size in [1, 2] {
      let isSame = try Workbook([table], batchSize: size).bytes == whole
      #expect(isSame)
    }
  }

  // MARK: Numbers

  /// Numbers are numbers where a float keeps them, and texts with all their digits otherwise.
  @Test(arguments: [
    ("1", "1"), ("-0.1", "-0.1"), ("123456789012345", "123456789012345"), ("9007199254740992", "9007199254740992"),
    ("0.30000000000000004", "0.30000000000000004"), ("1e300", "1e+300"), ("007", "7.0"), ("+.5", "0.5"),
    ("9007199254740993", "\"9007199254740993\""), ("0.12345678901234567890", "\"0.12345678901234567890\""),
    ("NaN", "\"NaN\""), ("-Infinity", "\"-Infinity\""), ("1e400", "\"1e400\""), ("4e-320", "\"4e-320\""),
  ]) func numbersAreExact(_ digits: String, _ expected: String) throws {
    let book = try Workbook([column(.decimal, [.number(digits)])])
    #expect(book.lines[2] == "[\(expected)]")
    #expect(book.counts == (expected.hasPrefix("\"") ? ["number-as-text x 1"] : []))
  }

  /// Texts are numbers where the column says so: Django writes decimals as texts.
  @Test func textsInColumnsOfNumbers() throws {
    let book = try Workbook([
      column(.decimal(precision: 8, scale: 2), ["12.50", "0.1234567890123456789", "?"]),
      TestTable("s", ["x"], [["12.50"]]),
    ])
    #expect(book.lines.contains("[[12.5, \"0.00\"]]") && book.lines.contains("[\"12.50\"]"))
    #expect(book.lines.contains("[\"0.1234567890123456789\"]") && book.counts == ["number-as-text x 1"])
  }

  @Test func floatsKeepTheirBits() throws {
    let values: [Double] = [0.1 + 0.2, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1.0 / 3]
    let book = try Workbook([column(.float64, values.map { .double($0.bitPattern) } + [.double(Double.nan.bitPattern)])]
    )
    #expect(book.lines.dropFirst(2).dropLast().map { Double($0.dropFirst().dropLast()) } == values)
    #expect(book.lines.last == "[\"nan\"]" && book.counts == ["number-as-text x 1"])
    let long = try Workbook([column(.int64, [.integer(.max), .integer(-9_007_199_254_740_992)])])
    #expect(long.lines.suffix(2) == ["[\"9223372036854775807\"]", "[-9007199254740992]"])
  }

  // MARK: Dates

  @Test(arguments: [
    (LogicalType.date, "1900-02-28", "\"1900-02-28\""), (.date, "10000-01-01", "\"10000-01-01\""),
    (.timestamp, "1969-12-31 23:59:59.999", #""1969-12-31T23:59:59.999000 yyyy\\-mm\\-dd\\ hh:mm:ss.000""#),
    (.timestamp, "2024-01-01T00:00:00.000001", "\"2024-01-01T00:00:00.000001\""),
    (.time, "10:20:30", #""10:20:30 hh:mm:ss""#), (.timestamptz, "infinity", "\"infinity\""),
    (.timestamptz, "1999-12-31T23:30:00-01:00", #""2000-01-01T00:30:00 yyyy\\-mm\\-dd\\ hh:mm:ss\\Z""#),
  ]) func datesAreDates(_ type: LogicalType, _ text: String, _ expected: String) throws {
    let book = try Workbook([column(type, [.init(stringLiteral: text)])])
    #expect(book.lines[2] == "[\(expected)]")
    #expect(book.counts.contains("time-as-text x 1") == (expected == "\"\(text)\""))
  }

  // MARK: Texts

  /// Whatever has gone wrong with text: no formulas, no characters that XML has not, no escapes where none were written.
  @Test func awkwardTextsComeBack() throws {
    let values = awkwardTexts + ["_x000A_", "a_x00e4_b", "_x_", "\u{FFFE}\u{FFFF}", "\u{1}\u{B}\r\n\t"]
    let book = try Workbook([column(.text, values)])
    #expect(book.losses.isEmpty && book.lines.count == values.count + 2)
    for (line, value) in zip(book.lines.dropFirst(2), values) {
      guard case .text(let bytes) = value else { continue }
      var heap = ByteHeap(capacity: 64)
      heap.append(jsonString: bytes)
      let plain = String(decoding: Array(heap.span), as: UTF8.self)
      #expect(line.lowercased() == "[\(plain)]".lowercased(), "\(value)")
    }
  }

  @Test func longTextsAreCut() throws {
    let long = String(repeating: "ä", count: 32_767), faces = String(repeating: "🙂", count: 16_384)
    for external in [Int.max, 40_000] {
      let book = try Workbook(
        [column(.text, [.init(stringLiteral: long), .init(stringLiteral: long + "x"), .init(stringLiteral: faces)])],
        externalAbove: external)
      #expect(book.counts == ["text-cut x 2"])
      #expect(book.lines[2] == "[\"\(long)\"]" && book.lines[3] == book.lines[2])
      #expect(book.lines[4] == "[\"\(faces.dropLast())\"]")
    }
    let data = try Workbook([column(.bytes, [.bytes(Array(repeating: 0, count: 30_000))])])
    #expect(data.counts == ["text-cut x 1"] && data.lines[2].utf8.count == 32_764 + 4)
  }

  // MARK: Sheets

  /// Names of sheets are those of tables as far as Excel allows them.
  @Test func sheetsHaveLegalNames() throws {
    let names: [Name] = [
      "users", "Users", "a/b:c[1]", "History", "'q'", Name(String(repeating: "n", count: 40)),
      Name(String(repeating: "n", count: 41)), "größe", "", "a\u{FFFF}b",
    ]
    let book = try Workbook(names.map { TestTable($0, ["a"], []) })
    let titles = book.lines.filter { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) }
    #expect(
      titles == [
        "users", "Users ~2", "a_b_c_1_", "History ~2", "_q_", String(repeating: "n", count: 31),
        String(repeating: "n", count: 28) + " ~2", "größe", "Sheet", "a___b",
      ])
    #expect(book.losses.map(\.code) == Array(repeating: "name-changed", count: 8))
  }

  /// Rows that a sheet has no room for go on in another.
  @Test func longTablesHaveSeveralSheets() throws {
    let rows: [[TestValue]] = (0..<7).map { [.integer($0)] }
    let table = TestTable(TableSchema("t", [Column("n", .int32)]), rows)
    let place = try TemporaryDirectory()
    var writer: any RecordWriter & ~Copyable = try WorkbookWriter(
      to: Output(.file(place.file("a.xlsx"))), [table.schema], rowLimit: 4)
    try writeRows(of: [table], to: &writer, batchSize: 5)
    try writer.finish()
    let book = try Workbook(readFile(place.path + "/a.xlsx"), writer.losses)
    #expect(
      book.lines == [
        "# t", "[\"n\"]", "[0]", "[1]", "[2]", "# t (2)", "[\"n\"]", "[3]", "[4]", "[5]", "# t (3)", "[\"n\"]", "[6]",
      ])
    #expect(book.losses.isEmpty)
  }

  @Test func columnsBeyondTheLimitAreNamed() throws {
    let names = (0..<16_386).map { Name("c\($0)") }
    let row = Array(repeating: TestValue.integer(1), count: names.count)
    let written = try write([TestTable(TableSchema("wide", names.map { Column($0, .int32) }), [row])], as: XLSX())
    #expect(written.losses.map(\.code) == ["column-left-out", "column-left-out"])
    #expect(written.losses.map(\.column) == ["c16384", "c16385"])
  }

  @Test func lettersOfColumns() {
    let letters = [0, 25, 26, 701, 702, 16_383].map { SheetColumn(Column("x", .text), at: $0).letters }
    #expect(letters.map { String(decoding: $0, as: UTF8.self) } == ["A", "Z", "AA", "ZZ", "AAA", "XFD"])
  }
}
