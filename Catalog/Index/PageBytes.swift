internal import Bytes

// Numbers within pages: varints of seven bits to a byte, the lowest first, and words in little-endian order.
extension ByteHeap {
  mutating func append(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }
  mutating func append(varint value: Int) { append(varint: UInt64(value)) }
  mutating func append(u32 value: UInt32) {
    for shift in [UInt32(0), 8, 16, 24] { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
  mutating func append(u64 value: UInt64) {
    append(u32: UInt32(truncatingIfNeeded: value))
    append(u32: UInt32(truncatingIfNeeded: value >> 32))
  }
  /// Appends a count and so many bytes.
  mutating func append(counted bytes: [UInt8]) {
    append(varint: bytes.count)
    append(bytes.span)
  }
}

/// Reads what `ByteHeap` appended; every way out of the bytes is an error.
struct PageCursor {
  let bytes: [UInt8]
  var at = 0
  var id: PageID?

  init(_ bytes: [UInt8], id: PageID? = nil) {
    self.bytes = bytes
    self.id = id
  }

  var isAtEnd: Bool { at == bytes.count }

  func damaged() -> IndexError { IndexError(.damaged("numbers make no sense at byte \(at)", page: id)) }

  mutating func byte() throws(IndexError) -> UInt8 {
    guard at < bytes.count else { throw damaged() }
    at += 1
    return bytes[at - 1]
  }
  mutating func varint() throws(IndexError) -> UInt64 {
    var value: UInt64 = 0, shift: UInt64 = 0
    while at < bytes.count, shift < 64 {
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw damaged()
  }
  /// A varint that is at most `limit`.
  mutating func count(_ limit: Int = Int(UInt32.max)) throws(IndexError) -> Int {
    let value = try varint()
    guard value <= UInt64(limit) else { throw damaged() }
    return Int(value)
  }
  mutating func u32() throws(IndexError) -> UInt32 {
    guard bytes.count - at >= 4 else { throw damaged() }
    defer { at += 4 }
    return (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32($1 * 8) }
  }
  mutating func u64() throws(IndexError) -> UInt64 {
    let low = try u32(), high = try u32()
    return UInt64(high) << 32 | UInt64(low)
  }
  /// So many bytes.
  mutating func take(_ count: Int) throws(IndexError) -> Range<Int> {
    guard count >= 0, count <= bytes.count - at else { throw damaged() }
    at += count
    return (at - count)..<at
  }
  mutating func counted() throws(IndexError) -> [UInt8] {
    let range = try take(try count())
    return Array(bytes[range])
  }
}
