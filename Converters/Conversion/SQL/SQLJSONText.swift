internal import Bytes

/// Turns text into the inside of a JSON string, piece by piece. Lone surrogates, held as WTF-8, become `\uDXXX`.
package struct JSONStringEscaper: Sendable {
  /// The beginning of a character that the last piece cut.
  private var carry: [UInt8] = []

  package init() {}

  /// Appends the escaped text of a piece.
  package mutating func escape(_ piece: Span<UInt8>, into output: inout [UInt8]) {
    let bytes = carry + Array(piece)
    carry = []
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0xED && at + 2 >= bytes.count {
        carry = Array(bytes[at...])
        return
      }
      if byte == 0xED && bytes[at + 1] >= 0xA0 {
        let unit = 0xD000 | UInt16(bytes[at + 1] & 0x3F) << 6 | UInt16(bytes[at + 2] & 0x3F)
        appendUnit(unit, &output)
        at += 3
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): output += Array("\\n".utf8)
      case UInt8(ascii: "\t"): output += Array("\\t".utf8)
      case UInt8(ascii: "\r"): output += Array("\\r".utf8)
      case 0..<0x20: appendUnit(UInt16(byte), &output)
      default: output.append(byte)
      }
      at += 1
    }
  }

  private func appendUnit(_ unit: UInt16, _ output: inout [UInt8]) {
    output += Array("\\u".utf8)
    for shift: UInt16 in [12, 8, 4, 0] { output.append(hexDigit(UInt8(truncatingIfNeeded: unit >> shift & 15))) }
  }
}

/// A JSON string literal.
func jsonString(_ text: Span<UInt8>) -> [UInt8] {
  var output = [UInt8(ascii: "\"")], escaper = JSONStringEscaper()
  escaper.escape(text, into: &output)
  return output + [UInt8(ascii: "\"")]
}

/// JSON with `null` for every `NaN`, `Infinity` and `-Infinity` outside strings, and whether there was one.
func jsonWithoutSpecials(_ json: Span<UInt8>) -> (text: [UInt8], hadSpecials: Bool) {
  var output: [UInt8] = [], hadSpecials = false, isInString = false, at = 0
  output.reserveCapacity(json.count)
  while at < json.count {
    let byte = json[at]
    if isInString {
      output.append(byte)
      if byte == UInt8(ascii: "\\"), at + 1 < json.count {
        at += 1
        output.append(json[at])
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      at += 1
    } else if byte == UInt8(ascii: "N") || byte == UInt8(ascii: "I") {
      if output.last == UInt8(ascii: "-") { output.removeLast() }
      output += Array("null".utf8)
      hadSpecials = true
      at += byte == UInt8(ascii: "N") ? 3 : 8
    } else {
      isInString = byte == UInt8(ascii: "\"")
      output.append(byte)
      at += 1
    }
  }
  return (output, hadSpecials)
}
