import Bytes
import Conversion
import Records
import Testing

/// The profile of one column of values.
private func profile(_ values: [Value]) -> ColumnProfile {
  var profile = TableProfile()
  let batch = batch(values.map { [$0] }, columnCount: 1)
  profile.add(batch)
  return profile.columns[0]
}

private func texts(_ values: [String]) -> [Value] { values.map { .text($0) } }
private func digits(_ values: [String]) -> [Value] { values.map { .number($0) } }

/// Values of a column and the type that keeps them.
struct TypeExample: CustomTestStringConvertible, Sendable {
  var values: [Value]
  var type: LogicalType
  var origin = ValueOrigin.json
  var name: Name = "column"
  var testDescription: String { "\(values) is \(type.word)" }
}

@Suite struct TypeRulesTests {
  @Test(arguments: [
    TypeExample(values: [.null, .missing], type: .text),
    TypeExample(values: [.boolean(true), .null], type: .boolean),
    TypeExample(values: digits(["1", "-5", "2147483647", "-2147483648"]), type: .int32),
    TypeExample(values: digits(["1", "2147483648"]), type: .int64),
    TypeExample(values: digits(["9223372036854775807", "-9223372036854775808"]), type: .int64),
    TypeExample(values: digits(["9223372036854775808", "1"]), type: .decimal(precision: 19, scale: 0)),
    TypeExample(values: digits(["12345678901234567890123"]), type: .decimal(precision: 23, scale: 0)),
    TypeExample(values: [.integer(1), .integer(2)], type: .int32),
    TypeExample(values: [.integer(1), .double(2.5)], type: .float64),
    TypeExample(values: [.integer(1), .text("1")], type: .json),
    TypeExample(values: [.boolean(true), .number("1")], type: .json),
    TypeExample(values: [.json("{}"), .json("[1]")], type: .json),
    TypeExample(values: [.json("{}"), .text("a")], type: .json),
    TypeExample(values: [.bytes([1]), .null], type: .bytes),
    TypeExample(values: [.bytes([1]), .text("a")], type: .bytes),
  ])
  func kindsDecide(_ example: TypeExample) {
    #expect(profile(example.values).inferredType(from: example.origin, name: example.name).type == example.type)
  }

  @Test(arguments: [
    TypeExample(values: digits(["0.5", "1.25", "-3.1", "1e-07"]), type: .float64),
    TypeExample(values: digits(["0.1", "0.30000000000000004", "1e+16"]), type: .float64),
    TypeExample(values: digits(["1", "2.5"]), type: .float64),
    TypeExample(values: digits(["1.0", "2.5", "-0.0"]), type: .float64),
    TypeExample(values: digits(["NaN", "1.5", "-Infinity"]), type: .float64),
    // Digits that a float loses.
    TypeExample(values: digits(["1.10", "2.5"]), type: .decimal),
    TypeExample(values: digits(["1.10", "2.50"]), type: .decimal(precision: 3, scale: 2)),
    TypeExample(values: digits(["0.10000000000000001"]), type: .decimal(precision: 18, scale: 17)),
    TypeExample(values: digits(["1", "1.0"]), type: .decimal),
    TypeExample(values: digits(["9007199254740993", "0.5"]), type: .decimal),
    TypeExample(values: digits(["9007199254740993", "NaN"]), type: .text),
    TypeExample(values: digits(["1e400"]), type: .text),
    TypeExample(values: digits(["1e-400", "1.5"]), type: .text),
    TypeExample(values: digits(["-0", "1.10"]), type: .text),
    TypeExample(values: digits(["007"]), type: .text),
    TypeExample(values: digits(["+5", ".5"]), type: .text),
  ])
  func numbersKeepTheirDigits(_ example: TypeExample) {
    #expect(profile(example.values).inferredType(from: example.origin, name: example.name).type == example.type)
  }

  @Test(arguments: [
    TypeExample(values: texts(["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]), type: .uuid),
    TypeExample(values: texts(["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"]), type: .text),
    TypeExample(values: texts(["a0eebc999c0b4ef8bb6d6bb9bd380a11"]), type: .text),
    TypeExample(values: texts(["2024-02-29", "0001-01-01"]), type: .date),
    TypeExample(values: texts(["2023-02-29"]), type: .text),
    TypeExample(values: texts(["2024-02-29", ""]), type: .text),
    TypeExample(values: texts(["2024-02-29", "2024-02-29T00:00:00"]), type: .text),
    TypeExample(values: texts(["23:59:59", "00:00:00.123456"]), type: .time),
    TypeExample(values: texts(["23:59"]), type: .text),
    TypeExample(values: texts(["24:00:01"]), type: .interval),
    TypeExample(values: texts(["23:59:59", "1 00:00:00"]), type: .interval),
    TypeExample(values: texts(["1 00:00:00", "-1 00:00:01", "23:59:59"]), type: .interval),
    TypeExample(values: texts(["P3DT04H05M06.789000S", "-P1D"]), type: .interval),
    TypeExample(values: texts(["3 days"]), type: .text),
    TypeExample(values: texts(["2024-02-29T13:14:15", "2024-02-29 13:14:15.123456"]), type: .timestamp),
    TypeExample(
      values: texts(["2024-02-29T13:14:15.123Z", "2024-02-29T13:14:15+05:30", "2024-02-29 13:14:15.123456+00"]),
      type: .timestamptz),
    TypeExample(values: texts(["2024-02-29T13:14:15.123Z", "2024-02-29T13:14:15"]), type: .text),
    TypeExample(values: texts(["2024-02-29T13:14:15.123456789Z"]), type: .text),
    TypeExample(values: texts(["2024-02-29T13:14:60Z"]), type: .text),
    TypeExample(values: texts(["12.50", "-3.10", "0.00"]), type: .decimal(precision: 4, scale: 2)),
    TypeExample(values: texts(["12.50", "-3.1"]), type: .text),
    TypeExample(values: texts(["-0.00", "1.00"]), type: .text),
    TypeExample(values: texts(["6.0", "5.2"]), type: .text, name: "django_version"),
    TypeExample(values: texts(["01.50"]), type: .text),
    TypeExample(values: texts(["1", "2"]), type: .text),
    TypeExample(values: texts(["true", "false"]), type: .text),
    TypeExample(values: texts(["NaN"]), type: .text),
    TypeExample(values: texts([#"{"a": [1, 2]}"#, "[]"]), type: .text),
    TypeExample(values: texts(["", ""]), type: .text),
  ])
  func textsOfJSONBecomeWhatAllOfThemAre(_ example: TypeExample) {
    #expect(profile(example.values).inferredType(from: example.origin, name: example.name).type == example.type)
  }

  @Test(arguments: [
    TypeExample(values: texts(["1", "-2", "0"]), type: .int32),
    TypeExample(values: texts(["1", "4294967296"]) + [.null], type: .int64),
    TypeExample(values: texts(["9223372036854775808"]), type: .text),
    TypeExample(values: texts(["007", "8"]), type: .text),
    TypeExample(values: texts(["+4712345678"]), type: .text),
    TypeExample(values: texts(["-0"]), type: .text),
    TypeExample(values: texts(["5551234567"]), type: .text, name: "contact_phone"),
    TypeExample(values: texts(["94107"]), type: .text, name: "zipCode"),
    TypeExample(values: texts(["94107"]), type: .int32, name: "quantity"),
    TypeExample(values: texts(["1.50", "22.75"]), type: .decimal(precision: 4, scale: 2)),
    TypeExample(values: texts(["1.5", "22.75", "3"]), type: .float64),
    TypeExample(values: texts(["1.5", "1e-07", "NaN"]), type: .float64),
    TypeExample(values: texts(["1.10", "1.9", "2"]), type: .text),
    TypeExample(values: texts(["12e4", "34e5"]), type: .text),
    TypeExample(values: texts(["1e-07", "2"]), type: .text),
    TypeExample(values: texts(["NaN", "1"]), type: .text),
    TypeExample(values: texts(["true", "false"]), type: .boolean),
    TypeExample(values: texts(["True", "False"]), type: .text),
    TypeExample(values: texts(["2024-02-29"]) + [.null], type: .date),
    TypeExample(values: texts(["2024-02-29", ""]), type: .text),
  ])
  func textsOfCSVAreNeverGuessed(_ example: TypeExample) {
    let found = profile(example.values).inferredType(from: .csv, name: example.name).type
    #expect(found == example.type)
  }

  @Test func specialsAreMarked() {
    let inference = profile(digits(["NaN", "0.5"])).inferredType(from: .json, name: "x")
    #expect(inference.hasSpecials && inference.rule == "float64" && inference.confidence < 1)
    #expect(!profile(digits(["0.5"])).inferredType(from: .json, name: "x").hasSpecials)
  }

  /// Whatever a float column holds must come back digit by digit from a float; the oracle is Swift's own printing.
  @Test func floatsSurvive() {
    var random = Generator(7)
    for _ in 0..<5000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      #expect(profile(digits([value.description])).numbers.survivesDouble, "\(value)")
      for number in [Double.random(in: 0..<1, using: &random), Double.random(in: -1e5...1e5, using: &random)] {
        #expect(profile(digits([number.description])).numbers.survivesDouble, "\(number)")
      }
      let decimals = Double(Int64.random(in: -999_999...999_999, using: &random)) / 100
      #expect(profile(digits([decimals.description])).numbers.survivesDouble, "\(decimals)")
    }
  }

  /// Digits that a float loses are noticed, also when only the last one is another.
  @Test func lostDigitsAreNoticed() {
    var random = Generator(11), lost = 0
    func check(_ token: String) {
      let expected: Bool
      if let value = Double(token), let a = DecimalText(Array(token.utf8).span) {
        let printed = Array(value.description.utf8)
        expected =
          DecimalText(printed.span).map { DecimalText.areEqual(a, Array(token.utf8).span, $0, printed.span) } ?? false
      } else {
        expected = false
      }
      if !expected { lost += 1 }
      #expect(profile(digits([token])).numbers.survivesDouble == expected, "\(token)")
    }
    for _ in 0..<10_000 {
      let whole = UInt64.random(in: 0...99_999_999_999_999_999, using: &random)
      let text = whole.description
      let point = Int.random(in: 0..<text.utf8.count, using: &random)
      let fraction = text.suffix(text.utf8.count - point)
      if fraction.last == "0" { continue }
      check((point == 0 ? "0" : String(text.prefix(point))) + "." + fraction)
      // The shortest digits of a float, and their neighbours.
      let value = Double.random(in: 1e-3..<1e3, using: &random)
      let short = value.description
      guard let last = short.last?.wholeNumberValue, last > 1, last < 9 else { continue }
      for neighbour in [last - 1, last + 1] { check(short.dropLast() + neighbour.description) }
      for power in [0.5, 1, 2, 1024] { check((power.nextUp).description); check((power.nextDown).description) }
    }
    #expect(lost > 1000)
  }
}
