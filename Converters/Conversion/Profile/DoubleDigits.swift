internal import Bytes

/// Whether a 64-bit float of the token's value is printed with the token's significant digits.
func keepsDigitsAsDouble(_ token: Span<UInt8>) -> Bool {
  if let answer = keepsDigitsByDivision(token) { return answer }
  guard let value = Double(String(decoding: Array(token), as: UTF8.self)), value.isFinite else { return false }
  let printed = Array(value.description.utf8)
  guard let a = DecimalText(token), let b = DecimalText(printed.span) else { return false }
  return DecimalText.areEqual(a, token, b, printed.span)
}

/// The same by one exact division, for up to 17 digits without an exponent, at most 20 of them behind the point; nil for all
/// others and for the cases on an edge.
///
/// The token is `D / 10^k`. Its float is `m / 2^s` (53 bits in `m`), where `D × 2^s = m × 10^k + r`; in units of the last
/// digit it lies `r / 2^s` below the token, and the next floats `10^k / 2^s` further. A float is printed with the fewest digits
/// that no other float is nearer to. So the digits are kept when neither multiple of ten beside `D` rounds to the same float,
/// and no integer is nearer to the float than `D`.
private func keepsDigitsByDivision(_ token: Span<UInt8>) -> Bool? {
  var digits: UInt64 = 0
  var scale = -1
  for i in token.indices {
    let digit = token[i] &- UInt8(ascii: "0")
    if digit < 10 {
      guard digits < 10_000_000_000_000_000 else { return nil }
      digits = digits * 10 + UInt64(digit)
      if scale >= 0 { scale += 1 }
    } else if token[i] == UInt8(ascii: ".") {
      scale = 0
    } else if i > 0 {
      return nil
    }
  }
  let last = Int128(digits % 10)
  guard scale > 0 && scale <= 20 && last != 0 else { return nil }
  var divisor = powersOfTen[scale]
  let shift = 53 - (64 - digits.leadingZeroBitCount) + (128 - divisor.leadingZeroBitCount)
  guard shift >= 0 && shift <= 100 else { return nil }
  var (float, rest) = (Int128(digits) << shift).quotientAndRemainder(dividingBy: divisor)
  if float >= 1 << 53 {
    rest += float & 1 == 1 ? divisor : 0
    float >>= 1
    divisor *= 2
  }
  guard float > 1 << 52 && float < 1 << 53 - 1, rest * 2 != divisor else { return nil }
  if rest * 2 > divisor { rest -= divisor }
  let unit = Int128(1) << shift
  let nearest = min((rest - last * unit).magnitude, (rest + (10 - last) * unit).magnitude) * 2
  guard nearest != divisor.magnitude, rest.magnitude * 2 != unit.magnitude else { return nil }
  return nearest > divisor.magnitude && rest.magnitude * 2 < unit.magnitude
}

private let powersOfTen: [21 of Int128] = {
  var powers = [21 of Int128](repeating: 1)
  for i in 1..<21 { powers[i] = powers[i - 1] * 10 }
  return powers
}()
