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

  /// Sorts what is in memory, if that is a single run.
  mutating func sort() {
    guard buffer.count <= Self.runLength, !isSorted else { return }
    radixSort(&buffer)
    removeRepeats(&buffer)
  }

  private var isSorted: Bool { buffer.indices.dropFirst().allSatisfy { buffer[$0 - 1] < buffer[$0] } }

  /// What is in memory as sorted runs without repeats.
  func memoryRuns() -> [[UInt64]] {
    if buffer.isEmpty { return [] }
    if buffer.count <= Self.runLength, isSorted { return [buffer] }
    return stride(from: 0, to: buffer.count, by: Self.runLength).map { start in
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
