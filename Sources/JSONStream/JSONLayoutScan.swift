internal import Bytes
internal import Records

/// Finds the layout of a record that has been parsed, so that those like it need not be.
///
/// Only the record's shape is looked at: whoever calls this knows that the record is well formed.
struct JSONLayoutScan {
  private var literals: [[UInt8]] = []
  private var columns: [Int] = []
  private var required = 1
  /// Where the literal at hand begins.
  private var start: Int
  private var at: Int
  private let python: Bool

  /// The layout of the record at `record`, before which the record before it ends at `end`; nil when it has none that others
  /// are likely to share. `model` is that of a fixture object.
  static func layout(
    _ heap: borrowing ByteHeap, after end: Int, at record: Int, keys: JSONKeys, firstColumn: Int, model: Name?,
    python: Bool
  ) -> JSONLayout? {
    var scan = JSONLayoutScan(start: end, at: record + 1, python: python)
    guard heap[record] == UInt8(ascii: "{") else { return nil }
    let isRegular =
      model.map { scan.fixture(heap, model: $0, keys, firstColumn) } ?? scan.members(heap, keys, firstColumn)
    guard isRegular, !scan.columns.isEmpty, Set(scan.columns).count == scan.columns.count else { return nil }
    scan.endLiteral(heap)
    return JSONLayout(
      literals: scan.literals, columns: scan.columns, required: scan.required, width: firstColumn + keys.count,
      limit: JSONRecordReader.largeValue)
  }

  private init(start: Int, at: Int, python: Bool) {
    self.start = start
    self.at = at
    self.python = python
  }

  private mutating func endLiteral(_ heap: borrowing ByteHeap) {
    literals.append(Array(heap.span(at: start, count: at - start)))
  }

  /// Ends the literal at hand and steps over the value behind it.
  private mutating func value(_ heap: borrowing ByteHeap, column: Int) -> Bool {
    endLiteral(heap)
    columns.append(column)
    var walk = JSONWalk(python: python)
    guard heap.jsonWalk(&walk, at: &at, isLast: true) == .done else { return false }
    start = at
    return true
  }

  /// Steps over white space; the byte behind it.
  private mutating func next(_ heap: borrowing ByteHeap) -> UInt8 {
    at = heap.jsonSpace(from: at)
    return at < heap.count ? heap[at] : 0
  }

  /// Steps over a key without escapes, and its colon, to the value; the key's range.
  private mutating func key(_ heap: borrowing ByteHeap) -> Range<Int>? {
    guard next(heap) == UInt8(ascii: "\"") else { return nil }
    var flags: UInt32 = 0
    let close = heap.jsonStringEnd(at: at + 1, flags: &flags), range = (at + 1)..<close
    guard flags == 0, close < heap.count else { return nil }
    at = close + 1
    guard next(heap) == UInt8(ascii: ":") else { return nil }
    at += 1
    _ = next(heap)
    return range
  }

  /// The members of an object, from behind its brace to behind the closing one.
  private mutating func members(_ heap: borrowing ByteHeap, _ keys: JSONKeys, _ firstColumn: Int) -> Bool {
    if next(heap) == UInt8(ascii: "}") {
      at += 1
      return true
    }
    while true {
      guard let key = key(heap) else { return false }
      let column = keys.index(heap, at: key.lowerBound, count: key.count)
      guard column >= 0, value(heap, column: firstColumn + column) else { return false }
      let byte = next(heap)
      at += 1
      if byte == UInt8(ascii: "}") { return true }
      guard byte == UInt8(ascii: ",") else { return false }
    }
  }

  /// A fixture object with nothing but `model`, `pk` if there is one, and `fields`, in this order.
  private mutating func fixture(
    _ heap: borrowing ByteHeap, model: Name, _ keys: JSONKeys, _ firstColumn: Int
  ) -> Bool {
    guard let first = key(heap), heap.span(at: first.lowerBound, count: first.count) == "model" else { return false }
    var flags: UInt32 = 0
    at = heap.jsonStringEnd(at: at + 1, flags: &flags) + 1
    guard next(heap) == UInt8(ascii: ",") else { return false }
    at += 1
    guard var name = key(heap) else { return false }
    if heap.span(at: name.lowerBound, count: name.count) == "pk" {
      guard value(heap, column: 0), next(heap) == UInt8(ascii: ",") else { return false }
      at += 1
      guard let second = key(heap) else { return false }
      name = second
      // The literal up to the first field opens the object of the fields.
      required = 2
    }
    guard heap.span(at: name.lowerBound, count: name.count) == "fields", next(heap) == UInt8(ascii: "{") else {
      return false
    }
    at += 1
    guard members(heap, keys, firstColumn), next(heap) == UInt8(ascii: "}") else { return false }
    at += 1
    return true
  }
}

private func == (bytes: Span<UInt8>, word: StaticString) -> Bool {
  guard bytes.count == word.utf8CodeUnitCount else { return false }
  return word.withUTF8Buffer { text in bytes.indices.allSatisfy { unsafe text[$0] == bytes[$0] } }
}
