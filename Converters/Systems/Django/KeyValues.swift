internal import Bytes

/// The distinct key values of a column, in bounded memory.
///
/// Values are compared by their bytes, so the number 4 and the text `4` are the same key. Small whole numbers are bits of a
/// paged map, all else is held by its 128-bit hash.
struct KeyValues: Sendable {
  /// Hashed values beyond this number are not held.
  static let hashLimit = 1 << 20
  /// Whole numbers below this are bits.
  private static let mapLimit: Int64 = 1 << 28
  private static let pageWords = 1024

  private var pages: [Int32] = []
  private var words: [UInt64] = []
  private var hashes = HashSet128()
  /// Number of distinct values held.
  private(set) var count = 0
  /// Whether every value that was inserted is held.
  private(set) var isComplete = true

  /// Adds a whole number without sign; true when it is new.
  mutating func insert(small value: Int64) -> Bool {
    let page = Int(truncatingIfNeeded: value >> 16)
    if page >= pages.count { pages += Array(repeating: -1, count: page + 1 - pages.count) }
    if pages[page] < 0 {
      pages[page] = Int32(words.count / Self.pageWords)
      words += Array(repeating: 0, count: Self.pageWords)
    }
    let word = Int(pages[page]) &* Self.pageWords &+ Int(truncatingIfNeeded: value >> 6) & (Self.pageWords - 1)
    let bit = 1 as UInt64 &<< UInt64(truncatingIfNeeded: value & 63)
    if words[word] & bit != 0 { return false }
    words[word] |= bit
    count += 1
    return true
  }

  /// Adds a value; true when it is new. What is not held any more counts as new.
  mutating func insert(_ bytes: Span<UInt8>) -> Bool {
    if let value = smallInteger(bytes) { return insert(small: value) }
    guard hashes.count < Self.hashLimit else {
      isComplete = false
      return true
    }
    let isNew = hashes.insert(Hash128.of(bytes, seed: 0))
    if isNew { count += 1 }
    return isNew
  }

  /// Whether a value is held.
  func contains(_ bytes: Span<UInt8>) -> Bool {
    guard let value = smallInteger(bytes) else { return hashes.contains(Hash128.of(bytes, seed: 0)) }
    let page = Int(truncatingIfNeeded: value >> 16)
    guard page < pages.count, pages[page] >= 0 else { return false }
    let word = Int(pages[page]) * Self.pageWords + Int(truncatingIfNeeded: value >> 6) & (Self.pageWords - 1)
    return words[word] & (1 << UInt64(value & 63)) != 0
  }

  /// How many of these values are not among `others`.
  func countMissing(in others: KeyValues) -> Int {
    var missing = hashes.countMissing(in: others.hashes)
    for (page, slot) in pages.enumerated() where slot >= 0 {
      let other = page < others.pages.count ? others.pages[page] : -1
      for i in 0..<Self.pageWords {
        let mine = words[Int(slot) * Self.pageWords + i]
        let theirs = other >= 0 ? others.words[Int(other) * Self.pageWords + i] : 0
        missing += (mine & ~theirs).nonzeroBitCount
      }
    }
    return missing
  }

  /// The value of digits that are a whole number in its usual spelling and small; nil for all else.
  private func smallInteger(_ bytes: Span<UInt8>) -> Int64? {
    let n = bytes.count
    guard n > 0, n <= 9, n == 1 || bytes[0] != UInt8(ascii: "0") else { return nil }
    var value: Int64 = 0
    for i in 0..<n {
      let digit = bytes[i] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int64(digit)
    }
    return value < Self.mapLimit ? value : nil
  }
}

/// A set of 128-bit hashes with open addressing.
struct HashSet128: Sendable {
  private var slots: [Hash128] = []
  private(set) var count = 0

  /// Adds a hash; true when it is new.
  mutating func insert(_ hash: Hash128) -> Bool {
    if (count + 1) * 2 > slots.count { grow() }
    let hash = Self.nonzero(hash), mask = slots.count - 1
    var at = Int(truncatingIfNeeded: hash.low) & mask
    while slots[at] != Hash128() {
      if slots[at] == hash { return false }
      at = (at + 1) & mask
    }
    slots[at] = hash
    count += 1
    return true
  }

  /// Whether a hash is held.
  func contains(_ hash: Hash128) -> Bool {
    guard count > 0 else { return false }
    let hash = Self.nonzero(hash), mask = slots.count - 1
    var at = Int(truncatingIfNeeded: hash.low) & mask
    while slots[at] != Hash128() {
      if slots[at] == hash { return true }
      at = (at + 1) & mask
    }
    return false
  }

  /// How many of these hashes are not among `others`.
  func countMissing(in others: HashSet128) -> Int {
    slots.count { $0 != Hash128() && !others.contains($0) }
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Hash128(), count: max(64, old.count * 2))
    count = 0
    for hash in old where hash != Hash128() { _ = insert(hash) }
  }

  /// Zero marks a free slot.
  private static func nonzero(_ hash: Hash128) -> Hash128 { hash == Hash128() ? Hash128(low: 1, high: 1) : hash }
}
