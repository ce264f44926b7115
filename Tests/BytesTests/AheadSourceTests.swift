import Bytes
import Testing

/// Hands out the numbers 0, 1, 2 … as bytes, some at a time, and then ends or fails.
private struct Counting: ByteSource, ~Copyable {
  let count: Int
  let step: Int
  let fails: Bool
  var at = 0

  mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    if at == count && fails { throw IOError("count", detail: "no more numbers") }
    for _ in 0..<min(step, count - at, buffer.freeCapacity) {
      buffer.append(UInt8(truncatingIfNeeded: at), as: UInt8.self)
      at += 1
    }
  }
}

@Suite struct AheadSourceTests {
  @Test(arguments: [0, 1, 99, 100, 101, 5000], [1, 7, 100, 1000]) func bytesComeInOrder(_ count: Int, _ step: Int)
    throws
  {
    var source: any ByteSource & ~Copyable = AheadSource(
      Counting(count: count, step: step, fails: false), pieceSize: 100)
    let bytes = try readAll(&source, limit: 1 << 20)
    let expected = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    #expect(bytes == expected)
  }

  /// All bytes before an error come, and the error comes again whenever more is wanted.
  @Test(arguments: [0, 1, 100, 350]) func errorsComeLast(_ count: Int) throws {
    var source: any ByteSource & ~Copyable = AheadSource(Counting(count: count, step: 30, fails: true), pieceSize: 100)
    var heap = ByteHeap(capacity: 1 << 12)
    for _ in 0..<2 {
      #expect(throws: IOError.self) { _ = try heap.fill(from: &source) }
      #expect(heap.count == count)
    }
  }

  /// A source that nobody reads to its end does not hold its thread for ever.
  @Test func readingMayEndEarly() throws {
    for _ in 0..<50 {
      var source: any ByteSource & ~Copyable = AheadSource(
        Counting(count: 1 << 20, step: 512, fails: false), pieceSize: 1000)
      var heap = ByteHeap(capacity: 10)
      _ = try heap.fill(from: &source)
      #expect(heap.count == 10)
    }
  }
}
