package import Bytes
internal import CIndex
package import Records
internal import TextSearch

/// Rows as they were kept, opened.
package final class RowBlock: Sendable {
  /// What became of a value.
  package enum State: Equatable, Sendable {
    case kept
    /// Known by a digest only.
    case secret
    case erased
    /// A secret without a key.
    case leftOut
    /// Too large to be kept: the value is in the backup.
    case reference
  }

  private let raw: [UInt8]
  /// Where values are in `raw`, row by row.
  private let fields: [ci_field]
  package let rowCount: Int
  package let columnCount: Int

  /// Opens what `RowBlockWriter` laid out.
  init(_ raw: [UInt8], id: PageID?) throws(IndexError) {
    var cursor = PageCursor(raw, id: id)
    let rows = try cursor.count(1 << 20), columns = try cursor.count(TableSchema.columnLimit)
    guard rows > 0, raw.count < Int(UInt32.max), rows * columns <= raw.count else { throw cursor.damaged() }
    var at = cursor.at, isRead = true
    let fields = [ci_field](unsafeUninitializedCapacity: rows * columns) { fields, count in
      raw.withUnsafeBufferPointer { raw in
        for column in 0..<columns where isRead {
          isRead = ci_block_column(raw.baseAddress!, raw.count, &at, rows, fields.baseAddress! + column, columns) != 0
        }
      }
      count = isRead ? rows * columns : 0
    }
    cursor.at = at
    guard isRead, cursor.isAtEnd else { throw cursor.damaged() }
    self.raw = raw
    self.fields = fields
    rowCount = rows
    columnCount = columns
  }

  /// What became of a value.
  package func state(_ row: Int, _ column: Int) -> State {
    switch fields[row * columnCount + column].code {
    case RowCode.secret: .secret
    case RowCode.erased: .erased
    case RowCode.leftOut: fields[row * columnCount + column].length > 0 ? .reference : .leftOut
    default: .kept
    }
  }

  /// The digest of a secret value; nil for any other.
  func secretDigest(_ row: Int, _ column: Int) -> [UInt8]? {
    let field = fields[row * columnCount + column], start = Int(field.offset)
    return field.code == RowCode.secret ? Array(raw[start..<(start + 16)]) : nil
  }

  /// What is kept of a value too large; nil for any other.
  package func reference(_ row: Int, _ column: Int) -> ValueReference? {
    let field = fields[row * columnCount + column], start = Int(field.offset)
    return field.code == RowCode.leftOut ? ValueReference(raw[start..<(start + Int(field.length))]) : nil
  }

  /// The kind of a value, as it is kept.
  func kind(_ row: Int, _ column: Int) -> UInt8 { fields[row * columnCount + column].kind }

  /// Appends a value to the three parts of a column as it is kept.
  func appendKept(
    _ row: Int, _ column: Int, _ codes: inout ByteHeap, _ extras: inout ByteHeap, _ values: inout ByteHeap
  ) {
    let field = fields[row * columnCount + column], start = Int(field.offset), bytes = raw
    codes.append(field.code)
    if field.code == RowCode.long || field.code == RowCode.leftOut { extras.append(varint: Int(field.length)) }
    if field.code == RowCode.moment { extras.append(field.format) }
    values.append(bytes.span.extracting(start..<(start + Int(field.length))))
  }

  /// Appends a row to a batch of the same width; what was not kept is missing there.
  package func append(_ row: Int, to batch: inout RecordBatch) {
    for column in 0..<columnCount { batch.cells.append(cell(row, column, &batch.heap)) }
    batch.rowCount += 1
  }

  private func cell(_ row: Int, _ column: Int, _ heap: inout ByteHeap) -> Cell {
    let field = fields[row * columnCount + column]
    let flags = Cell.Flags(rawValue: field.kind >> 4)
    switch field.code {
    case RowCode.null: return .null
    case RowCode.missing, RowCode.secret, RowCode.erased, RowCode.leftOut: return .missing
    default: break
    }
    guard let kind = Cell.Kind(rawValue: field.kind & 15) else { return .missing }
    switch kind {
    case .null, .missing, .external: return .missing
    case .boolean: return .boolean(field.length > 0 && raw[Int(field.offset)] != 0)
    case .integer: return .integer(Int64(bitPattern: word(field)))
    case .double: return .double(Double(bitPattern: word(field)))
    case .number, .text, .bytes, .json:
      let start = heap.count
      append(field, to: &heap)
      return Cell(kind, offset: start, count: heap.count - start, flags: flags)
    }
  }

  private func word(_ field: ci_field) -> UInt64 {
    guard field.length == 8 else { return 0 }
    return (0..<8).reduce(0) { $0 | UInt64(raw[Int(field.offset) + $1]) << UInt64($1 * 8) }
  }

  /// Appends the bytes of a value that has bytes.
  private func append(_ field: ci_field, to heap: inout ByteHeap) {
    let start = Int(field.offset), end = start + Int(field.length)
    switch field.code {
    case RowCode.uuid:
      heap.append(atMost: 36) { output in
        output.withUnsafeMutableBufferPointer { buffer, count in
          raw.withUnsafeBufferPointer { ci_unpack_uuid($0.baseAddress! + start, buffer.baseAddress!) }
          count = 36
        }
      }
    case RowCode.moment:
      heap.append(atMost: Int(CI_MOMENT_LIMIT) + 8) { output in
        output.withUnsafeMutableBufferPointer { buffer, count in
          count = ci_unpack_moment(Int64(bitPattern: word(field)), field.format, buffer.baseAddress!)
        }
      }
    default:
      let bytes = raw
      heap.append(bytes.span.extracting(start..<end))
    }
  }

  /// Appends the row as `RecordVerifier` reads it: the values that can be searched.
  package func appendPacked(_ row: Int, _ scratch: inout ByteHeap, to record: inout ByteHeap) {
    for column in 0..<columnCount {
      let field = fields[row * columnCount + column]
      switch field.code {
      case RowCode.null, RowCode.missing, RowCode.secret, RowCode.erased, RowCode.leftOut: continue
      default: break
      }
      scratch.removeAll()
      let cell = cell(row, column, &scratch)
      let stored = cell.storedCount
      guard searchable(cell, scratch.span(at: stored > 0 ? cell.offset : 0, count: stored)) else { continue }
      if cell.kind == .bytes {
        hex(&scratch)
      } else if cell.storedCount == 0 {
        appendShown(cell, to: &scratch)
      }
      record.append(varint: column << 1 | (cell.kind == .json ? 1 : 0))
      record.append(varint: scratch.count)
      Self.move(scratch, to: &record)
    }
  }

  /// The same as bytes.
  func packed(_ row: Int) -> [UInt8] {
    var scratch = ByteHeap(capacity: 1024), record = ByteHeap(capacity: 1024)
    appendPacked(row, &scratch, to: &record)
    return Array(record.span)
  }

  private static func move(_ heap: borrowing ByteHeap, to output: inout ByteHeap) { output.append(heap.span) }
}

extension Cell {
  /// Number of bytes in a heap: none for what lies in the cell.
  var storedCount: Int {
    switch kind {
    case .number, .text, .bytes, .json: count
    default: 0
    }
  }
}

/// Whether a value is searched: no file in disguise, and nothing that is not there.
func searchable(_ cell: Cell, _ bytes: Span<UInt8>) -> Bool {
  switch cell.kind {
  case .null, .missing, .external: false
  case .bytes: bytes.count <= PackedRecord.binaryLimit
  case .text, .json: bytes.count <= PackedRecord.binaryLimit || !PackedRecord.holdsFile(bytes)
  case .boolean, .integer, .double, .number: true
  }
}

/// Replaces bytes by their hexadecimal digits.
func hex(_ heap: inout ByteHeap) {
  let count = heap.count
  for i in 0..<count {
    let byte = heap[i]
    heap.append(hexDigit(byte >> 4))
    heap.append(hexDigit(byte & 15))
  }
  heap.removePrefix(count)
}
