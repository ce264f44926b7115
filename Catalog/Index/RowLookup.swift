internal import Bytes

/// Rows that are known, by their hash. At most three quarters full: 20 bytes to a slot, 27 to a row.
struct RowLookup {
  private var lows: [UInt64]
  private var highs: [UInt32]
  /// Number of the row version; `none` for a hash that was only asked for.
  private var rows: [UInt32]
  /// How often the hash was asked for, and whether the slot is in use.
  private var uses: [UInt32]
  private(set) var count = 0
  private var mask: Int

  static let none = UInt32.max
  private static let free = UInt32.max

  init(capacity: Int) {
    var size = 64
    while size * 3 < capacity * 4 { size *= 2 }
    mask = size - 1
    lows = [UInt64](repeating: 0, count: size)
    highs = [UInt32](repeating: 0, count: size)
    rows = [UInt32](repeating: Self.none, count: size)
    uses = [UInt32](repeating: Self.free, count: size)
  }

  /// Adds a row that is known; the first of a hash stays.
  mutating func insert(_ hash: Hash128, row: UInt32) {
    let slot = slot(hash)
    if rows[slot] == Self.none { rows[slot] = row }
  }

  /// The known row of a hash that is met for the first time, `none` when there is none; nil when it was met before, so many
  /// times.
  mutating func meet(_ hash: Hash128) -> (row: UInt32, before: Int) {
    let slot = slot(hash)
    defer { uses[slot] += 1 }
    return (rows[slot], Int(uses[slot]))
  }

  private mutating func slot(_ hash: Hash128) -> Int {
    if (count + 1) * 4 > lows.count * 3 { grow() }
    let high = UInt32(truncatingIfNeeded: hash.high)
    var at = Int(truncatingIfNeeded: hash.low) & mask
    while uses[at] != Self.free {
      if lows[at] == hash.low && highs[at] == high { return at }
      at = (at + 1) & mask
    }
    lows[at] = hash.low
    highs[at] = high
    uses[at] = 0
    count += 1
    return at
  }

  private mutating func grow() {
    var larger = RowLookup(capacity: lows.count * 3 / 2)
    for i in lows.indices where uses[i] != Self.free {
      let slot = larger.slot(Hash128(low: lows[i], high: UInt64(highs[i])))
      larger.rows[slot] = rows[i]
      larger.uses[slot] = uses[i]
    }
    self = larger
  }
}
