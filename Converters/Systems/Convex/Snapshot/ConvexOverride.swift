internal import Bytes

/// What the values of one document of the legacy generation stand for where its table's shape does not tell.
indirect enum ConvexOverride: Sendable, Equatable {
  case infer, int64, infinity, bytes
  /// A NaN with these bits.
  case notANumber(UInt64)
  case array([ConvexOverride])
  /// Fields in order of their names.
  case object([Field])

  struct Field: Sendable, Equatable {
    var name: Name
    var value: ConvexOverride
  }

  func field(_ name: Span<UInt8>) -> ConvexOverride {
    guard case .object(let fields) = self else { return .infer }
    return place(of: name, among: fields.count) { fields[$0].name }.map { fields[$0].value } ?? .infer
  }
}

/// All overrides of a table, by the hash of the document's id.
struct ConvexOverrides: Sendable {
  private(set) var documents: [Hash128: ConvexOverride] = [:]
  /// Overrides that may be kept in memory, and how deep they may be nested.
  static let limit = 1 << 21, depthLimit = 128
  private var count = 0

  /// Reads lines of the form `{"id": override}`; nil when one is none or when there are too many.
  init?(_ text: ArraySlice<UInt8>) {
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let line = trimmed(line)
      if line.isEmpty { continue }
      var heap = ByteHeap(capacity: line.count)
      heap.append(Array(line).span)
      heap.clearPadding()
      var at = 0
      guard case .object(let fields) = value(heap, &at, depth: 0), fields.count == 1,
        heap.jsonSpace(from: at) == heap.count
      else { return nil }
      let id = fields[0].name.bytes
      documents[.of(id.span, seed: 0)] = fields[0].value
    }
  }

  private mutating func value(_ heap: borrowing ByteHeap, _ at: inout Int, depth: Int) -> ConvexOverride? {
    count += 1
    at = heap.jsonSpace(from: at)
    guard at < heap.count, depth < Self.depthLimit, count <= Self.limit else { return nil }
    switch heap[at] {
    case UInt8(ascii: "\""):
      guard let word = jsonText(heap, &at) else { return nil }
      return Self.words[Name(word)]
    case UInt8(ascii: "["): return array(heap, &at, depth: depth)
    case UInt8(ascii: "{"): return object(heap, &at, depth: depth)
    default: return nil
    }
  }

  private static let words: [Name: ConvexOverride] = [
    "infer": .infer, "int64": .int64, "float64inf": .infinity, "bytes": .bytes,
  ]

  private mutating func array(_ heap: borrowing ByteHeap, _ at: inout Int, depth: Int) -> ConvexOverride? {
    var elements: [ConvexOverride] = []
    at = heap.jsonSpace(from: at + 1)
    if at < heap.count, heap[at] == UInt8(ascii: "]") {
      at += 1
      return .array([])
    }
    while true {
      guard let element = value(heap, &at, depth: depth + 1) else { return nil }
      elements.append(element)
      guard let isLast = separator(heap, &at, close: UInt8(ascii: "]")) else { return nil }
      if isLast { return .array(elements) }
    }
  }

  private mutating func object(_ heap: borrowing ByteHeap, _ at: inout Int, depth: Int) -> ConvexOverride? {
    var fields: [ConvexOverride.Field] = []
    at = heap.jsonSpace(from: at + 1)
    if at < heap.count, heap[at] == UInt8(ascii: "}") {
      at += 1
      return .object([])
    }
    while true {
      guard at < heap.count, heap[at] == UInt8(ascii: "\""), let name = jsonText(heap, &at) else { return nil }
      at = heap.jsonSpace(from: at)
      guard at < heap.count, heap[at] == UInt8(ascii: ":") else { return nil }
      at = heap.jsonSpace(from: at + 1)
      if fields.isEmpty, name.elementsEqual("$float64NaN".utf8) {
        guard let bits = jsonText(heap, &at).flatMap({ doubleBits($0.span) }),
          separator(heap, &at, close: UInt8(ascii: "}")) == true
        else { return nil }
        return .notANumber(bits)
      }
      guard let value = value(heap, &at, depth: depth + 1) else { return nil }
      fields.append(ConvexOverride.Field(name: Name(name), value: value))
      guard let isLast = separator(heap, &at, close: UInt8(ascii: "}")) else { return nil }
      if isLast { return .object(fields.sorted { $0.name < $1.name }) }
    }
  }

  /// Steps over a comma or the closing bracket; true at the bracket, nil at anything else.
  private func separator(_ heap: borrowing ByteHeap, _ at: inout Int, close: UInt8) -> Bool? {
    at = heap.jsonSpace(from: at)
    guard at < heap.count, heap[at] == close || heap[at] == UInt8(ascii: ",") else { return nil }
    let isLast = heap[at] == close
    at = isLast ? at + 1 : heap.jsonSpace(from: at + 1)
    return isLast
  }
}

/// The bits of the double whose eight bytes, least significant first, stand in base64; nil for anything else.
func doubleBits(_ text: Span<UInt8>) -> UInt64? {
  guard text.count == 12, let bytes = decodeBase64(text), bytes.count == 8 else { return nil }
  return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
