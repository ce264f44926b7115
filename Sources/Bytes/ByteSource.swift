/// Supplies bytes, a buffer at a time.
public protocol ByteSource: ~Copyable {
  /// Appends bytes to `buffer`. Appending none, though there was room, means the source is exhausted.
  mutating func read(into buffer: inout OutputRawSpan) throws(IOError)

  /// Goes on behind the next `count` bytes, which are not read; false, and nothing has changed, when it cannot or has fewer.
  mutating func pass(over count: Int) throws(IOError) -> Bool
}

extension ByteSource where Self: ~Copyable {
  public mutating func pass(over count: Int) throws(IOError) -> Bool { false }
}

/// Accepts bytes, a span at a time.
public protocol ByteSink: ~Copyable {
  mutating func write(_ bytes: Span<UInt8>) throws(IOError)
  /// Called exactly once after the last `write`: hands on what is buffered and makes it durable where that has a meaning.
  /// A sink that is dropped without `finish` leaves nothing behind.
  mutating func finish() throws(IOError)
}
