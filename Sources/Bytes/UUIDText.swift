internal import CBytes

/// A UUID found in text.
public struct UUIDText: BitwiseCopyable, Hashable, Sendable {
  /// The first eight bytes, the first in the highest place.
  public var high: UInt64
  /// The last eight bytes.
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The UUID that the whole of `text` spells: 32 hexadecimal digits of either case, with dashes after 8, 12, 16 and 20 or
  /// without any, in braces or without; nil for anything else.
  public init?(_ text: Span<UInt8>) {
    var text = text
    if text.count == 34 || text.count == 38 {
      guard text[0] == UInt8(ascii: "{"), text[text.count - 1] == UInt8(ascii: "}") else { return nil }
      text = text.extracting(1..<text.count - 1)
    }
    (high, low) = (0, 0)
    let isUUID = text.withUnsafeBufferPointer { p in
      guard let base = p.baseAddress else { return false }
      return cb_uuid(base, p.count, &high, &low) != 0
    }
    guard isUUID else { return nil }
  }

  /// The 16 bytes.
  public var bytes: [UInt8] {
    (0..<16).map { i in UInt8(truncatingIfNeeded: (i < 8 ? high : low) >> UInt64(56 - i % 8 * 8)) }
  }

  /// Lower-case digits with dashes.
  public var text: [UInt8] {
    var text: [UInt8] = []
    for (i, byte) in bytes.enumerated() {
      if i == 4 || i == 6 || i == 8 || i == 10 { text.append(UInt8(ascii: "-")) }
      text += [hexDigit(byte >> 4), hexDigit(byte & 15)]
    }
    return text
  }
}

/// The value of a hexadecimal digit of either case; nil for another byte.
@inlinable public func hexValue(_ byte: UInt8) -> UInt8? {
  let digit = byte &- UInt8(ascii: "0")
  if digit < 10 { return digit }
  let letter = (byte | 0x20) &- UInt8(ascii: "a")
  return letter < 6 ? letter &+ 10 : nil
}
