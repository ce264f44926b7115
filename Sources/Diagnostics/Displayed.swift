public import Bytes

/// Text of unknown origin made fit for a terminal, a log or a message.
///
/// Control characters (C0, DEL, C1), bidirectional and invisible formatting characters become `\u{…}`, bytes that are not
/// UTF-8 become `\x…`. Line feed and tab are escaped too unless `multiline`.
public func displayed(_ bytes: Span<UInt8>, multiline: Bool = false) -> String {
  var output: [UInt8] = []
  output.reserveCapacity(bytes.count)
  var at = 0
  var marks = 0
  while at < bytes.count {
    let byte = bytes[at]
    if byte >= 0x20 && byte < 0x7F {
      output.append(byte)
      at += 1
      marks = 0
      continue
    }
    if multiline && (byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")) {
      output.append(byte)
      at += 1
      continue
    }
    guard let (scalar, count) = unicodeScalar(bytes, at: at) else {
      output += Array("\\x".utf8) + [hexDigit(byte >> 4), hexDigit(byte & 15)]
      at += 1
      continue
    }
    marks = isMark(scalar) ? marks + 1 : 0
    if isUnsafeToShow(scalar) || marks > markLimit {
      switch byte {
      case UInt8(ascii: "\n"): output += Array("\\n".utf8)
      case UInt8(ascii: "\r"): output += Array("\\r".utf8)
      case UInt8(ascii: "\t"): output += Array("\\t".utf8)
      default: output += Array("\\u{\(String(scalar.value, radix: 16))}".utf8)
      }
    } else {
      for i in at..<(at + count) { output.append(bytes[i]) }
    }
    at += count
  }
  return String(decoding: output, as: UTF8.self)
}

/// Marks above one letter that are shown, the number of Unicode's Stream-Safe Text Format; more of them cover other lines.
private let markLimit = 30

/// Whether a scalar is drawn over the one before it.
private func isMark(_ scalar: Unicode.Scalar) -> Bool {
  guard scalar.value >= 0x300 else { return false }
  let category = scalar.properties.generalCategory
  return category == .nonspacingMark || category == .enclosingMark
}

/// The same for an array.
public func displayed(_ bytes: [UInt8], multiline: Bool = false) -> String {
  displayed(bytes.span, multiline: multiline)
}
/// The same for a name.
public func displayed(_ name: Name) -> String { displayed(name.bytes.span) }

/// The well-formed scalar at an offset and its length in bytes.
public func unicodeScalar(_ bytes: Span<UInt8>, at offset: Int) -> (Unicode.Scalar, Int)? {
  let first = bytes[offset]
  let count = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
  guard count > 0, offset + count <= bytes.count else { return nil }
  if count == 1 { return (Unicode.Scalar(first), 1) }
  var value = UInt32(first & (0xFF >> UInt8(count + 1)))
  for i in 1..<count {
    let next = bytes[offset + i]
    guard next & 0xC0 == 0x80 else { return nil }
    value = value << 6 | UInt32(next & 0x3F)
  }
  let least: [UInt32] = [0, 0, 0x80, 0x800, 0x10000]
  guard value >= least[count], let scalar = Unicode.Scalar(value) else { return nil }
  return (scalar, count)
}

/// Whether a scalar could move the cursor, reorder the line or hide text.
public func isUnsafeToShow(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x00...0x1F, 0x7F...0x9F: true
  case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x180E, 0x3164, 0xFFA0: true
  case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
  case 0xE0000...0xE007F: true
  default: false
  }
}
