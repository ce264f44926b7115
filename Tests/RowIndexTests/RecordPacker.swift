import Bytes
import Records
import TextSearch

/// Packs records as `RecordVerifier` reads them, straight from their cells: what the index's own packing is compared with.
struct RecordPacker: ~Copyable {
  private(set) var cells = ByteHeap(capacity: 4096)
  private var scratch = ByteHeap(capacity: 256)
  private let isSearchable: [Bool]

  init(_ table: TableSchema) { isSearchable = table.columns.map { !$0.isSecret } }

  mutating func pack(row: Int, of batch: borrowing RecordBatch) {
    cells.removeAll()
    for column in isSearchable.indices where isSearchable[column] { pack(batch[row, column], column, batch) }
  }

  private mutating func pack(_ cell: Cell, _ column: Int, _ batch: borrowing RecordBatch) {
    switch cell.kind {
    case .null, .missing: return
    case .external: return
    case .text where cell.count > PackedRecord.binaryLimit && PackedRecord.holdsFile(batch.bytes(of: cell)),
      .json where cell.count > PackedRecord.binaryLimit && PackedRecord.holdsFile(batch.bytes(of: cell)):
      return
    case .text, .number:
      Self.append(header: column << 1, batch.bytes(of: cell), to: &cells)
    case .json:
      Self.append(header: column << 1 | 1, batch.bytes(of: cell), to: &cells)
    case .bytes:
      if cell.count > PackedRecord.binaryLimit { return }
      fallthrough
    case .boolean, .integer, .double:
      scratch.removeAll()
      Self.append(cell, batch, to: &scratch)
      Self.append(header: column << 1, scratch, to: &cells)
    }
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
