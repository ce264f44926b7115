import Bytes
import CBytes
import Testing

@Suite struct FieldKernelTests {
  /// Blocks of 80 bytes from a fixed sequence, rich in the bytes that matter.
  static let blocks: [[UInt8]] = {
    var state: UInt64 = 88_172_645_463_325_252
    let rich: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0x3B, 0x00, 0x7F, 0x80, 0xFF, 0x61]
    return (0..<400).map { _ in
      (0..<80).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state & 3 == 0 ? rich[Int(state >> 8 % 10) % rich.count] : UInt8(truncatingIfNeeded: state >> 16)
      }
    }
  }()

  @Test func vectorFormsAgreeWithTheirPlainTwins() {
    for block in Self.blocks {
      block.withUnsafeBufferPointer { p in
        let base = p.baseAddress!
        #expect(cb_match4_64(base, 0x22, 0x2C, 0x0A, 0x0D) == cb_plain_match4_64(base, 0x22, 0x2C, 0x0A, 0x0D))
        #expect(cb_csv_special_16(base, 0x3B) == cb_plain_csv_special_16(base, 0x3B))
      }
    }
  }

  @Test func maskEndsWithTheHeap() {
    var heap = ByteHeap(capacity: 128)
    heap.append(Array(",,,,,,,,".utf8).span)
    heap.truncate(to: 3)
    #expect(heap.mask(at: 0, matching: 0x2C, 0x22, 0x0A, 0x0D) == 0b111)
  }

  /// What `body` appends to a buffer of the given capacity.
  func output(_ capacity: Int, _ body: (inout OutputBuffer) throws -> Void) throws -> String {
    let store = MemoryStore()
    var output = OutputBuffer(MemorySink(store), capacity: capacity)
    try body(&output)
    try output.finish()
    return String(decoding: store.bytes, as: UTF8.self)
  }

  @Test(arguments: [64, 100, 4096]) func appendsFromAHeapAtAnyCapacity(_ capacity: Int) throws {
    for block in Self.blocks.prefix(40) {
      for count in [0, 1, 15, 16, 17, 33, 80] {
        let text = block.prefix(count).map { $0 & 0x7F }
        var heap = ByteHeap(capacity: 100)
        heap.append(text.span)
        heap.append(Array("\",\n".utf8).span)
        let raw = String(decoding: text, as: UTF8.self)
        #expect(try output(capacity) { try $0.append(from: heap, at: 0, count: count) } == raw)
        let needsQuotes = text.contains { [0x3B, 0x22, 0x0A, 0x0D].contains($0) }
        let doubled = text.flatMap { $0 == 0x22 ? [$0, $0] : [$0] }
        let field = needsQuotes ? "\"" + String(decoding: doubled, as: UTF8.self) + "\"" : raw
        #expect(
          try output(capacity) { try $0.appendCSVField(from: heap, at: 0, count: count, delimiter: 0x3B) } == field)
        #expect(try output(capacity) { try $0.appendCSVField(text.span, delimiter: 0x3B) } == field)
        let json = try output(capacity) { try $0.appendJSONString(text.span) }
        #expect(try output(capacity) { try $0.appendJSONString(from: heap, at: 0, count: count) } == json)
        let plain = try output(capacity) { try $0.appendPlainJSONString(from: heap, at: 0, count: count) }
        #expect(plain == "\"" + raw + "\"")
        #expect(json.utf8.first == 0x22 && json.utf8.last == 0x22 && !json.utf8.contains { $0 < 0x20 })
      }
    }
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("\u{3F}\u{3E}~", "Pz5+"),
  ])
  func base64IsThatOfTheStandard(_ plain: String, _ encoded: String) throws {
    #expect(try output(64) { try $0.appendBase64(Array(plain.utf8).span) } == encoded)
    var heap = ByteHeap(capacity: 16)
    heap.append(Array(encoded.utf8).span)
    var count: Int?
    _ = heap.rewrite(at: 0, count: encoded.utf8.count) { bytes in
      count = decodeBase64(&bytes)
      return count ?? 0
    }
    #expect(count == plain.utf8.count)
    #expect(heap.span(at: 0, count: count ?? 0).indices.allSatisfy { heap[$0] == Array(plain.utf8)[$0] })
  }

  @Test func base64ComesTheSameInAnyPieces() throws {
    let bytes = Self.blocks[0]
    let whole = try output(64) { try $0.appendBase64(bytes.span) }
    for step in [1, 2, 3, 7] {
      let pieces = try output(64) { output in
        var encoder = Base64Encoder()
        for start in stride(from: 0, to: bytes.count, by: step) {
          try encoder.append(Array(bytes[start..<min(start + step, bytes.count)]).span, to: &output)
        }
        try encoder.finish(to: &output)
      }
      #expect(pieces == whole)
    }
  }

  @Test(arguments: ["Zg=", "Zg", "Zh==", "Zm9=", "Z===", "Zg==Zg==", "Z g=", "Zm9v!A=="])
  func otherBase64IsRefused(_ text: String) {
    var heap = ByteHeap(capacity: 16)
    heap.append(Array(text.utf8).span)
    _ = heap.rewrite(at: 0, count: text.utf8.count) { bytes in
      #expect(decodeBase64(&bytes) == nil)
      return 0
    }
  }

  @Test(arguments: [0.1, -0.0, 1e300, .leastNonzeroMagnitude, 123_456_789, 1e16]) func doublesComeBack(_ value: Double)
    throws
  {
    let text = try output(64) { try $0.append(shortest: value) }
    #expect(Double(text)?.bitPattern == value.bitPattern)
  }
}
