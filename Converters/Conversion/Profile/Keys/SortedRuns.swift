internal import Bytes

/// Words collected in any order, which can be read back in ascending order, each once; in memory and in a spill file.
struct SortedRuns: Sendable {
  /// Words sorted at a time: bounds the memory that sorting takes.
  private static let runLength = 1 << 17

  /// A sorted run without repeats in the spill file.
  struct Run: Sendable {
    var offset: Int64
    var count: Int
  }

  private(set) var buffer: [UInt64] = []
  private(set) var runs: [Run] = []

  var isEmpty: Bool { buffer.isEmpty && runs.isEmpty }
  /// Bytes of memory taken.
  var byteCount: Int { buffer.capacity * 8 + runs.capacity * 16 }
  /// Bytes of memory that spilling sets free.
  var spillableByteCount: Int { buffer.capacity * 8 }

  /// Adds a word.
  @inline(__always)
  mutating func append(_ word: UInt64) { buffer.append(word) }

  /// Moves what is in memory to the file.
  mutating func spill(to file: SpillFile) throws(IOError) {
    for run in memoryRuns() {
      let offset = try file.append(words: run.span)
      runs.append(Run(offset: offset, count: run.count))
    }
    buffer = []
  }

  /// Writes a word that is greater than all before it; `pending` collects the words of the run until `close`.
  static func write(_ word: UInt64, _ pending: inout [UInt64], _ runs: inout SortedRuns, to file: SpillFile)
    throws(IOError)
  {
    pending.append(word)
    if pending.count == runLength { try close(&pending, &runs, to: file) }
  }

  /// Ends a run that was begun by `write`.
  static func close(_ pending: inout [UInt64], _ runs: inout SortedRuns, to file: SpillFile) throws(IOError) {
    guard !pending.isEmpty else { return }
    let offset = try file.append(words: pending.span)
    runs.runs.append(Run(offset: offset, count: pending.count))
    pending.removeAll(keepingCapacity: true)
  }

  /// What is in memory as sorted runs without repeats.
  func memoryRuns() -> [[UInt64]] {
    stride(from: 0, to: buffer.count, by: Self.runLength).map { start in
      var run = Array(buffer[start..<min(start + Self.runLength, buffer.count)])
      radixSort(&run)
      removeRepeats(&run)
      return run
    }
  }
}

/// Sorts words in ascending order, eleven bits at a time from the lowest; digits that all words share are skipped.
func radixSort(_ words: inout [UInt64]) {
  guard words.count > 256 else { return words.sort() }
  var other = [UInt64](repeating: 0, count: words.count)
  var all = UInt64.max, any: UInt64 = 0
  for word in words {
    all &= word
    any |= word
  }
  for shift in stride(from: 0 as UInt64, to: 64, by: 11) where (all ^ any) >> shift & 2047 != 0 {
    var starts = [Int](repeating: 0, count: 2049)
    for word in words { starts[Int(word >> shift & 2047) &+ 1] &+= 1 }
    for i in 1..<2049 { starts[i] &+= starts[i - 1] }
    for word in words {
      let digit = Int(word >> shift & 2047)
      other[starts[digit]] = word
      starts[digit] &+= 1
    }
    swap(&words, &other)
  }
}

/// Leaves one of equal neighbours.
private func removeRepeats(_ words: inout [UInt64]) {
  guard var last = words.first else { return }
  var kept = 1
  for i in 1..<words.count where words[i] != last {
    last = words[i]
    words[kept] = last
    kept += 1
  }
  words.removeLast(words.count - kept)
}

/// Reads sorted runs as one ascending sequence without repeats.
struct RunMerge: Sendable {
  /// Words read from a run at a time.
  private static let block = 1 << 12

  /// A run, and the part of it that is in memory.
  private struct Reader: Sendable {
    var words: [UInt64]
    var at = 0
    var offset: Int64 = 0
    /// Words of the run that are still in the file only.
    var left = 0
  }

  private var readers: [Reader] = []
  /// Positions of readers that are not exhausted, as a heap by their next word.
  private var heap: [Int] = []
  private var last: UInt64?
  private let file: SpillFile?

  init(_ runs: SortedRuns, file: SpillFile?) throws(IOError) {
    self.file = file
    for run in runs.memoryRuns() { readers.append(Reader(words: run)) }
    for run in runs.runs { readers.append(Reader(words: [], offset: run.offset, left: run.count)) }
    for i in readers.indices {
      if try fill(i) { heap.append(i) }
    }
    for i in stride(from: heap.count / 2, through: 0, by: -1) { sink(i) }
  }

  /// The next word; nil at the end.
  mutating func next() throws(IOError) -> UInt64? {
    while let top = heap.first {
      let word = readers[top].words[readers[top].at]
      readers[top].at += 1
      if try !fill(top) {
        let end = heap.removeLast()
        if !heap.isEmpty { heap[0] = end }
      }
      sink(0)
      if word != last {
        last = word
        return word
      }
    }
    return nil
  }

  /// Makes sure that the reader's next word is in memory; false when there is none.
  private mutating func fill(_ i: Int) throws(IOError) -> Bool {
    if readers[i].at < readers[i].words.count { return true }
    guard readers[i].left > 0, let file else { return false }
    let count = min(readers[i].left, Self.block)
    readers[i].words = try file.words(at: readers[i].offset, count: count)
    readers[i].at = 0
    readers[i].offset += Int64(count * 8)
    readers[i].left -= count
    return true
  }

  /// Restores the heap below a place.
  private mutating func sink(_ place: Int) {
    var at = place
    while at * 2 + 1 < heap.count {
      var child = at * 2 + 1
      if child + 1 < heap.count && head(child + 1) < head(child) { child += 1 }
      guard head(child) < head(at) else { return }
      heap.swapAt(at, child)
      at = child
    }
  }

  private func head(_ place: Int) -> UInt64 { readers[heap[place]].words[readers[heap[place]].at] }
}
