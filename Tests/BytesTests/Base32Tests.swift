import Bytes
import TestSupport
import Testing

@Suite struct Base32Tests {
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  /// The letters of some bytes, bit by bit.
  private func letters(_ bytes: [UInt8]) -> [UInt8] {
    var bits = bytes.flatMap { byte in (0..<8).map { byte >> UInt8(7 - $0) & 1 } }
    while bits.count % 5 != 0 { bits.append(0) }
    return stride(from: 0, to: bits.count, by: 5).map { start in
      Self.alphabet[Int(bits[start..<(start + 5)].reduce(0) { $0 << 1 | $1 })]
    }
  }

  private func decoded(_ text: [UInt8]) -> [UInt8]? {
    var bytes: [24 of UInt8] = .init(repeating: 0)
    let count = decodeBase32(text.span, into: &bytes)
    return count == 0 ? nil : (0..<count).map { bytes[$0] }
  }

  @Test func lettersComeBackAsBytes() {
    var dice = Dice(32)
    for count in 1...23 {
      for _ in 0..<50 {
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }
        var text = letters(bytes)
        #expect(decoded(text) == bytes)
        // A letter of no value, a capital, and bits too many.
        let place = Int.random(in: 0..<text.count, using: &dice), letter = text[place]
        for other in "iloUA-\0\u{7f}".utf8 {
          text[place] = other
          #expect(decoded(text) == nil)
        }
        text[place] = letter
        if count % 5 != 0, let last = Self.alphabet.firstIndex(of: text[text.count - 1]) {
          text[text.count - 1] = Self.alphabet[last | 1]
          #expect(decoded(text) == nil)
        }
      }
    }
    #expect(decoded([]) == nil && decoded(Array(repeating: UInt8(ascii: "0"), count: 39)) == nil)
  }
}
