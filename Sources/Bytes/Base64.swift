internal import CBytes

/// The two alphabets of RFC 4648.
public enum Base64Alphabet: BitwiseCopyable, Sendable {
  /// `+` and `/`.
  case standard
  /// `-` and `_`.
  case url

  /// The digits 62 and 63.
  @inline(__always) fileprivate var high: (UInt8, UInt8) {
    self == .standard ? (UInt8(ascii: "+"), UInt8(ascii: "/")) : (UInt8(ascii: "-"), UInt8(ascii: "_"))
  }

  /// The digit of a number below 64.
  @inline(__always) fileprivate func digit(_ value: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value & 63)
    return switch value {
    case 0..<26: UInt8(ascii: "A") &+ value
    case 26..<52: UInt8(ascii: "a") &+ (value &- 26)
    case 52..<62: UInt8(ascii: "0") &+ (value &- 52)
    case 62: high.0
    default: high.1
    }
  }

  /// The number of a digit; nil for another byte.
  @inline(__always) fileprivate func value(_ digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit &- UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit &- UInt8(ascii: "a")) &+ 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit &- UInt8(ascii: "0")) &+ 52
    case high.0: 62
    case high.1: 63
    default: nil
    }
  }
}

/// Turns bytes into base64 (RFC 4648, padded), a span at a time.
public struct Base64Encoder: BitwiseCopyable, Sendable {
  private var pending: UInt32 = 0
  private var pendingCount = 0
  private let alphabet: Base64Alphabet

  public init(_ alphabet: Base64Alphabet = .standard) { self.alphabet = alphabet }

  /// Takes one byte; the digits of a group of three when it completes one.
  @inline(__always) private mutating func take(_ byte: UInt8) -> [4 of UInt8]? {
    pending = pending << 8 | UInt32(byte)
    pendingCount &+= 1
    guard pendingCount == 3 else { return nil }
    let group = pending
    (pending, pendingCount) = (0, 0)
    return [
      alphabet.digit(group >> 18), alphabet.digit(group >> 12), alphabet.digit(group >> 6), alphabet.digit(group),
    ]
  }

  /// The last group with its padding; nil when nothing is pending.
  private mutating func rest() -> [4 of UInt8]? {
    let group = pending, count = pendingCount, pad = UInt8(ascii: "=")
    (pending, pendingCount) = (0, 0)
    return switch count {
    case 1: [alphabet.digit(group >> 2), alphabet.digit(group << 4), pad, pad]
    case 2: [alphabet.digit(group >> 10), alphabet.digit(group >> 4), alphabet.digit(group << 2), pad]
    default: nil
    }
  }

  /// Appends the digits of all whole groups of three bytes so far.
  public mutating func append(_ bytes: Span<UInt8>, to output: inout OutputBuffer) throws(IOError) {
    for i in bytes.indices {
      if let group = take(bytes[i]) { try output.append(group.span) }
    }
  }
  /// Appends the last group and its padding; called once, after the last bytes.
  public mutating func finish(to output: inout OutputBuffer) throws(IOError) {
    if let group = rest() { try output.append(group.span) }
  }

  /// The same into an array.
  public mutating func append(_ bytes: Span<UInt8>, to text: inout [UInt8]) {
    for i in bytes.indices {
      if let group = take(bytes[i]) { for j in group.indices { text.append(group[j]) } }
    }
  }
  /// The same into an array.
  public mutating func finish(to text: inout [UInt8]) {
    if let group = rest() { for j in group.indices { text.append(group[j]) } }
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
      guard let value = Base64Alphabet.standard.value(text[from + i]) else { return nil }
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

/// Undoes base64 piece by piece: padded, nothing but the alphabet, no stray bits.
public struct Base64Decoder: BitwiseCopyable, Sendable {
  private var bits: UInt32 = 0
  private var digits = 0  // of the group begun, 0…3
  private var padding = 0
  private let alphabet: Base64Alphabet

  public init(_ alphabet: Base64Alphabet = .standard) { self.alphabet = alphabet }

  /// Appends the bytes of the next piece of text; false when it is not base64, after which nothing may be asked of it.
  public mutating func decode(_ text: Span<UInt8>, into output: inout [UInt8]) -> Bool {
    var at = 0
    // A group begun is completed first; whole groups come next, many at a time.
    while digits > 0, at < text.count {
      guard take(text[at], into: &output) else { return false }
      at &+= 1
    }
    if padding == 0, alphabet == .standard { at &+= output.appendBase64Groups(text.extracting(at..<text.count)) }
    while at < text.count {
      guard take(text[at], into: &output) else { return false }
      at &+= 1
    }
    return true
  }

  /// Appends the bytes of the whole groups of letters with which a text begins; returns how many letters these are: none within a
  /// group begun, or behind padding.
  public mutating func decodeGroups(_ text: Span<UInt8>, into output: inout [UInt8]) -> Int {
    digits == 0 && padding == 0 && alphabet == .standard ? output.appendBase64Groups(text) : 0
  }

  @inline(__always) private mutating func take(_ byte: UInt8, into output: inout [UInt8]) -> Bool {
    guard let value = alphabet.value(byte) else {
      guard byte == UInt8(ascii: "="), digits &+ padding >= 2, digits &+ padding < 4 else { return false }
      padding &+= 1
      return true
    }
    guard padding == 0 else { return false }
    bits = bits << 6 | value
    digits &+= 1
    guard digits == 4 else { return true }
    output.append(UInt8(truncatingIfNeeded: bits >> 16))
    output.append(UInt8(truncatingIfNeeded: bits >> 8))
    output.append(UInt8(truncatingIfNeeded: bits))
    (bits, digits) = (0, 0)
    return true
  }

  /// Appends what the last group holds; false when the text was cut off or its unused bits are not zero.
  public mutating func finish(into output: inout [UInt8]) -> Bool {
    switch (digits, padding) {
    case (0, 0): return true
    case (2, 2) where bits & 15 == 0: output.append(UInt8(truncatingIfNeeded: bits >> 4))
    case (3, 1) where bits & 3 == 0:
      output.append(UInt8(truncatingIfNeeded: bits >> 10))
      output.append(UInt8(truncatingIfNeeded: bits >> 2))
    default: return false
    }
    return true
  }
}

extension [UInt8] {
  /// Appends the bytes of the groups of four letters with which a text begins; returns how many letters these are.
  fileprivate mutating func appendBase64Groups(_ text: Span<UInt8>) -> Int {
    guard text.count >= 4 else { return 0 }
    var taken = 0
    append(addingCapacity: text.count / 4 * 3) { room in
      room.withUnsafeMutableBufferPointer { buffer, count in
        taken = text.withUnsafeBufferPointer {
          cb_base64_decode($0.baseAddress!, $0.count, buffer.baseAddress! + count)
        }
        count += taken / 4 * 3
      }
    }
    return taken
  }
}

/// The bytes that a whole base64 text stands for; nil when it is not strict, padded base64.
public func decodeBase64(_ text: Span<UInt8>, _ alphabet: Base64Alphabet = .standard) -> [UInt8]? {
  var output: [UInt8] = []
  output.reserveCapacity(text.count / 4 * 3)
  var decoder = Base64Decoder(alphabet)
  return decoder.decode(text, into: &output) && decoder.finish(into: &output) ? output : nil
}

/// The bytes as base64 with padding.
public func encodeBase64(_ bytes: Span<UInt8>, _ alphabet: Base64Alphabet = .standard) -> [UInt8] {
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  var encoder = Base64Encoder(alphabet)
  encoder.append(bytes, to: &text)
  encoder.finish(to: &text)
  return text
}

/// Appends the bytes of PostgreSQL's hexadecimal form `\x…`; false when `text` is not of that form.
public func decodeHexBytes(_ text: Span<UInt8>, into output: inout [UInt8]) -> Bool {
  guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") else {
    return false
  }
  var at = 2
  while at < text.count {
    guard let high = hexValue(text[at]), let low = hexValue(text[at &+ 1]) else { return false }
    output.append(high << 4 | low)
    at &+= 2
  }
  return true
}

/// Number of bytes before the first that is no letter of standard base64.
public func base64LetterCount(_ text: Span<UInt8>) -> Int {
  text.withUnsafeBufferPointer { p in p.baseAddress.map { cb_base64_letters($0, p.count) } ?? 0 }
}
