import Bytes
import CBytes
import Testing

@Suite struct SQLKernelTests {
  static let rich: [UInt8] = [
    0x27, 0x5C, 0x0A, 0x0D, 0x09, 0x08, 0x0B, 0x0C, 0x00, 0x01, 0x1F, 0x20, 0x7F, 0x80, 0xFF, 0x61,
  ]
  /// Blocks of 100 bytes from a fixed sequence, rich in the bytes that matter.
  static let blocks: [[UInt8]] = {
    var state: UInt64 = 88_172_645_463_325_252
    return (0..<400).map { block in
      (0..<100).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        // From rare to thick.
        let isRich = state >> 40 & 63 < UInt64(block / 8)
        return isRich ? rich[Int(state >> 8 & 15)] : 0x61 + UInt8(state >> 16 & 15)
      }
    }
  }()

  @Test func vectorFormsAgreeWithTheirPlainTwins() {
    for block in Self.blocks {
      block.withUnsafeBufferPointer { p in
        let base = p.baseAddress!
        #expect(cb_control_16(base, 0x27, 0x5C) == cb_plain_control_16(base, 0x27, 0x5C))
        for count in [0, 1, 15, 16, 17, 31, 36] {
          #expect(cb_literal_class(base, count) == cb_plain_literal_class(base, count))
          var vector = [UInt8](repeating: 0, count: 100), plain = vector
          let n = cb_copy_text(&vector, base, count), m = cb_plain_copy_text(&plain, base, count)
          #expect(n == m && vector[..<n] == plain[..<m])
        }
      }
    }
  }

  private func output(_ capacity: Int, _ body: (inout OutputBuffer) throws -> Void) throws -> [UInt8] {
    let store = MemoryStore()
    var output = OutputBuffer(MemorySink(store), capacity: capacity)
    try body(&output)
    try output.finish()
    return store.bytes
  }

  @Test(arguments: [64, 65, 100, 1 << 16]) func capacityNeverShows(_ capacity: Int) throws {
    for block in Self.blocks.suffix(80) {
      var heap = ByteHeap(capacity: 200)
      heap.append(block.span)
      var copy = [UInt8](repeating: 0, count: 200)
      copy.removeLast(200 - cb_plain_copy_text(&copy, block, block.count))
      #expect(
        try output(capacity) { try $0.appendCopyText(from: heap, at: 0, count: block.count, end: 0x09) } == copy + [
          0x09
        ])
      #expect(try output(capacity) { try $0.appendCopyText(block.span) } == copy)
      #expect(try output(capacity) { try $0.appendHex(block.span) } == Array(hexadecimal(block).uppercased().utf8))
    }
  }

  @Test func traitsTellWhatLiteralsMind() {
    #expect(SQLTextTraits(Array("it's".utf8).span) == .quote)
    #expect(SQLTextTraits(Array("a\\b".utf8).span) == .backslash)
    #expect(SQLTextTraits(Array("a\rb".utf8).span) == .control)
    #expect(SQLTextTraits(Array("a\tb\nc é".utf8).span) == [])
  }
}
