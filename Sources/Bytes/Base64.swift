/// Turns bytes into base64 (RFC 4648, padded), a span at a time.
public struct Base64Encoder: Sendable {
  private var pending: UInt32 = 0
  private var pendingCount = 0

  public init() {}

  /// Appends the digits of all whole groups of three bytes so far.
  public mutating func append(_ bytes: Span<UInt8>, to output: inout OutputBuffer) throws(IOError) {
    for i in bytes.indices {
      pending = pending << 8 | UInt32(bytes[i])
      pendingCount += 1
      if pendingCount == 3 { try flush(to: &output) }
    }
  }

  /// Appends the last group and its padding; called once, after the last bytes.
  public mutating func finish(to output: inout OutputBuffer) throws(IOError) {
    guard pendingCount > 0 else { return }
    let count = pendingCount
    pending <<= UInt32(8 * (3 - count))
    for i in 0...count { try output.append(Self.digit(pending >> UInt32(18 - 6 * i) & 63)) }
    for _ in count..<3 { try output.append(UInt8(ascii: "=")) }
    pending = 0
    pendingCount = 0
  }

  private mutating func flush(to output: inout OutputBuffer) throws(IOError) {
    try output.append(Self.digit(pending >> 18 & 63))
    try output.append(Self.digit(pending >> 12 & 63))
    try output.append(Self.digit(pending >> 6 & 63))
    try output.append(Self.digit(pending & 63))
    pending = 0
    pendingCount = 0
  }

  private static func digit(_ value: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value)
    return switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + (value - 26)
    case 52..<62: UInt8(ascii: "0") + (value - 52)
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }
}

extension OutputBuffer {
  /// Appends bytes as base64.
  public mutating func appendBase64(_ bytes: Span<UInt8>) throws(IOError) {
    var encoder = Base64Encoder()
    try encoder.append(bytes, to: &self)
    try encoder.finish(to: &self)
  }
}

/// Replaces padded base64 by its bytes in place and returns their number; nil when it is not the canonical base64 of any
/// bytes.
public func decodeBase64(_ text: inout MutableSpan<UInt8>) -> Int? {
  guard text.count % 4 == 0 else { return nil }
  var from = 0, to = 0
  while from < text.count {
    let isLast = from + 4 == text.count
    let padding = !isLast || text[from + 3] != UInt8(ascii: "=") ? 0 : text[from + 2] != UInt8(ascii: "=") ? 1 : 2
    var group: UInt32 = 0
    for i in 0..<4 - padding {
      guard let value = base64Value(text[from + i]) else { return nil }
      group |= value << UInt32(18 - 6 * i)
    }
    // Bits that no byte takes must be zero, or two texts would mean the same bytes.
    guard group & (padding == 0 ? 0 : padding == 1 ? 0xFF : 0xFFFF) == 0 else { return nil }
    for i in 0..<3 - padding { text[to + i] = UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * i)) }
    from += 4
    to += 3 - padding
  }
  return to
}

private func base64Value(_ digit: UInt8) -> UInt32? {
  switch digit {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
  case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
  case UInt8(ascii: "+"): 62
  case UInt8(ascii: "/"): 63
  default: nil
  }
}
