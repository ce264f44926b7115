internal import Bytes

/// Steps through the tokens of JSON text that is known to be valid.
package struct JSONTokens {
  package enum Token {
    case open(isObject: Bool)
    case close(isObject: Bool)
    case comma
    case colon
    /// A string: what stands between its quotes.
    case text(Range<Int>, isEscaped: Bool)
    /// A number or literal.
    case word(Range<Int>)
  }
  /// Where the next token is looked for.
  package private(set) var at = 0

  package init() {}

  /// The next token; nil at the end.
  package mutating func next(_ bytes: [UInt8]) -> Token? { next(bytes.span) }

  /// The next token; nil at the end.
  package mutating func next(_ bytes: Span<UInt8>) -> Token? {
    while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
    guard at < bytes.count else { return nil }
    let start = at
    at += 1
    switch bytes[start] {
    case UInt8(ascii: "{"), UInt8(ascii: "["): return .open(isObject: bytes[start] == UInt8(ascii: "{"))
    case UInt8(ascii: "}"), UInt8(ascii: "]"): return .close(isObject: bytes[start] == UInt8(ascii: "}"))
    case UInt8(ascii: ","): return .comma
    case UInt8(ascii: ":"): return .colon
    case UInt8(ascii: "\""):
      var isEscaped = false
      while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
        if bytes[at] == UInt8(ascii: "\\") {
          isEscaped = true
          at += 1
        }
        at += 1
      }
      let end = min(at, bytes.count)
      at = min(at + 1, bytes.count)
      return .text(start + 1..<end, isEscaped: isEscaped)
    default:
      while at < bytes.count, !Self.endsWord(bytes[at]) { at += 1 }
      return .word(start..<at)
    }
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "]")
      || byte == UInt8(ascii: "}")
  }

  /// Whether bytes are one value of JSON, `NaN` and the infinities included.
  package static func isValid(_ bytes: [UInt8]) -> Bool {
    var heap = ByteHeap(capacity: bytes.count)
    heap.append(bytes)
    heap.clearPadding()
    var at = heap.jsonSpace(from: 0), walk = JSONWalk(python: true)
    guard at < heap.count, heap.jsonWalk(&walk, at: &at, isLast: true) == .done else { return false }
    return heap.jsonSpace(from: at) == heap.count
  }

  /// The text of a string, escapes undone; lone surrogates become WTF-8.
  package static func text(_ bytes: [UInt8], _ range: Range<Int>, isEscaped: Bool) -> [UInt8] {
    text(bytes.span, range, isEscaped: isEscaped)
  }

  /// The text of a string, escapes undone; lone surrogates become WTF-8.
  package static func text(_ bytes: Span<UInt8>, _ range: Range<Int>, isEscaped: Bool) -> [UInt8] {
    let inside = bytes.extracting(range)
    guard isEscaped else { return Array(inside) }
    var heap = ByteHeap(capacity: range.count)
    heap.append(inside)
    var flags: UInt32 = 0, bad = -1
    let count = heap.jsonUnescape(at: 0, count: range.count, flags: &flags, bad: &bad)
    return bad < 0 ? Array(heap.span(at: 0, count: count)) : Array(inside)
  }

  /// JSON text without the members of objects whose key comes again in the same object, and how many these are; nil when there is
  /// none.
  package static func withoutRepeatedKeys(_ bytes: [UInt8]) -> (text: [UInt8], count: Int)? {
    let repeated = repeatedKeys(bytes)
    guard !repeated.isEmpty else { return nil }
    var tokens = JSONTokens(), text: [UInt8] = [], start = 0, depth = 0
    // The level of the member that is passed over.
    var passed: Int?
    while let token = tokens.next(bytes) {
      switch token {
      case .open: depth += 1
      case .close: depth -= 1
      case .comma where passed == depth:
        passed = nil
        start = tokens.at
      case .text(let range, _) where passed == nil && repeated.contains(range.lowerBound):
        text += bytes[start..<range.lowerBound - 1]
        passed = depth
      default: continue
      }
    }
    return (text + bytes[start...], repeated.count)
  }

  /// Where keys begin that come again in the same object.
  private static func repeatedKeys(_ bytes: [UInt8]) -> Set<Int> {
    var tokens = JSONTokens(), repeated: Set<Int> = []
    // By level: the keys of an object so far; nil in an array.
    var levels: [[Name: Int]?] = [], expectsKey = false
    while let token = tokens.next(bytes) {
      switch token {
      case .open(let isObject):
        levels.append(isObject ? [:] : nil)
        expectsKey = isObject
      case .close:
        _ = levels.popLast()
        expectsKey = false
      case .comma: expectsKey = levels.last.map { $0 != nil } ?? false
      case .text(let range, let isEscaped) where expectsKey:
        expectsKey = false
        let key = Name(text(bytes, range, isEscaped: isEscaped))
        if let earlier = levels[levels.count - 1]?.updateValue(range.lowerBound, forKey: key) {
          repeated.insert(earlier)
        }
      default: continue
      }
    }
    return repeated
  }
}
