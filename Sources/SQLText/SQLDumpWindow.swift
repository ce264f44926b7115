internal import Bytes
internal import Records

/// The part of a dump that is being looked at.
struct SQLDumpWindow: ~Copyable {
  /// Bytes that a row or statement may take at most.
  static let limit = 1 << 30

  private var source: any ByteSource & ~Copyable
  var heap: ByteHeap
  /// Bytes that a window begins with.
  private let size: Int
  /// The first byte in the heap that is not done with.
  var position = 0
  /// Offset in the artifact of the heap's first byte.
  private(set) var base = 0
  /// Whether no bytes follow those of the heap.
  private(set) var isLast = false
  /// Bytes of the heap, from the first on, that were looked at.
  private var seen = 0
  /// Whether bytes up to `seen` may be no UTF-8, or hold U+0000.
  private(set) var hasForeignBytes = false, hasNULs = false
  /// Why the source ended, when it failed.
  private(set) var failure: ReadError?

  init(_ source: consuming any ByteSource & ~Copyable, size: Int) {
    self.source = source
    self.size = size
    heap = ByteHeap(capacity: size)
  }

  var offset: Int { base + position }

  /// Gets more bytes behind those not done with, or learns that none follow; false when nothing is new, or a row may take no
  /// more. The position moves to the heap's beginning.
  mutating func refill() -> Bool {
    guard !isLast else { return false }
    if position > 0 {
      heap.removePrefix(position)
      base += position
      seen = max(0, seen - position)
      position = 0
    } else if heap.count == heap.capacity {
      guard heap.capacity < Self.limit else { return false }
      heap.reserve(heap.capacity * 2)
    }
    let before = heap.count
    do throws(IOError) { isLast = try heap.fill(from: &source) } catch {
      failure = ReadError(.io(error), offset: base + heap.count)
      isLast = true
    }
    heap.clearPadding()
    look()
    return heap.count > before || isLast
  }

  /// Puts bytes before those not done with, in place of others that are.
  mutating func putBack(_ bytes: [UInt8]) {
    let missing = max(0, bytes.count - position)
    if missing > 0 {
      heap.insert(Array(repeating: 0x20, count: missing).span, at: 0)
      base -= missing
      position += missing
      seen += missing
    }
    position -= bytes.count
    heap.replace(position..<(position + bytes.count), with: bytes.span)
  }

  /// Makes bytes of the heap white space.
  mutating func blank(_ range: Range<Int>) {
    heap.replace(range, with: Array(repeating: 0x20, count: range.count).span)
  }

  /// Looks whether the new bytes are UTF-8; a character that the end cuts off is looked at again.
  private mutating func look() {
    let new = heap.count - seen
    if !hasNULs { hasNULs = heap.firstOffset(of: 0, at: seen, count: new) != nil }
    guard !hasForeignBytes else { return seen = heap.count }
    let valid = seen + heap.validUTF8Prefix(at: seen, count: new)
    if valid < heap.count, isLast || heap.count - valid > 3 {
      hasForeignBytes = true
      seen = heap.count
    } else {
      seen = valid
    }
  }

  /// Hands the bytes from `position` up to `end` to a batch, whose cells point at them in the window's heap. Returns the offset
  /// in the artifact of the first byte of the batch's heap.
  mutating func deliver(to end: Int, in batch: inout RecordBatch) -> Int {
    let start = position
    if end - start > heap.count / 2 {
      // Most of the window is used up: the batch takes it over, and the rest moves to the batch's old heap.
      batch.heap.reserve(max(size, heap.count - end))
      batch.heap.keep(from: heap, end..<heap.count)
      swap(&batch.heap, &heap)
      batch.heap.truncate(to: end)
      defer { base += end }
      seen = max(0, seen - end)
      position = 0
      finishHeaps(in: &batch)
      return base
    } else {
      batch.heap.keep(from: heap, start..<end)
      if start > 0 { for i in batch.cells.indices { batch.cells[i].move(by: 0 - start) } }
      position = end
      finishHeaps(in: &batch)
      return base + start
    }
  }
  private mutating func finishHeaps(in batch: inout RecordBatch) {
    heap.clearPadding()
    batch.heap.clearPadding()
  }
}
