internal import Bytes
internal import Records

/// Turns cells into fields that say everything; the notation is `CSVSidecar`'s.
struct CSVLosslessEncoder: Sendable {
  private static let backslash = UInt8(ascii: "\\")
  let delimiter: UInt8
  /// The kind of an unmarked field of each column: that of its first value, nil before.
  private(set) var kinds: [Cell.Kind?]
  private(set) var recordCount = 0

  init(delimiter: UInt8, columnCount: Int) {
    self.delimiter = delimiter
    kinds = Array(repeating: nil, count: columnCount)
  }

  /// Appends the records of a batch.
  mutating func write(_ batch: borrowing RecordBatch, to output: inout OutputBuffer) throws(IOError) {
    var scratch = ByteHeap(capacity: 256)
    recordCount += batch.rowCount
    for row in 0..<batch.rowCount {
      for column in 0..<batch.columnCount {
        if column > 0 { try output.append(delimiter) }
        let cell = batch[row, column]
        switch cell.kind {
        case .null: try output.append("\\N")
        case .missing: try output.append("\\M")
        case .boolean, .integer, .double, .bytes: try writeValue(cell, column: column, of: batch, to: &output)
        case .text, .number, .json: try writeText(cell, column: column, of: batch, to: &output, scratch: &scratch)
        case .external:
          try writeExternal(batch.externals[cell.offset], column: column, to: &output, scratch: &scratch)
        }
      }
      try output.append(UInt8(ascii: "\n"))
    }
  }

  /// The letter that marks a value; nil when it is of the column's own kind, which its first value decides.
  private mutating func mark(_ kind: Cell.Kind, _ flags: Cell.Flags, column: Int) -> UInt8? {
    if flags.contains(.surrogates) { return UInt8(ascii: "s") }
    guard let own = kinds[column] else {
      kinds[column] = kind
      return nil
    }
    return own == kind ? nil : CSVSidecar.letter(kind)
  }

  /// A value whose text never needs quotes.
  private mutating func writeValue(
    _ cell: Cell, column: Int, of batch: borrowing RecordBatch, to output: inout OutputBuffer
  ) throws(IOError) {
    let mark = mark(cell.kind, [], column: column)
    if let mark {
      try output.append(Self.backslash)
      try output.append(mark)
    }
    switch cell.kind {
    case .boolean: try output.append(cell.boolean ? "true" : "false")
    case .integer: try output.append(decimal: cell.integer)
    case .double: try output.append(number: cell.double)
    default:
      if cell.count == 0 && mark == nil { return try output.append("\"\"") }
      try output.appendBase64(batch.bytes(of: cell))
    }
  }

  /// A value that lies in the heap as text.
  private mutating func writeText(
    _ cell: Cell, column: Int, of batch: borrowing RecordBatch, to output: inout OutputBuffer,
    scratch: inout ByteHeap
  ) throws(IOError) {
    let mark = mark(cell.kind, cell.flags, column: column)
    if mark == nil && cell.count == 0 { return try output.append("\"\"") }
    if mark == nil && batch.heap[cell.offset] != Self.backslash {
      return try output.appendCSVField(from: batch.heap, at: cell.offset, count: cell.count, delimiter: delimiter)
    }
    scratch.removeAll()
    scratch.append(Self.backslash)
    if let mark { scratch.append(mark) }
    if cell.flags.contains(.surrogates) {
      var escaper = SurrogateEscaper()
      escaper.append(batch.bytes(of: cell), to: &scratch)
    } else {
      scratch.append(batch.bytes(of: cell))
    }
    try output.appendCSVField(from: scratch, at: 0, count: scratch.count, delimiter: delimiter)
  }

  /// A value too large to hold, piece by piece and always in quotes.
  private mutating func writeExternal(
    _ value: ExternalValue, column: Int, to output: inout OutputBuffer, scratch: inout ByteHeap
  ) throws(IOError) {
    let mark = mark(value.kind, value.flags, column: column)
    var base64 = Base64Encoder(), escaper = SurrogateEscaper(), isFirst = true
    try output.append("\"")
    if let mark {
      try output.append(Self.backslash)
      try output.append(mark)
    }
    try value.file.forEachPiece(at: value.offset, count: value.byteCount) { (piece) throws(IOError) in
      if isFirst && mark == nil && piece[0] == Self.backslash { try output.append(Self.backslash) }
      isFirst = false
      if value.kind == .bytes {
        try base64.append(piece, to: &output)
      } else if value.flags.contains(.surrogates) {
        scratch.removeAll()
        escaper.append(piece, to: &scratch)
        try output.append(scratch.span, doubling: UInt8(ascii: "\""))
      } else {
        try output.append(piece, doubling: UInt8(ascii: "\""))
      }
    } failed: {
      $0
    }
    try base64.finish(to: &output)
    try output.append("\"")
  }
}

/// Writes lone surrogates (`ED A0…BF xx`) as `\uDXXX` and backslashes as two, wherever the pieces of a text are cut.
struct SurrogateEscaper: Sendable {
  /// Bytes of what may be a surrogate.
  private var first: UInt8?
  private var second: UInt8?

  /// Appends the escaped form of a piece.
  mutating func append(_ piece: Span<UInt8>, to output: inout ByteHeap) {
    for i in piece.indices {
      let byte = piece[i]
      if let high = second {
        output.append(UInt8(ascii: "\\"))
        output.append(UInt8(ascii: "u"))
        output.append(UInt8(ascii: "d"))
        output.append(hexDigit(0x8 | (high >> 2) & 0x7))
        output.append(hexDigit((high & 3) << 2 | (byte >> 4) & 3))
        output.append(hexDigit(byte & 15))
        first = nil
        second = nil
      } else if first != nil {
        if byte >= 0xA0 {
          second = byte
        } else {
          output.append(0xED)
          output.append(byte)
          first = nil
        }
      } else if byte == 0xED {
        first = byte
      } else {
        if byte == UInt8(ascii: "\\") { output.append(byte) }
        output.append(byte)
      }
    }
  }
}
