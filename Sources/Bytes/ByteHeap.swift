public import CBytes
internal import Glibc

/// A growable buffer that owns its bytes; 64 bytes past the end may be read by the kernels.
public struct ByteHeap: ~Copyable, @unchecked Sendable {  // owned by one task at a time, like any noncopyable value
  public static var padding: Int { 64 }

  @usableFromInline private(set) var base: UnsafeMutablePointer<UInt8>
  public private(set) var capacity: Int
  @usableFromInline var storedCount = 0

  public init(capacity: Int) {
    base = .allocate(capacity: capacity + Self.padding)
    (base + capacity).initialize(repeating: 0, count: Self.padding)
    self.capacity = capacity
  }
  deinit { base.deallocate() }

  /// Number of bytes held.
  @inlinable public var count: Int { storedCount }

  /// The bytes as a bounds-checked span.
  @inlinable public var span: Span<UInt8> {
    @_lifetime(borrow self) get {
      let span = unsafe Span(_unsafeStart: UnsafePointer(base), count: storedCount)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The byte at `offset`.
  @inlinable public subscript(offset: Int) -> UInt8 {
    @inline(__always) get {
      precondition(offset >= 0 && offset < storedCount)
      return unsafe base[offset]
    }
  }

  /// A range of the bytes.
  @inlinable @_lifetime(borrow self)
  public func span(at offset: Int, count: Int) -> Span<UInt8> {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    let span = unsafe Span(_unsafeStart: UnsafePointer(base + offset), count: count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  public mutating func removeAll() { storedCount = 0 }

  /// Forgets the bytes from `count` on.
  public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= storedCount)
    storedCount = count
  }

  /// Makes room for at least `capacity` bytes.
  public mutating func reserve(_ capacity: Int) {
    guard capacity > self.capacity else { return }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.padding)
    larger.update(from: base, count: storedCount)
    (larger + capacity).initialize(repeating: 0, count: Self.padding)
    base.deallocate()
    base = larger
    self.capacity = capacity
  }

  /// Reads from `source` until the heap is full or the source is exhausted; true when it is exhausted.
  public mutating func fill(from source: inout any ByteSource & ~Copyable) throws(IOError) -> Bool {
    while storedCount < capacity {
      let free = UnsafeMutableRawBufferPointer(start: base + storedCount, count: capacity - storedCount)
      var output = OutputRawSpan(buffer: free, initializedCount: 0)
      try source.read(into: &output)
      let added = output.finalize(for: free)
      storedCount += added
      if added == 0 {
        clearPadding()
        return true
      }
    }
    return false
  }

  /// Replaces the content by a range of another heap.
  public mutating func keep(from other: borrowing ByteHeap, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= other.storedCount)
    storedCount = 0
    reserve(range.count)
    base.update(from: other.base + range.lowerBound, count: range.count)
    storedCount = range.count
  }

  /// Removes the first `count` bytes.
  public mutating func removePrefix(_ count: Int) {
    precondition(count >= 0 && count <= storedCount)
    guard count > 0 else { return }
    memmove(base, base + count, storedCount - count)
    storedCount -= count
  }

  /// Appends bytes, growing as needed; returns the offset of the first.
  @discardableResult
  public mutating func append(_ bytes: Span<UInt8>) -> Int {
    let start = storedCount, n = bytes.count
    if n > capacity - start { reserve(max(capacity * 2, start + n)) }
    bytes.withUnsafeBufferPointer {
      if let from = $0.baseAddress { (base + start).update(from: from, count: n) }
    }
    storedCount = start + n
    return start
  }

  /// Appends one byte, growing as needed.
  public mutating func append(_ byte: UInt8) {
    if storedCount == capacity { reserve(max(64, capacity * 2)) }
    base[storedCount] = byte
    storedCount += 1
  }

  /// Appends the bytes of another heap's range.
  @discardableResult
  public mutating func append(from other: borrowing ByteHeap, at offset: Int, count: Int) -> Int {
    append(other.span(at: offset, count: count))
  }

  /// Puts bytes in at `offset`, growing as needed; what follows moves up.
  public mutating func insert(_ bytes: Span<UInt8>, at offset: Int) {
    precondition(offset >= 0 && offset <= storedCount)
    let n = bytes.count
    if n > capacity - storedCount { reserve(max(capacity * 2, storedCount + n)) }
    memmove(base + offset + n, base + offset, storedCount - offset)
    for i in bytes.indices { base[offset + i] = bytes[i] }
    storedCount += n
    clearPadding()
  }

  /// Lets `body` append up to `capacity` bytes in place.
  @inlinable public mutating func append(atMost capacity: Int, _ body: (inout OutputSpan<UInt8>) -> Void) {
    precondition(capacity >= 0)
    grow(to: storedCount + capacity)
    let free = unsafe UnsafeMutableBufferPointer(start: base + storedCount, count: capacity)
    var output = unsafe OutputSpan(buffer: free, initializedCount: 0)
    body(&output)
    storedCount += unsafe output.finalize(for: free)
  }

  /// Makes room for `needed` bytes, at least doubling what there is.
  @usableFromInline mutating func grow(to needed: Int) {
    if needed > capacity { reserve(max(capacity * 2, needed)) }
  }

  /// Appends bytes with ASCII capitals made small.
  public mutating func append(lowercasing bytes: Span<UInt8>) {
    grow(to: storedCount + bytes.count)
    unsafe bytes.withUnsafeBufferPointer {
      if let from = $0.baseAddress { unsafe cb_ascii_lower(from, $0.count, base + storedCount) }
    }
    storedCount += bytes.count
  }

  /// Replaces `range` by `bytes`, which must not be longer, and closes the gap.
  public mutating func replace(_ range: Range<Int>, with bytes: Span<UInt8>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= storedCount && bytes.count <= range.count)
    for i in bytes.indices { base[range.lowerBound + i] = bytes[i] }
    let from = range.upperBound, to = range.lowerBound + bytes.count
    if from != to { memmove(base + to, base + from, storedCount - from) }
    storedCount -= from - to
    clearPadding()
  }

  /// Lets `body` rewrite a range in place; `body` returns how many of its bytes remain.
  @inlinable public mutating func rewrite(
    at offset: Int, count: Int, _ body: (inout MutableSpan<UInt8>) -> Int
  ) -> Int {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    var span = unsafe MutableSpan(_unsafeStart: base + offset, count: count)
    return body(&span)
  }

  /// Zeroes the padding behind the last byte, so that kernels never see stale bytes as content.
  public mutating func clearPadding() {
    (base + storedCount).initialize(repeating: 0, count: min(Self.padding, capacity + Self.padding - storedCount))
  }
}

// The kernels, fenced: every load starts inside the heap, and the padding covers the rest.
extension ByteHeap {
  /// Bit i is set when the byte at `offset + i` is one of three; bits past the end are clear.
  @inlinable @inline(__always)
  public func mask(at offset: Int, matching a: UInt8, _ b: UInt8, _ c: UInt8) -> UInt64 {
    precondition(offset >= 0 && offset < storedCount)
    let mask = unsafe cb_match3_64(base + offset, a, b, c)
    let left = storedCount &- offset
    return left >= 64 ? mask : mask & ((1 &<< UInt64(left)) &- 1)
  }

  /// Number of bytes of the range that are well-formed UTF-8 before the first that is not.
  public func validUTF8Prefix(at offset: Int, count: Int) -> Int {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    return unsafe cb_utf8_valid_prefix(base + offset, count)
  }

  /// Number of bytes of the range before the first that means something of its own to YAML or is no UTF-8; see
  /// `cb_yaml_character`.
  public func cleanYAMLPrefix(at offset: Int, count: Int) -> Int {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    return unsafe cb_yaml_clean_prefix(base + offset, count)
  }

  /// The end of the JSON string whose first byte inside the quotes is at `offset`; see `cb_json_string`.
  @inlinable @inline(__always)
  public func jsonStringEnd(at offset: Int, flags: inout UInt32) -> Int {
    precondition(offset >= 0 && offset <= storedCount)
    return unsafe cb_json_string(base, offset, storedCount, &flags)
  }

  /// Length of the JSON number at `offset`; 0 when there is none.
  @inlinable @inline(__always)
  public func jsonNumberCount(at offset: Int) -> Int {
    precondition(offset >= 0 && offset <= storedCount)
    return unsafe cb_json_number(base + offset, storedCount &- offset)
  }

  /// Whether the bytes at `offset` are `other`.
  @inlinable @inline(__always)
  public func equals(_ other: [UInt8], at offset: Int, count: Int) -> Bool {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    guard other.count == count else { return false }
    return unsafe other.withUnsafeBufferPointer { p in
      unsafe count == 0 || memcmp(p.baseAddress!, base + offset, count) == 0
    }
  }

  /// Whether the bytes at `offset` are a literal; false when the heap ends before.
  @inlinable @inline(__always)
  public func matches(_ literal: StaticString, at offset: Int) -> Bool {
    let count = literal.utf8CodeUnitCount
    precondition(offset >= 0)
    guard offset &+ count <= storedCount else { return false }
    return unsafe memcmp(literal.utf8Start, base + offset, count) == 0
  }

  /// Whether the bytes at `offset` are `count` bytes of `other` from `start` on; false when the heap ends before.
  @inlinable @inline(__always)
  public func matches(_ other: [UInt8], from start: Int, count: Int, at offset: Int) -> Bool {
    precondition(start >= 0 && start &+ count <= other.count && offset >= 0)
    guard offset &+ count <= storedCount else { return false }
    return unsafe other.withUnsafeBufferPointer { p in
      unsafe memcmp(p.baseAddress! + start, base + offset, count) == 0
    }
  }

  /// 128-bit hash of a range under a seed; the same as `Hash128.of` says of the same bytes.
  @inlinable @inline(__always)
  public func hash(at offset: Int, count: Int, seed: UInt64) -> Hash128 {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    return unsafe Hash128(cb_hash_padded(base + offset, count, seed))
  }
}
