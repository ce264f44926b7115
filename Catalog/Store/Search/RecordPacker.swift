package import Bytes
package import CatalogModel
package import Records

// A record in the index is the values that can be searched, one after the other:
//
//   varint(ordinal of the column × 2 + 1 if JSON)  varint(count)  bytes   …
//
// Numbers are their digits, booleans `true` and `false`, bytes hexadecimal. Null, missing and secret values are left out.

/// Turns records into what the index stores of them, one record at a time and without allocating.
package struct RecordPacker: ~Copyable {
  /// The record's values.
  package private(set) var cells = ByteHeap(capacity: 4096)
  /// The words of all values, folded and with spaces between them.
  package private(set) var words = ByteHeap(capacity: 4096)
  /// The primary key's values with commas between them; empty when there is none that may be shown.
  package private(set) var key = ByteHeap(capacity: 256)
  /// Values met so far that are held outside the batch, or are long binary data, be it as base64.
  package private(set) var unsearchableCount: Int64 = 0

  private var scratch = ByteHeap(capacity: 256)
  private let isSearchable: [Bool]
  private let keyColumns: [Int]

  /// Binary values above this many bytes are not indexed, nor values with so many letters of base64 on end: files in disguise.
  package static let binaryLimit = 1024

  package init(_ table: CatalogTable, _ indexing: Indexing) {
    let ordinals = table.primaryKey.map { name in table.columns.firstIndex { $0.name == name } ?? -1 }
    let isShowable = !ordinals.isEmpty && ordinals.allSatisfy { $0 >= 0 && !table.columns[$0].isSecret }
    keyColumns = isShowable ? ordinals : []
    isSearchable = table.columns.enumerated().map { i, column in
      !column.isSecret && (indexing == .full || (indexing == .keys && ordinals.contains(i)))
    }
  }

  /// Number of columns a batch has to have.
  package var columnCount: Int { isSearchable.count }

  /// Packs a record.
  package mutating func pack(row: Int, of batch: borrowing RecordBatch) {
    cells.removeAll()
    words.removeAll()
    key.removeAll()
    for column in isSearchable.indices where isSearchable[column] { pack(batch[row, column], column, batch) }
    for (i, column) in keyColumns.enumerated() {
      let cell = batch[row, column]
      guard !cell.isAbsent, cell.kind != .external else { return key.removeAll() }
      if i > 0 { key.append(UInt8(ascii: ",")) }
      Self.append(cell, batch, to: &key)
    }
  }

  /// Packs a document as a record of one value.
  package mutating func pack(document: Document) {
    cells.removeAll()
    words.removeAll()
    key.removeAll()
    Self.append(header: 0, document.text.span, to: &cells)
    Self.appendWords(of: document.text.span, to: &words)
  }

  private mutating func pack(_ cell: Cell, _ column: Int, _ batch: borrowing RecordBatch) {
    switch cell.kind {
    case .null, .missing: return
    case .external: return unsearchableCount += 1
    case .text where cell.count > Self.binaryLimit && Self.holdsFile(batch.bytes(of: cell)),
      .json where cell.count > Self.binaryLimit && Self.holdsFile(batch.bytes(of: cell)):
      unsearchableCount += 1
    case .text, .number:
      Self.append(header: column << 1, batch.bytes(of: cell), to: &cells)
      Self.appendWords(of: batch.bytes(of: cell), to: &words)
    case .json:
      Self.append(header: column << 1 | 1, batch.bytes(of: cell), to: &cells)
      scratch.removeAll()
      appendUnescapedJSON(batch.bytes(of: cell), to: &scratch)
      Self.appendWords(of: scratch, to: &words)
    case .bytes:
      if cell.count > Self.binaryLimit { return unsearchableCount += 1 }
      fallthrough
    case .boolean, .integer, .double:
      scratch.removeAll()
      Self.append(cell, batch, to: &scratch)
      Self.append(header: column << 1, scratch, to: &cells)
      Self.appendWords(of: scratch, to: &words)
    }
  }

  /// Whether a text has a run of letters of base64 that no word and no token is as long as.
  package static func holdsFile(_ text: Span<UInt8>) -> Bool {
    var at = 0
    while at + binaryLimit <= text.count {
      let run = base64LetterCount(text.extracting(at..<text.count))
      if run >= binaryLimit, isMixed(text.extracting(at..<(at + binaryLimit))) { return true }
      at += run + 1
    }
    return false
  }

  /// Whether capitals, small letters and digits occur.
  private static func isMixed(_ text: Span<UInt8>) -> Bool {
    var hasCapital = false, hasSmall = false, hasDigit = false
    for i in text.indices {
      let byte = text[i]
      if byte >= UInt8(ascii: "a") {
        hasSmall = true
      } else if byte >= UInt8(ascii: "A") {
        hasCapital = true
      } else {
        hasDigit = true
      }
    }
    return hasCapital && hasSmall && hasDigit
  }

  /// The store's own splitter knows ASCII: only other text has to be folded for it.
  private static func appendWords(of text: Span<UInt8>, to words: inout ByteHeap) {
    guard isASCII(text) else { return Folding.appendWords(of: text, to: &words) }
    words.append(text)
    words.append(0x20)
  }

  private static func appendWords(of text: borrowing ByteHeap, to words: inout ByteHeap) {
    appendWords(of: text.span, to: &words)
  }

  private static func append(header: Int, _ bytes: Span<UInt8>, to cells: inout ByteHeap) {
    appendVarint(UInt64(header), to: &cells)
    appendVarint(UInt64(bytes.count), to: &cells)
    cells.append(bytes)
  }

  private static func append(header: Int, _ bytes: borrowing ByteHeap, to cells: inout ByteHeap) {
    append(header: header, bytes.span, to: &cells)
  }

  /// Appends a value as people write it.
  private static func append(_ cell: Cell, _ batch: borrowing RecordBatch, to heap: inout ByteHeap) {
    switch cell.kind {
    case .null, .missing, .external: break
    case .text, .number, .json: heap.append(batch.bytes(of: cell))
    case .boolean: appendASCII(cell.boolean ? "true" : "false", to: &heap)
    case .integer: appendDecimal(cell.integer, to: &heap)
    case .double: for byte in cell.double.description.utf8 { heap.append(byte) }
    case .bytes:
      let bytes = batch.bytes(of: cell)
      heap.append(atMost: bytes.count * 2) { output in
        for i in bytes.indices {
          output.append(hexDigit(bytes[i] >> 4))
          output.append(hexDigit(bytes[i] & 15))
        }
      }
    }
  }

  /// Rebuilds the words from a record's stored values, as they were given to the index.
  package mutating func unpackWords(_ stored: Span<UInt8>) {
    words.removeAll()
    var at = 0
    while let cell = PackedCell(stored, at: &at) {
      let text = stored.extracting(cell.range)
      if cell.isJSON {
        scratch.removeAll()
        appendUnescapedJSON(text, to: &scratch)
        Self.appendWords(of: scratch, to: &words)
      } else {
        Self.appendWords(of: text, to: &words)
      }
    }
  }
}

/// A value of a packed record.
struct PackedCell {
  let column: Int
  let isJSON: Bool
  /// Where its bytes are.
  let range: Range<Int>

  /// Reads the value at an offset and advances it; nil at the end or where the bytes make no sense.
  init?(_ stored: Span<UInt8>, at offset: inout Int) {
    guard offset < stored.count, let header = varint(stored, at: &offset), let count = varint(stored, at: &offset),
      header < 1 << 32, count <= UInt64(stored.count - offset)
    else { return nil }
    column = Int(header >> 1)
    isJSON = header & 1 != 0
    range = offset..<(offset + Int(count))
    offset = range.upperBound
  }
}

private func varint(_ bytes: Span<UInt8>, at offset: inout Int) -> UInt64? {
  var value: UInt64 = 0
  var shift: UInt64 = 0
  while offset < bytes.count, shift < 63 {
    let byte = bytes[offset]
    offset += 1
    value |= UInt64(byte & 0x7F) << shift
    if byte < 0x80 { return value }
    shift += 7
  }
  return nil
}

private func appendVarint(_ value: UInt64, to heap: inout ByteHeap) {
  var rest = value
  while rest >= 0x80 {
    heap.append(UInt8(rest & 0x7F) | 0x80)
    rest >>= 7
  }
  heap.append(UInt8(rest))
}

private func appendASCII(_ text: StaticString, to heap: inout ByteHeap) {
  for byte in text.description.utf8 { heap.append(byte) }
}

/// Appends a number by its digits, without a text of its own.
package func appendDecimal(_ value: Int64, to heap: inout ByteHeap) {
  heap.append(atMost: 20) { output in
    if value < 0 { output.append(UInt8(ascii: "-")) }
    var unit: UInt64 = 1
    let magnitude = value.magnitude
    while magnitude / unit >= 10 { unit *= 10 }
    while unit > 0 {
      output.append(UInt8(ascii: "0") + UInt8(magnitude / unit % 10))
      unit /= 10
    }
  }
}
