internal import Bytes

/// Steps through the elements of a JSON array whose text is known to be valid; of an object, through keys and values in turn.
struct JSONList {
  enum Kind { case null, boolean, number, text, array, object }
  /// An element: where its text lies in the array's; of a string what stands between the quotes.
  struct Element {
    var kind: Kind
    var range: Range<Int>
    /// Whether a string holds escapes.
    var isEscaped = false
  }

  private var at: Int

  /// Begins behind the bracket that opens an array at `start`.
  init(at start: Int = 0) { at = start + 1 }

  /// The next element; nil at the end.
  mutating func next(_ bytes: Span<UInt8>) -> Element? {
    while at < bytes.count, isSpace(bytes[at]) || bytes[at] == UInt8(ascii: ",") || bytes[at] == UInt8(ascii: ":") {
      at += 1
    }
    guard at < bytes.count, bytes[at] != UInt8(ascii: "]"), bytes[at] != UInt8(ascii: "}") else { return nil }
    let start = at
    switch bytes[at] {
    case UInt8(ascii: "\""):
      let isEscaped = skipString(bytes)
      return Element(kind: .text, range: (start + 1)..<(at - 1), isEscaped: isEscaped)
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      let kind: Kind = bytes[at] == UInt8(ascii: "[") ? .array : .object
      skipNested(bytes)
      return Element(kind: kind, range: start..<at)
    default:
      while at < bytes.count, !isSpace(bytes[at]), bytes[at] != UInt8(ascii: ","), bytes[at] != UInt8(ascii: "]"),
        bytes[at] != UInt8(ascii: "}"), bytes[at] != UInt8(ascii: ":")
      { at += 1 }
      let kind: Kind =
        switch bytes[start] {
        case UInt8(ascii: "n"): .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        default: .number
        }
      return Element(kind: kind, range: start..<at)
    }
  }

  /// Moves behind the closing quote; true when the string holds escapes.
  private mutating func skipString(_ bytes: Span<UInt8>) -> Bool {
    var isEscaped = false
    at += 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      if bytes[at] == UInt8(ascii: "\\") {
        isEscaped = true
        at += 1
      }
      at += 1
    }
    at = min(at + 1, bytes.count)
    return isEscaped
  }

  private mutating func skipNested(_ bytes: Span<UInt8>) {
    var depth = 0
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        _ = skipString(bytes)
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
      at += 1
      if depth == 0 { return }
    }
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\t")
  }
}

/// The text of a string between its quotes, escapes undone.
func unescapedText(_ bytes: Span<UInt8>, _ element: JSONList.Element) -> [UInt8] {
  let raw = bytes.extracting(element.range)
  guard element.isEscaped else { return Array(raw) }
  var heap = ByteHeap(capacity: raw.count)
  heap.append(raw)
  var flags: UInt32 = 0, bad = -1
  let count = heap.jsonUnescape(at: 0, count: raw.count, flags: &flags, bad: &bad)
  // The reader checks escapes only where it undoes them; a wrong one stays as it is written.
  return bad < 0 ? Array(heap.span(at: 0, count: count)) : Array(raw)
}
