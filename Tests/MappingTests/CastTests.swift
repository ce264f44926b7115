import Bytes
import Conversion
import Diagnostics
import Mapping
import Records
import TestSupport
import Testing

@Suite struct CastTests {
  /// A value that no cast gives, for those that are refused.
  private static let refused: TestValue = "refused"

  private func cast(_ value: TestValue, _ type: LogicalType, _ rule: String) throws -> TestValue {
    let table = TestTable(TableSchema("t", [Column("c", type)]), [[value]])
    let mapped = try Mapped(Mapping(casts: "t.c=\(rule)"), [table])
    guard let row = mapped.tables[0].rows.first else {
      #expect(mapped.losses.map(\.code) == ["cast-refused"])
      #expect(mapped.losses.allSatisfy { $0.isReject && $0.column == "c" && $0.count == 1 })
      return Self.refused
    }
    #expect(mapped.losses.allSatisfy { !$0.isReject })
    return row[0]
  }

  @Test(
    arguments: [
      ("using lower", "Team LEAD é É", "team lead é É"), ("using upper", "aéz1", "AéZ1"),
      ("using lower", .integer(1), refused),
      ("using trim", " \t x y\n", "x y"), ("using trim", "   ", ""), ("using trim", true, refused),
      ("using empty-to-null", "", nil), ("using empty-to-null", " ", " "), ("using trim, empty-to-null", " ", nil),
      ("using trim,lower", " A ", "a"), ("text", .number("1.50"), "1.50"), ("text", true, "true"),
      ("text", .integer(-5), "-5"), ("text", .json("{\"a\": 1}"), "{\"a\": 1}"), ("text", .bytes([1]), refused),
      ("using json-to-text", .json("[1]"), "[1]"), ("using json-to-text", "x", "x"),
      ("using json-to-text", true, refused),
      ("using text-to-json", " {\"a\":1} ", .json("{\"a\":1}")), ("using text-to-json", "{", refused),
      ("using text-to-json", "[1] 2", refused), ("using text-to-json", "", refused),
      ("json", "a\"b", .json("\"a\\\"b\"")), ("json", true, .json("true")), ("json", .number("1e5"), .json("1e5")),
      ("json", .number("NaN"), refused), ("json", .integer(7), .json("7")),
    ] as [(String, TestValue, TestValue)])
  func texts(_ rule: String, _ value: TestValue, _ expected: TestValue) throws {
    #expect(try cast(value, rule == "json" ? .text : .json, rule) == expected)
  }

  /// Hashes stay what they are, with what the target wants before them; what is none is refused.
  @Test(
    arguments: [
      ("django", "$2b$12$NqVwYS81VP7Hb1DX8pPd5khxE3pyIgKpaUnArl63XykWZeiNNCiia", "bcrypt$"),
      ("supabase", "$2b$12$NqVwYS81VP7Hb1DX8pPd5khxE3pyIgKpaUnArl63XykWZeiNNCiia", ""),
      (
        "django", "$argon2id$v=19$m=65536,t=3,p=4$3anXn9k3ksu9mI4ROnl89S$m995ytbxAk7jqevt0MLaMRTvetw0tESulEETldq8b8V",
        "argon2"
      ),
      ("django", "!unusable", ""), ("django", "", ""),
    ] as [(String, TestValue, String)])
  func passwords(_ target: String, _ value: TestValue, _ prefix: String) throws {
    guard case .text(let hash) = value else { return }
    #expect(try cast(value, .text, "using password-to-\(target)") == .text(Array(prefix.utf8) + hash))
    #expect(try cast("hunter2", .text, "using password-to-\(target)") == Self.refused)
  }

  @Test(
    arguments: [
      ("integer", .number("12"), .number("12")), ("integer", "12", .number("12")), ("integer", "1.0", .integer(1)),
      ("integer", "007", .integer(7)), ("integer", "1.5", refused), ("integer", "2147483648", refused),
      ("bigint", "2147483648", .number("2147483648")), ("bigint", "9223372036854775808", refused),
      ("integer", "", refused),
      ("integer", "twelve", refused), ("integer", true, .integer(1)),
      ("integer", .double((3.0).bitPattern), .integer(3)),
      ("integer", .double(Double.nan.bitPattern), refused), ("integer", nil, nil), ("integer", .missing, .missing),
      ("decimal(5,2)", "123.45", .number("123.45")), ("decimal(5,2)", "1234.5", refused),
      ("decimal(5,2)", "1.234", refused),
      ("numeric", .number("1e400"), .number("1e400")), ("numeric", "+5", .integer(5)),
      ("float64", "1.5e3", .number("1.5e3")),
      ("float64", .double((0.5).bitPattern), .double((0.5).bitPattern)), ("float64", ".5", refused),
      ("double precision", "x", refused),
      ("boolean", "YES", true), ("boolean", "off", false), ("boolean", .number("1"), true),
      ("boolean", .integer(0), false),
      ("boolean", .number("2"), refused), ("boolean", "maybe", refused), ("using text-to-boolean", "T", true),
      ("boolean", "", refused), ("text[]", .json("[\"a\"]"), .json("[\"a\"]")), ("text[]", .json("{}"), refused),
      ("text[]", "a", refused), ("bytes", .bytes([0, 1]), .bytes([0, 1])), ("bytes", "x", refused),
      ("interval", "3 days", "3 days"), ("interval", "soon", refused),
    ] as [(String, TestValue, TestValue)])
  func numbersAndWords(_ rule: String, _ value: TestValue, _ expected: TestValue) throws {
    #expect(try cast(value, .json, rule) == expected)
  }

  @Test(
    arguments: [
      ("using ms-to-timestamp", .number("1770277577080"), "2026-02-05T07:46:17.080Z"),
      ("using ms-to-timestamp", .number("1770277577080.2534"), "2026-02-05T07:46:17.080253Z"),
      ("using s-to-timestamp", "1770277577", "2026-02-05T07:46:17Z"),
      ("using s-to-timestamp", .number("0"), "1970-01-01T00:00:00Z"),
      ("using s-to-timestamp", .number("-0.5"), "1969-12-31T23:59:59.500Z"),
      ("using us-to-timestamp", .integer(-1), "1969-12-31T23:59:59.999999Z"),
      ("using us-to-timestamp", .number("-1.5"), "1969-12-31T23:59:59.999998Z"),
      ("using us-to-timestamp", .number("1e-30"), "1970-01-01T00:00:00Z"),
      ("using s-to-timestamp", .number("253402300799.999999"), "9999-12-31T23:59:59.999999Z"),
      ("using s-to-timestamp", .number("253402300800"), refused), ("using s-to-timestamp", .number("1e300"), refused),
      ("using s-to-timestamp", .number("-62135596801"), refused), ("using s-to-timestamp", "now", refused),
      ("using ms-to-timestamp", .double((1.5).bitPattern), "1970-01-01T00:00:00.001500Z"),
      ("using ms-to-timestamp", true, refused),
      ("timestamptz", "2026-02-05T07:45:47.086903", "2026-02-05T07:45:47.086903Z"),
      ("timestamptz", "2026-02-05 07:45:47+02", "2026-02-05 07:45:47+02"),
      ("timestamptz", "2026-02-05", "2026-02-05T00:00:00Z"),
      ("timestamp", "2026-02-05T07:45:47+02:00", "2026-02-05T05:45:47"),
      ("timestamp", "2026-02-05", "2026-02-05T00:00:00"),
      ("timestamptz", "yesterday", refused), ("timestamptz", "07:45", refused),
      ("date", "2026-02-05T00:00:00Z", "2026-02-05"),
      ("date", "2026-02-05T00:00:01Z", refused),
      ("date using timestamp-to-date", "2026-02-05T23:00:01+02:00", "2026-02-05"),
      ("time", "07:45", "07:45"), ("time", "2026-02-05", refused),
      ("uuid", "{6BA7B810-9DAD-11D1-80B4-00C04FD430C8}", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
      ("uuid", "x", refused),
      ("using text-to-uuid", "6ba7b8109dad11d180b400c04fd430c8", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
      ("using id-to-uuid", "http://www.python.org", "5e077b6f-5fcc-5a59-b52a-0092db3520c3"),
      ("using id-to-uuid", true, refused),
    ] as [(String, TestValue, TestValue)])
  func timesAndUUIDs(_ rule: String, _ value: TestValue, _ expected: TestValue) throws {
    #expect(try cast(value, .json, rule) == expected)
  }

  @Test func uuidsOfNamesAreThoseOfPython() throws {
    let names = ["", "k17bshzat8f0b32ygsx6d09sss80jyc8", "é", String(repeating: "x", count: 1000), "42"]
    let script = "import sys,uuid\nfor n in sys.argv[1:]: print(uuid.uuid5(uuid.NAMESPACE_URL, n))"
    let result = try run(["python3", "-c", script] + names)
    let expected = String(decoding: result.output, as: UTF8.self).split(separator: "\n").map(String.init)
    let table = TestTable("t", ["c"], names.map { [.text(Array($0.utf8))] })
    let mapped = try Mapped(Mapping(casts: "t.c=using id-to-uuid"), [table])
    #expect(mapped.tables[0].rows.map { "\($0[0])" } == expected.map(\.debugDescription))
  }

  @Test func momentsThatAreCutAreCounted() throws {
    let table = TestTable(
      TableSchema("t", [Column("c", .float64)]), [[.number("1.0001")], [.number("1")], [.number("2.00049")]])
    let mapped = try Mapped(Mapping(casts: "t.c=using ms-to-timestamp"), [table])
    #expect(mapped.losses.map(\.code) == ["time-precision"])
    #expect(mapped.losses.map(\.count) == [2] && !mapped.losses[0].isReject)
  }

  @Test func longValuesStayOutside() throws {
    let long = String(repeating: "{}, ", count: 30)
    func table(_ value: TestValue) -> TestTable { TestTable(TableSchema("t", [Column("c", .json)]), [[value]]) }
    let json = TestValue.json("[\(long)1]")
    let text = try Mapped(Mapping(casts: "t.c=text"), [table(json)], externalAbove: 20)
    #expect(text.tables[0].rows == [[.text(Array("[\(long)1]".utf8))]])
    #expect(try Mapped(Mapping(casts: "t.c=json"), [table(json)], externalAbove: 20).tables[0].rows == [[json]])
    let refused = try Mapped(Mapping(casts: "t.c=text using lower"), [table(json)], externalAbove: 20)
    #expect(refused.tables[0].rows.isEmpty && refused.losses.map(\.code) == ["cast-refused"])
  }
}
