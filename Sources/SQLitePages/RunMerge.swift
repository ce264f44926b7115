internal import Bytes
internal import Glibc

/// Merges sorted runs of keys, each with its length before it, that lie in a spill file.
final class RunMerge {
  /// A run and its key at hand.
  private struct Run {
    var left: Range<Int64>
    /// What has been read and not been handed out yet lies from `at` to `filled`.
    var window: UnsafeMutableRawBufferPointer
    var at = 0
    var filled = 0
    var key = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The first eight bytes of the key.
    var head: UInt64 = 0
  }
  private static let windowSize = 1 << 16
  private let file: SpillFile
  private let compared: Int
  private let runs: UnsafeMutableBufferPointer<Run>
  /// Positions of the runs that have a key: a heap with the smallest first.
  private let heap: UnsafeMutableBufferPointer<Int>
  private var count = 0
  private var isStarted = false

  init(_ file: SpillFile, _ ranges: [Range<Int64>], comparing compared: Int) throws(IOError) {
    self.file = file
    self.compared = compared
    runs = .allocate(capacity: ranges.count)
    heap = .allocate(capacity: ranges.count)
    for (i, range) in ranges.enumerated() {
      let window = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.windowSize, alignment: 16)
      runs.initializeElement(at: i, to: Run(left: range, window: window))
    }
    for i in runs.indices where try advance(i) {
      heap[count] = i
      count += 1
      var place = count - 1
      while place > 0, isBefore(heap[place], heap[(place - 1) / 2]) {
        heap.swapAt(place, (place - 1) / 2)
        place = (place - 1) / 2
      }
    }
  }
  deinit {
    for run in runs { run.window.deallocate() }
    runs.deallocate()
    heap.deallocate()
  }

  /// The key at hand; valid until the next one.
  var current: UnsafeRawBufferPointer { runs[heap[0]].key }

  /// Moves to the next key; false behind the last.
  func next() throws(IOError) -> Bool {
    if isStarted {
      if try !advance(heap[0]) {
        count -= 1
        heap[0] = heap[count]
      }
      sink()
    }
    isStarted = true
    return count > 0
  }

  /// Moves a run to its next key; false when it has none.
  private func advance(_ i: Int) throws(IOError) -> Bool {
    let run = runs.baseAddress! + i
    guard try fill(run, 4) else { return false }
    let size = Int(run.pointee.window.loadUnaligned(fromByteOffset: run.pointee.at, as: UInt32.self))
    guard try fill(run, 4 + size) else { throw IOError("read", errno: EIO) }
    let key = UnsafeRawBufferPointer(start: run.pointee.window.baseAddress! + run.pointee.at + 4, count: size)
    run.pointee.at += 4 + size
    run.pointee.key = key
    var head: UInt64 = 0
    withUnsafeMutableBytes(of: &head) { _ = memcpy($0.baseAddress!, key.baseAddress!, min(8, size)) }
    run.pointee.head = UInt64(bigEndian: head)
    return true
  }

  /// Sees to it that so many bytes stand in a run's window behind its position.
  private func fill(_ run: UnsafeMutablePointer<Run>, _ needed: Int) throws(IOError) -> Bool {
    let kept = run.pointee.filled - run.pointee.at
    if kept >= needed { return true }
    var window = run.pointee.window
    if needed > window.count { window = .allocate(byteCount: 2 * needed, alignment: 16) }
    if kept > 0 { memmove(window.baseAddress!, run.pointee.window.baseAddress! + run.pointee.at, kept) }
    if window.baseAddress != run.pointee.window.baseAddress { run.pointee.window.deallocate() }
    run.pointee.window = window
    let left = run.pointee.left
    let more = min(Int64(window.count - kept), left.upperBound - left.lowerBound)
    var filled = kept
    try file.forEachPiece(
      at: left.lowerBound, count: more,
      { (piece) throws(IOError) in
        piece.withUnsafeBytes { _ = memcpy(window.baseAddress! + filled, $0.baseAddress!, $0.count) }
        filled += piece.count
      }, failed: { $0 })
    run.pointee.left = (left.lowerBound + more)..<left.upperBound
    run.pointee.at = 0
    run.pointee.filled = filled
    return filled >= needed
  }

  /// Whether the key of one run comes before that of another; of equal keys, that of the earlier run.
  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    let first = runs.baseAddress! + a, second = runs.baseAddress! + b
    if first.pointee.head != second.pointee.head { return first.pointee.head < second.pointee.head }
    let m = min(first.pointee.key.count, compared), n = min(second.pointee.key.count, compared)
    let order = memcmp(first.pointee.key.baseAddress!, second.pointee.key.baseAddress!, min(m, n))
    return order != 0 ? order < 0 : m != n ? m < n : a < b
  }

  private func sink() {
    guard count > 0 else { return }
    let run = heap[0]
    var place = 0
    while 2 * place + 1 < count {
      var child = 2 * place + 1
      if child + 1 < count, isBefore(heap[child + 1], heap[child]) { child += 1 }
      guard isBefore(heap[child], run) else { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = run
  }
}
