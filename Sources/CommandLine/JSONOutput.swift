internal import Bytes
internal import Diagnostics

/// JSON of values of unknown origin that is safe on a terminal and keeps every byte.
///
/// Characters that `displayed` would escape are written as `\uXXXX`, lone surrogates as they came, and a byte that is not
/// UTF-8 as the lone surrogate `\udcXX`, as Python's `surrogateescape` does (and `os.fsencode` undoes).
extension OutputBuffer {
  /// A JSON string.
  mutating func appendJSON(text bytes: Span<UInt8>) throws(IOError) {
    try append("\"")
    var runStart = 0
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte < 0x7F {
        at += 1
        continue
      }
      if let (scalar, count) = unicodeScalar(bytes, at: at), !isUnsafeToShow(scalar) {
        at += count
        continue
      }
      try appendJSONEscaped(bytes.extracting(runStart..<at))
      at += try appendEscape(bytes, at: at)
      runStart = at
    }
    try appendJSONEscaped(bytes.extracting(runStart..<bytes.count))
    try append("\"")
  }

  /// JSON text on one line, its characters made safe; white space between its parts may go.
  mutating func appendJSON(raw bytes: Span<UInt8>) throws(IOError) {
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte >= 0x20 && byte < 0x7F {
        try append(byte)
        at += 1
      } else if byte < 0x20 {
        at += 1
      } else if let (scalar, count) = unicodeScalar(bytes, at: at), !isUnsafeToShow(scalar) {
        try append(bytes.extracting(at..<at + count))
        at += count
      } else {
        at += try appendEscape(bytes, at: at)
      }
    }
  }

  /// Digits as they stand where JSON can have them, else as a string.
  mutating func appendJSON(number bytes: Span<UInt8>) throws(IOError) {
    if isJSONNumber(bytes) { try append(bytes) } else { try appendJSON(text: bytes) }
  }

  /// Any value; `missing` cannot stand here.
  mutating func appendJSON(_ value: Value) throws(IOError) {
    switch value {
    case .absent, .null, .missing: try append("null")
    case .boolean(let flag): try flag ? append("true") : append("false")
    case .integer(let number), .size(let number): try append(decimal: number)
    case .number(let digits): try appendJSON(number: digits.span)
    case .time(let time): try append(Array("\"\(rfc3339(microseconds: time))\"".utf8))
    case .text(let text):
      let bytes = Array(text.utf8)
      try appendJSON(text: bytes.span)
    case .bytes(let bytes): try appendJSON(text: bytes.span)
    case .json(let bytes): try appendJSON(raw: bytes.span)
    case .list(let values):
      try append("[")
      for (i, value) in values.enumerated() {
        if i > 0 { try append(",") }
        try appendJSON(value)
      }
      try append("]")
    case .object(let fields): try appendJSON(fields)
    }
  }

  /// An object; missing values are left out.
  mutating func appendJSON(_ fields: [Value.Field]) throws(IOError) {
    try append("{")
    var isFirst = true
    for field in fields where field.value != .missing {
      if !isFirst { try append(",") }
      isFirst = false
      let name = Array(field.name.utf8)
      try appendJSON(text: name.span)
      try append(":")
      try appendJSON(field.value)
    }
    try append("}")
  }

  /// Writes what stands at `at` as escapes and returns how many bytes that were.
  private mutating func appendEscape(_ bytes: Span<UInt8>, at: Int) throws(IOError) -> Int {
    if let (scalar, count) = unicodeScalar(bytes, at: at) {
      for unit in UTF16.encode(scalar)! { try append(escaped: unit) }
      return count
    }
    if bytes[at] == 0xED, at + 2 < bytes.count, bytes[at + 1] & 0xE0 == 0xA0, bytes[at + 2] & 0xC0 == 0x80 {
      try append(escaped: 0xD000 | UInt16(bytes[at + 1] & 0x3F) << 6 | UInt16(bytes[at + 2] & 0x3F))
      return 3
    }
    try append(escaped: 0xDC00 | UInt16(bytes[at]))
    return 1
  }

  private mutating func append(escaped unit: UInt16) throws(IOError) {
    try append("\\u")
    for shift: UInt16 in [12, 8, 4, 0] { try append(hexDigit(UInt8(unit >> shift & 15))) }
  }
}

/// An object as a line of JSON Lines.
package func jsonLine(_ fields: [Value.Field]) -> [UInt8] {
  let store = MemoryStore()
  var output = OutputBuffer(MemorySink(store))
  // Memory takes everything.
  try? output.appendJSON(fields)
  try? output.append("\n")
  try? output.finish()
  return store.bytes
}
