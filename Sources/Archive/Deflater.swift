internal import Bytes
internal import CZlib

/// Deflates one piece of data after the other, bare, with zlib: the same bytes always give the same.
final class Deflater {
  /// What programs that make zips take; more costs twice the time for a twentieth of the size.
  private static let level: CInt = 6
  private static let blockSize = 1 << 16

  private let stream: UnsafeMutablePointer<z_stream>
  private let block: UnsafeMutablePointer<UInt8>

  init() throws(IOError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    block = .allocate(capacity: Self.blockSize)
    guard cz_deflate_begin(stream, Self.level) == Z_OK else {
      throw IOError("compress", detail: "no memory to compress")
    }
  }
  deinit {
    deflateEnd(stream)
    stream.deallocate()
    block.deallocate()
  }

  /// Hands the deflated form of more bytes to `body`, as far as it is known. `isLast`: they are the last of this data, and what
  /// comes next begins anew.
  func deflate(
    _ bytes: Span<UInt8>, isLast: Bool, _ body: (Span<UInt8>) throws(IOError) -> Void
  ) throws(IOError) {
    var start = 0
    repeat {
      // zlib counts in 32 bits.
      let count = min(bytes.count - start, 1 << 30), isEnd = isLast && start + count == bytes.count
      try bytes.extracting(start..<(start + count)).withUnsafeBufferPointer { (input) throws(IOError) in
        // zlib takes a mutable pointer for historical reasons; it only reads.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(count)
        repeat {
          stream.pointee.next_out = block
          stream.pointee.avail_out = UInt32(Self.blockSize)
          // With room there is nothing that can go wrong but the state itself.
          let result = CZlib.deflate(stream, isEnd ? Z_FINISH : Z_NO_FLUSH)
          guard result != Z_STREAM_ERROR else { throw IOError("compress", detail: "zlib refuses to go on") }
          let made = Self.blockSize - Int(stream.pointee.avail_out)
          if made > 0 { try body(UnsafeBufferPointer(start: block, count: made).span) }
        } while stream.pointee.avail_out == 0
      }
      start += count
    } while start < bytes.count
    if isLast { deflateReset(stream) }
  }
}
