internal import Bytes
internal import CIndex

/// What tells a row version from all others: 48 bits of the hash of its key, and 48 of the hash of the row.
///
/// A changed row is taken for what it was once in 10^14 times; two rows with different keys for one another never, in practice.
typealias RowIdentity = ci_identity

extension ci_identity {
  static let keyBits = 48
  private static let mask: UInt64 = 1 << 48 - 1

  /// That of a row without a key is part of its hash.
  var key: UInt64 { low & Self.mask }
  /// What is left of the hash of the row.
  var content: UInt64 { low >> 48 | UInt64(high) << 16 }

  init(key: UInt64, content: UInt64) {
    self.init(low: key & Self.mask | content << 48, high: UInt32(truncatingIfNeeded: content >> 16))
  }

  /// That of the n-th of several rows that are equal.
  func repeated(_ times: UInt32) -> ci_identity {
    let hash = Hash128(low: low, high: UInt64(high)).mixed(with: Hash128(low: UInt64(times), high: 0x7265))
    return ci_identity(key: key, content: hash.low & Self.mask)
  }
  /// What all versions of an erased row have.
  static func erased(key: UInt64) -> ci_identity {
    let key = key & mask
    return ci_identity(
      key: key, content: Hash128(low: key, high: 0).mixed(with: Hash128(low: 0, high: 0x6572)).low & mask)
  }
  func isEqual(to other: ci_identity) -> Bool { low == other.low && high == other.high }
}

extension ByteHeap {
  /// Appends an identity as it stands in a page.
  mutating func append(_ identity: RowIdentity) {
    append(u64: identity.low)
    append(u32: identity.high)
  }
}
