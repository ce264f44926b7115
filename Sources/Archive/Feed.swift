internal import Bytes

/// Compressed bytes on their way into a library, a block at a time.
final class Feed {
  private var source: any ByteSource & ~Copyable
  private let block: UnsafeMutableRawBufferPointer
  /// Bytes handed out so far.
  private(set) var total: Int64 = 0
  /// What went wrong while a callback could not throw.
  var failure: IOError?
  /// An error of the source that came after bytes; thrown by the call after the one that hands these out.
  private var late: IOError?
  private var frames: LZ4Frames?
  private var blocks: XZBlocks?
  /// Whether the first bytes are a header of LZMA alone.
  private let beginsWithLZMA: Bool

  // The optimiser of Swift 6.3 crashes where it sees through this.
  @_optimize(none)
  init(_ source: consuming any ByteSource & ~Copyable, _ compression: Compression? = nil, capacity: Int = 1 << 16) {
    self.source = source
    frames = compression == .lz4 ? LZ4Frames() : nil
    blocks = compression == .xz ? XZBlocks() : nil
    beginsWithLZMA = compression == .lzma
    block = .allocate(byteCount: capacity, alignment: 16)
  }
  deinit { block.deallocate() }

  /// All bytes, when one block held them all and there are no more; nil otherwise. Called after the first `next`.
  func wholeIfShort() throws(IOError) -> [UInt8]? {
    let first = Array(block.prefix(Int(min(total, Int64(block.count)))))
    guard total == Int64(first.count), try next().count == 0 else { return nil }
    return first
  }

  /// The next bytes, valid until the next call; none at the end.
  func next() throws(IOError) -> UnsafeRawBufferPointer {
    if let late { throw late }
    var output = OutputRawSpan(buffer: block, initializedCount: 0)
    var before = -1
    while output.byteCount > before, output.freeCapacity > 0, late == nil {
      before = output.byteCount
      do throws(IOError) { try source.read(into: &output) } catch { late = error }
    }
    if let late, output.byteCount == 0 { throw late }
    let count = output.finalize(for: block)
    let bytes = UnsafeRawBufferPointer(rebasing: block[..<count])
    if beginsWithLZMA, total == 0, count >= 5 {
      try limitDictionary((1...4).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[$1]) })
    }
    total += Int64(count)
    try frames?.take(bytes)
    try blocks?.take(bytes)
    return bytes
  }
}

/// What the user can do about bytes behind the end of the data.
let trailingAdvice = "the file may have been appended to or mixed up in transfer: compare it with the original"

/// Turns compressed bytes into plain ones; one object per stream.
protocol StreamDecoder: AnyObject {
  /// Writes plain bytes into `output`, which has room; returns how many, 0 at the proper end of the data. Damage, a cut and
  /// bytes after the end are errors.
  func decode(into output: UnsafeMutableRawBufferPointer) throws(IOError) -> Int
  /// Compressed bytes taken so far.
  var inputCount: Int64 { get }
}
