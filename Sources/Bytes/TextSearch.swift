internal import CBytes
internal import Glibc

/// Whether all bytes are below 0x80.
public func isASCII(_ bytes: Span<UInt8>) -> Bool {
  bytes.withUnsafeBufferPointer { p in
    guard let base = p.baseAddress else { return true }
    return unsafe cb_is_ascii(base, p.count) != 0
  }
}

/// Offset of the first occurrence of `needle` in `bytes` at `start` or later; linear time. An empty needle is found at `start`.
public func firstOffset(of needle: Span<UInt8>, in bytes: Span<UInt8>, from start: Int = 0) -> Int? {
  guard start >= 0, needle.count <= bytes.count - start else { return nil }
  guard needle.count > 0 else { return start }
  return bytes.withUnsafeBufferPointer { p in
    needle.withUnsafeBufferPointer { q in
      guard let base = p.baseAddress, let wanted = q.baseAddress,
        let hit = unsafe cb_memmem(base + start, p.count - start, wanted, q.count)
      else { return nil }
      return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
    }
  }
}

/// Whether two runs of bytes are the same.
public func areEqual(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
  guard a.count == b.count else { return false }
  return a.withUnsafeBufferPointer { p in
    b.withUnsafeBufferPointer { q in
      guard let left = p.baseAddress, let right = q.baseAddress else { return true }
      return unsafe memcmp(left, right, p.count) == 0
    }
  }
}

/// Offset behind the first line that is `\.` alone and has a line before it, at `start` or later: the end of data in COPY
/// form; nil when there is none.
public func endOfCopyData(in bytes: Span<UInt8>, from start: Int) -> Int? {
  guard start >= 0, start < bytes.count else { return nil }
  return bytes.withUnsafeBufferPointer { p in
    guard let base = p.baseAddress else { return nil }
    let offset = unsafe cb_copy_end(base + start, p.count - start)
    return offset == p.count - start ? nil : start + offset + 4
  }
}
