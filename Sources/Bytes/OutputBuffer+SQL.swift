internal import CBytes
internal import Glibc

/// What a quoted SQL literal of some text has to mind.
public struct SQLTextTraits: OptionSet, BitwiseCopyable, Sendable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }
  /// Quotes, which are written twice.
  public static var quote: SQLTextTraits { SQLTextTraits(rawValue: 1) }
  /// Backslashes, which some modes of MySQL take as escapes.
  public static var backslash: SQLTextTraits { SQLTextTraits(rawValue: 2) }
  /// Control characters other than tab and line feed, which command-line clients may change or refuse.
  public static var control: SQLTextTraits { SQLTextTraits(rawValue: 4) }
}

extension ByteHeap {
  /// What the text at `offset` has to mind as a quoted SQL literal.
  public func sqlTraits(at offset: Int, count: Int) -> SQLTextTraits {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    return unsafe SQLTextTraits(rawValue: cb_literal_class(base + offset, count))
  }
}

extension SQLTextTraits {
  /// The traits of text that lies in no heap.
  public init(_ text: Span<UInt8>) {
    self = text.withUnsafeBufferPointer { p in
      guard let base = p.baseAddress else { return [] }
      return unsafe SQLTextTraits(rawValue: cb_plain_literal_class(base, p.count))
    }
  }
}

// Values of SQL scripts. What is longer than the buffer goes through it in pieces.
extension OutputBuffer {
  /// Appends a range of a heap as a field of PostgreSQL's COPY text, followed by `end`.
  public mutating func appendCopyText(
    from heap: borrowing ByteHeap, at offset: Int, count n: Int, end: UInt8
  ) throws(IOError) {
    precondition(offset >= 0 && n >= 0 && offset &+ n <= heap.count)
    var at = offset, left = n
    while true {
      // Doubled at worst; the kernel stores sixteen bytes at a time.
      if left &* 2 &+ 17 > capacity &- count { try flush() }
      let piece = min(left, (capacity &- 17) / 2)
      unsafe count &+= cb_copy_text(base + count, heap.base + at, piece)
      at &+= piece
      left &-= piece
      if left == 0 { break }
    }
    unsafe base[count] = end
    count &+= 1
  }

  /// Appends bytes that lie in no heap as part of a field of COPY text.
  public mutating func appendCopyText(_ bytes: Span<UInt8>) throws(IOError) {
    try bytes.withUnsafeBufferPointer { (p) throws(IOError) in
      guard let from = p.baseAddress else { return }
      var at = 0
      while at < p.count {
        if capacity &- count < 256 { try flush() }
        let piece = min(p.count &- at, (capacity &- count) / 2)
        unsafe count &+= cb_plain_copy_text(base + count, from + at, piece)
        at &+= piece
      }
    }
  }

  /// Appends two hexadecimal digits for each byte.
  public mutating func appendHex(_ bytes: Span<UInt8>) throws(IOError) {
    try bytes.withUnsafeBufferPointer { (p) throws(IOError) in
      guard let from = p.baseAddress else { return }
      var at = 0
      while at < p.count {
        if capacity &- count < 64 { try flush() }
        let piece = min(p.count &- at, (capacity &- count) / 2)
        unsafe cb_hex(base + count, from + at, piece)
        count &+= piece &* 2
        at &+= piece
      }
    }
  }
}
