internal import Archive
internal import Bytes

/// An item that zlib or gzip made smaller, to its last whole byte.
///
/// The fast decoder looks ahead: where an item is cut off it withholds what its last bits say. The exact one, which takes over
/// there, does not.
struct DeflatedItem: ByteSource, ~Copyable {
  private var source: any ByteSource & ~Copyable
  private var produced = 0
  /// Opens the item again for the exact decoder; nil when that is at work.
  private var reopen: (() throws(IOError) -> DecompressingSource)?

  /// `open` begins the item with the exact decoder or with the fast one.
  init(_ open: @escaping (_ isExact: Bool) throws(IOError) -> DecompressingSource) throws(IOError) {
    source = try open(false)
    reopen = { () throws(IOError) in try open(true) }
  }

  mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    let before = buffer.byteCount
    var failure: IOError?
    do throws(IOError) { try source.read(into: &buffer) } catch { failure = error }
    produced += buffer.byteCount - before
    guard let failure else { return }
    guard buffer.byteCount == before, let reopen else { throw failure }
    self.reopen = nil
    source = try reopen()
    try pass(produced)
    try source.read(into: &buffer)
  }

  /// Steps over bytes that the first decoder has given.
  private mutating func pass(_ count: Int) throws(IOError) {
    var left = count
    while left > 0 {
      var piece = ByteHeap(capacity: min(left, 1 << 16))
      if try piece.fill(from: &source) { return }
      left -= piece.count
    }
  }
}
