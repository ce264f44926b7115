internal import Bytes

// Characters and bytes that are written by their numbers.
extension SQLLexer {
  /// The text of a `U&` string or identifier.
  func unicodeUnescaped(_ range: Range<Int>, _ quote: UInt8, _ escape: UInt8) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(range.count)
    var at = range.lowerBound
    while at < range.upperBound {
      let byte = bytes[at]
      let isDoubled = at + 1 < range.upperBound && bytes[at + 1] == byte
      if (byte == quote || byte == escape) && isDoubled {
        output.append(byte)
        at += 2
      } else if byte == escape {
        at = appendScalar(at, range.upperBound, escape, &output)
      } else {
        output.append(byte)
        at += 1
      }
    }
    return output
  }

  /// Appends the character whose number stands at an offset, the two halves of a surrogate pair together, and returns where it
  /// ends. What is no number is left as it is.
  func appendScalar(_ at: Int, _ end: Int, _ escape: UInt8, _ output: inout [UInt8]) -> Int {
    guard var (scalar, next) = codeUnit(at, end, escape) else {
      output.append(bytes[at])
      return at + 1
    }
    if 0xD800..<0xDC00 ~= scalar, next < end, let (low, after) = codeUnit(next, end, escape), 0xDC00..<0xE000 ~= low {
      scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      next = after
    }
    var encoded: [4 of UInt8] = [0, 0, 0, 0]
    let count = encodeUTF8(scalar <= 0x10FFFF ? scalar : 0xFFFD, into: &encoded)
    for i in 0..<count { output.append(encoded[i]) }
    return next
  }

  /// The number of a character at an offset, and where it ends: `\uXXXX` and `\UXXXXXXXX`, or `\XXXX` and `\+XXXXXX`.
  private func codeUnit(_ at: Int, _ end: Int, _ escape: UInt8) -> (value: UInt32, next: Int)? {
    guard at + 1 < end, bytes[at] == escape else { return nil }
    let (start, count) =
      switch bytes[at + 1] {
      case UInt8(ascii: "u"): (at + 2, 4)
      case UInt8(ascii: "U"): (at + 2, 8)
      case UInt8(ascii: "+"): (at + 2, 6)
      default: (at + 1, 4)
      }
    guard start + count <= end else { return nil }
    let number = digits(start, start + count, radix: 16)
    return number.next == start + count ? number : nil
  }

  /// The bytes of hexadecimal digits; an odd first digit is a byte of its own, as in MySQL's `0xABC`.
  func hexBytes(_ range: Range<Int>) -> [UInt8] {
    let digits = bytes[range].compactMap { hexValue($0) }
    var output: [UInt8] = digits.count % 2 == 1 ? [digits[0]] : []
    for i in stride(from: digits.count % 2, to: digits.count - 1, by: 2) {
      output.append(digits[i] << 4 | digits[i + 1])
    }
    return output
  }

  /// The bytes of binary digits, filled up with zeroes in front.
  func bitBytes(_ range: Range<Int>) -> [UInt8] {
    let bits = bytes[range].filter { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }
    var output = Array(repeating: UInt8(0), count: (bits.count + 7) / 8)
    for (i, bit) in bits.reversed().enumerated() where bit == UInt8(ascii: "1") {
      output[output.count - 1 - i / 8] |= 1 << UInt8(i % 8)
    }
    return output
  }
}
