import Bytes
import ConvexValues
import Testing

@Suite struct ConvexIDTests {
  /// Ids printed by a real deployment, and their table numbers.
  @Test(arguments: [("k17bshzat8f0b32ygsx6d09sss80jyc8", UInt32(10008)), ("k17cr9fpn1rm8np0ep268kkhp580jsnv", 10008)])
  func realIds(_ text: String, _ number: UInt32) {
    let bytes = Array(text.utf8)
    let id = ConvexID(bytes.span)
    #expect(id?.tableNumber == number)
    #expect(id?.text == bytes)
    #expect(ConvexID.tableNumber(of: bytes.span) == number)
  }

  @Test(arguments: [UInt32(1), 127, 128, 10_001, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455, 268_435_456, .max])
  func comesBack(_ number: UInt32) {
    for fill in [UInt8(0), 0xFF, 0x5A] {
      let id = ConvexID(tableNumber: number, internalID: (0..<16).map { fill ^ UInt8($0) })
      let text = id.text
      #expect((31...37).contains(text.count))
      #expect(ConvexID(text.span) == id)
    }
  }

  @Test func everyChangedLetterShows() {
    let text = ConvexID(tableNumber: 10_001, internalID: Array(0..<16)).text
    for i in text.indices {
      for letter in "0123456789abcdefghijklmnopqrstuvwxyzA-".utf8 where letter != text[i] {
        var changed = text
        changed[i] = letter
        #expect(ConvexID.tableNumber(of: changed.span) == nil)
      }
      let shorter = Array(text.dropLast(i + 1)), longer = text + text.prefix(i + 1)
      #expect(ConvexID(shorter.span) == nil && ConvexID(longer.span) == nil)
    }
  }

  @Test func tableNumberZeroIsNone() {
    let text = ConvexID(tableNumber: 0, internalID: Array(0..<16)).text
    #expect(ConvexID(text.span) == nil)
  }
}
