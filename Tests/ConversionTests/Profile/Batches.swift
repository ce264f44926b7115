import Bytes
import Records

/// A value as a test writes it.
enum Value: Sendable {
  case null, missing
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  case number(String)
  case text(String)
  case json(String)
  case bytes([UInt8])
}

/// A batch of rows given column by column.
func batch(_ rows: [[Value]], columnCount: Int? = nil, firstRecord: Int = 0) -> RecordBatch {
  var batch = RecordBatch(capacity: 256)
  batch.removeAll(columnCount: columnCount ?? rows.first?.count ?? 0)
  batch.firstRecord = firstRecord
  for row in rows {
    let cells = row.map { value in
      switch value {
      case .null: Cell.null
      case .missing: Cell.missing
      case .boolean(let value): Cell.boolean(value)
      case .integer(let value): Cell.integer(value)
      case .double(let value): Cell.double(value)
      case .number(let digits): batch.cell(.number, Array(digits.utf8).span)
      case .text(let text): batch.text(text)
      case .json(let text): batch.cell(.json, Array(text.utf8).span)
      case .bytes(let bytes): batch.cell(.bytes, bytes.span)
      }
    }
    batch.append(row: cells)
  }
  return batch
}

/// The same number from a seed, again and again.
struct Generator: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
