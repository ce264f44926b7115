internal import CBytes

// Appending literals, arrays and JSON.
extension ByteHeap {
  /// Appends a literal of the program's own.
  public mutating func append(_ literal: StaticString) {
    append(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount).span)
  }

  public mutating func append(_ bytes: [UInt8]) { append(bytes.span) }

  /// Appends a JSON string literal.
  public mutating func append(jsonString bytes: Span<UInt8>) {
    append(UInt8(ascii: "\""))
    append(jsonEscaping: bytes)
    append(UInt8(ascii: "\""))
  }

  public mutating func append(jsonString bytes: [UInt8]) { append(jsonString: bytes.span) }
  /// The same for the bytes of another heap.
  public mutating func append(jsonString other: borrowing ByteHeap) { append(jsonString: other.span) }
  /// The same for a range of another heap.
  public mutating func append(jsonString other: borrowing ByteHeap, at offset: Int, count: Int) {
    append(jsonString: other.span(at: offset, count: count))
  }
  /// Appends the inside of a JSON string from a range of another heap.
  public mutating func append(jsonEscaping other: borrowing ByteHeap, at offset: Int, count: Int) {
    append(jsonEscaping: other.span(at: offset, count: count))
  }

  /// Appends the inside of a JSON string: what has to be escaped, is.
  public mutating func append(jsonEscaping bytes: Span<UInt8>) {
    var from = 0, i = 0
    let n = bytes.count
    while i < n {
      if i &+ 16 <= n {
        let mask = bytes.withUnsafeBufferPointer { cb_json_special_16($0.baseAddress! + i) }
        if mask == 0 {
          i &+= 16
          continue
        }
        i &+= mask.trailingZeroBitCount
      } else if bytes[i] >= 0x20 && bytes[i] != UInt8(ascii: "\"") && bytes[i] != UInt8(ascii: "\\") {
        i &+= 1
        continue
      }
      append(bytes.extracting(from..<i))
      append(jsonEscape: bytes[i])
      i &+= 1
      from = i
    }
    append(bytes.extracting(from..<n))
  }

  private mutating func append(jsonEscape byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\n"): append(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): append(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): append(UInt8(ascii: "t"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    default:
      append("u00")
      append(hexDigit(byte >> 4))
      append(hexDigit(byte & 15))
    }
  }
}
