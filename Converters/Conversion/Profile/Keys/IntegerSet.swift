internal import Bytes
internal import Records

/// Distinct 64-bit integers: bits in chunks of 64 Ki where they are dense, words in sorted runs where they are not.
struct IntegerSet: Sendable {
  private static let chunkWords = 1024
  /// Chunks with a key below this are found through a table, others through a dictionary.
  private static let tableLimit: Int64 = 1 << 14
  /// Chunks a set may have before it has to be dense.
  private static let freeChunks = 16
  /// Bytes of bits per value above which runs are used instead.
  private static let sparseBytes = 64

  /// Words of all chunks, one chunk after the other.
  private var words: [UInt64] = []
  /// Key (`value >> 16`) of each chunk.
  private var keys: [Int64] = []
  private var table: [Int32] = []
  private var others: [Int64: Int32] = [:]
  /// The chunk of the last value, which is mostly that of the next.
  private var lastKey = Int64.min
  private var lastBase = 0
  /// Integers in chunks.
  private var bitCount = 0
  private(set) var isSparse = false
  private var runs = SortedRuns()

  var isEmpty: Bool { keys.isEmpty && runs.isEmpty }
  /// Bytes of memory taken.
  var byteCount: Int {
    words.capacity * 8 + keys.capacity * 8 + table.capacity * 4 + others.count * 32 + runs.byteCount
  }
  /// Bytes of memory that `spill` sets free.
  var spillableByteCount: Int { runs.spillableByteCount }
  /// Bytes of memory that `leaveBits` sets free.
  var bitByteCount: Int { words.capacity * 8 }
  /// Bytes of bits per integer; the higher, the better runs are.
  var bytesPerBit: Int { bitCount == 0 ? 0 : words.count * 8 / bitCount }

  /// Adds an integer.
  @inline(__always)
  mutating func insert(_ value: Int64) {
    let key = value >> 16
    if key != lastKey && !select(key) { return runs.append(Self.word(value)) }
    let at = lastBase &+ Int(truncatingIfNeeded: value >> 6) & (Self.chunkWords &- 1)
    let bit = 1 as UInt64 &<< UInt64(truncatingIfNeeded: value & 63)
    let word = words[at]
    if word & bit == 0 {
      words[at] = word | bit
      bitCount &+= 1
    }
  }

  /// Adds a column's short whole numbers for which there are chunks; a bit for each row taken.
  mutating func insert(_ batch: borrowing RecordBatch, column: Int, _ rows: Range<Int>) -> UInt64 {
    batch.setBits(column: column, rows, in: &words, slots: table, added: &bitCount)
  }

  /// Makes the chunk of a key the last one; false when there are no chunks any more.
  private mutating func select(_ key: Int64) -> Bool {
    if let slot = slot(of: key) {
      lastKey = key
      lastBase = slot &* Self.chunkWords
      return true
    }
    if isSparse { return false }
    if keys.count >= Self.freeChunks && words.count * 8 > bitCount * Self.sparseBytes {
      var cursor = IntegerCursor(bits: self)
      while let value = cursor.nextBit() { runs.append(Self.word(value)) }
      dropBits()
      return false
    }
    lastKey = key
    lastBase = words.count
    let slot = Int32(keys.count)
    if key >= 0 && key < Self.tableLimit {
      if key >= table.count { table += Array(repeating: -1, count: Int(key) + 1 - table.count) }
      table[Int(key)] = slot
    } else {
      others[key] = slot
    }
    keys.append(key)
    words += Array(repeating: 0, count: Self.chunkWords)
    return true
  }

  @inline(__always)
  private func slot(of key: Int64) -> Int? {
    if key >= 0 && key < Self.tableLimit {
      guard key < table.count else { return nil }
      let slot = table[Int(key)]
      return slot < 0 ? nil : Int(slot)
    }
    return others.isEmpty ? nil : others[key].map { Int($0) }
  }

  private mutating func dropBits() {
    words = []
    keys = []
    table = []
    others = [:]
    bitCount = 0
    lastKey = .min
    isSparse = true
  }

  /// Moves what is in runs to the file.
  mutating func spill(to file: SpillFile) throws(IOError) { try runs.spill(to: file) }

  /// Writes the chunks to the file as a run and uses runs from now on.
  mutating func leaveBits(to file: SpillFile) throws(IOError) {
    var cursor = IntegerCursor(bits: self), pending: [UInt64] = []
    while let value = cursor.nextBit() { try SortedRuns.write(Self.word(value), &pending, &runs, to: file) }
    try SortedRuns.close(&pending, &runs, to: file)
    dropBits()
  }

  /// Keys of the chunks in ascending order.
  var sortedKeys: [Int64] { keys.sorted() }
  /// A word of the chunk of a key; 0 where there is no chunk.
  func bits(_ key: Int64, _ word: Int) -> UInt64 {
    slot(of: key).map { words[$0 * Self.chunkWords + word] } ?? 0
  }
  static var wordsPerChunk: Int { chunkWords }

  /// All integers in ascending order.
  func cursor(_ file: SpillFile?) throws(IOError) -> IntegerCursor {
    isSparse ? IntegerCursor(runs: try RunMerge(runs, file: file)) : IntegerCursor(bits: self)
  }

  /// Number of distinct integers.
  func count(_ file: SpillFile?) throws(IOError) -> Int {
    guard isSparse else { return bitCount }
    var cursor = try cursor(file), count = 0
    while try cursor.next() != nil { count += 1 }
    return count
  }

  /// The word of an integer in runs; keeps the order.
  static func word(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) ^ 1 << 63 }
  /// The integer of such a word.
  static func value(_ word: UInt64) -> Int64 { Int64(bitPattern: word ^ 1 << 63) }
}
