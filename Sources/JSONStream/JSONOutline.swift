package import Bytes

/// What the first bytes of a JSON text show of its make-up; the text may end anywhere.
package struct JSONOutline {
  /// A key and what stands behind it.
  package struct Member {
    package var key: Name
    package var value: Value
    /// Content of a string, digits of a number.
    package var text: [UInt8] = []
    /// Of an array of objects the first one's members; of an object its own.
    package var members: [Member] = []

    /// The member of a key.
    package subscript(_ key: Name) -> Member? { members.first { $0.key == key } }
  }
  package enum Value { case scalar, text, array, object, cut }

  /// Whether the text is an array.
  package private(set) var isArray = false
  /// Members of the object, or of the array's first object.
  package private(set) var members: [Member] = []
  /// Whether an object ends on the line it begins and another follows on the next.
  package private(set) var isLines = false

  private let bytes: [UInt8]
  private var at = 0

  /// Looks at a text from its first bracket or brace on; nil when it begins with anything else.
  package init?(_ head: [UInt8]) {
    bytes = head
    skipSpace()
    guard at < bytes.count else { return nil }
    switch bytes[at] {
    case UInt8(ascii: "["):
      isArray = true
      at += 1
      skipSpace()
      if at < bytes.count, bytes[at] == UInt8(ascii: "{") { members = object(depth: 2) }
    case UInt8(ascii: "{"):
      members = object(depth: 3)
      // A second object behind the first is another line.
      if at < bytes.count, let feed = bytes[at...].firstIndex(of: UInt8(ascii: "\n")) {
        at = feed
        skipSpace()
        isLines = at < bytes.count && bytes[at] == UInt8(ascii: "{")
      }
    default: return nil
    }
  }

  package subscript(_ key: Name) -> Member? { members.first { $0.key == key } }

  /// Members of the object at `at`, which ends behind it; values of objects and arrays are looked into down to `depth`.
  private mutating func object(depth: Int) -> [Member] {
    var members: [Member] = []
    at += 1
    while true {
      skipSpace()
      if at < bytes.count, bytes[at] == UInt8(ascii: ",") {
        at += 1
        skipSpace()
      }
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\""), let key = string() else {
        if at < bytes.count, bytes[at] == UInt8(ascii: "}") { at += 1 } else { at = bytes.count }
        return members
      }
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return members }
      at += 1
      members.append(member(Name(key), depth: depth))
      if members.count == 4096 { return members }
    }
  }

  private mutating func member(_ key: Name, depth: Int) -> Member {
    skipSpace()
    guard at < bytes.count else { return Member(key: key, value: .cut) }
    switch bytes[at] {
    case UInt8(ascii: "\""):
      guard let text = string() else { return Member(key: key, value: .cut) }
      return Member(key: key, value: .text, text: text)
    case UInt8(ascii: "{"):
      if depth > 1 { return Member(key: key, value: .object, members: object(depth: depth - 1)) }
      skipNested()
      return Member(key: key, value: .object)
    case UInt8(ascii: "["):
      let start = at
      var first: [Member] = []
      if depth > 1 {
        at += 1
        skipSpace()
        if at < bytes.count, bytes[at] == UInt8(ascii: "{") { first = object(depth: 1) }
        at = start
      }
      skipNested()
      return Member(key: key, value: .array, members: first)
    default:
      let start = at
      while at < bytes.count, ![UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains(bytes[at]) { at += 1 }
      return Member(key: key, value: .scalar, text: Array(bytes[start..<at]))
    }
  }

  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] <= UInt8(ascii: " ") { at += 1 }
  }

  /// The content of the string at `at`, escapes as they are; nil when it is cut off.
  private mutating func string() -> [UInt8]? {
    let start = at + 1
    at = start
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
    guard at < bytes.count else {
      at = bytes.count
      return nil
    }
    at += 1
    return Array(bytes[start..<(at - 1)])
  }

  private mutating func skipNested() {
    var depth = 0
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        if string() == nil { return }
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
      at += 1
      if depth == 0 { return }
    }
  }
}
