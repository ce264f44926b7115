public import CBytes
internal import Glibc

// What readers of delimited text ask of the heap.
extension ByteHeap {
  /// Bit i is set when the byte at `offset + i` is one of four; bits past the end are clear.
  @inlinable @inline(__always)
  public func mask(at offset: Int, matching a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt64 {
    precondition(offset >= 0 && offset < storedCount)
    let mask = unsafe cb_match4_64(base + offset, a, b, c, d)
    let left = storedCount &- offset
    return left >= 64 ? mask : mask & ((1 &<< UInt64(left)) &- 1)
  }

  /// The offset of the first `byte` in a range; nil when it does not occur.
  public func firstOffset(of byte: UInt8, at offset: Int, count: Int) -> Int? {
    precondition(offset >= 0 && count >= 0 && offset &+ count <= storedCount)
    guard let hit = unsafe memchr(base + offset, CInt(byte), count) else { return nil }
    return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
  }
}
