import Bytes
import TestSupport
import Testing

@Suite struct IntegersTests {
  @Test(arguments: [
    ("0", 0), ("-0", 0), ("+7", 7), ("007", 7), ("9223372036854775807", Int64.max),
    ("-9223372036854775808", .min), ("0000000000000000000000000000012", 12),
    ("999999999999999999", 999_999_999_999_999_999), ("-1000000000000000000", -1_000_000_000_000_000_000),
  ]) func digits(_ text: String, _ value: Int64) {
    #expect(reading(text) { Int64(digits: $0) } == value)
  }

  @Test(arguments: [
    "", "-", "+", "--1", "1.0", "1e3", " 1", "1 ", "0x10", "9223372036854775808", "-9223372036854775809",
    "92233720368547758070", "99999999999999999999999", "１",
  ]) func notDigits(_ text: String) {
    #expect(reading(text) { Int64(digits: $0) } == nil)
  }

  @Test func agreesWithTheStandardLibrary() {
    var dice = Dice(1)
    for _ in 0..<20_000 {
      let value = Int64.random(in: .min ... .max, using: &dice) >> Int64.random(in: 0..<64, using: &dice)
      let text = Bool.random(using: &dice) ? String(value) : mutated(String(value), &dice)
      #expect(reading(text) { Int64(digits: $0) } == Int64(text), "\(text)")
    }
  }

  @Test(arguments: ["0", "1", "-1", "10", "123456789012345678901234567890"]) func canonical(_ text: String) {
    #expect(reading(text, isCanonicalInteger))
  }
  @Test(arguments: ["", "-", "-0", "+1", "01", "-01", "00", "1.", "1e0", "1 "]) func notCanonical(_ text: String) {
    #expect(!reading(text, isCanonicalInteger))
  }
}
