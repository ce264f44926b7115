internal import Bytes
internal import Glibc

/// Merges sorted runs of keys, each with its length before it, that lie in a spill file.
struct RunMerge {
  /// A run and its key at hand.
  private final class Run {
    private let file: SpillFile
    private var left: Range<Int64>
    private var window: [UInt8] = []
    private var at = 0
    private(set) var key: Range<Int> = 0..<0
    /// The first eight bytes of the key.
    private(set) var head: UInt64 = 0
    let number: Int

    init(_ file: SpillFile, _ range: Range<Int64>, number: Int) {
      self.file = file
      left = range
      self.number = number
    }

    /// Moves to the next key; false when there is none.
    func advance() throws(IOError) -> Bool {
      guard try fill(4) else { return false }
      let count = window.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: at, as: UInt32.self)) }
      guard try fill(4 + count) else { throw IOError("read", errno: EIO) }
      key = (at + 4)..<(at + 4 + count)
      at += 4 + count
      head = 0
      window.withUnsafeBytes { window in
        withUnsafeMutableBytes(of: &head) { head in
          _ = memcpy(head.baseAddress!, window.baseAddress! + key.lowerBound, min(8, count))
        }
      }
      head = UInt64(bigEndian: head)
      return true
    }

    /// Sees to it that so many bytes stand in the window behind its position.
    private func fill(_ count: Int) throws(IOError) -> Bool {
      if window.count - at >= count { return true }
      let more = min(Int64(max(count, 1 << 16)), left.upperBound - left.lowerBound)
      let bytes = try file.bytes(at: left.lowerBound, count: Int(more))
      window.removeFirst(at)
      window += bytes
      at = 0
      left = (left.lowerBound + more)..<left.upperBound
      return window.count >= count
    }

    func withKey<R>(_ body: (UnsafeRawBufferPointer) throws(IOError) -> R) throws(IOError) -> R {
      let (window, key) = (window, key)
      return try window.span.withUnsafeBytes { (bytes) throws(IOError) in
        try body(UnsafeRawBufferPointer(rebasing: bytes[key]))
      }
    }

    /// Whether this run's key comes before another's; of equal keys, that of the earlier run.
    func isBefore(_ other: Run, comparing compared: Int) -> Bool {
      if head != other.head { return head < other.head }
      let m = min(key.count, compared), n = min(other.key.count, compared)
      let order = window.withUnsafeBytes { x in
        other.window.withUnsafeBytes { y in
          memcmp(x.baseAddress! + key.lowerBound, y.baseAddress! + other.key.lowerBound, min(m, n))
        }
      }
      return order != 0 ? order < 0 : m != n ? m < n : number < other.number
    }
  }
  private let compared: Int
  /// Runs that have a key: a heap with the smallest first.
  private var heap: [Run] = []
  private var isStarted = false

  init(_ file: SpillFile, _ ranges: [Range<Int64>], comparing compared: Int) throws(IOError) {
    self.compared = compared
    for (number, range) in ranges.enumerated() {
      let run = Run(file, range, number: number)
      guard try run.advance() else { continue }
      heap.append(run)
      var i = heap.count - 1
      while i > 0, heap[i].isBefore(heap[(i - 1) / 2], comparing: compared) {
        heap.swapAt(i, (i - 1) / 2)
        i = (i - 1) / 2
      }
    }
  }

  /// Hands out the key at hand.
  func withCurrent<R>(_ body: (UnsafeRawBufferPointer) throws(IOError) -> R) throws(IOError) -> R {
    try heap[0].withKey(body)
  }

  /// Moves to the next key; false behind the last.
  mutating func next() throws(IOError) -> Bool {
    if isStarted {
      if try !heap[0].advance() {
        heap[0] = heap[heap.count - 1]
        heap.removeLast()
      }
      sink()
    }
    isStarted = true
    return !heap.isEmpty
  }

  private mutating func sink() {
    guard let run = heap.first else { return }
    var i = 0
    while 2 * i + 1 < heap.count {
      var child = 2 * i + 1
      if child + 1 < heap.count, heap[child + 1].isBefore(heap[child], comparing: compared) { child += 1 }
      guard heap[child].isBefore(run, comparing: compared) else { break }
      heap[i] = heap[child]
      i = child
    }
    heap[i] = run
  }
}
