internal import Glibc

/// A source whose first bytes have been looked at and come again.
public struct PeekedSource: ByteSource, ~Copyable {
  var source: any ByteSource & ~Copyable
  /// The first bytes, as many as were asked for unless the source has fewer.
  public let head: [UInt8]
  var used = 0
  /// An error that came after the head; thrown when the head has been replayed.
  var failure: IOError?

  /// Reads up to `count` bytes ahead.
  public init(_ source: consuming any ByteSource & ~Copyable, count: Int) {
    var source = source
    var heap = ByteHeap(capacity: count), failure: IOError?
    do throws(IOError) { _ = try heap.fill(from: &source) } catch { failure = error }
    head = Array(heap.span)
    self.source = source
    self.failure = failure
  }

  /// Leaves out the first `count` bytes of the head.
  public mutating func skip(_ count: Int) { used = min(head.count, used + count) }

  public mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    if used < head.count { used += buffer.append(copying: head.span.extracting(used..<head.count)) }
    if used < head.count || buffer.freeCapacity == 0 { return }
    if let failure { throw failure }
    try source.read(into: &buffer)
  }

  public mutating func pass(over count: Int) throws(IOError) -> Bool {
    guard used == head.count, failure == nil else { return false }
    return try source.pass(over: count)
  }
}

extension OutputRawSpan {
  /// Appends as many of some bytes as there is room for; returns how many.
  public mutating func append(copying bytes: Span<UInt8>) -> Int {
    let count = min(freeCapacity, bytes.count)
    guard count > 0 else { return 0 }
    withUnsafeMutableBytes { raw, initialized in
      bytes.withUnsafeBufferPointer { _ = memcpy(raw.baseAddress! + initialized, $0.baseAddress!, count) }
      initialized += count
    }
    return count
  }
}
