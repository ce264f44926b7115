internal import Bytes
internal import Conversion
internal import Records

/// Turns the cells of one table into fields. Plain, and safe for spreadsheets; `CSVLosslessEncoder` is the exact twin.
struct CSVEncoder: Sendable {
  let delimiter: UInt8
  /// Whether formulas are guarded.
  let isGuarded: Bool
  let lineEnd: [UInt8]

  init(delimiter: UInt8, style: CSVStyle) {
    self.delimiter = delimiter
    isGuarded = style == .spreadsheet
    lineEnd = Array((style == .spreadsheet ? "\r\n" : "\n").utf8)
  }

  /// Appends the header.
  func writeHeader(_ table: TableSchema, to output: inout OutputBuffer) throws(IOError) {
    for (i, column) in table.columns.enumerated() {
      if i > 0 { try output.append(delimiter) }
      let name = column.name.bytes
      if name.isEmpty {
        try output.append("\"\"")
      } else if isGuarded && FormulaGuard.applies(to: name.span) {
        try writeGuarded(name.span, to: &output)
      } else {
        try output.appendCSVField(name.span, delimiter: delimiter)
      }
    }
    try output.append(lineEnd)
  }

  /// Appends the records of a batch; those that text cannot carry are left out and counted.
  func write(
    _ batch: borrowing RecordBatch, to output: inout OutputBuffer, losses: inout TableLosses
  ) throws(IOError) {
    let hasSurrogates = batch.hasSurrogates
    var row = 0, hasNulls = [UInt8](repeating: 0, count: batch.columnCount)
    while row < batch.rowCount {
      if !isGuarded && batch.columnCount > 0 {
        row += try batch.appendCSV(from: row, delimiter: delimiter, to: &output, hasNulls: &hasNulls)
      }
      guard row < batch.rowCount else { break }
      if hasSurrogates, let column = batch.surrogateColumn(row) {
        losses.count(.loneSurrogate, column: column)
      } else {
        try write(row, of: batch, to: &output, losses: &losses)
      }
      row += 1
    }
    for (column, hasNull) in hasNulls.enumerated() where hasNull != 0 { losses.noteNull(column: column) }
  }

  /// Appends one record, whatever its cells are.
  private func write(
    _ row: Int, of batch: borrowing RecordBatch, to output: inout OutputBuffer, losses: inout TableLosses
  ) throws(IOError) {
    for column in 0..<batch.columnCount {
      if column > 0 { try output.append(delimiter) }
      let cell = batch[row, column]
      switch cell.kind {
      case .text where cell.count == 0: try output.append("\"\"")
      case .text, .json, .number:
        if isGuarded && FormulaGuard.applies(to: batch.bytes(of: cell)) {
          losses.count(.formulaGuarded, column: column)
          try writeGuarded(batch.bytes(of: cell), to: &output)
        } else {
          try output.appendCSVField(from: batch.heap, at: cell.offset, count: cell.count, delimiter: delimiter)
        }
      case .null: losses.noteNull(column: column)
      case .missing: losses.count(.missingAsNull, column: column)
      case .boolean: try output.append(cell.boolean ? "true" : "false")
      case .integer: try output.append(decimal: cell.integer)
      case .double: try writeDouble(cell.double, column: column, to: &output, losses: &losses)
      case .bytes: try writeBase64(batch.bytes(of: cell), column: column, to: &output, losses: &losses)
      case .external:
        try writeExternal(batch.externals[cell.offset], column: column, to: &output, losses: &losses)
      }
    }
    try output.append(lineEnd)
  }

  /// Text behind an apostrophe, always in quotes.
  private func writeGuarded(_ text: Span<UInt8>, to output: inout OutputBuffer) throws(IOError) {
    try output.append("\"'")
    try output.append(text, doubling: UInt8(ascii: "\""))
    try output.append("\"")
  }

  private func writeDouble(
    _ value: Double, column: Int, to output: inout OutputBuffer, losses: inout TableLosses
  ) throws(IOError) {
    if isGuarded && value == -.infinity {
      losses.count(.formulaGuarded, column: column)
      try output.append("'")
    }
    try output.append(number: value)
  }

  private func writeBase64(
    _ bytes: Span<UInt8>, column: Int, to output: inout OutputBuffer, losses: inout TableLosses
  ) throws(IOError) {
    // Base64 of a first byte 0xF8…0xFB begins with a plus sign.
    if isGuarded && bytes.count > 0 && bytes[0] >> 2 == 62 {
      losses.count(.formulaGuarded, column: column)
      try output.append("'")
    }
    if bytes.count == 0 { return try output.append("\"\"") }
    try output.appendBase64(bytes)
  }

  /// A value too large to hold, piece by piece and always in quotes.
  private func writeExternal(
    _ value: ExternalValue, column: Int, to output: inout OutputBuffer, losses: inout TableLosses
  ) throws(IOError) {
    var isFirst = true
    var encoder = Base64Encoder()
    try output.append("\"")
    try value.file.forEachPiece(at: value.offset, count: value.byteCount) { (piece) throws(IOError) in
      if isFirst && isGuarded {
        let looksLikeFormula = value.kind == .bytes ? piece[0] >> 2 == 62 : FormulaGuard.applies(to: piece)
        if looksLikeFormula {
          losses.count(.formulaGuarded, column: column)
          try output.append("'")
        }
      }
      isFirst = false
      if value.kind == .bytes {
        try encoder.append(piece, to: &output)
      } else {
        try output.append(piece, doubling: UInt8(ascii: "\""))
      }
    } failed: {
      $0
    }
    try encoder.finish(to: &output)
    try output.append("\"")
  }
}

extension OutputBuffer {
  /// Appends a double by its shortest digits, or by the word for what has none.
  mutating func append(number value: Double) throws(IOError) {
    if value.isFinite { return try append(shortest: value) }
    try append(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
  }
}

extension RecordBatch {
  /// Whether any value holds lone surrogates.
  var hasSurrogates: Bool {
    var flags = Cell.Flags()
    for i in cells.indices { flags.formUnion(cells[i].flags) }
    return flags.contains(.surrogates) || externals.contains { $0.flags.contains(.surrogates) }
  }

  /// The first column of a row whose value holds lone surrogates.
  func surrogateColumn(_ row: Int) -> Int? {
    (0..<columnCount).first { column in
      let cell = self[row, column]
      return cell.kind == .external
        ? externals[cell.offset].flags.contains(.surrogates) : cell.flags.contains(.surrogates)
    }
  }
}
