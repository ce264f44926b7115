/// A small JSON value: what schema files are made of. Not for data.
indirect enum SchemaJSON: Equatable {
  case object([(key: [UInt8], value: SchemaJSON)])
  case array([SchemaJSON])
  case string([UInt8])
  case number([UInt8])
  case boolean(Bool)
  case null

  static func == (a: SchemaJSON, b: SchemaJSON) -> Bool {
    switch (a, b) {
    case (.object(let x), .object(let y)): x.map(\.key) == y.map(\.key) && x.map(\.value) == y.map(\.value)
    case (.array(let x), .array(let y)): x == y
    case (.string(let x), .string(let y)), (.number(let x), .number(let y)): x == y
    case (.boolean(let x), .boolean(let y)): x == y
    case (.null, .null): true
    default: false
    }
  }

  /// The value of a key; nil when this is no object or lacks it.
  subscript(key: String) -> SchemaJSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.elementsEqual(key.utf8) }?.value
  }
  var string: [UInt8]? {
    guard case .string(let bytes) = self else { return nil }
    return bytes
  }
  var array: [SchemaJSON]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }
  var boolean: Bool? {
    guard case .boolean(let value) = self else { return nil }
    return value
  }
  /// A whole number; nil for anything else.
  var integer: Int? {
    guard case .number(let digits) = self else { return nil }
    return Int(String(decoding: digits, as: UTF8.self))
  }

  /// The only value in `bytes`; nil when they are not JSON or nested deeper than sixteen levels.
  init?(parsing bytes: [UInt8]) {
    var parser = SchemaJSONParser(bytes: bytes)
    guard let value = parser.value(depth: 0), parser.isAtEnd else { return nil }
    self = value
  }
}

/// Parses schema files; every function steps over what it returns, nil stands for wrong syntax.
private struct SchemaJSONParser {
  let bytes: [UInt8]
  var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return at == bytes.count
    }
  }

  mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
  }
  mutating func take(_ text: StaticString) -> Bool {
    let n = text.utf8CodeUnitCount
    guard bytes.count - at >= n, bytes[at..<at + n].elementsEqual("\(text)".utf8) else { return false }
    at += n
    return true
  }

  mutating func value(depth: Int) -> SchemaJSON? {
    skipSpace()
    guard depth < 16, at < bytes.count else { return nil }
    switch bytes[at] {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return array(depth: depth)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "t"): return take("true") ? .boolean(true) : nil
    case UInt8(ascii: "f"): return take("false") ? .boolean(false) : nil
    case UInt8(ascii: "n"): return take("null") ? .null : nil
    default:
      let start = at
      while at < bytes.count, "+-.0123456789eE".utf8.contains(bytes[at]) { at += 1 }
      return at > start ? .number(Array(bytes[start..<at])) : nil
    }
  }

  mutating func object(depth: Int) -> SchemaJSON? {
    at += 1
    var members: [(key: [UInt8], value: SchemaJSON)] = []
    skipSpace()
    if take("}") { return .object([]) }
    repeat {
      skipSpace()
      guard let key = string() else { return nil }
      skipSpace()
      guard take(":"), let value = value(depth: depth + 1) else { return nil }
      members.append((key, value))
      skipSpace()
    } while take(",")
    return take("}") ? .object(members) : nil
  }

  mutating func array(depth: Int) -> SchemaJSON? {
    at += 1
    var elements: [SchemaJSON] = []
    skipSpace()
    if take("]") { return .array([]) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      elements.append(value)
      skipSpace()
    } while take(",")
    return take("]") ? .array(elements) : nil
  }

  mutating func string() -> [UInt8]? {
    guard take("\"") else { return nil }
    var text: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        text += scalar
      case 0..<0x20: return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  /// What follows a backslash, as UTF-8; pairs of surrogates are joined.
  mutating func escape() -> [UInt8]? {
    guard at < bytes.count else { return nil }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      guard var unit = hexadecimal() else { return nil }
      if unit & 0xFC00 == 0xD800 {
        guard take("\\u"), let low = hexadecimal(), low & 0xFC00 == 0xDC00 else { return nil }
        unit = 0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF)
      }
      return Unicode.Scalar(unit).map { Array(String($0).utf8) }
    default: return nil
    }
  }

  mutating func hexadecimal() -> UInt32? {
    guard bytes.count - at >= 4 else { return nil }
    let digits = String(decoding: bytes[at..<at + 4], as: UTF8.self)
    at += 4
    return digits.hasPrefix("+") || digits.hasPrefix("-") ? nil : UInt32(digits, radix: 16)
  }
}
