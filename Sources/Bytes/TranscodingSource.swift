/// Turns text in another encoding into UTF-8.
///
/// What the encoding does not allow (half surrogate pairs, numbers beyond Unicode, odd ends, bytes that cp1252 leaves
/// undefined) is an error that names the offset in the undecoded bytes.
public struct TranscodingSource: ByteSource, ~Copyable {
  var source: any ByteSource & ~Copyable
  let encoding: TextEncoding
  var input = ByteHeap(capacity: 1 << 16)
  var position = 0
  /// Bytes of the source before `input`.
  var base = 0
  var isExhausted = false
  /// Bytes of a character that did not find room yet, the first in the low byte.
  var pending: UInt32 = 0

  public init(_ source: consuming any ByteSource & ~Copyable, from encoding: TextEncoding) {
    self.source = source
    self.encoding = encoding
  }

  public mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    let start = buffer.byteCount
    while buffer.freeCapacity > 0 {
      if pending != 0 {
        buffer.append(UInt8(truncatingIfNeeded: pending), as: UInt8.self)
        pending >>= 8
        continue
      }
      if input.count - position < 4 && !isExhausted {
        input.removePrefix(position)
        base += position
        position = 0
        isExhausted = try input.fill(from: &source)
      }
      guard position < input.count else { return }
      let left = input.count - position
      guard let (scalar, count) = next(left) else {
        // What comes before the fault is delivered first: a call that throws delivers nothing.
        if buffer.byteCount > start { return }
        throw IOError("decode", detail: "bytes at offset \(base + position) are not \(encoding.rawValue)")
      }
      position += count
      if scalar < 0x80 {
        buffer.append(UInt8(scalar), as: UInt8.self)
      } else {
        pending = Self.utf8(scalar)
      }
    }
  }

  /// The next character and the number of bytes it takes; nil when there is none.
  private func next(_ left: Int) -> (UInt32, Int)? {
    switch encoding {
    case .utf8, .latin1: return (UInt32(input[position]), 1)
    case .cp1252: return cp1252(input[position]).map { ($0, 1) }
    case .utf16LittleEndian, .utf16BigEndian:
      guard left >= 2 else { return nil }
      let unit = unit16(position)
      if unit < 0xD800 || unit > 0xDFFF { return (unit, 2) }
      guard unit < 0xDC00, left >= 4 else { return nil }
      let low = unit16(position + 2)
      guard low >= 0xDC00, low <= 0xDFFF else { return nil }
      return (0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), 4)
    case .utf32LittleEndian, .utf32BigEndian:
      guard left >= 4 else { return nil }
      let (a, b) = (unit16(position), unit16(position + 2))
      let value = encoding == .utf32LittleEndian ? b << 16 | a : a << 16 | b
      return Unicode.Scalar(value).map { ($0.value, 4) }
    }
  }

  private func unit16(_ offset: Int) -> UInt32 {
    let (a, b) = (UInt32(input[offset]), UInt32(input[offset + 1]))
    return encoding == .utf16LittleEndian || encoding == .utf32LittleEndian ? b << 8 | a : a << 8 | b
  }

  private func cp1252(_ byte: UInt8) -> UInt32? {
    guard byte >= 0x80, byte < 0xA0 else { return UInt32(byte) }
    let value = Self.cp1252High[Int(byte - 0x80)]
    return value == 0 ? nil : value
  }

  /// What cp1252 puts where Latin-1 has control characters; 0 where it has nothing.
  private static let cp1252High: [UInt32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
    0x0178,
  ]

  /// The UTF-8 form of a character beyond ASCII, its first byte in the low byte.
  private static func utf8(_ scalar: UInt32) -> UInt32 {
    let last = 0x80 | scalar & 63, middle = 0x80 | scalar >> 6 & 63
    if scalar < 0x800 { return (0xC0 | scalar >> 6) | last << 8 }
    if scalar < 0x10000 { return (0xE0 | scalar >> 12) | middle << 8 | last << 16 }
    return (0xF0 | scalar >> 18) | (0x80 | scalar >> 12 & 63) << 8 | middle << 16 | last << 24
  }
}
