import Bytes
import Records
import Testing

/// A value of a test, and how it is held.
enum Value: Sendable, CustomTestStringConvertible {
  case null, missing
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  case number(String)
  case text(String)
  case raw([UInt8])
  case bytes([UInt8])
  case json(String)
  /// The same beside the heap.
  indirect case external(Value)

  /// Kind and bytes of a value that lies in the heap.
  var content: (Cell.Kind, [UInt8])? {
    switch self {
    case .number(let text): (.number, Array(text.utf8))
    case .text(let text): (.text, Array(text.utf8))
    case .raw(let bytes): (.text, bytes)
    case .bytes(let bytes): (.bytes, bytes)
    case .json(let text): (.json, Array(text.utf8))
    default: nil
    }
  }

  func cell(in batch: inout RecordBatch) throws -> Cell {
    switch self {
    case .null: return .null
    case .missing: return .missing
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .double(let value): return .double(value)
    case .external(let value):
      guard let (kind, bytes) = value.content else { return try value.cell(in: &batch) }
      let file = try SpillFile()
      // Something before and behind it, so that a wrong range shows.
      try file.append("before".utf8.span)
      try file.append(bytes.span)
      try file.append("behind".utf8.span)
      batch.externals.append(ExternalValue(file, offset: 6, byteCount: Int64(bytes.count), kind: kind))
      return .external(batch.externals.count - 1)
    default:
      guard let (kind, bytes) = content else { return .null }
      return batch.cell(kind, bytes.span)
    }
  }

  var testDescription: String { String("\(self)".prefix(60)) }
}

/// Digest of rows of some columns, a batch of at most `batchSize` rows at a time.
func digest(_ columns: [Column], _ rows: [[Value]], batchSize: Int = .max, capacity: Int = 64) throws -> TableDigest {
  var digester = RowDigester(TableSchema("t", columns))
  var batch = RecordBatch(capacity: capacity)
  var first = 0
  while first < rows.count {
    let count = min(batchSize, rows.count - first)
    batch.removeAll(columnCount: columns.count)
    for row in rows[first..<first + count] {
      var cells: [Cell] = []
      for value in row { cells.append(try value.cell(in: &batch)) }
      batch.append(row: cells)
    }
    try digester.add(batch)
    first += count
  }
  return digester.digest
}

/// Digest of one row with one value.
func digest(_ type: LogicalType, _ value: Value) throws -> TableDigest {
  try digest([Column("c", type)], [[value]])
}
