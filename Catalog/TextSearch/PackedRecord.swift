package import Bytes

// A record as it is tested and shown is the values that can be searched, one after the other:
//
//   varint(ordinal of the column × 2 + 1 if JSON)  varint(count)  bytes   …
//
// Numbers are their digits, booleans `true` and `false`, bytes hexadecimal. Null, missing and secret values are left out.

/// What values count as text that people search for.
package enum PackedRecord {
  /// Binary values above this many bytes are not indexed, nor values with so many letters of base64 on end: files in disguise.
  package static let binaryLimit = 1024

  /// Whether a text has a run of letters of base64 that no word and no token is as long as.
  package static func holdsFile(_ text: Span<UInt8>) -> Bool {
    var at = 0
    while at + binaryLimit <= text.count {
      let run = base64LetterCount(text.extracting(at..<text.count))
      if run >= binaryLimit, isMixed(text.extracting(at..<(at + binaryLimit))) { return true }
      at += run + 1
    }
    return false
  }

  /// Whether capitals, small letters and digits occur.
  private static func isMixed(_ text: Span<UInt8>) -> Bool {
    var hasCapital = false, hasSmall = false, hasDigit = false
    for i in text.indices {
      let byte = text[i]
      if byte >= UInt8(ascii: "a") {
        hasSmall = true
      } else if byte >= UInt8(ascii: "A") {
        hasCapital = true
      } else {
        hasDigit = true
      }
    }
    return hasCapital && hasSmall && hasDigit
  }

  /// Whether the value of a column of a packed record is JSON.
  package static func isJSON(_ column: Int, in record: [UInt8]) -> Bool {
    var at = 0
    while let cell = PackedCell(record.span, at: &at) { if cell.column == column { return cell.isJSON } }
    return false
  }

  /// The value of a column of a packed record; nil when it is not there.
  package static func value(of column: Int, in record: [UInt8]) -> [UInt8]? {
    var at = 0
    while let cell = PackedCell(record.span, at: &at) {
      if cell.column == column { return Array(record[cell.range]) }
    }
    return nil
  }
}

/// A value of a packed record.
struct PackedCell {
  let column: Int
  let isJSON: Bool
  /// Where its bytes are.
  let range: Range<Int>

  /// Reads the value at an offset and advances it; nil at the end or where the bytes make no sense.
  init?(_ stored: Span<UInt8>, at offset: inout Int) {
    guard offset < stored.count, let header = varint(stored, at: &offset), let count = varint(stored, at: &offset),
      header < 1 << 32, count <= UInt64(stored.count - offset)
    else { return nil }
    column = Int(header >> 1)
    isJSON = header & 1 != 0
    range = offset..<(offset + Int(count))
    offset = range.upperBound
  }
}

private func varint(_ bytes: Span<UInt8>, at offset: inout Int) -> UInt64? {
  var value: UInt64 = 0
  var shift: UInt64 = 0
  while offset < bytes.count, shift < 63 {
    let byte = bytes[offset]
    offset += 1
    value |= UInt64(byte & 0x7F) << shift
    if byte < 0x80 { return value }
    shift += 7
  }
  return nil
}

/// Appends a number by its digits, without a text of its own.
package func appendDecimal(_ value: Int64, to heap: inout ByteHeap) {
  heap.append(atMost: 20) { output in
    if value < 0 { output.append(UInt8(ascii: "-")) }
    var unit: UInt64 = 1
    let magnitude = value.magnitude
    while magnitude / unit >= 10 { unit *= 10 }
    while unit > 0 {
      output.append(UInt8(ascii: "0") + UInt8(magnitude / unit % 10))
      unit /= 10
    }
  }
}
