internal import Bytes
internal import Records

/// What the numbers of a column look like, by their digits.
package struct NumberProfile: Equatable, Sendable {
  /// Integers by token: digits with at most a minus sign.
  package private(set) var integerCount = 0
  /// Numbers with a point and no exponent.
  package private(set) var fractionCount = 0
  package private(set) var exponentCount = 0
  /// `NaN`, `Infinity`, `-Infinity`.
  package private(set) var specialCount = 0
  /// Spellings that no type prints: leading zeros, `+`, `.5`, `5.`.
  package private(set) var irregularCount = 0
  /// Integers beyond 64 bits; they are also among `integerCount`.
  package private(set) var longCount = 0
  /// `-0` and `-0.0`, which no integer and no decimal type keeps.
  package private(set) var negativeZeroCount = 0
  /// Numbers that end in a single zero behind the point, as Python prints integral floats: `2.0`.
  package private(set) var pointZeroCount = 0
  /// Least and greatest of the integers within 64 bits; the range is empty (`minimum > maximum`) when there was none.
  package private(set) var minimum = Int64.max
  package private(set) var maximum = Int64.min
  /// Greatest number of digits before the point among the numbers that `minimum` and `maximum` leave out.
  private var otherDigits = 0
  /// Least and greatest number of digits behind the point, exponents apart; an integer has none.
  package private(set) var minimumScale = Int.max
  package private(set) var maximumScale = 0
  /// Whether every number so far has the digits that a 64-bit float of its value is printed with.
  package private(set) var survivesDouble = true

  package init() {}

  /// Number of values seen.
  package var count: Int { integerCount + fractionCount + exponentCount + specialCount + irregularCount }
  /// Whether all numbers, if there are any, have the same number of digits behind the point.
  package var hasConstantScale: Bool { minimumScale >= maximumScale }

  /// Greatest number of digits before the point.
  package var integerDigits: Int {
    guard minimum <= maximum else { return otherDigits }
    return max(otherDigits, max(minimum.magnitude, maximum.magnitude).description.utf8.count)
  }

  /// How a number is written.
  package enum Form: Sendable { case integer, fraction, exponent, special, irregular }

  /// Takes a 64-bit integer.
  @inline(__always)
  package mutating func add(_ value: Int64) {
    integerCount &+= 1
    if value < minimum { minimum = value }
    if value > maximum { maximum = value }
    minimumScale = 0
  }

  /// Takes some integers within a range that both of its ends belong to.
  mutating func add(count: Int, _ range: ClosedRange<Int64>) {
    integerCount &+= count
    minimum = min(minimum, range.lowerBound)
    maximum = max(maximum, range.upperBound)
    minimumScale = 0
  }

  /// Takes some plain numbers with a point.
  mutating func add(_ fractions: PlainFractions) {
    fractionCount &+= fractions.count
    otherDigits = max(otherDigits, fractions.digits)
    minimumScale = min(minimumScale, fractions.scales.lowerBound)
    maximumScale = max(maximumScale, fractions.scales.upperBound)
    pointZeroCount &+= fractions.pointZeros
    // Fifteen digits always survive, but for a zero at their end.
    if fractions.endZeros > 0 { survivesDouble = false }
  }

  /// Takes a 64-bit float.
  package mutating func add(_ value: Double) {
    guard value.isFinite else {
      specialCount &+= 1
      return
    }
    fractionCount &+= 1
    if value == 0 && value.sign == .minus { negativeZeroCount &+= 1 }
    minimumScale = 0
    maximumScale = Int.max
  }

  /// Takes a number by its digits.
  @inline(__always) @discardableResult
  package mutating func add(_ token: Span<UInt8>) -> Form {
    let count = token.count
    var at = count > 0 && token[0] == UInt8(ascii: "-") ? 1 : 0
    let start = at
    var value: Int64 = 0
    while at < count {
      let digit = token[at] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      value = value &* 10 &+ Int64(digit)
      at &+= 1
    }
    let digits = at &- start
    // Eighteen digits cannot overflow.
    if at == count && digits > 0 && digits <= 18 && (token[start] != UInt8(ascii: "0") || digits == 1) {
      if value == 0 && start == 1 {
        fractionCount &+= 1
        negativeZeroCount &+= 1
        minimumScale = 0
        return .fraction
      }
      add(start == 1 ? 0 &- value : value)
      return .integer
    }
    let form = form(of: token, pointAt: at, start: start)
    switch form {
    case .integer: addLongInteger(token, digits: digits)
    case .fraction: addFraction(token, digits: digits, scale: count &- at &- 1, isNegative: start == 1)
    case .exponent:
      exponentCount &+= 1
      otherDigits = max(otherDigits, digits)
      if start == 1, DecimalText(token)?.isZero == true { negativeZeroCount &+= 1 }
      survivesDouble = survivesDouble && keepsDigitsAsDouble(token)
    case .special: specialCount &+= 1
    case .irregular: irregularCount &+= 1
    }
    return form
  }

  /// The form of a token that is no short integer; its leading digits lie between `start` and `point`.
  private func form(of token: Span<UInt8>, pointAt point: Int, start: Int) -> Form {
    let count = token.count, digits = point &- start
    guard digits > 0, token[start] != UInt8(ascii: "0") || digits == 1 else {
      return SpecialNumber(token) == nil ? .irregular : .special
    }
    if point == count { return .integer }
    var at = point
    if token[at] == UInt8(ascii: ".") {
      at &+= 1
      while at < count && isDigit(token[at]) { at &+= 1 }
      guard at &- point > 1 else { return .irregular }
      if at == count { return .fraction }
    }
    return DecimalText(token) == nil ? .irregular : .exponent
  }

  @inline(__always)
  private mutating func addFraction(_ token: Span<UInt8>, digits: Int, scale: Int, isNegative: Bool) {
    fractionCount &+= 1
    if digits > otherDigits { otherDigits = digits }
    if scale < minimumScale { minimumScale = scale }
    if scale > maximumScale { maximumScale = scale }
    if token[token.count &- 1] == UInt8(ascii: "0") {
      if scale == 1 { pointZeroCount &+= 1 } else { survivesDouble = false }
      if isNegative, DecimalText(token)?.isZero == true { negativeZeroCount &+= 1 }
    }
    // Fifteen digits always survive.
    if digits &+ scale > 15 && survivesDouble { survivesDouble = keepsDigitsAsDouble(token) }
  }

  private mutating func addLongInteger(_ token: Span<UInt8>, digits: Int) {
    if let value = Int64(digits: token) { return add(value) }
    integerCount &+= 1
    longCount &+= 1
    minimumScale = 0
    otherDigits = max(otherDigits, digits)
    survivesDouble = false
  }

  /// Adds what another profile has seen.
  package mutating func merge(_ other: NumberProfile) {
    integerCount += other.integerCount
    fractionCount += other.fractionCount
    exponentCount += other.exponentCount
    specialCount += other.specialCount
    irregularCount += other.irregularCount
    longCount += other.longCount
    negativeZeroCount += other.negativeZeroCount
    pointZeroCount += other.pointZeroCount
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    otherDigits = max(otherDigits, other.otherDigits)
    minimumScale = min(minimumScale, other.minimumScale)
    maximumScale = max(maximumScale, other.maximumScale)
    survivesDouble = survivesDouble && other.survivesDouble
  }
}
