internal import Bytes
internal import Records

/// Turns array literals of PostgreSQL, `{1,NULL,"a b"}`, into JSON arrays.
struct DumpArray {
  private enum Element { case number, boolean, json, text }
  private let element: Element
  private let delimiter: UInt8
  private static let depthLimit = 6
  /// Whether the literal that was read last has bounds that do not begin at 1, which JSON has no place for.
  private(set) var hasBounds = false
  /// Whether an element of it is the `null` of JSON, which in a JSON array is no other than NULL.
  private(set) var hasJSONNull = false
  /// JSON of the literal that was read last.
  private(set) var output: [UInt8] = []
  /// The element at hand, without quotes and escapes.
  private var value: [UInt8] = []

  /// Arrays of elements of a type; `sourceType` as PostgreSQL spells it.
  init(_ type: LogicalType, sourceType: [UInt8]) {
    element =
      switch type {
      case .int32, .int64, .decimal, .float64: .number
      case .boolean: .boolean
      case .json: .json
      default: .text
      }
    delimiter = sourceType.starts(with: "box".utf8) ? UInt8(ascii: ";") : UInt8(ascii: ",")
  }

  /// Whether a text is an array literal, which is then `output`.
  mutating func read(_ text: Span<UInt8>) -> Bool {
    output.removeAll(keepingCapacity: true)
    hasJSONNull = false
    var at = 0
    hasBounds = text.count > 0 && text[0] == UInt8(ascii: "[")
    // Bounds that do not begin at 1 stand before the literal: `[0:2]={…}`.
    if hasBounds {
      while at < text.count, text[at] != UInt8(ascii: "=") { at += 1 }
      at += 1
    }
    guard at < text.count, text[at] == UInt8(ascii: "{") else { return false }
    var depth = 0, needsValue = false
    while at < text.count {
      let byte = text[at]
      switch byte {
      case UInt8(ascii: "{"):
        guard depth < Self.depthLimit, depth == 0 || needsValue || output.last == UInt8(ascii: "[") else {
          return false
        }
        depth += 1
        needsValue = false
        output.append(UInt8(ascii: "["))
        at += 1
      case UInt8(ascii: "}"):
        guard depth > 0, !needsValue else { return false }
        depth -= 1
        output.append(UInt8(ascii: "]"))
        at += 1
        if depth == 0 { return at == text.count }
      case delimiter:
        guard depth > 0, !needsValue, output.last != UInt8(ascii: "[") else { return false }
        needsValue = true
        output.append(UInt8(ascii: ","))
        at += 1
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default:
        guard needsValue || output.last == UInt8(ascii: "[") else { return false }
        needsValue = false
        guard let end = byte == UInt8(ascii: "\"") ? quoted(text, at) : plain(text, at) else { return false }
        at = end
      }
    }
    return false
  }

  /// Appends the quoted element that begins at a place; where it ends.
  private mutating func quoted(_ text: Span<UInt8>, _ start: Int) -> Int? {
    var at = start + 1
    value.removeAll(keepingCapacity: true)
    while at < text.count, text[at] != UInt8(ascii: "\"") {
      if text[at] == UInt8(ascii: "\\") { at += 1 }
      guard at < text.count else { return nil }
      value.append(text[at])
      at += 1
    }
    guard at < text.count else { return nil }
    appendValue()
    return at + 1
  }

  /// Appends the element without quotes that begins at a place; where it ends.
  private mutating func plain(_ text: Span<UInt8>, _ start: Int) -> Int? {
    var at = start
    value.removeAll(keepingCapacity: true)
    while at < text.count, text[at] != delimiter, text[at] != UInt8(ascii: "}") {
      guard text[at] != UInt8(ascii: "{"), text[at] != UInt8(ascii: "\"") else { return nil }
      if text[at] == UInt8(ascii: "\\") { at += 1 }
      guard at < text.count else { return nil }
      value.append(text[at])
      at += 1
    }
    guard at < text.count else { return nil }
    while let last = value.last, last <= 0x20 { value.removeLast() }
    if isNull {
      output += "null".utf8
    } else {
      appendValue()
    }
    return at
  }

  private mutating func appendValue() {
    switch element {
    case .number where isNumber: output += value
    case .boolean where value == [UInt8(ascii: "t")]: output += "true".utf8
    case .boolean where value == [UInt8(ascii: "f")]: output += "false".utf8
    case .json where isJSON:
      if isNull { hasJSONNull = true }
      output += value
    default: appendString()
    }
  }

  private var isNull: Bool {
    value.count == 4 && zip(value, Self.null).allSatisfy { asciiLower($0) == $1 }
  }
  private static let null = Array("null".utf8)

  private var isNumber: Bool {
    let first = value.first ?? 0
    if first > UInt8(ascii: "0"), value.count <= 18, value.allSatisfy(isDigit) { return true }
    return first != UInt8(ascii: "\"") && isJSON
  }
  private var isJSON: Bool {
    var heap = ByteHeap(capacity: value.count + 1), walk = JSONWalk(python: false), at = 0
    heap.append(value.span)
    heap.clearPadding()
    return heap.jsonWalk(&walk, at: &at, isLast: true) == .done && at == value.count
  }

  private mutating func appendString() {
    output.append(UInt8(ascii: "\""))
    for byte in value {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        output.append(UInt8(ascii: "\\"))
      } else if byte < 0x20 {
        output += "\\u00".utf8
        output.append(Self.digits[Int(byte >> 4)])
        output.append(Self.digits[Int(byte & 15)])
        continue
      }
      output.append(byte)
    }
    output.append(UInt8(ascii: "\""))
  }
  private static let digits = Array("0123456789abcdef".utf8)
}
