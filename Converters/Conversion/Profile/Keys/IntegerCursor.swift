internal import Bytes

/// Hands out the integers of a set in ascending order.
struct IntegerCursor: Sendable {
  private var set = IntegerSet()
  private var keys: [Int64] = []
  private var key = 0
  private var wordIndex = -1
  private var word: UInt64 = 0
  private var merge: RunMerge?

  init(bits set: IntegerSet) {
    self.set = set
    keys = set.sortedKeys
  }
  init(runs: RunMerge) { merge = runs }

  /// The next integer; nil at the end.
  mutating func next() throws(IOError) -> Int64? {
    if merge == nil { return nextBit() }
    return try merge?.next().map(IntegerSet.value)
  }

  /// The next integer of a set that has only bits.
  mutating func nextBit() -> Int64? {
    while word == 0 {
      wordIndex += 1
      if wordIndex == IntegerSet.wordsPerChunk {
        wordIndex = 0
        key += 1
      }
      guard key < keys.count else {
        wordIndex -= 1
        return nil
      }
      word = set.bits(keys[key], wordIndex)
    }
    let bit = word.trailingZeroBitCount
    word &= word &- 1
    return keys[key] << 16 | Int64(wordIndex << 6 | bit)
  }
}
