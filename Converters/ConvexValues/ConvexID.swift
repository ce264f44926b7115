internal import Bytes

/// A Convex document id: the number of its table and 16 bytes, with a checksum, in 31 to 37 letters and digits.
///
///     table number as LEB128, 1…5 bytes │ 16 bytes │ Fletcher-16 of all before, both sums modulo 256
package struct ConvexID: Equatable, Sendable {
  package var tableNumber: UInt32
  /// 16 bytes: random, with a part of the time.
  package var internalID: [UInt8]

  /// Crockford's base 32 in small letters: no i, l, o, u.
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, letter) in alphabet.enumerated() { values[Int(letter)] = UInt8(value) }
    return values
  }()

  package init(tableNumber: UInt32, internalID: [UInt8]) {
    self.tableNumber = tableNumber
    self.internalID = internalID
  }

  /// Reads an id as the server prints it; nil for anything else.
  package init?(_ text: Span<UInt8>) {
    guard let (number, bytes, start) = Self.decoded(text) else { return nil }
    self.init(tableNumber: number, internalID: (0..<16).map { bytes[start + $0] })
  }

  /// The table number of an id; nil when the text is none. For every cell of a column: allocates nothing.
  package static func tableNumber(of text: Span<UInt8>) -> UInt32? { decoded(text)?.number }

  /// Whether a text has an id's length and letters, whatever its checksum.
  package static func resembles(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 31, text.count <= 37 else { return false }
    for i in text.indices where values[Int(text[i])] == 0xFF { return false }
    return true
  }

  private static func decoded(_ text: Span<UInt8>) -> (number: UInt32, bytes: [24 of UInt8], start: Int)? {
    guard text.count >= 31, text.count <= 37 else { return nil }
    let count = text.count * 5 / 8
    guard (count * 8 + 4) / 5 == text.count else { return nil }
    var bytes: [24 of UInt8] = .init(repeating: 0)
    // One value has one spelling: the bits that fill up the last letter are zero.
    guard decodeBase32(text, into: &bytes) == count,
      let (number, start) = variableLength(bytes, count: count - 18), number > 0
    else { return nil }
    let (first, second) = checksum(bytes, count: count - 2)
    guard bytes[count - 2] == first, bytes[count - 1] == second else { return nil }
    return (number, bytes, start)
  }

  /// The number that takes exactly the first `count` bytes.
  private static func variableLength(_ bytes: [24 of UInt8], count: Int) -> (UInt32, Int)? {
    guard count >= 1, count <= 5 else { return nil }
    var number: UInt64 = 0
    for i in 0..<count {
      guard (bytes[i] & 0x80 != 0) == (i < count - 1) else { return nil }
      number |= UInt64(bytes[i] & 0x7F) << UInt64(7 * i)
    }
    guard let short = UInt32(exactly: number), count == 1 || bytes[count - 1] != 0 else { return nil }
    return (short, count)
  }

  private static func checksum(_ bytes: [24 of UInt8], count: Int) -> (UInt8, UInt8) {
    var first: UInt8 = 0, second: UInt8 = 0
    for i in 0..<count {
      first = first &+ bytes[i]
      second = second &+ first
    }
    return (first, second)
  }

  /// The id as the server prints it.
  package var text: [UInt8] {
    var bytes: [24 of UInt8] = .init(repeating: 0)
    var count = 0, rest = tableNumber
    repeat {
      bytes[count] = UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)
      rest >>= 7
      count += 1
    } while rest > 0
    for byte in internalID {
      bytes[count] = byte
      count += 1
    }
    (bytes[count], bytes[count + 1]) = Self.checksum(bytes, count: count)
    count += 2
    var text: [UInt8] = [], bits: UInt32 = 0, held = 0
    for i in 0..<count {
      bits = bits << 8 | UInt32(bytes[i])
      held += 8
      while held >= 5 {
        held -= 5
        text.append(Self.alphabet[Int(bits >> UInt32(held) & 31)])
      }
      bits &= (1 << UInt32(held)) - 1
    }
    if held > 0 { text.append(Self.alphabet[Int(bits << UInt32(5 - held) & 31)]) }
    return text
  }
}
