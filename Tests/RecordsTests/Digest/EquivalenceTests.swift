import Bytes
import Records
import Testing

/// One row of the equivalence table: values in the same brackets are equal, values in different brackets are not.
struct Equivalence: Sendable, CustomTestStringConvertible {
  var rule: String
  var type: LogicalType
  var classes: [[Value]]
  init(_ rule: String, _ type: LogicalType, _ classes: [[Value]]) {
    (self.rule, self.type, self.classes) = (rule, type, classes)
  }
  var testDescription: String { rule }
}

private let long = String(repeating: "long ", count: 300_000)
private let digits40 = "1234567890123456789012345678901234567890"

private let table: [Equivalence] = [
  Equivalence(
    "null is not missing, empty or zero", .text,
    [[.null], [.missing], [.text("")], [.text("null")], [.text("0")], [.text("\0")]]),
  Equivalence(
    "booleans by any word", .boolean,
    [
      [
        .boolean(true), .integer(1), .number("1"), .text("1"), .text("t"), .text("true"), .text("True"), .text("TRUE"),
        .text("yes"), .text("y"), .text("on"), .json("true"),
      ],
      [
        .boolean(false), .integer(0), .text("0"), .text("f"), .text("false"), .text("False"), .text("no"), .text("N"),
        .text("off"),
      ],
      [.integer(2), .text("2")], [.text("truth")], [.text("")], [.null], [.text("tru")],
      [.number("1.0"), .text("1.0")],
    ]),
  Equivalence(
    "integers by value", .int64,
    [
      [.integer(1), .number("1"), .text("1"), .number("1.0"), .number("1e0"), .text("01"), .text("+1"), .double(1)],
      [.integer(-1), .number("-1"), .number("-1.000")], [.integer(0), .number("-0"), .number("0.0"), .double(-0.0)],
      [.integer(100), .number("1e2"), .number("100"), .number("10e1")],
      [.integer(9_223_372_036_854_775_807), .number("9223372036854775807"), .number("9223372036854775807.0")],
      [.integer(.min), .number("-9223372036854775808")], [.number("9223372036854775808")],
      [.integer(9_007_199_254_740_993)], [.integer(9_007_199_254_740_992)],
      [.number("1.5"), .double(1.5)], [.text("one")], [.text("")], [.text("true"), .boolean(true)],
      [.text("1 ")], [.number("15")], [.number("0.15")], [.number("-1.5")],
      [.number("1000000000000000"), .integer(1_000_000_000_000_000), .number("1e15")],
      [.number("9999999999999999"), .integer(9_999_999_999_999_999)],
      [.number("12345678"), .integer(12_345_678)], [.number("123456789"), .integer(123_456_789)],
    ]),
  Equivalence(
    "decimals by value, whatever their digits", .decimal(precision: 10, scale: 2),
    [
      [.number("1.10"), .number("1.1"), .text("1.1000"), .number("11e-1"), .double(1.1)], [.number("1.11")],
      [.number("1e400"), .text("10e399")], [.number("1e401")], [.number("-1e400")],
      [.number(digits40), .text(digits40 + ".00"), .number("\(digits40)0e-1")], [.number(digits40 + "1")],
      [.number("-" + digits40)], [.number("1234567890123456789012345678901234567891")],
      [.number("0.\(digits40)"), .number(".\(digits40)"), .number("\(digits40)e-40")],
      [.number("NaN"), .double(.nan), .text("nan")], [.number("Infinity"), .double(.infinity), .text("inf")],
      [.number("-Infinity"), .double(-.infinity)], [.number(".5"), .number("0.5"), .number("5e-1")],
      [.number("5."), .integer(5)],
    ]),
  Equivalence(
    "floats by the double they mean", .float64,
    [
      [.double(0.1), .number("0.1"), .number("0.10000000000000001"), .number("1e-1"), .text("0.1")],
      [.double(0.1 + 0.2), .number("0.30000000000000004")], [.number("0.3"), .double(0.3)],
      [.integer(9_007_199_254_740_993), .number("9007199254740992"), .double(9_007_199_254_740_992)],
      [.number("1e400")], [.number("1e401")], [.double(.infinity), .number("Infinity")],
      [.double(.nan), .number("NaN")],
      [.double(-0.0), .integer(0), .number("-0.0")], [.number("1e-400")],
      [.double(.leastNonzeroMagnitude), .number("5e-324"), .number("4.9406564584124654e-324")],
      [.double(1e300), .number("1e300")],
      [.double(1.7976931348623157e308), .number("1.7976931348623157e308")], [.double(-2.5), .number("-2.50")],
      [.double(123456.789), .number("123456.789")], [.double(1e23), .number("1e23")],
      [.double(1_234_567_890_123_456_768), .number("1234567890123456789"), .integer(1_234_567_890_123_456_789)],
    ]),
  Equivalence(
    "texts by their bytes", .text,
    [
      [.text("é"), .raw([0xC3, 0xA9]), .external(.text("é"))], [.text("e\u{301}")], [.text("E")], [.text("e")],
      [.text(" e")], [.text("1"), .integer(1), .number("1")], [.text("1.0"), .number("1.0"), .double(1)],
      [.text("true"), .boolean(true)], [.text(#"{"a":1}"#), .json(#"{"a":1}"#)], [.text(#"{"a": 1}"#)],
      [.text(long), .external(.text(long))], [.text(long + "x")], [.bytes(Array("e".utf8))],
      [.raw([0xED, 0xA0, 0x80])],
    ]),
  Equivalence("an enum is a text", .enumeration(["a", "b"]), [[.text("a")], [.text("b")], [.text("A")]]),
  Equivalence(
    "uuids by their bytes", .uuid,
    [
      [
        .text("0123abcd-4567-89ef-8000-00000000ffff"), .text("0123ABCD-4567-89EF-8000-00000000FFFF"),
        .text("0123abcd456789ef800000000000ffff"), .text("{0123abcd-4567-89ef-8000-00000000ffff}"),
      ],
      [.text("0123abcd-4567-89ef-8000-00000000fffe")], [.text("0123abcd-4567-89ef-8000-00000000fff")], [.text("")],
    ]),
  Equivalence(
    "dates by their day", .date,
    [
      [.text("2024-02-29"), .text("2024-02-29T00:00:00"), .text("2024-02-29 00:00:00Z")], [.text("2024-03-01")],
      [.text("2024-02-29 00:00:01")], [.text("2024-02-29T00:00:00+01:00")], [.text("2024-2-29")], [.text("00:00")],
    ]),
  Equivalence(
    "times to the nanosecond", .time,
    [
      [.text("13:14"), .text("13:14:00"), .text("13:14:00.000000")], [.text("13:14:00.000000001")],
      [.text("13:14:00.000001"), .text("13:14:00.000001000")], [.text("1:14")], [.text("2024-02-29 13:14")],
      [.text("13:14:00.0000000001")],
    ]),
  Equivalence(
    "timestamps by the wall clock", .timestamp,
    [
      [
        .text("2024-02-29T13:14:15"), .text("2024-02-29 13:14:15"), .text("2024-02-29 13:14:15.000"),
        .text("2024-02-29T13:14:15Z"), .text("2024-02-29T13:14:15+00:00"),
      ],
      [.text("2024-02-29T13:14:15+01:00")], [.text("2024-02-29T12:14:15")], [.text("2024-02-29T13:14:15.123456789")],
      [.text("2024-02-29T13:14:15.123456")], [.text("2024-02-29"), .text("2024-02-29 00:00")],
    ]),
  Equivalence(
    "timestamptz by the instant", .timestamptz,
    [
      [
        .text("2024-02-29T13:14:15Z"), .text("2024-02-29 13:14:15+00"), .text("2024-02-29T14:14:15+01:00"),
        .text("2024-02-29T08:44:15-0430"), .text("2024-02-29 13:14:15"), .text("2024-02-29T13:14:15.000000000Z"),
      ],
      [.text("2024-02-29T13:14:15+01:00")],
      [.text("2024-02-29T13:14:15.1Z"), .text("2024-02-29 13:14:15.100000+00:00")],
      [.text("2024-02-29"), .text("2024-02-28T23:00:00-01")], [.text("infinity")],
    ]),
  Equivalence(
    "intervals by months and microseconds", .interval,
    [
      [
        .text("3 04:05:06.789000"), .text("P3DT04H05M06.789S"), .text("3 days 04:05:06.789"), .text("76:05:06.789"),
        .integer(273_906_789_000), .text("3 days, 4:05:06.789000"),
      ],
      [.text("1 year 2 mons"), .text("P1Y2M"), .text("14 mons")], [.text("420 days")], [.text("-1 00:00:01")],
      [.text("-1 days -00:00:01"), .text("-P1DT1S")], [.text("soon")], [.text("00:00:00"), .integer(0), .text("PT0S")],
    ]),
  Equivalence(
    "json by its structure", .json,
    [
      [
        .json(#"{"a":1,"b":[true,null,"é"]}"#), .json(#" { "b" : [ true , null , "\u00e9" ] , "a" : 1.0 } "#),
        .text(#"{"b":[true,null,"é"],"a":1e0}"#), .external(.json(#"{"b":[true,null,"\u00E9"],"a":10e-1}"#)),
        .external(.text("\n{\"a\":1,\"b\":[true,null,\"é\"]}")),
      ],
      [.json(#"{"a":1,"b":[null,true,"é"]}"#)], [.json(#"{"b":1,"a":[true,null,"é"]}"#)],
      [.json(#"{"a":"1","b":[true,null,"é"]}"#)], [.json(#"{"a":1,"b":[true,null,"é",null]}"#)],
      [.json(#"{"a":1,"b":[true,null,"é"],"c":null}"#)], [.json(#"[{"a":1,"b":[true,null,"é"]}]"#)],
      [.json("1"), .integer(1), .number("1.0"), .double(1)], [.json("true"), .boolean(true)], [.json("null")], [.null],
      [.json(#""text""#), .text("text"), .json(#""t\u0065xt""#), .external(.text("text"))], [.text(#""text""#)],
      [.text("1"), .json(#""1""#)], [.text("{"), .json(#""{""#)], [.json("{")], [.json("[]")], [.json("{}")],
      [.json("[[]]")],
      [.json("[[],[]]")], [.json("[1,[2,3]]")], [.json("[[1,2],3]")], [.json("[1,2,3]")], [.json("[12,3]")],
      [.json(#""\ud83d\ude00""#), .text("😀"), .json("\"😀\"")], [.json(#""\ud83d""#), .raw([0xED, 0xA0, 0xBD])],
      [.json(#"["\ud83d","\ude00"]"#)], [.json(#"["\ud83d\ude00",""]"#)], [.json(#""\ud83dx""#)],
      [.json(#""\ud83d\ud83d\ude00""#)], [.json(#"{"a":{"b":1}}"#)], [.json(#"{"b":{"a":1}}"#)],
      [.json(#"{"a\/b":1}"#), .json(#"{"a/b":1}"#)], [.json("NaN")], [.json("[NaN]")], [.json("[-Infinity]")],
      [.json("[1e400]"), .json("[10e399]")], [.json("[1,]")], [.json("[1 2]")], [.json(#"{"a" 1}"#)], [.json("[nul]")],
      [.json("[01]")], [.json("[1] 2")], [.json("\"a\u{1}\"")], [.json(#""\x""#)], [.json(#""\u12g4""#)],
      [.json(#"{"a":1,"a":2}"#)], [.json(#"{"a":2}"#)], [.json("[\"\(long)\"]"), .external(.json("[\"\(long)\"]"))],
      [.json("[\"\(long)x\"]")], [.text(long), .external(.text(long)), .json("\"\(long)\"")],
    ]),
  Equivalence(
    "bytes by themselves, base64 or hexadecimal", .bytes,
    [
      [
        .bytes([0, 1, 254]), .text("AAH+"), .text(#"\x0001fe"#), .text(#"\x0001FE"#), .external(.text("AAH+")),
        .external(.bytes([0, 1, 254])), .external(.text(#"\x0001fe"#)),
      ],
      [.bytes([]), .text(""), .text(#"\x"#)], [.text("AAH-")], [.text("AAH")], [.text(#"\x0"#)], [.text(#"\y"#)],
      [.text("AAE="), .bytes([0, 1])], [.bytes(Array("AAH+".utf8))],
    ]),
  Equivalence(
    "arrays element by element", .array(.int64),
    [
      [.json("[1,null,3]"), .json(#"["1",null,"3.0"]"#), .text("[1, null, 3e0]"), .external(.json("[1,null,3]"))],
      [.json("[1,3,null]")], [.json("[1,3]")], [.json("[[1,null,3]]")], [.json(#"["1","null","3"]"#)], [.json("[]")],
      [.text("{1,NULL,3}")], [.json("[true]"), .json(#"["true"]"#)],
    ]),
  Equivalence(
    "arrays of instants", .array(.timestamptz),
    [
      [.json(#"["2024-02-29T13:14:15Z"]"#), .json(#"["2024-02-29 14:14:15\u002b01"]"#)],
      [.json(#"["2024-02-29T13:14:16Z"]"#)], [.json(#"["x\u0020y"]"#), .json(#"["x y"]"#)],
    ]),
  Equivalence(
    "arrays of booleans", .array(.boolean),
    [[.json("[true,false]"), .json(#"["t","0"]"#), .json("[1,0]")], [.json("[false,true]")]]),
  Equivalence(
    "arrays of texts", .array(.text),
    [[.json(#"["1","true"]"#), .json("[1,true]")], [.json(#"["1.0","true"]"#)], [.json(#"["1",null]"#)]]),
  Equivalence(
    "arrays of bytes", .array(.bytes), [[.json(#"["AAH+"]"#), .json(#"["\\x0001fe"]"#)], [.json(#"["AAH="]"#)]]),
  Equivalence(
    "arrays of arrays", .array(.array(.decimal)),
    [[.json("[[1.10],[2]]"), .json(#"[["1.1"],["2.0"]]"#)], [.json("[[1.1,2]]")], [.json("[[1.1],2]")]]),
]

@Suite struct EquivalenceTests {
  @Test(arguments: table) func rules(_ rule: Equivalence) throws {
    var seen: [TableDigest: (Int, Value)] = [:]
    for (number, values) in rule.classes.enumerated() {
      let first = try digest(rule.type, values[0])
      for value in values {
        let mine = try digest(rule.type, value)
        #expect(mine == first, "\(value.testDescription) is not equal to \(values[0].testDescription)")
      }
      if let (other, value) = seen[first], other != number {
        Issue.record("\(values[0].testDescription) is equal to \(value.testDescription)")
      }
      seen[first] = (number, values[0])
    }
  }

  @Test func depthIsLimited() throws {
    func nested(_ depth: Int, _ space: String) -> Value {
      .json(String(repeating: "[", count: depth) + space + String(repeating: "]", count: depth))
    }
    #expect(try digest(.json, nested(512, "")) == digest(.json, nested(512, " ")))
    // Beyond the limit only the text counts.
    #expect(try digest(.json, nested(513, "")) != digest(.json, nested(513, " ")))
    #expect(try digest(.json, nested(100_000, "")) == digest(.json, nested(100_000, "")))
  }

  @Test func typesDifferButNumericTypesAreOne() throws {
    let values: [(LogicalType, String)] = [
      (.boolean, "1"), (.int64, "1"), (.text, "1"), (.interval, "1"), (.json, "1"), (.date, "1970-01-02"),
      (.timestamp, "1970-01-02"), (.timestamptz, "1970-01-02"), (.time, "00:00:01"), (.interval, "00:00:01"),
      (.uuid, "00000000-0000-0000-0000-000000000001"), (.bytes, #"\x31"#), (.array(.text), #"["1"]"#),
      (.json, #"["1", "1"]"#),
    ]
    let digests = try values.map { try digest($0, .text($1)) }
    #expect(Set(digests).count == values.count)
    #expect(try digest(.int32, .integer(1)) == digest(.decimal(precision: 5, scale: 2), .number("1.00")))
    #expect(try digest(.int64, .integer(1)) == digest(.float64, .double(1)))
    #expect(try digest(.text, .text("a")) == digest(.enumeration(["a"]), .text("a")))
  }

  @Test func externalValuesEqualThoseInTheHeap() throws {
    let values: [(LogicalType, Value)] = [
      (.int64, .number(String(repeating: "7", count: 2_000_000))), (.uuid, .text(long)), (.float64, .text(long)),
      (.text, .json("[\"\(long)\"]")),
      (.array(.int64), .json("[" + String(repeating: "1,\"2\",", count: 200_000) + "3]")),
      (.json, .json("{\"a\":[" + String(repeating: "1, \"x\\u00e9y\",", count: 90_000) + "3]}")),
      (.bytes, .text(String(repeating: "AAH+", count: 400_000))), (.bytes, .text(long)), (.json, .json(long)),
      (.array(.uuid), .json("[\"\(long)\"]")),
    ]
    for (type, value) in values {
      #expect(try digest(type, value) == digest(type, .external(value)), "\(type.word) \(value.testDescription)")
    }
  }
}
