internal import Bytes

/// The bytes of a CSV file on their way into the heaps that are scanned: what one scan leaves comes first in the next.
struct CSVInput: ~Copyable {
  private var source: any ByteSource & ~Copyable
  /// Bytes read but not handed out, from `start` on.
  private var carry: ByteHeap
  private var start = 0
  private var isExhausted = false
  /// Offset in the artifact of the first byte not done with: that of the heap being scanned.
  private(set) var offset = 0
  /// What a byte order mark says when it is not UTF-8's.
  private(set) var foreignEncoding: TextEncoding?

  init(_ source: consuming any ByteSource & ~Copyable, headSize: Int) {
    self.source = source
    carry = ByteHeap(capacity: headSize)
  }

  /// Reads the head, steps over a byte order mark and returns the delimiter, detected unless it is `given`.
  mutating func begin(given: UInt8?) throws(IOError) -> UInt8 {
    isExhausted = try carry.fill(from: &source)
    let head = Array(carry.span(at: 0, count: min(4, carry.count)))
    if let (encoding, count) = TextEncoding.byteOrderMark(head) {
      if encoding != .utf8 { foreignEncoding = encoding }
      start = count
      offset = count
    }
    if let given { return given }
    return detectDelimiter(carry.span(at: start, count: carry.count - start), isWhole: isExhausted).delimiter
  }

  /// Fills the heap behind what it holds; true when no bytes follow.
  mutating func refill(_ heap: inout ByteHeap) throws(IOError) -> Bool {
    let count = min(carry.count - start, heap.capacity - heap.count)
    heap.append(from: carry, at: start, count: count)
    start += count
    if start < carry.count { return false }
    if !isExhausted { isExhausted = try heap.fill(from: &source) }
    return isExhausted
  }

  /// Takes back what a scan left, from `end` on; the heap keeps its bytes.
  mutating func giveBack(_ heap: inout ByteHeap, from end: Int) {
    offset += end
    let left = heap.count - end
    if start < carry.count {
      // All of the heap came from the carry, where it still lies.
      start -= left
    } else {
      carry.keep(from: heap, end..<heap.count)
      start = 0
    }
  }
}
