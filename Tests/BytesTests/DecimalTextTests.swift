import Bytes
import TestSupport
import Testing

@Suite struct DecimalTextTests {
  private func read(_ bytes: [UInt8]) throws -> DecimalText {
    try #require(reading(bytes) { DecimalText($0) })
  }
  /// `[-]digits e exponent` of the canonical form.
  private func canonical(_ text: String) -> String {
    let bytes = text.bytes
    guard let number = DecimalText(bytes.span) else { return "nil" }
    var digits = "", left = number.digitCount, at = number.firstDigit
    while left > 0 {
      if bytes[at] != UInt8(ascii: ".") { digits.append(Character(Unicode.Scalar(bytes[at]))); left -= 1 }
      at += 1
    }
    if (1...19).contains(number.digitCount) { #expect(UInt64(digits) == number.coefficient) }
    return (number.isNegative ? "-" : "") + (digits.isEmpty ? "0" : digits) + "e\(number.exponent)"
  }

  @Test(arguments: [
    ("1.10", "11e-1"), ("-0", "0e0"), ("0.000", "0e0"), ("1e400", "1e400"), (".5", "5e-1"), ("5.", "5e0"),
    ("100", "1e2"), ("+1.5E+3", "15e2"), ("00012.3400", "1234e-2"), ("-1e-7", "-1e-7"), ("10.01", "1001e-2"),
    ("0.00100", "1e-3"), ("9999999999999999999", "9999999999999999999e0"), ("100.50", "1005e-1"), ("10e-1", "1e0"),
    ("0e99999999999999999999", "0e0"),
  ]) func canonicalForm(_ text: String, _ expected: String) {
    #expect(canonical(text) == expected)
  }

  @Test(arguments: [
    "", ".", "-", "+", "e5", ".e5", "1e", "1e+", "1.2.3", "1 ", " 1", "1,5", "0x1", "NaN", "--1", "1-", "1e5.0",
    "1e5e5",
    "1e99999999999999999999", "1e1000000000000000005", "١",
  ]) func notANumber(_ text: String) {
    #expect(canonical(text) == "nil")
  }

  @Test func agreesWithPython() throws {
    var dice = Dice(2)
    var texts: [String] = []
    for _ in 0..<6000 {
      var text = dice.one(of: ["", "-", "+"])
      for _ in 0..<Int.random(in: 0..<24, using: &dice) { text += dice.one(of: ["0", "0", "0", "1", "9", "5"]) }
      text += dice.one(of: ["", ".", "."])
      for _ in 0..<Int.random(in: 0..<24, using: &dice) { text += dice.one(of: ["0", "0", "0", "2", "7"]) }
      text += dice.one(of: ["", "", "e5", "E-12", "e+0", "e0007"])
      texts.append(Bool.random(using: &dice) ? text : mutated(text, &dice))
    }
    let answers = try python(
      """
      m = re.fullmatch(r'([+-]?)([0-9]*)([.]?)([0-9]*)(?:[eE]([+-]?[0-9]+))?', b.decode(), re.ASCII)
      if not m or not m[2] + m[4]: return 'nil'
      e = int(m[5] or 0) - len(m[4])
      d = (m[2] + m[4]).lstrip('0')
      if not d: return '0e0'
      if abs(int(m[5] or 0)) > 10 ** 17: return 'nil'
      n = d.rstrip('0')
      return ('-' if m[1] == '-' else '') + n + 'e' + str(e + len(d) - len(n))
      """, about: texts.map(\.bytes))
    #expect(answers.count == texts.count)
    for (text, answer) in zip(texts, answers) { #expect(canonical(text) == answer, "\(text)") }
  }

  @Test func comparesAsPythonDoes() throws {
    var dice = Dice(3)
    let pool = [
      "0", "-0", "1", "1.0", "10", "1e1", "0.1", "-1", "-10", "1e400", "-1e400", "1e-400", "12345678901234567890123",
      "1234567890123456789", "12345678901234567890", "12345678901234567890.5", "12345678901234567891",
      "1234567890123456789012.3e1", "9999999999999999999", "99999999999999999990", "9.99", "9.990001",
    ]
    var pairs: [[UInt8]] = []
    for _ in 0..<2000 { pairs.append((dice.one(of: pool) + " " + dice.one(of: pool)).bytes) }
    let answers = try python(
      "x, y = (fractions.Fraction(t) for t in b.decode().split()); return (x > y) - (x < y)", about: pairs)
    for (pair, answer) in zip(pairs, answers) {
      let parts = pair.split(separator: UInt8(ascii: " ")).map(Array.init)
      let (x, y) = (parts[0], parts[1])
      let (a, b) = (try read(x), try read(y))
      let order = DecimalText.compare(a, x.span, b, y.span)
      let isEqual = DecimalText.areEqual(a, x.span, b, y.span)
      #expect(order.signum() == Int(answer))
      #expect(isEqual == (answer == "0"))
    }
  }

  @Test func integersMadeAndRead() throws {
    for value in [Int64.min, .min + 1, -100, -1, 0, 1, 10, 1_200_000, .max - 7, .max] {
      let text = String(value).bytes
      let found = try read(text), made = DecimalText(value), none: [UInt8] = []
      #expect(found.int64 == value)
      #expect(made.int64 == value)
      let isEqual = DecimalText.areEqual(found, text.span, made, none.span)
      #expect(isEqual)
    }
    for text in ["9223372036854775808", "-9223372036854775809", "1e19", "0.5", "1e400", "99999999999999999999999"] {
      #expect(try read(text.bytes).int64 == nil)
    }
  }

  @Test func twoHundredThousandDigits() throws {
    let text = [UInt8](repeating: UInt8(ascii: "7"), count: 200_000)
    let number = try read(text)
    #expect(number.digitCount == 200_000 && number.exponent == 0)
    var other = text
    other[199_999] = UInt8(ascii: "8")
    let larger = try read(other)
    let order = DecimalText.compare(number, text.span, larger, other.span)
    #expect(order < 0)
  }

  @Test func specialNumbers() {
    let known: [(String, SpecialNumber?)] = [
      ("NaN", .notANumber), ("nan", .notANumber), ("Infinity", .infinity), ("inf", .infinity), ("+inf", .infinity),
      ("-Infinity", .negativeInfinity), ("-INF", .negativeInfinity), ("infinit", nil), ("", nil), ("n", nil),
      ("nano", nil), ("1", nil),
    ]
    for (text, expected) in known {
      #expect(reading(text) { SpecialNumber($0) } == expected, "\(text)")
    }
  }
}
