internal import Glibc

/// Reads an array.
public struct MemorySource: ByteSource, ~Copyable {
  let bytes: [UInt8]
  var offset = 0
  let step: Int
  /// A source over `bytes` that hands out at most `step` bytes at a time.
  public init(_ bytes: [UInt8], step: Int = .max) {
    self.bytes = bytes
    self.step = step
  }
  public mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    let n = min(buffer.freeCapacity, bytes.count - offset, step)
    guard n > 0 else { return }
    bytes.withUnsafeBytes { from in
      buffer.withUnsafeMutableBytes { raw, initialized in
        memcpy(raw.baseAddress! + initialized, from.baseAddress! + offset, n)
        initialized += n
      }
    }
    offset += n
  }
  public mutating func pass(over count: Int) throws(IOError) -> Bool {
    guard count >= 0, count <= bytes.count - offset else { return false }
    offset += count
    return true
  }
}

/// Where a `MemorySink` leaves its bytes.
public final class MemoryStore: @unchecked Sendable {  // one sink writes it; it is read when the sink has finished
  public var bytes: [UInt8] = []
  public var isFinished = false
  public init() {}
}

/// Collects bytes in memory.
public struct MemorySink: ByteSink, ~Copyable {
  let store: MemoryStore
  public init(_ store: MemoryStore) { self.store = store }
  public mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    bytes.withUnsafeBufferPointer { store.bytes.append(contentsOf: $0) }
  }
  public mutating func finish() throws(IOError) { store.isFinished = true }
}

/// Counts bytes and throws them away.
public struct NullSink: ByteSink, ~Copyable {
  public init() {}
  public mutating func write(_ bytes: Span<UInt8>) throws(IOError) {}
  public mutating func finish() throws(IOError) {}
}

/// Reads a whole source into memory; more than `limit` bytes are an error.
public func readAll(_ source: inout any ByteSource & ~Copyable, limit: Int) throws(IOError) -> [UInt8] {
  var heap = ByteHeap(capacity: min(limit + 1, 1 << 16))
  while try !heap.fill(from: &source) {
    guard heap.count <= limit else { throw IOError("read", errno: EFBIG) }
    heap.reserve(min(limit + 1, heap.capacity * 2))
  }
  guard heap.count <= limit else { throw IOError("read", errno: EFBIG) }
  return heap.span.withUnsafeBufferPointer { Array($0) }
}

extension Array where Element == UInt8 {
  /// Copies a span.
  public init(_ span: Span<UInt8>) { self = span.withUnsafeBufferPointer { Array($0) } }
}
