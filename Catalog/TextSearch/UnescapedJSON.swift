package import Bytes

/// Appends JSON text with the escapes in its strings undone, so that its words are those that people see. What is not a
/// well-formed escape stays as it is.
package func appendUnescapedJSON(_ text: Span<UInt8>, to output: inout ByteHeap) {
  output.append(atMost: text.count) { output in
    var at = 0
    while at < text.count {
      let byte = text[at]
      guard byte == UInt8(ascii: "\\"), at + 1 < text.count else {
        output.append(byte)
        at += 1
        continue
      }
      if text[at + 1] == UInt8(ascii: "u"), let (scalar, count) = unicodeEscape(text, at: at) {
        appendUTF8(scalar, to: &output)
        at += count
        continue
      }
      output.append(plainEscape(text[at + 1]))
      at += 2
    }
  }
}

/// The same for an array.
package func unescapedJSON(_ text: [UInt8]) -> [UInt8] {
  guard text.contains(UInt8(ascii: "\\")) else { return text }
  var heap = ByteHeap(capacity: text.count)
  appendUnescapedJSON(text.span, to: &heap)
  return [UInt8](heap.span)
}

private func plainEscape(_ letter: UInt8) -> UInt8 {
  switch letter {
  case UInt8(ascii: "n"): 0x0A
  case UInt8(ascii: "r"): 0x0D
  case UInt8(ascii: "t"): 0x09
  case UInt8(ascii: "b"): 0x08
  case UInt8(ascii: "f"): 0x0C
  default: letter
  }
}

/// The scalar of `\uXXXX`, or of a pair of them, and the length of the escape; nil for a lone surrogate.
private func unicodeEscape(_ text: Span<UInt8>, at offset: Int) -> (UInt32, Int)? {
  guard let first = hexadecimal(text, at: offset + 2) else { return nil }
  guard first & 0xF800 == 0xD800 else { return (first, 6) }
  guard first < 0xDC00, offset + 7 < text.count, text[offset + 6] == UInt8(ascii: "\\"),
    text[offset + 7] == UInt8(ascii: "u"), let second = hexadecimal(text, at: offset + 8), second & 0xFC00 == 0xDC00
  else { return nil }
  return (0x10000 + (first & 0x3FF) << 10 + (second & 0x3FF), 12)
}

private func hexadecimal(_ text: Span<UInt8>, at offset: Int) -> UInt32? {
  guard offset + 4 <= text.count else { return nil }
  var value: UInt32 = 0
  for i in 0..<4 {
    let byte = text[offset + i]
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
    default: return nil
    }
  }
  return value
}
