internal import Bytes

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
