internal import Bytes
internal import CIndex

/// Rows that are known, by their hash. At most three quarters full, 24 bytes to a slot.
struct RowLookup {
  private struct Slot: BitwiseCopyable {
    var low: UInt64 = 0
    /// Number of the row version; `none` for a hash that was only asked for.
    var row = RowLookup.none
    /// How often the hash was asked for; `free` when the slot is not in use.
    var uses = RowLookup.free
    var high: UInt16 = 0
  }
  private var slots: [Slot]
  private(set) var count = 0
  private var mask: Int

  static let none = UInt32.max
  private static let free = UInt32.max

  init(capacity: Int) {
    var size = 64
    while size * 3 < capacity * 4 { size *= 2 }
    mask = size - 1
    slots = [Slot](repeating: Slot(), count: size)
  }

  /// Adds a row that is known; the first of a hash stays.
  mutating func insert(_ hash: Hash128, row: UInt32) {
    let slot = slot(hash)
    if slots[slot].row == Self.none { slots[slot].row = row }
  }

  /// The known row of a hash, `none` when there is none, and how often the hash was met before.
  mutating func meet(_ hash: Hash128) -> (row: UInt32, before: Int) {
    let slot = slot(hash)
    defer { slots[slot].uses += 1 }
    return (slots[slot].row, Int(slots[slot].uses))
  }

  /// Fetches the slot of a hash ahead of its use.
  @inline(__always) func prefetch(_ hash: Hash128) {
    slots.withUnsafeBufferPointer { ci_prefetch($0.baseAddress! + Int(truncatingIfNeeded: hash.low) & mask) }
  }

  private mutating func slot(_ hash: Hash128) -> Int {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    let high = UInt16(truncatingIfNeeded: hash.high)
    var at = Int(truncatingIfNeeded: hash.low) & mask
    while slots[at].uses != Self.free {
      if slots[at].low == hash.low && slots[at].high == high { return at }
      at = (at + 1) & mask
    }
    slots[at] = Slot(low: hash.low, uses: 0, high: high)
    count += 1
    return at
  }

  private mutating func grow() {
    var larger = RowLookup(capacity: slots.count * 3 / 2)
    for old in slots where old.uses != Self.free {
      let slot = larger.slot(Hash128(low: old.low, high: UInt64(old.high)))
      larger.slots[slot] = old
    }
    self = larger
  }
}
