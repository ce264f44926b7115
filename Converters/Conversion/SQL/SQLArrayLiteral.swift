internal import Bytes

/// The array literal of PostgreSQL for a JSON array, or for text that is such a literal already; nil when PostgreSQL would not
/// take it: no JSON, elements of another type, or inner arrays of different lengths.
func postgresArray(_ text: Span<UInt8>, of element: SQLForm, isText: Bool) -> [UInt8]? {
  if isText && isLiteral(text) && (element != .json || !isJSON(text)) { return Array(text) }
  guard isJSON(text) else { return nil }
  var reader = JSONArrayReader(element: element)
  return reader.read(text) ? reader.output : nil
}

/// Whether a text looks like an array literal: `{…}`, perhaps with bounds before it, `[0:2]={…}`.
private func isLiteral(_ text: Span<UInt8>) -> Bool {
  guard text.count >= 2, text[text.count - 1] == UInt8(ascii: "}") else { return false }
  var at = 0
  while at < text.count, text[at] == UInt8(ascii: "[") || at > 0 && "0123456789:+-[]=".utf8.contains(text[at]) {
    at += 1
  }
  return text[at] == UInt8(ascii: "{") && (at == 0 || text[at - 1] == UInt8(ascii: "="))
}

/// Whether the whole of a text is one JSON value.
private func isJSON(_ text: Span<UInt8>) -> Bool {
  var heap = ByteHeap(capacity: text.count), walk = JSONWalk(python: false), at = 0
  heap.append(text)
  heap.clearPadding()
  return heap.jsonWalk(&walk, at: &at, isLast: true) == .done && heap.jsonSpace(from: at) == text.count
}

/// Reads JSON, which is known to be well-formed.
private struct JSONArrayReader {
  let element: SQLForm
  var output: [UInt8] = []
  /// Number of elements so far of each open array.
  var counts: [Int] = []
  /// Length that arrays at each depth have; nil before the first is closed.
  var lengths: [Int?] = []
  /// Depth at which values stand; nil before the first.
  var valueDepth: Int?

  init(element: SQLForm) { self.element = element }

  mutating func read(_ text: Span<UInt8>) -> Bool {
    var at = 0, isDone = false
    while at < text.count {
      let byte = text[at]
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      case UInt8(ascii: "["):
        guard !isDone, counts.count < 6, valueDepth.map({ counts.count < $0 }) ?? true else { return false }
        if !counts.isEmpty { counts[counts.count - 1] += 1 }
        counts.append(0)
        if lengths.count < counts.count { lengths.append(nil) }
        output.append(UInt8(ascii: "{"))
        at += 1
      case UInt8(ascii: "]"):
        guard let count = counts.last, counts.count == 1 || count > 0 else { return false }
        guard lengths[counts.count - 1] == nil || lengths[counts.count - 1] == count else { return false }
        lengths[counts.count - 1] = count
        counts.removeLast()
        isDone = counts.isEmpty
        output.append(UInt8(ascii: "}"))
        at += 1
      case UInt8(ascii: ","):
        output.append(byte)
        at += 1
      default:
        guard !counts.isEmpty, valueDepth == nil || valueDepth == counts.count else { return false }
        valueDepth = counts.count
        counts[counts.count - 1] += 1
        guard let end = value(text, at) else { return false }
        at = end
      }
    }
    return isDone
  }

  /// Appends the value at an offset; where it ends, or nil when it is not of the element's type.
  private mutating func value(_ text: Span<UInt8>, _ start: Int) -> Int? {
    let end = jsonValueEnd(text, start)
    let raw = text.extracting(start..<end)
    if raw.count == 4 && raw[0] == UInt8(ascii: "n") {
      output += Array("NULL".utf8)
      return end
    }
    var bytes = Array(raw)
    if raw[0] == UInt8(ascii: "\"") {
      guard element != .json else { return quote(bytes, end) }
      guard let plain = unescaped(raw.extracting(1..<(raw.count - 1))) else { return nil }
      bytes = plain
    } else if raw[0] == UInt8(ascii: "{"), element != .json, element != .text {
      return nil
    }
    return fits(bytes) ? quote(bytes, end) : nil
  }

  private mutating func quote(_ bytes: [UInt8], _ end: Int) -> Int {
    output.append(UInt8(ascii: "\""))
    for byte in bytes {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { output.append(UInt8(ascii: "\\")) }
      output.append(byte)
    }
    output.append(UInt8(ascii: "\""))
    return end
  }

  private func fits(_ bytes: [UInt8]) -> Bool {
    switch element {
    case .boolean: bytes == Array("true".utf8) || bytes == Array("false".utf8)
    case .int32: Int64(digits: bytes.span).flatMap { Int32(exactly: $0) } != nil
    case .int64: Int64(digits: bytes.span) != nil
    case .decimal, .float:
      Self.specials.contains(bytes) || DecimalText(bytes.span).map { $0.isZero || abs($0.magnitude) < 308 } ?? false
    case .uuid: UUIDText(bytes.span) != nil
    case .date: isEndless(bytes) || DateText.kind(of: bytes.span) == .date
    case .time: DateText.kind(of: bytes.span) == .time
    case .timestamp: isEndless(bytes) || DateText.kind(of: bytes.span) == .timestamp
    case .timestamptz: isEndless(bytes) || DateText.kind(of: bytes.span) == .timestamptz
    case .interval: DurationText(bytes.span) != nil
    case .text, .json: !bytes.contains(0)
    case .bytes:
      bytes.count % 2 == 0 && bytes.starts(with: "\\x".utf8) && bytes.dropFirst(2).allSatisfy { hexValue($0) != nil }
    case .utc, .array: false
    }
  }
  private func isEndless(_ bytes: [UInt8]) -> Bool { Self.infinities.contains(bytes) }
  private static let infinities = ["infinity", "-infinity"].map { Array($0.utf8) }
  private static let specials = ["NaN", "Infinity", "-Infinity"].map { Array($0.utf8) }
}

/// Where the JSON value (no array at the top) that begins at an offset ends.
private func jsonValueEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
  var at = start, depth = 0, isInString = false
  while at < text.count {
    let byte = text[at]
    if isInString {
      if byte == UInt8(ascii: "\\") { at += 1 } else if byte == UInt8(ascii: "\"") { isInString = false }
    } else {
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return at }
        depth -= 1
        if depth == 0 { return at + 1 }
      case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D: if depth == 0 { return at }
      default: break
      }
    }
    at += 1
  }
  return min(at, text.count)
}

/// The inside of a JSON string without its escapes; nil when it holds a lone surrogate or U+0000.
private func unescaped(_ text: Span<UInt8>) -> [UInt8]? {
  var heap = ByteHeap(capacity: text.count + 1), flags: UInt32 = 0, bad = -1
  heap.append(text)
  let count = heap.jsonUnescape(at: 0, count: text.count, flags: &flags, bad: &bad)
  guard bad < 0, flags == 0 else { return nil }
  return Array(heap.span(at: 0, count: count))
}
