internal import Bytes

/// An estimate of how many distinct values a column holds: exact up to 64, then a HyperLogLog of 2 KiB with a standard error
/// of 2.3 %.
public struct DistinctEstimate: Equatable, Sendable {
  private static let indexBits: UInt64 = 11
  private static let exactLimit = 64
  /// The hashes of the first values, by their lowest bits with open addressing; 0 is a free slot. At most half of the slots
  /// are taken. Empty when they are too many.
  private var hashes = [UInt64](repeating: 0, count: 8)
  private var exactCount = 0
  /// Empty as long as `hashes` are kept.
  private var registers: [UInt8] = []

  public init() {}
  /// Takes the 64-bit hash of one value; equal values must have equal hashes.
  @inline(__always)
  public mutating func insert(_ hash: UInt64) {
    if registers.isEmpty { insertExactly(hash == 0 ? 1 : hash) } else { register(hash) }
  }

  /// Takes up to 64 hashes; 0 is none.
  mutating func insert(_ some: Span<UInt64>) {
    guard registers.isEmpty else { return noteDistinct(some, in: &registers, bits: Int(Self.indexBits)) }
    var unknown = unknownHashes(some, in: hashes)
    while unknown != 0 {
      insert(some[unknown.trailingZeroBitCount])
      unknown &= unknown &- 1
    }
  }

  private mutating func insertExactly(_ hash: UInt64) {
    let at = slot(of: hash)
    if hashes[at] == hash { return }
    guard exactCount < Self.exactLimit else {
      leaveExactness()
      return register(hash)
    }
    hashes[at] = hash
    exactCount += 1
    if exactCount * 2 == hashes.count && exactCount < Self.exactLimit { spread() }
  }

  /// Where a hash is, or where it has room.
  private func slot(of hash: UInt64) -> Int {
    var at = Int(truncatingIfNeeded: hash) & (hashes.count - 1)
    while hashes[at] != 0 && hashes[at] != hash { at = (at + 1) & (hashes.count - 1) }
    return at
  }

  private mutating func spread() {
    let old = hashes
    hashes = [UInt64](repeating: 0, count: old.count * 2)
    for hash in old where hash != 0 { hashes[slot(of: hash)] = hash }
  }

  private mutating func leaveExactness() {
    registers = [UInt8](repeating: 0, count: 1 << Self.indexBits)
    for hash in hashes where hash != 0 { register(hash) }
    hashes = []
  }

  @inline(__always)
  private mutating func register(_ hash: UInt64) {
    let index = Int(truncatingIfNeeded: hash >> (64 &- Self.indexBits))
    // The bit behind the hash ends the run of zeros of a hash that has no other.
    let rest = hash << Self.indexBits | 1 << (Self.indexBits &- 1)
    let rank = UInt8(truncatingIfNeeded: rest.leadingZeroBitCount &+ 1)
    if registers[index] < rank { registers[index] = rank }
  }

  /// Adds what another estimate has seen.
  public mutating func merge(_ other: DistinctEstimate) {
    guard !other.registers.isEmpty else {
      for hash in other.hashes where hash != 0 { insert(hash) }
      return
    }
    if registers.isEmpty { leaveExactness() }
    for i in registers.indices { registers[i] = max(registers[i], other.registers[i]) }
  }

  /// The number of distinct values seen, by Ertl's estimator ("New cardinality estimation algorithms for HyperLogLog
  /// sketches", 2017), which needs no tables and has no bias for small or large numbers.
  public var count: Int {
    if registers.isEmpty { return exactCount }
    let ranks = 64 - Int(Self.indexBits) + 1
    var histogram = [Double](repeating: 0, count: ranks + 1)
    for rank in registers { histogram[Int(rank)] += 1 }
    let m = Double(registers.count)
    guard histogram[0] < m else { return 0 }
    var z = m * Self.tau(1 - histogram[ranks] / m)
    for rank in stride(from: ranks - 1, through: 1, by: -1) { z = (z + histogram[rank]) / 2 }
    z += m * Self.sigma(histogram[0] / m)
    let ln2 = 0.693_147_180_559_945_3
    return Int((m * m / (2 * ln2 * z)).rounded())
  }

  /// Corrects for registers that saw nothing.
  private static func sigma(_ share: Double) -> Double {
    guard share < 1 else { return .infinity }
    var (x, y, z) = (share, 1.0, share)
    while true {
      x *= x
      let before = z
      z += x * y
      y += y
      if z == before { return z }
    }
  }

  /// Corrects for registers that are full.
  private static func tau(_ share: Double) -> Double {
    guard share > 0 && share < 1 else { return 0 }
    var (x, y, z) = (share, 1.0, 1 - share)
    while true {
      x = x.squareRoot()
      let before = z
      y /= 2
      z -= (1 - x) * (1 - x) * y
      if z == before { return z / 3 }
    }
  }
}
