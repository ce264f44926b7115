package import Bytes
package import Records
internal import TextSearch

/// Key under which secret values are known without being kept. It is never written into an index.
package struct SecretKey: Sendable {
  private let inner: [UInt8]
  private let outer: [UInt8]

  /// A key of at most 64 bytes.
  package init(_ key: [UInt8]) {
    precondition(key.count <= 64)
    let padded = key + [UInt8](repeating: 0, count: 64 - key.count)
    inner = padded.map { $0 ^ 0x36 }
    outer = padded.map { $0 ^ 0x5C }
  }

  /// A mark by which the key is known again, and from which nothing else follows.
  package var mark: [UInt8] { digest([UInt8]().span, table: "", column: "mark") }

  /// What the key of a row is known by.
  package func mark(of values: [[UInt8]], in table: Name) -> [UInt8] {
    var text: [UInt8] = []
    for value in values { text += (0..<4).map { UInt8(truncatingIfNeeded: value.count >> ($0 * 8)) } + value }
    return digest(text.span, table: table, column: Name([0] + Array("key".utf8)))
  }

  /// What hashes of rows are mixed with, so that they tell nobody without the key whether a guess is right.
  var rowSeed: Hash128 {
    let bytes = digest([UInt8]().span, table: "", column: "")
    func word(_ at: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[at + $1]) << UInt64($1 * 8) } }
    return Hash128(low: word(0), high: word(8))
  }

  /// HMAC-SHA-256 of a value of a column, cut to 16 bytes.
  package func digest(_ value: Span<UInt8>, table: Name, column: Name) -> [UInt8] {
    var hash = SHA256()
    hash.update(inner.span)
    for name in [table.bytes, column.bytes] {
      let count = (0..<4).map { UInt8(truncatingIfNeeded: name.count >> ($0 * 8)) }
      hash.update(count.span)
      hash.update(name.span)
    }
    hash.update(value)
    let first = hash.finish()
    var last = SHA256()
    last.update(outer.span)
    last.update(first.span)
    return Array(last.finish().prefix(16))
  }

  /// That of a cell; nil when its value is held elsewhere.
  func digest(_ cell: Cell, _ batch: borrowing RecordBatch, _ shape: RowShape, _ column: Int) -> [UInt8]? {
    let table = shape.table, name = shape.columns[column].name
    switch cell.kind {
    case .text, .number, .bytes, .json: return digest(batch.bytes(of: cell), table: table, column: name)
    case .boolean, .integer, .double:
      var heap = ByteHeap(capacity: 32)
      appendShown(cell, to: &heap)
      return digest(heap.span, table: table, column: name)
    case .null, .missing, .external: return nil
    }
  }
}

/// A value as people write it, bytes as hexadecimal digits; nil when there is none or it is held elsewhere.
package func shownValue(_ cell: Cell, of batch: borrowing RecordBatch) -> [UInt8]? {
  switch cell.kind {
  case .null, .missing, .external: return nil
  case .text, .number, .json: return Array(batch.bytes(of: cell))
  case .bytes: return Array(batch.bytes(of: cell)).flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] }
  case .boolean, .integer, .double:
    var heap = ByteHeap(capacity: 32)
    appendShown(cell, to: &heap)
    return Array(heap.span)
  }
}

/// Appends a boolean, integer or double as people write it.
func appendShown(_ cell: Cell, to heap: inout ByteHeap) {
  switch cell.kind {
  case .boolean:
    let word: StaticString = cell.boolean ? "true" : "false"
    for i in 0..<word.utf8CodeUnitCount { heap.append(word.utf8Start[i]) }
  case .integer: appendDecimal(cell.integer, to: &heap)
  case .double: for byte in cell.double.description.utf8 { heap.append(byte) }
  default: break
  }
}
