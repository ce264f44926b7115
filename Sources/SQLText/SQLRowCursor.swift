internal import Bytes
internal import Records

/// A place in a piece of SQL that is read token by token. What is cut off by the end reads as `isCut`.
struct SQLRowCursor {
  let bytes: [UInt8]
  let family: SQLFamily
  let hasBackslashes: Bool
  let hasANSIQuotes: Bool
  var at = 0
  /// Whether the end was met inside of what was asked for.
  var isCut = false

  init(_ bytes: [UInt8], _ rule: StatementRule) {
    self.bytes = bytes
    family = rule.family
    hasBackslashes = rule.hasBackslashes
    hasANSIQuotes = rule.hasANSIQuotes
  }

  /// The byte at hand; nil at the end, which then cuts.
  var next: UInt8? {
    mutating get {
      guard at < bytes.count else {
        isCut = true
        return nil
      }
      return bytes[at]
    }
  }
  func peek(_ distance: Int) -> UInt8? { at + distance < bytes.count ? bytes[at + distance] : nil }

  /// Steps over white space and comments.
  mutating func skipSpace() {
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0x20 || (byte >= 9 && byte <= 13) {
        at += 1
      } else if byte == UInt8(ascii: "-"), peek(1) == UInt8(ascii: "-") {
        while at < bytes.count, bytes[at] != 0x0A { at += 1 }
      } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        at += 2
        while at < bytes.count, !(bytes[at] == UInt8(ascii: "*") && peek(1) == UInt8(ascii: "/")) { at += 1 }
        at = min(at + 2, bytes.count)
      } else {
        return
      }
    }
    isCut = true
  }

  static func isName(_ byte: UInt8) -> Bool {
    let letter = byte | 0x20
    return letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")
      || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || byte >= 0x80
  }

  /// The word at hand in lower case, which is stepped over; empty when there is none.
  mutating func word() -> [UInt8] {
    skipSpace()
    let start = at
    while at < bytes.count, Self.isName(bytes[at]) { at += 1 }
    if at == bytes.count { isCut = true }
    return bytes[start..<at].map(asciiLower)
  }
  /// Steps over a word if it is the one at hand.
  mutating func take(_ expected: StaticString) -> Bool {
    let start = at, found = word()
    if found.count == expected.utf8CodeUnitCount, found.elementsEqual(Array("\(expected)".utf8)) { return true }
    at = start
    return false
  }
  /// Steps over a byte if it is the one at hand.
  mutating func take(byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    at += 1
    return true
  }

  /// The name at hand, quoted or not; nil when there is none.
  mutating func name() -> Name? {
    skipSpace()
    guard let first = next else { return nil }
    switch first {
    case UInt8(ascii: "\"") where family != .mysql || hasANSIQuotes: return quotedName(first)
    case UInt8(ascii: "`") where family != .postgres: return quotedName(first)
    case UInt8(ascii: "[") where family == .sqlite: return quotedName(UInt8(ascii: "]"))
    default:
      let start = at
      while at < bytes.count, Self.isName(bytes[at]) { at += 1 }
      if at == bytes.count { isCut = true }
      guard at > start else { return nil }
      let name = Name(Array(bytes[start..<at]))
      return family == .postgres ? name.lowercased : name
    }
  }
  private mutating func quotedName(_ close: UInt8) -> Name? {
    at += 1
    var name: [UInt8] = []
    while let byte = next {
      at += 1
      if byte == close {
        guard at < bytes.count, bytes[at] == close, close != UInt8(ascii: "]") else { return Name(name) }
        at += 1
      }
      name.append(byte)
    }
    return nil
  }

  /// Names with points between; nil when there is none.
  mutating func path() -> [Name]? {
    guard let first = name() else { return nil }
    var parts = [first]
    while parts.count < 4, at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      guard let part = name() else { return nil }
      parts.append(part)
    }
    return parts
  }

  /// Names in parentheses with commas between; nil when there is something else.
  mutating func list() -> [Name]? {
    guard take(byte: UInt8(ascii: "(")) else { return nil }
    if take(byte: UInt8(ascii: ")")) { return [] }
    var names: [Name] = []
    while let name = name() {
      names.append(name)
      if names.count > TableSchema.columnLimit { return nil }
      if take(byte: UInt8(ascii: ")")) { return names }
      guard take(byte: UInt8(ascii: ",")) else { return nil }
    }
    return nil
  }

  /// The content of the string whose opening quote is at hand, escapes undone; nil when it is cut off.
  mutating func string(backslashes: Bool) -> [UInt8]? {
    at += 1
    let start = at
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\\"), backslashes {
        at += 2
      } else if byte == UInt8(ascii: "'") {
        guard peek(1) == byte else { break }
        at += 2
      } else {
        at += 1
      }
    }
    guard at < bytes.count else {
      isCut = true
      return nil
    }
    var heap = ByteHeap(capacity: at - start)
    heap.append(bytes.span.extracting(start..<at))
    let count = heap.sqlUnescape(at: 0, count: at - start, family, backslashes: backslashes)
    at += 1
    return Array(heap.span(at: 0, count: count))
  }
}
