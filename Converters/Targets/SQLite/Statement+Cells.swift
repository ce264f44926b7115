internal import Bytes
internal import Conversion
internal import Records
internal import SQLiteClient

extension Statement {
  /// Inserts a row cell by cell, which takes values that lie outside the batch.
  mutating func insertByCell(
    _ row: Int, of batch: borrowing RecordBatch, _ table: borrowing SQLTable
  ) throws(SQLiteError) {
    defer { clearBindings() }
    for column in 0..<batch.columnCount {
      let cell = batch[row, column], form = table.columns[column].type.form, index = column + 1
      switch cell.kind {
      case .null, .missing: try bindNull(at: index)
      case .boolean: try bind(cell.boolean, at: index)
      case .integer where form == .float: try bind(Double(cell.integer), at: index)
      case .integer: try bind(cell.integer, at: index)
      case .double: try bind(cell.double, at: index)
      case .bytes: try bind(blob: batch.bytes(of: cell), at: index)
      case .external: try bind(batch.externals[cell.offset], form, at: index)
      case .text, .number, .json:
        switch form {
        case .int32, .int64: try bind(Int64(digits: batch.bytes(of: cell)), at: index)
        case .float:
          let digits = String(decoding: Array(batch.bytes(of: cell)), as: UTF8.self)
          try bind(Double(digits) ?? .nan, at: index)
        default: try bind(text: batch.bytes(of: cell), at: index)
        }
      }
    }
    try run()
  }

  /// A value that lies in a file: SQLite builds a row in memory whatever we do.
  private mutating func bind(_ value: ExternalValue, _ form: SQLForm, at index: Int) throws(SQLiteError) {
    var bytes: [UInt8] = [], isTooLong = false
    do throws(IOError) {
      try value.forEachPiece(as: form) { (piece) throws(IOError) in
        isTooLong = isTooLong || piece.count > 1_000_000_000 - bytes.count
        if !isTooLong { bytes += Array(piece) }
      }
    } catch { throw SQLiteError(code: 10, message: "cannot \(error.operation) a private file: \(error.reason)") }
    guard !isTooLong else { throw SQLiteError(code: 18, message: "a value is longer than SQLite's limit") }
    if form == .bytes { try bind(blob: bytes.span, at: index) } else { try bind(text: bytes.span, at: index) }
  }
}
