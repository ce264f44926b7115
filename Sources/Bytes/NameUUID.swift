internal import CCrypto

/// Makes UUIDs of names: those of version 5, which are the same wherever they are made.
public struct NameUUID: ~Copyable, @unchecked Sendable {  // owned by one task at a time, like any noncopyable value
  /// The namespace that RFC 9562 keeps for addresses: `uuid_ns_url()` in PostgreSQL, `uuid.NAMESPACE_URL` in Python.
  public static var urls: UUIDText { UUIDText(high: 0x6ba7_b811_9dad_11d1, low: 0x80b4_00c0_4fd4_30c8) }

  private let context: OpaquePointer
  private let namespace: [UInt8]

  public init(namespace: UUIDText = NameUUID.urls) {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha1(), nil) == 1 else {
      preconditionFailure("libcrypto offers no SHA-1")
    }
    self.context = context
    self.namespace = namespace.bytes
  }
  deinit { EVP_MD_CTX_free(context) }

  /// The UUID of a name.
  public mutating func uuid(of name: Span<UInt8>) -> UUIDText {
    EVP_DigestInit_ex(context, nil, nil)
    namespace.withUnsafeBufferPointer { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    name.withUnsafeBufferPointer { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    var high: UInt64 = 0, low: UInt64 = 0
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { digest in
      EVP_DigestFinal_ex(context, digest.baseAddress, nil)
      for i in 0..<8 {
        high = high << 8 | UInt64(digest[i])
        low = low << 8 | UInt64(digest[8 + i])
      }
    }
    return UUIDText(high: high & ~0xF000 | 0x5000, low: low & ~(3 << 62) | 1 << 63)
  }
}

// Values as text, without an array in between.
extension ByteHeap {
  /// Appends the digits of a UUID, in lower case with dashes.
  public mutating func append(_ uuid: UUIDText) {
    for i in 0..<16 {
      if i == 4 || i == 6 || i == 8 || i == 10 { append(UInt8(ascii: "-")) }
      let byte = UInt8(truncatingIfNeeded: (i < 8 ? uuid.high : uuid.low) >> UInt64(56 - i % 8 * 8))
      append(hexDigit(byte >> 4))
      append(hexDigit(byte & 15))
    }
  }

  /// Appends a moment as RFC 3339 has it, with as much of a fraction as it needs; false, and nothing, when it lies before the
  /// year 1 or behind the year 9999.
  public mutating func append(moment microseconds: Int64, zone: StaticString) -> Bool {
    let seconds = microseconds.flooredQuotient(1_000_000)
    let days = seconds.flooredQuotient(86_400)
    let date = civilDate(daysSince1970: Int(days))
    guard date.year >= 1, date.year <= 9999 else { return false }
    let second = Int(seconds &- days &* 86_400), fraction = Int(microseconds &- seconds &* 1_000_000)
    append(digits: date.year, 4)
    append(UInt8(ascii: "-"))
    append(digits: date.month, 2)
    append(UInt8(ascii: "-"))
    append(digits: date.day, 2)
    append(UInt8(ascii: "T"))
    append(digits: second / 3600, 2)
    append(UInt8(ascii: ":"))
    append(digits: second / 60 % 60, 2)
    append(UInt8(ascii: ":"))
    append(digits: second % 60, 2)
    if fraction != 0 {
      append(UInt8(ascii: "."))
      if fraction % 1000 == 0 { append(digits: fraction / 1000, 3) } else { append(digits: fraction, 6) }
    }
    append(zone)
    return true
  }

  /// Appends the last digits of a number that is not negative.
  private mutating func append(digits value: Int, _ width: Int) {
    var unit = 1
    for _ in 1..<width { unit *= 10 }
    while unit > 0 {
      append(UInt8(ascii: "0") + UInt8(value / unit % 10))
      unit /= 10
    }
  }
}
