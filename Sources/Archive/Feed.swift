internal import Bytes

/// Compressed bytes on their way into a library, a block at a time.
final class Feed {
  private var source: any ByteSource & ~Copyable
  private let block: UnsafeMutableRawBufferPointer
  /// Bytes handed out so far.
  private(set) var total: Int64 = 0
  /// What went wrong while a callback could not throw.
  var failure: IOError?

  init(_ source: consuming any ByteSource & ~Copyable, capacity: Int = 1 << 16) {
    self.source = source
    block = .allocate(byteCount: capacity, alignment: 16)
  }
  deinit { block.deallocate() }

  /// The next bytes, valid until the next call; none at the end.
  func next() throws(IOError) -> UnsafeRawBufferPointer {
    var output = OutputRawSpan(buffer: block, initializedCount: 0)
    try source.read(into: &output)
    let count = output.finalize(for: block)
    total += Int64(count)
    return UnsafeRawBufferPointer(rebasing: block[..<count])
  }
}

/// Turns compressed bytes into plain ones; one object per stream.
protocol StreamDecoder: AnyObject {
  /// Writes plain bytes into `output`, which has room; returns how many, 0 at the proper end of the data. Damage, a cut and
  /// bytes after the end are errors.
  func decode(into output: UnsafeMutableRawBufferPointer) throws(IOError) -> Int
  /// Compressed bytes taken so far.
  var inputCount: Int64 { get }
}
