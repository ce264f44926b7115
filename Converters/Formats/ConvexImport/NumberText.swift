internal import Bytes
internal import ConvexValues

/// Numbers as exports of the uniform generation write them: one with a point or an exponent is a float, another an integer.
enum NumberText {
  /// What became of a number.
  enum Outcome { case exact, rounded, unfit }
  /// Integers up to here are floats without a loss.
  static let exactLimit: Int64 = 1 << 53

  /// Appends a float that is no integer of 64 bits, or one that `text` spells in another way; a number beyond all floats is unfit.
  static func append(float text: Span<UInt8>, to output: inout ByteHeap) -> Outcome {
    if let special = special(text) {
      output.append(taggedFloat(special))
      return .exact
    }
    guard let number = DecimalText(text) else { return .unfit }
    let nearest = number.nearestDouble(in: text)
    guard nearest.isFinite else { return .unfit }
    // Zero has no sign in digits that are taken for a decimal.
    let value = number.isZero && !text.isEmpty && text[0] == UInt8(ascii: "-") ? -0.0 : nearest
    if isPlain(text) { output.append(text) } else { output.append(Array(value.description.utf8)) }
    return isKept(number, by: nearest) ? .exact : .rounded
  }

  /// Appends an integer as a float.
  static func append(float value: Int64, to output: inout ByteHeap) {
    append(value, to: &output)
    output.append(".0")
  }

  /// Appends a float.
  static func append(_ value: Double, to output: inout ByteHeap) {
    output.append(value.isFinite ? Array(value.description.utf8) : taggedFloat(value))
  }

  /// Appends an integer.
  static func append(_ value: Int64, to output: inout ByteHeap) { output.append(Array(String(value).utf8)) }

  /// The number that a word stands for.
  static func special(_ text: Span<UInt8>) -> Double? {
    switch SpecialNumber(text) {
    case .notANumber: .nan
    case .infinity: .infinity
    case .negativeInfinity: -.infinity
    case nil: nil
    }
  }

  /// Whether the shortest spelling of a float has all the digits of a number.
  private static func isKept(_ number: DecimalText, by nearest: Double) -> Bool {
    if number.digitCount <= 15 { return true }
    guard number.digitCount <= 17, let shortest = DecimalText(shortest: nearest) else { return false }
    return shortest.coefficient == number.coefficient && shortest.exponent == number.exponent
  }

  /// Whether a number is spelled as JSON spells one that is no integer.
  private static func isPlain(_ text: Span<UInt8>) -> Bool {
    var at = !text.isEmpty && text[0] == UInt8(ascii: "-") ? 1 : 0
    func skipDigits() -> Int {
      let start = at
      while at < text.count, isDigit(text[at]) { at += 1 }
      return at - start
    }
    let first = at, whole = skipDigits()
    guard whole > 0, whole == 1 || text[first] != UInt8(ascii: "0") else { return false }
    var isFloat = false
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      isFloat = true
      guard skipDigits() > 0 else { return false }
    }
    if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      isFloat = true
      if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
      guard skipDigits() > 0 else { return false }
    }
    return isFloat && at == text.count
  }
}
