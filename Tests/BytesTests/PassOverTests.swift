import Bytes
import TestSupport
import Testing

/// Sources that can go on behind some bytes without reading them.
@Suite struct PassOverTests {
  private let text = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }

  /// What comes behind 100 bytes that were read and 300 that were not; nil when the source has to be read.
  private func rest(_ source: consuming any ByteSource & ~Copyable, over count: Int = 300) throws -> [UInt8]? {
    var source = source, heap = ByteHeap(capacity: 100)
    _ = try heap.fill(from: &source)
    guard try source.pass(over: count) else {
      #expect(try readAll(&source, limit: 1 << 20) == Array(text[100...]), "nothing has changed")
      return nil
    }
    return try readAll(&source, limit: 1 << 20)
  }

  @Test func filesAndMemory() throws {
    let place = try TemporaryDirectory(), path = Array((place.path + "/a").utf8), wanted = Array(text[400...])
    try writeFile(place.path + "/a", text)
    #expect(try rest(MemorySource(text)) == wanted)
    #expect(try rest(FileSource(path)) == wanted)
    #expect(try rest(RangeSource(SharedFile(path))) == wanted)
    #expect(try rest(PeekedSource(FileSource(path), count: 64)) == wanted)
    let progress = Progress()
    #expect(try rest(MeteredSource(FileSource(path), progress)) == wanted)
    #expect(progress.bytesDone == 1000)
    for count in [901, .max, -1] {
      #expect(try rest(MemorySource(text), over: count) == nil)
      #expect(try rest(FileSource(path), over: count) == nil)
      #expect(try rest(RangeSource(SharedFile(path)), over: count) == nil)
    }
    #expect(try rest(FileSource(path), over: 900) == [])
  }

  @Test func othersAreRead() throws {
    // A head that has not been read up, and a source whose bytes come from another thread.
    #expect(try rest(PeekedSource(MemorySource(text), count: 200)) == nil)
    #expect(try rest(AheadSource(MemorySource(text))) == nil)
  }
}
