/// Writes a code point as UTF-8 (a surrogate as WTF-8) and returns the number of bytes, 1 to 4.
public func encodeUTF8(_ scalar: UInt32, into bytes: inout [4 of UInt8]) -> Int {
  func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift & 0x3F) }
  switch scalar {
  case 0..<0x80:
    bytes[0] = UInt8(truncatingIfNeeded: scalar)
    return 1
  case 0x80..<0x800:
    bytes[0] = 0xC0 | UInt8(truncatingIfNeeded: scalar >> 6)
    bytes[1] = tail(0)
    return 2
  case 0x800..<0x10000:
    bytes[0] = 0xE0 | UInt8(truncatingIfNeeded: scalar >> 12)
    bytes[1] = tail(6)
    bytes[2] = tail(0)
    return 3
  default:
    bytes[0] = 0xF0 | UInt8(truncatingIfNeeded: scalar >> 18)
    bytes[1] = tail(12)
    bytes[2] = tail(6)
    bytes[3] = tail(0)
    return 4
  }
}
