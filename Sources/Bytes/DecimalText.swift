internal import CBytes

/// A decimal number found in text, in canonical form and without a copy of its digits.
///
/// The value is `±d × 10^exponent`, where `d` is the integer that the significant digits spell: no leading and no trailing
/// zeros. So `1.10`, `1.1`, `+1.1e0` and `11e-1` have the same sign, digits and exponent. Zero has no digits, no sign and
/// exponent 0.
public struct DecimalText: BitwiseCopyable, Sendable {
  public var isNegative: Bool
  /// Number of significant digits; 0 for zero.
  public var digitCount: Int
  public var exponent: Int
  /// The significant digits as an integer when there are at most 19; otherwise nothing can be read from it.
  public var coefficient: UInt64
  /// Position of the first significant digit in the text. A point may stand among the digits.
  public var firstDigit: Int

  /// The number that the whole of `text` spells: an optional sign, digits with at most one point among, before or behind
  /// them, an optional exponent. Nil for anything else, and for a value other than zero whose exponent is beyond ±10^17.
  public init?(_ text: Span<UInt8>) {
    let count = text.count
    var at = 0
    isNegative = false
    if count > 0 && (text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+")) {
      isNegative = text[0] == UInt8(ascii: "-")
      at = 1
    }
    let start = at
    var point = -1
    var first = -1, last = -1  // positions of the first and last digit that is not zero
    var running: UInt64 = 0
    coefficient = 0
    while at < count {
      let digit = text[at] &- UInt8(ascii: "0")
      if digit < 10 {
        running = running &* 10 &+ UInt64(digit)
        if digit != 0 {
          if first < 0 { first = at }
          last = at
          coefficient = running
        }
      } else if digit == UInt8(ascii: ".") &- UInt8(ascii: "0") && point < 0 {
        point = at
      } else {
        break
      }
      at &+= 1
    }
    let end = at
    guard end &- start > (point < 0 ? 0 : 1) else { return nil }
    var power = 0
    if at < count {
      guard text[at] | 0x20 == UInt8(ascii: "e"), let value = Self.power(text, at: at &+ 1) else { return nil }
      power = value
    }
    guard first >= 0 else {
      (isNegative, digitCount, exponent, firstDigit) = (false, 0, 0, start)
      return
    }
    guard power.magnitude <= 100_000_000_000_000_000 else { return nil }
    let unit = point < 0 ? end : point  // the digit before this position counts ones
    digitCount = last &- first &+ (first < point && point < last ? 0 : 1)
    exponent = power &+ (last < unit ? unit &- 1 &- last : unit &- last)
    firstDigit = first
  }

  /// The number of an integer.
  public init(_ value: Int64) {
    isNegative = value < 0
    coefficient = value.magnitude
    exponent = 0
    firstDigit = 0
    digitCount = 0
    guard coefficient != 0 else { return }
    while coefficient % 10 == 0 {
      coefficient /= 10
      exponent &+= 1
    }
    var rest = coefficient
    while rest > 0 {
      rest /= 10
      digitCount &+= 1
    }
  }

  /// The exponent behind the `e`, cut off beyond ±10^18; nil when it is none.
  private static func power(_ text: Span<UInt8>, at offset: Int) -> Int? {
    var at = offset
    var isNegative = false
    if at < text.count && (text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+")) {
      isNegative = text[at] == UInt8(ascii: "-")
      at &+= 1
    }
    guard at < text.count else { return nil }
    var value = 0
    while at < text.count {
      let digit = text[at] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      if value <= 100_000_000_000_000_000 { value = value &* 10 &+ Int(digit) }
      at &+= 1
    }
    return isNegative ? 0 &- value : value
  }

  public var isZero: Bool { digitCount == 0 }
  /// Whether the value has no fraction.
  public var isInteger: Bool { exponent >= 0 }
  /// Number of digits behind the point that the value needs.
  public var scale: Int { exponent < 0 ? 0 &- exponent : 0 }
  /// Number of digits before the point: the value lies below 10^magnitude. Zero or less for a value below one.
  public var magnitude: Int { exponent &+ digitCount }

  /// The value when it is an integer of 64 bits; nil otherwise.
  public var int64: Int64? {
    guard exponent >= 0 && magnitude <= 19 else { return nil }
    if isZero { return 0 }
    var value = coefficient
    for _ in 0..<exponent { value = value &* 10 }
    if isNegative { return value <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil }
    return Int64(exactly: value)
  }

  /// Hash of the significant digits, found in `text`, as ASCII without the point.
  public func digitHash(in text: Span<UInt8>, seed: UInt64) -> Hash128 {
    var stream = HashStream(seed: seed)
    var from = firstDigit, left = digitCount
    while left > 0 {
      var to = from
      while to < text.count && to &- from < left && isDigit(text[to]) { to &+= 1 }
      stream.update(text.extracting(from..<to))
      left &-= to &- from
      from = to &+ 1  // past the point
    }
    return stream.result
  }

  /// Whether `a`, found in `aText`, is the same number as `b`, found in `bText`.
  public static func areEqual(_ a: DecimalText, _ aText: Span<UInt8>, _ b: DecimalText, _ bText: Span<UInt8>) -> Bool {
    guard a.isNegative == b.isNegative, a.digitCount == b.digitCount, a.exponent == b.exponent else { return false }
    return compareDigits(a, aText, b, bText) == 0
  }

  /// Negative, zero or positive as `a`, found in `aText`, is less than, equal to or greater than `b`, found in `bText`.
  public static func compare(_ a: DecimalText, _ aText: Span<UInt8>, _ b: DecimalText, _ bText: Span<UInt8>) -> Int {
    let aSign = a.isZero ? 0 : a.isNegative ? -1 : 1
    let bSign = b.isZero ? 0 : b.isNegative ? -1 : 1
    if aSign != bSign || aSign == 0 { return aSign - bSign }
    if a.magnitude != b.magnitude { return (a.magnitude < b.magnitude) == (aSign > 0) ? -1 : 1 }
    return compareDigits(a, aText, b, bText) * aSign
  }

  /// Compares the digits as fractions behind a point.
  private static func compareDigits(
    _ a: DecimalText, _ aText: Span<UInt8>, _ b: DecimalText, _ bText: Span<UInt8>
  ) -> Int {
    let aHead = a.head(aText), bHead = b.head(bText)
    if aHead != bHead { return aHead < bHead ? -1 : 1 }
    guard a.digitCount > 19 && b.digitCount > 19 else { return a.digitCount - b.digitCount }
    var i = a.firstDigit, j = b.firstDigit
    for _ in 0..<min(a.digitCount, b.digitCount) {
      if aText[i] == UInt8(ascii: ".") { i &+= 1 }
      if bText[j] == UInt8(ascii: ".") { j &+= 1 }
      if aText[i] != bText[j] { return aText[i] < bText[j] ? -1 : 1 }
      i &+= 1
      j &+= 1
    }
    return a.digitCount - b.digitCount
  }

  /// The first 19 significant digits as an integer, zeros added where there are fewer.
  private func head(_ text: Span<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    guard digitCount > 19 else {
      value = coefficient
      for _ in digitCount..<19 { value = value &* 10 }
      return value
    }
    var at = firstDigit
    for _ in 0..<19 {
      if text[at] == UInt8(ascii: ".") { at &+= 1 }
      value = value &* 10 &+ UInt64(text[at] &- UInt8(ascii: "0"))
      at &+= 1
    }
    return value
  }
}

/// Whether the whole of `text` is a number of JSON (RFC 8259).
public func isJSONNumber(_ text: Span<UInt8>) -> Bool {
  text.withUnsafeBufferPointer { p in
    guard let base = p.baseAddress, p.count > 0 else { return false }
    return cb_json_number(base, p.count) == p.count
  }
}

/// A number that has no digits.
public enum SpecialNumber: UInt8, BitwiseCopyable, Sendable {
  case notANumber, infinity, negativeInfinity

  /// The special number that `text` spells as JSON of Python, JavaScript, PostgreSQL or C do: `NaN`, `Infinity`, `-inf`…
  public init?(_ text: Span<UInt8>) {
    var at = 0
    var isNegative = false
    guard text.count >= 3 && text.count <= 9 else { return nil }
    if text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
      isNegative = text[0] == UInt8(ascii: "-")
      at = 1
    }
    let left = text.count - at
    if left == 3 && hasWord(text, at: at, "nan") {
      self = .notANumber
    } else if left == 3 && hasWord(text, at: at, "inf") || left == 8 && hasWord(text, at: at, "infinity") {
      self = isNegative ? .negativeInfinity : .infinity
    } else {
      return nil
    }
  }
}
