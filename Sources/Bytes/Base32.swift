internal import CBytes

/// Undoes base 32 in small letters without i, l, o and u, of at most 38 letters; the number of bytes, 0 for what is none.
public func decodeBase32(_ text: Span<UInt8>, into bytes: inout [24 of UInt8]) -> Int {
  guard text.count <= 38 else { return 0 }
  return text.withUnsafeBufferPointer { letters in
    guard let first = letters.baseAddress else { return 0 }
    var span = bytes.mutableSpan
    return span.withUnsafeMutableBufferPointer { output in cb_base32(first, letters.count, output.baseAddress!) }
  }
}
