import Bytes
import TestSupport
import Testing

@Suite struct TranscodingSourceTests {
  private func decoded(_ bytes: [UInt8], _ encoding: TextEncoding, step: Int = .max, capacity: Int = 1 << 10) throws
    -> String
  {
    var source: any ByteSource & ~Copyable = TranscodingSource(MemorySource(bytes, step: step), from: encoding)
    var text: [UInt8] = []
    while true {
      var heap = ByteHeap(capacity: capacity)
      let isOver = try heap.fill(from: &source)
      text += Array(heap.span)
      if isOver { return String(decoding: text, as: UTF8.self) }
    }
  }
  private func bytes(_ text: String, _ encoding: TextEncoding) -> [UInt8] {
    switch encoding {
    case .utf16LittleEndian: text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    case .utf16BigEndian: text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
    case .utf32LittleEndian: text.unicodeScalars.flatMap { s in (0..<4).map { UInt8(s.value >> ($0 * 8) & 255) } }
    case .utf32BigEndian:
      text.unicodeScalars.flatMap { s in (0..<4).reversed().map { UInt8(s.value >> ($0 * 8) & 255) } }
    default: text.unicodeScalars.map { UInt8($0.value) }
    }
  }

  @Test(
    arguments: [TextEncoding.utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian], [1, 3, 4, 64])
  func unicodeEncodings(_ encoding: TextEncoding, _ capacity: Int) throws {
    let text = "aé€😀z" + String(repeating: "ß€😀", count: 30_000)
    #expect(try decoded(bytes(text, encoding), encoding, step: 7, capacity: capacity * 100 + capacity) == text)
    #expect(try decoded(bytes("aé€😀z", encoding), encoding, step: 1, capacity: capacity) == "aé€😀z")
  }
  @Test func singleByteEncodings() throws {
    #expect(try decoded([0x80, 0xE9, 0x9F, 0x41], .cp1252) == "€éŸA")
    #expect(try decoded([0x80, 0xE9], .latin1) == "\u{80}é")
  }
  @Test(arguments: [
    (TextEncoding.utf16LittleEndian, [UInt8]([0x41, 0, 0x00, 0xD8, 0x41, 0])), (.utf16LittleEndian, [0x41]),
    (.utf16BigEndian, [0xDC, 0x00]), (.utf32LittleEndian, [0, 0, 0x11, 0]), (.cp1252, [0x41, 0x81]),
  ])
  func whatIsNotAllowedIsAnError(_ encoding: TextEncoding, _ bytes: [UInt8]) {
    #expect(throws: IOError.self) { try decoded(bytes, encoding) }
  }
  @Test(arguments: [
    (TextEncoding.utf16LittleEndian, [UInt8]([0x41, 0, 0x42, 0, 0x00, 0xDC]), 4),
    (.utf16BigEndian, [0, 0x41, 0, 0x42, 0], 4),
    (.cp1252, [0x41, 0x42, 0x8F, 0x43], 2), (.utf32BigEndian, [0, 0, 0, 0x41, 0, 0, 0, 0x42, 0, 0, 0xD8, 0], 8),
  ])
  func whatComesBeforeAnErrorIsDelivered(_ encoding: TextEncoding, _ bytes: [UInt8], _ offset: Int) {
    var source: any ByteSource & ~Copyable = TranscodingSource(MemorySource(bytes), from: encoding)
    var heap = ByteHeap(capacity: 100)
    var error: IOError?
    do throws(IOError) { _ = try heap.fill(from: &source) } catch let failure { error = failure }
    #expect(error?.detail == "bytes at offset \(offset) are not \(encoding.rawValue)")
    let delivered = Array(heap.span)
    #expect(delivered == Array("AB".utf8))
  }
  @Test(arguments: [
    (TextEncoding.cp1252, "cp1252"), (.latin1, "latin-1"), (.utf16LittleEndian, "utf-16-le"),
    (.utf16BigEndian, "utf-16-be"), (.utf32LittleEndian, "utf-32-le"), (.utf32BigEndian, "utf-32-be"),
  ])
  func agreesWithPython(_ encoding: TextEncoding, _ name: String) throws {
    var dice = Dice(16)
    var inputs = (UInt8.min...255).map { [$0] }
    let edges: [UInt8] = [0x00, 0x00, 0x01, 0x10, 0x11, 0x41, 0x7F, 0x80, 0xD7, 0xD8, 0xDB, 0xDC, 0xDF, 0xE0, 0xFF]
    for _ in 0..<4000 {
      inputs.append((0..<Int.random(in: 0..<13, using: &dice)).map { _ in edges.randomElement(using: &dice) ?? 0 })
    }
    let answers = try python("return b.decode('\(name)').encode().hex()", about: inputs)
    for (input, answer) in zip(inputs, answers) {
      let mine = (try? decoded(input, encoding, step: 3)).map { $0.utf8.map(hex).joined() } ?? "nil"
      #expect(mine == answer, "\(input.map(hex))")
    }
  }
  @Test(arguments: [0, 1, 5, 9, 10]) func peekedBytesComeAgain(_ count: Int) throws {
    let bytes = Array("0123456789".utf8)
    let peeked = PeekedSource(MemorySource(bytes, step: 3), count: count)
    #expect(peeked.head == Array(bytes.prefix(count)))
    var source: any ByteSource & ~Copyable = peeked
    #expect(try readAll(&source, limit: 100) == bytes)
  }
}
