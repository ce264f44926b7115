internal import Bytes

/// A set of 128-bit hashes: a few in place, more with open addressing.
struct HashSet128: Sendable {
  private static let fewLimit = 8
  private var few: [8 of Hash128] = .init(repeating: Hash128())
  private var slots: [Hash128] = []
  private(set) var count = 0

  /// Adds a hash; true when it is new.
  mutating func insert(_ hash: Hash128) -> Bool {
    guard slots.isEmpty else { return insertMany(hash) }
    for i in 0..<count where few[i] == hash { return false }
    if count < Self.fewLimit {
      few[count] = hash
      count += 1
      return true
    }
    count = 0
    for i in few.indices { _ = insertMany(few[i]) }
    return insertMany(hash)
  }

  private mutating func insertMany(_ hash: Hash128) -> Bool {
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

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Hash128(), count: max(64, old.count * 2))
    count = 0
    for hash in old where hash != Hash128() { _ = insertMany(hash) }
  }

  /// Zero marks a free slot.
  private static func nonzero(_ hash: Hash128) -> Hash128 { hash == Hash128() ? Hash128(low: 1, high: 1) : hash }
}
