internal import Glibc

extension DecimalText {
  /// The shortest decimal number that is read back as `value`; nil for NaN and the infinities.
  public init?(shortest value: Double) {
    guard value.isFinite else { return nil }
    if let integer = Int64(exactly: value), integer.magnitude < 1 << 53 {
      self.init(integer)
      return
    }
    // Most numbers that people write have few digits: m / 10^k is rounded correctly while both are exact, so that a match
    // with m below 10^15 is the one decimal of so few digits that means this value.
    let magnitude = value.magnitude
    for places in 1...15 {
      let scaled = (magnitude * powersOfTen[places]).rounded()
      guard scaled < 1e15 else { break }
      if scaled / powersOfTen[places] == magnitude && scaled > 0 {
        self.init(Int64(scaled))
        exponent -= places
        isNegative = value < 0
        return
      }
    }
    let description = value.description
    self.init(description.utf8.span)
  }

  /// The double nearest to the number, found in `text` (or made of an integer); infinite when it is too large.
  public func nearestDouble(in text: Span<UInt8>) -> Double {
    if let integer = int64 { return Double(integer) }
    if digitCount <= 19 && coefficient < 1 << 53 && exponent.magnitude <= 22 {
      let exact = Double(coefficient), power = powersOfTen[Int(exponent.magnitude)]
      let magnitude = exponent < 0 ? exact / power : exact * power
      return isNegative ? -magnitude : magnitude
    }
    if magnitude > 400 { return isNegative ? -.infinity : .infinity }
    if magnitude < -400 { return isNegative ? -0.0 : 0 }
    // strtod reads in the locale of the process, which is never set; it wants a zero behind the text.
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { buffer in
      for i in text.indices { buffer[i] = CChar(bitPattern: text[i]) }
      buffer[text.count] = 0
      return strtod(buffer.baseAddress!, nil)
    }
  }
}

/// 10^0 to 10^22: the powers that a double holds exactly.
private let powersOfTen: [23 of Double] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21,
  1e22,
]
