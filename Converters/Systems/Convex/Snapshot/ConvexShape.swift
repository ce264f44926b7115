internal import Bytes

/// The shape that the server found in the documents of a table, as exports of the legacy generation state it.
///
///     shape  = one or more of these, with ` | ` between
///     unit   = never null int64 float64 -inf inf -0 NaN normalfloat64 boolean field_name string bytes unknown
///              "literal"  id<10001>  array<shape>  set<shape>  record<shape, shape>  map<shape, shape>
///              { "field": shape, "field"?: shape }
struct ConvexShape: Sendable {
  /// What a place in the shape allows. Children lie before their parents.
  enum Node: Sendable, Equatable {
    case int64, infinity, notANumber, bytes, text, unknown
    /// What is spelled like no other: null, booleans, finite numbers.
    case plain
    case array(Int)
    case record(Int)
    case object([Field])
    case union([Int])
  }
  struct Field: Sendable, Equatable {
    var name: Name
    var shape: Int
  }

  private(set) var nodes: [Node] = []
  /// Where each node stands in the text.
  private(set) var ranges: [Range<Int>] = []
  /// Whether texts below a node may stand for something else.
  private(set) var mayChange: [Bool] = []
  private(set) var root = 0
  let text: [UInt8]

  /// Most nodes, and deepest level, of a shape that is understood.
  static let nodeLimit = 1 << 16, depthLimit = 128

  /// Reads a shape; nil when the text is none.
  init?(_ text: [UInt8]) {
    self.text = text
    var at = 0
    guard let root = union(&at, depth: 0), at == text.count else { return nil }
    self.root = root
  }

  private mutating func add(_ node: Node, _ range: Range<Int>) -> Int? {
    guard nodes.count < Self.nodeLimit else { return nil }
    let changes =
      switch node {
      case .int64, .infinity, .bytes: true
      case .notANumber, .text, .unknown, .plain: false
      case .array(let child), .record(let child): mayChange[child]
      case .object(let fields): fields.contains { mayChange[$0.shape] }
      case .union(let members): members.contains { mayChange[$0] }
      }
    nodes.append(node)
    ranges.append(range)
    mayChange.append(changes)
    return nodes.count - 1
  }

  /// Places of the shape as text.
  func text(of places: [Int], literals: Bool) -> [UInt8] {
    var parts: [[UInt8]] = []
    for place in places {
      let part = text(of: place, literals: literals)
      if !parts.contains(part) { parts.append(part) }
    }
    return Array(parts.joined(separator: Array(" | ".utf8)))
  }

  private func text(of place: Int, literals: Bool) -> [UInt8] {
    let written = Array(text[ranges[place]])
    if literals { return written }
    switch nodes[place] {
    case .text: return written.first == UInt8(ascii: "\"") ? Array("string".utf8) : written
    case .array(let element): return Array("array<".utf8) + text(of: element, literals: false) + Array(">".utf8)
    case .record(let value): return Array("record<string, ".utf8) + text(of: value, literals: false) + Array(">".utf8)
    case .union(let members): return text(of: members, literals: false)
    case .object(let fields):
      let parts = fields.map { field in
        Array("\"".utf8) + field.name.bytes + Array("\": ".utf8) + text(of: field.shape, literals: false)
      }
      return Array("{".utf8) + Array(parts.joined(separator: Array(", ".utf8))) + Array("}".utf8)
    default: return written
    }
  }

  // MARK: Grammar

  private func has(_ word: StaticString, _ at: Int) -> Bool {
    text.count - at >= word.utf8CodeUnitCount
      && word.withUTF8Buffer { letters in letters.indices.allSatisfy { unsafe letters[$0] == text[at + $0] } }
  }

  private func skip(_ word: StaticString, _ at: inout Int) -> Bool {
    guard has(word, at) else { return false }
    at += word.utf8CodeUnitCount
    return true
  }

  private mutating func union(_ at: inout Int, depth: Int) -> Int? {
    guard depth < Self.depthLimit else { return nil }
    let start = at
    guard let first = unit(&at, depth: depth) else { return nil }
    var members = [first]
    while skip(" | ", &at) {
      guard let next = unit(&at, depth: depth) else { return nil }
      members.append(next)
    }
    return members.count == 1 ? first : add(.union(members), start..<at)
  }

  private mutating func unit(_ at: inout Int, depth: Int) -> Int? {
    guard at < text.count else { return nil }
    let start = at
    if text[at] == UInt8(ascii: "\"") { return quoted(&at) == nil ? nil : add(.text, start..<at) }
    if text[at] == UInt8(ascii: "{") { return object(&at, depth: depth) }
    while at < text.count, isWordPart(text[at]) { at += 1 }
    let word = Name(Array(text[start..<at]))
    guard skip("<", &at) else { return Self.units[word].flatMap { add($0, start..<at) } }
    var parts: [Int] = []
    if word == "id" {
      let digits = at
      while at < text.count, isDigit(text[at]) { at += 1 }
      guard at > digits, skip(">", &at) else { return nil }
      return add(.text, start..<at)
    }
    repeat {
      guard let part = union(&at, depth: depth + 1) else { return nil }
      parts.append(part)
    } while skip(", ", &at)
    guard skip(">", &at) else { return nil }
    switch (word, parts.count) {
    case ("array", 1): return add(.array(parts[0]), start..<at)
    case ("record", 2): return add(.record(parts[1]), start..<at)
    // Sets and maps stand as the server's internal JSON does, in which nothing is left to be found out.
    case ("set", 1), ("map", 2): return add(.plain, start..<at)
    default: return nil
    }
  }

  private mutating func object(_ at: inout Int, depth: Int) -> Int? {
    let start = at
    var fields: [Field] = []
    at += 1
    if skip("}", &at) { return add(.object([]), start..<at) }
    repeat {
      guard let name = quoted(&at) else { return nil }
      _ = skip("?", &at)
      guard skip(": ", &at), let shape = union(&at, depth: depth + 1) else { return nil }
      fields.append(Field(name: name, shape: shape))
    } while skip(", ", &at)
    guard skip("}", &at) else { return nil }
    return add(.object(fields), start..<at)
  }

  /// What stands in quotes; names need no escapes.
  private func quoted(_ at: inout Int) -> Name? {
    guard skip("\"", &at), let close = text[at...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    defer { at = close + 1 }
    return Name(Array(text[at..<close]))
  }

  private func isWordPart(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "-")
  }

  private static let units: [Name: Node] = [
    "never": .plain, "null": .plain, "boolean": .plain, "normalfloat64": .plain, "-0": .plain, "int64": .int64,
    "inf": .infinity, "-inf": .infinity, "float64": .notANumber, "NaN": .notANumber, "bytes": .bytes,
    "field_name": .text, "string": .text, "unknown": .unknown,
  ]
}
