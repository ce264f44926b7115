internal import Bytes
internal import CIndex
internal import Records

// A row block, before it is sealed: rows of one shape with consecutive numbers, column by column.
//
//   varint(rows)  varint(columns)  per column:
//     kind of its cells (1); 255 when they differ: then one for each row
//     varint(count of V)  varint(count of B)  L  V  B
//
// L has a code for each row: 0…247 length of the bytes in B · 248 value that is kept by reference, or a secret without a key: length as a varint in V · 249 length as a varint in V ·
// 250 null · 251 missing · 252 secret (its digest of 16 bytes in B) · 253 erased · 254 date and time (8 bytes in B, a byte in V) ·
// 255 UUID (16 bytes in B). A kind is a `Cell.Kind`, with the cell's flags in the upper half.

/// How a value is kept in a row block.
enum RowCode {
  static let longestPlain = 247
  static let leftOut = UInt8(CI_CODE_LEFT_OUT)
  static let long = UInt8(CI_CODE_LONG)
  static let null = UInt8(CI_CODE_NULL)
  static let missing = UInt8(CI_CODE_MISSING)
  static let secret = UInt8(CI_CODE_SECRET)
  static let erased = UInt8(CI_CODE_ERASED)
  static let moment = UInt8(CI_CODE_MOMENT)
  static let uuid = UInt8(CI_CODE_UUID)
}

/// Lays out row blocks, with memory that is used again.
struct RowBlockWriter: ~Copyable {
  private var codes = ByteHeap(capacity: 4096)
  private var extras = ByteHeap(capacity: 4096)
  private var values = ByteHeap(capacity: 1 << 16)
  private var kinds: [UInt8] = []
  private var references: [ValueReference] = []

  /// Bytes of text, and rows, at which a block is full.
  static let textLimit = 64 << 10
  static let rowLimit = 4096

  /// Appends the block of all rows of a batch; rows of which `erased` is true leave nothing but their place.
  mutating func append(
    _ batch: borrowing RecordBatch, _ shape: RowShape, key: SecretKey?, erased: [Bool],
    references: [ValueReference] = [],
    to output: inout ByteHeap
  ) {
    self.references = references
    output.append(varint: batch.rowCount)
    output.append(varint: batch.columnCount)
    for column in 0..<batch.columnCount {
      codes.removeAll()
      extras.removeAll()
      values.removeAll()
      kinds.removeAll(keepingCapacity: true)
      let isSecret = shape.columns[column].isSecret
      var first: UInt8 = 255, differ = false
      for row in 0..<batch.rowCount {
        let cell = batch[row, column]
        let kind = cell.kind.rawValue | (cell.flags.subtracting(.plainJSON).rawValue << 4)
        kinds.append(kind)
        if !erased.isEmpty && erased[row] {
          codes.append(RowCode.erased)
        } else if isSecret && !cell.isAbsent {
          append(secret: cell, batch, column: shape, column, key)
        } else {
          append(cell, batch)
          // The kind of what is absent says nothing, and neither does that of what was left out.
          if !cell.isAbsent {
            if first == 255 { first = kind } else if first != kind { differ = true }
          }
        }
      }
      if differ {
        output.append(255)
        output.append(kinds.span)
      } else {
        output.append(first == 255 ? 0 : first)
      }
      output.append(varint: extras.count)
      output.append(varint: values.count)
      Self.move(codes, to: &output)
      Self.move(extras, to: &output)
      Self.move(values, to: &output)
    }
  }

  private static func move(_ heap: borrowing ByteHeap, to output: inout ByteHeap) { output.append(heap.span) }

  private mutating func append(_ cell: Cell, _ batch: borrowing RecordBatch) {
    switch cell.kind {
    case .null: codes.append(RowCode.null)
    case .missing: codes.append(RowCode.missing)
    case .external: append(references[cell.offset])
    case .boolean:
      codes.append(1)
      values.append(cell.boolean ? 1 : 0)
    case .integer, .double:
      codes.append(8)
      values.append(u64: cell.kind == .integer ? UInt64(bitPattern: cell.integer) : cell.double.bitPattern)
    case .text: append(text: batch.bytes(of: cell))
    case .number, .bytes, .json: append(plain: batch.bytes(of: cell))
    }
  }

  private mutating func append(_ reference: ValueReference) {
    codes.append(RowCode.leftOut)
    extras.append(varint: ValueReference.storedCount)
    reference.append(to: &values)
  }

  private mutating func append(plain bytes: Span<UInt8>) {
    if bytes.count <= RowCode.longestPlain {
      codes.append(UInt8(truncatingIfNeeded: bytes.count))
    } else {
      codes.append(RowCode.long)
      extras.append(varint: bytes.count)
    }
    values.append(bytes)
  }

  private mutating func append(text bytes: Span<UInt8>) {
    guard bytes.count >= 19 && bytes.count <= 36 else { return append(plain: bytes) }
    var isDone = false
    if bytes.count == 36 {
      values.append(atMost: 16) { output in
        output.withUnsafeMutableBufferPointer { buffer, count in
          isDone = bytes.withUnsafeBufferPointer { ci_pack_uuid($0.baseAddress!, 36, buffer.baseAddress!) != 0 }
          count = isDone ? 16 : 0
        }
      }
      if isDone { return codes.append(RowCode.uuid) }
    }
    var micros: Int64 = 0, format: UInt8 = 0
    isDone = bytes.withUnsafeBufferPointer { ci_pack_moment($0.baseAddress!, $0.count, &micros, &format) != 0 }
    guard isDone else { return append(plain: bytes) }
    codes.append(RowCode.moment)
    extras.append(format)
    values.append(u64: UInt64(bitPattern: micros))
  }

  private mutating func append(
    secret cell: Cell, _ batch: borrowing RecordBatch, column shape: RowShape, _ column: Int, _ key: SecretKey?
  ) {
    guard let key, let digest = key.digest(cell, batch, shape, column) else {
      codes.append(RowCode.leftOut)
      return extras.append(varint: 0)
    }
    codes.append(RowCode.secret)
    values.append(digest.span)
  }
}
