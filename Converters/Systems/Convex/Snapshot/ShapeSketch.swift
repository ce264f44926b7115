internal import Bytes
internal import Conversion
internal import Records

/// The shape of the nested values of some columns, found in their first documents and written as Convex writes shapes.
struct ShapeSketch: Sendable {
  private struct Kinds: OptionSet {
    let rawValue: UInt16
    static let null = Kinds(rawValue: 1)
    static let boolean = Kinds(rawValue: 2)
    static let int64 = Kinds(rawValue: 4)
    static let float64 = Kinds(rawValue: 8)
    static let string = Kinds(rawValue: 16)
    static let bytes = Kinds(rawValue: 32)
    static let array = Kinds(rawValue: 64)
    static let object = Kinds(rawValue: 128)
    /// Not looked at any further.
    static let unknown = Kinds(rawValue: 256)
  }
  private struct Node {
    var kinds: Kinds = []
    var objectCount = 0
    var fields: [Name: (node: Int, count: Int)] = [:]
    /// Of an array's elements, or of all values of a record; -1 before the first.
    var element = -1, value = -1
  }
  private var nodes: [Node] = []
  private var columns: [Name: Int] = [:]
  private var left = Self.documentLimit

  /// Documents that are looked at, nodes of all shapes, fields of an object and depth.
  private static let documentLimit = 500, nodeLimit = 4096, fieldLimit = 64, depthLimit = 16

  /// Takes the nested values of a batch.
  mutating func add(_ batch: borrowing RecordBatch, _ run: TableSchema) {
    let rows = min(left, batch.rowCount)
    guard rows > 0 else { return }
    left -= rows
    for (column, schema) in run.columns.enumerated() {
      for row in 0..<rows where batch[row, column].kind == .json {
        guard let node = columns[schema.name] ?? make() else { return }
        columns[schema.name] = node
        var at = batch[row, column].offset
        value(batch.heap, &at, at + batch[row, column].count, node, depth: 0)
      }
    }
  }

  private mutating func make() -> Int? {
    guard nodes.count < Self.nodeLimit else { return nil }
    nodes.append(Node())
    return nodes.count - 1
  }

  /// Takes the value at `at`, which then lies behind it; a value that is not looked into is passed over.
  private mutating func value(
    _ heap: borrowing ByteHeap, _ at: inout Int, _ end: Int, _ node: Int?, depth: Int
  ) {
    at = heap.jsonSpace(from: at)
    guard at < end else { return }
    guard let node, depth < Self.depthLimit else {
      if let node { nodes[node].kinds.insert(.unknown) }
      return pass(heap, &at)
    }
    switch heap[at] {
    case UInt8(ascii: "n"): nodes[node].kinds.insert(.null)
    case UInt8(ascii: "t"), UInt8(ascii: "f"): nodes[node].kinds.insert(.boolean)
    case UInt8(ascii: "\""): nodes[node].kinds.insert(.string)
    case UInt8(ascii: "["): return array(heap, &at, end, node, depth: depth)
    case UInt8(ascii: "{"): return object(heap, &at, end, node, depth: depth)
    default:
      let stop = heap.jsonWordEnd(from: at, to: end)
      var isFloat = false
      for place in at..<stop where ".eE".utf8.contains(heap[place]) { isFloat = true }
      nodes[node].kinds.insert(isFloat ? .float64 : .int64)
    }
    pass(heap, &at)
  }

  private func pass(_ heap: borrowing ByteHeap, _ at: inout Int) {
    var walk = JSONWalk(python: false)
    if heap.jsonWalk(&walk, at: &at, isLast: true) != .done { at = heap.count }
  }

  private mutating func array(_ heap: borrowing ByteHeap, _ at: inout Int, _ end: Int, _ node: Int, depth: Int) {
    nodes[node].kinds.insert(.array)
    at = heap.jsonSpace(from: at + 1)
    while at < end, heap[at] != UInt8(ascii: "]") {
      if nodes[node].element < 0 { nodes[node].element = make() ?? -1 }
      let element = nodes[node].element
      value(heap, &at, end, element < 0 ? nil : element, depth: depth + 1)
      at = heap.jsonSpace(from: min(at, heap.count))
      if at < end, heap[at] == UInt8(ascii: ",") { at = heap.jsonSpace(from: at + 1) }
    }
    at = min(at + 1, heap.count)
  }

  private mutating func object(_ heap: borrowing ByteHeap, _ at: inout Int, _ end: Int, _ node: Int, depth: Int) {
    if let tag = tag(heap, at, end) {
      nodes[node].kinds.insert(tag)
      return pass(heap, &at)
    }
    nodes[node].kinds.insert(.object)
    nodes[node].objectCount += 1
    at = heap.jsonSpace(from: at + 1)
    while at < end, heap[at] == UInt8(ascii: "\"") {
      var flags: UInt32 = 0
      let start = at + 1, close = heap.jsonStringEnd(at: start, flags: &flags)
      let field = field(Name(heap.span(at: start, count: close - start)), of: node)
      at = heap.jsonSpace(from: close + 1) + 1
      guard at < end else { return }
      value(heap, &at, end, field, depth: depth + 1)
      at = heap.jsonSpace(from: min(at, heap.count))
      if at < end, heap[at] == UInt8(ascii: ",") { at = heap.jsonSpace(from: at + 1) }
    }
    at = min(at + 1, heap.count)
  }

  /// What an object with one key that begins with `$` stands for.
  private func tag(_ heap: borrowing ByteHeap, _ at: Int, _ end: Int) -> Kinds? {
    let key = heap.jsonSpace(from: at + 1)
    guard key < end, heap.matches("\"$", at: key) else { return nil }
    if heap.matches("\"$bytes\"", at: key) { return .bytes }
    if heap.matches("\"$float\"", at: key) { return .float64 }
    return heap.matches("\"$integer\"", at: key) ? .int64 : nil
  }

  /// The node of a field; that of all values when the object has keys like a dictionary.
  private mutating func field(_ name: Name, of node: Int) -> Int? {
    if let known = nodes[node].fields[name] {
      nodes[node].fields[name] = (known.node, known.count + 1)
      return known.node
    }
    if nodes[node].value < 0, nodes[node].fields.count < Self.fieldLimit, Self.isIdentifier(name) {
      guard let made = make() else { return nil }
      nodes[node].fields[name] = (made, 1)
      return made
    }
    if nodes[node].value < 0 { nodes[node].value = make() ?? -1 }
    return nodes[node].value < 0 ? nil : nodes[node].value
  }

  private static func isIdentifier(_ name: Name) -> Bool {
    guard let first = name.bytes.first, !isDigit(first), name.bytes.count <= 128 else { return false }
    return name.bytes.allSatisfy { byte in
      isDigit(byte) || byte == UInt8(ascii: "_")
        || asciiLower(byte) >= UInt8(ascii: "a") && asciiLower(byte) <= UInt8(ascii: "z")
    }
  }

  // MARK: Text

  /// The shape of a column's nested values; nil when it has none.
  func text(of column: Name) -> [UInt8]? { columns[column].map { text($0) } }

  private func text(_ index: Int) -> [UInt8] {
    guard index >= 0 else { return Array("never".utf8) }
    let node = nodes[index]
    let words: [(Kinds, String)] = [
      (.null, "null"), (.int64, "int64"), (.float64, "float64"), (.boolean, "boolean"), (.string, "string"),
      (.bytes, "bytes"), (.unknown, "unknown"),
    ]
    var parts = words.filter { node.kinds.contains($0.0) }.map { Array($0.1.utf8) }
    if node.kinds.contains(.array) { parts.append(Array("array<".utf8) + text(node.element) + Array(">".utf8)) }
    if node.kinds.contains(.object) { parts.append(object(node)) }
    return Array(parts.joined(separator: Array(" | ".utf8)))
  }

  private func object(_ node: Node) -> [UInt8] {
    if node.value >= 0 { return Array("record<string, ".utf8) + text(node.value) + Array(">".utf8) }
    let fields = node.fields.sorted { $0.key < $1.key }.map { name, field in
      Array("\"".utf8) + name.bytes + Array((field.count < node.objectCount ? "\"?: " : "\": ").utf8) + text(field.node)
    }
    return Array("{".utf8) + Array(fields.joined(separator: Array(", ".utf8))) + Array("}".utf8)
  }
}
