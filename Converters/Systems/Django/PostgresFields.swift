internal import Bytes
internal import Records

/// What becomes of the JSON within texts that Django's fields for PostgreSQL are written as.
enum PostgresField: Sendable, Equatable {
  /// A range: `{"bounds": "[)", "lower": "1", "upper": "10"}` is `[1,10)`.
  case range
  /// Arrays within arrays, so many: the inner ones are texts that hold JSON.
  case arrays(depth: Int)

  /// Django's field classes for ranges and PostgreSQL's types for them.
  private static let ranges: [Name: String] = [
    "IntegerRangeField": "int4range", "BigIntegerRangeField": "int8range", "DecimalRangeField": "numrange",
    "DateTimeRangeField": "tstzrange", "DateRangeField": "daterange",
  ]
  /// PostgreSQL's type of ranges of a field class; nil for others.
  static func rangeType(_ className: Name) -> [UInt8]? { ranges[className].map { Array($0.utf8) } }

  /// The value that a text stands for; nil when it is none.
  func value(_ text: [UInt8]) -> [UInt8]? {
    var heap = ByteHeap(capacity: text.count + 1), walk = JSONWalk(python: false), end = 0
    heap.append(text.span)
    heap.clearPadding()
    guard !text.isEmpty, heap.jsonWalk(&walk, at: &end, isLast: true) == .done, heap.jsonSpace(from: end) == text.count
    else { return nil }
    switch self {
    case .range: return Self.range(text.span)
    case .arrays(let depth): return Self.array(text.span, depth)
    }
  }

  // MARK: Ranges

  private static func range(_ text: Span<UInt8>) -> [UInt8]? {
    guard text[0] == UInt8(ascii: "{") else { return nil }
    var list = JSONList(), members: [Name: [UInt8]] = [:], bounds = Array("[)".utf8), isEmpty = false
    while let key = list.next(text) {
      guard let value = list.next(text), key.kind == .text, members.count < 4 else { return nil }
      switch (Name(unescapedText(text, key)), value.kind) {
      case ("bounds", .text): bounds = unescapedText(text, value)
      case ("empty", .boolean): isEmpty = text[value.range.lowerBound] == UInt8(ascii: "t")
      case ("lower", .text), ("upper", .text), ("lower", .number), ("upper", .number):
        members[Name(unescapedText(text, key))] = unescapedText(text, value)
      case ("lower", .null), ("upper", .null): break
      default: return nil
      }
    }
    if isEmpty { return Array("empty".utf8) }
    guard bounds.count == 2, [UInt8(ascii: "["), UInt8(ascii: "(")].contains(bounds[0]),
      [UInt8(ascii: "]"), UInt8(ascii: ")")].contains(bounds[1])
    else { return nil }
    let lower = members["lower"], upper = members["upper"]
    // What has no bound does not include it.
    var made = [lower == nil ? UInt8(ascii: "(") : bounds[0]]
    if let lower { made += bound(lower) }
    made.append(UInt8(ascii: ","))
    if let upper { made += bound(upper) }
    return made + [upper == nil ? UInt8(ascii: ")") : bounds[1]]
  }

  /// A bound as PostgreSQL prints it: moments in UTC, quotes where they are needed.
  private static func bound(_ text: [UInt8]) -> [UInt8] {
    var text = text
    if let date = DateText(text.span), date.kind == .timestamptz {
      text = Array(rfc3339(microseconds: date.microseconds).utf8).dropLast()
      if text.count > 10 { text[10] = UInt8(ascii: " ") }
      if text.contains(UInt8(ascii: ".")) { while text.last == UInt8(ascii: "0") { text.removeLast() } }
      text += Array("+00".utf8)
    }
    let special = Array("()[],\"\\ ".utf8)
    guard text.isEmpty || text.contains(where: { special.contains($0) }) else { return text }
    var quoted = [UInt8(ascii: "\"")]
    for byte in text {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { quoted.append(byte) }
      quoted.append(byte)
    }
    return quoted + [UInt8(ascii: "\"")]
  }

  // MARK: Arrays

  private static func array(_ text: Span<UInt8>, _ depth: Int) -> [UInt8]? {
    guard text[0] == UInt8(ascii: "[") else { return nil }
    guard depth > 1 else { return Array(text) }
    var list = JSONList(), made = [UInt8(ascii: "[")]
    while let element = list.next(text) {
      if made.count > 1 { made.append(UInt8(ascii: ",")) }
      switch element.kind {
      case .null: made += Array("null".utf8)
      case .text:
        guard let inner = PostgresField.arrays(depth: depth - 1).value(unescapedText(text, element)) else { return nil }
        made += inner
      case .array:
        guard let inner = array(text.extracting(element.range), depth - 1) else { return nil }
        made += inner
      default: return nil
      }
    }
    return made + [UInt8(ascii: "]")]
  }
}

extension RecordBatch {
  /// Gives the texts of a column the values they stand for; what stands for none stays.
  mutating func undo(_ field: PostgresField, column: Int) {
    for row in 0..<rowCount {
      let at = row * columnCount + column, cell = cells[at]
      guard cell.kind == .text, let value = field.value(Array(bytes(of: cell))) else { continue }
      cells[at] = self.cell(field == .range ? .text : .json, value.span)
    }
  }
}
