internal import Glibc

// Numbers of 64 bits in the machine's byte order: a spill file never outlives its process.
extension SpillFile {
  /// Appends words at the end; returns the byte offset of the first.
  @discardableResult
  public func append(words: Span<UInt64>) throws(IOError) -> Int64 {
    let offset = try byteCount()
    var failure: IOError?
    words.withUnsafeBytes { raw in
      do throws(IOError) {
        try append(raw.assumingMemoryBound(to: UInt8.self).span)
      } catch { failure = error }
    }
    if let failure { throw failure }
    return offset
  }

  /// The `count` words from a byte offset on, all of which must have been written.
  public func words(at offset: Int64, count: Int) throws(IOError) -> [UInt64] {
    var failure: IOError?
    let words = [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
      var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      do throws(IOError) {
        _ = try descriptor.read(at: offset, into: &output)
      } catch { failure = error }
      initialized = output.finalize(for: UnsafeMutableRawBufferPointer(buffer)) / MemoryLayout<UInt64>.stride
    }
    if let failure { throw failure }
    guard words.count == count else { throw IOError("read", errno: EIO) }
    return words
  }

  /// The `count` bytes from an offset on, all of which must have been written.
  public func bytes(at offset: Int64, count: Int) throws(IOError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    try forEachPiece(at: offset, count: Int64(count)) { (piece) throws(IOError) in
      piece.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
    } failed: {
      $0
    }
    return bytes
  }
}
