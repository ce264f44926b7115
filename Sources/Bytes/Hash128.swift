public import CBytes

/// A 128-bit hash value that adds up without regard to order; see `chash.h` for what it is made of.
@frozen public struct Hash128: Hashable, BitwiseCopyable, Sendable {
  public var low: UInt64
  public var high: UInt64

  @inlinable public init(low: UInt64 = 0, high: UInt64 = 0) {
    self.low = low
    self.high = high
  }
  @inlinable public init(_ hash: cb_hash128) { self.init(low: hash.low, high: hash.high) }
  @usableFromInline var c: cb_hash128 { @inline(__always) @inlinable get { cb_hash128(low: low, high: high) } }

  /// Sum modulo 2^128.
  @inlinable public static func + (a: Hash128, b: Hash128) -> Hash128 { Hash128(cb_hash_add(a.c, b.c)) }
  @inlinable public static func += (a: inout Hash128, b: Hash128) { a = a + b }
  /// Mixes two values; the order matters.
  @inlinable public func mixed(with other: Hash128) -> Hash128 { Hash128(cb_hash_pair(c, other.c)) }

  /// Hash of some bytes under a seed.
  @inlinable public static func of(_ bytes: Span<UInt8>, seed: UInt64) -> Hash128 {
    bytes.withUnsafeBufferPointer { p in
      guard let base = p.baseAddress else { return Hash128(cb_hash([0], 0, seed)) }
      return unsafe Hash128(cb_hash(base, p.count, seed))
    }
  }

  /// Hash of two words under a seed: that of their 16 bytes, the lowest first.
  @inlinable @inline(__always) public static func of(_ x: UInt64, _ y: UInt64, seed: UInt64) -> Hash128 {
    Hash128(cb_hash_words(x, y, seed))
  }
}

/// A hash of bytes that come in pieces: the same as `Hash128.of` all of them.
@frozen public struct HashStream: BitwiseCopyable, Sendable {
  @usableFromInline var state: cb_hash_state
  @inlinable public init(seed: UInt64) { state = cb_hash_start(seed) }

  @inlinable public mutating func update(_ bytes: Span<UInt8>) {
    bytes.withUnsafeBufferPointer { p in
      if let base = p.baseAddress { unsafe cb_hash_update(&state, base, p.count) }
    }
  }
  @inlinable public mutating func update(_ byte: UInt8) {
    var byte = byte
    unsafe cb_hash_update(&state, &byte, 1)
  }
  /// The hash of all bytes so far.
  @inlinable public var result: Hash128 {
    var state = state
    return unsafe Hash128(cb_hash_result(&state))
  }
}

extension Hash128: CustomStringConvertible {
  /// 32 hexadecimal digits.
  public var description: String { Self.hex(high) + Self.hex(low) }
  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
