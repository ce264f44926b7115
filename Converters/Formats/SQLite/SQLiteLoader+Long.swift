internal import Bytes
internal import Conversion
internal import Records
internal import SQLiteClient

// Rows with values that are kept outside the heap. A long blob is written in pieces into its place; a long text is held once
// by us and once by SQLite, which builds a row in memory.
extension SQLiteLoader {
  /// Inserts a row cell by cell; why SQLite refused it, or nil.
  static func storeLong(
    _ row: Int, of batch: borrowing RecordBatch, _ insert: inout Statement, _ connection: borrowing Connection,
    _ table: SQLTable
  ) throws(WriteError) -> LossKind? {
    defer { insert.clearBindings() }
    var blobs: [(column: Int, value: ExternalValue)] = []
    do throws(SQLiteError) {
      for column in 0..<batch.columnCount {
        let cell = batch[row, column], form = table.columns[column].type.form
        guard cell.kind == .external else {
          try bind(cell, of: batch, form, &insert, column + 1)
          continue
        }
        let value = batch.externals[cell.offset]
        var count: Int64 = 0
        try reading(value, form) { count += Int64($0.count) }
        if form == .bytes {
          try insert.bindZeros(count: count, at: column + 1)
          blobs.append((column, value))
        } else {
          guard count <= 1_000_000_000 else { return .tooLong }
          try insert.bindText(count: Int(count), at: column + 1, failed: { $0 }) { (append) throws(SQLiteError) in
            try reading(value, form) { append($0) }
          }
        }
      }
      try insert.run()
      for (column, value) in blobs {
        var blob = try connection.openBlob(
          table: table.name.bytes, column: table.columns[column].name.bytes, row: connection.lastInsertRowID,
          isWritten: true)
        var at = 0, failure: SQLiteError?
        try reading(value, .bytes) { piece in
          do throws(SQLiteError) { if failure == nil { try blob.write(piece, at: at) } } catch { failure = error }
          at += piece.count
        }
        if let failure { throw failure }
      }
    } catch { return try refusal(error) }
    return nil
  }

  private static func reading(
    _ value: ExternalValue, _ form: SQLForm, _ body: (Span<UInt8>) -> Void
  ) throws(SQLiteError) {
    do throws(IOError) { try value.forEachPiece(as: form) { (piece) throws(IOError) in body(piece) } } catch {
      throw SQLiteError(code: 10, message: "cannot \(error.operation) a private file: \(error.reason)")
    }
  }

  /// Binds a cell that a `SQLRowConformer` has checked.
  private static func bind(
    _ cell: Cell, of batch: borrowing RecordBatch, _ form: SQLForm, _ insert: inout Statement, _ index: Int
  ) throws(SQLiteError) {
    switch cell.kind {
    case .null, .missing, .external: try insert.bindNull(at: index)
    case .boolean: try insert.bind(cell.boolean, at: index)
    case .integer where form == .float: try insert.bind(Double(cell.integer), at: index)
    case .integer: try insert.bind(cell.integer, at: index)
    case .double: try insert.bind(cell.double, at: index)
    case .bytes: try insert.bind(blob: batch.bytes(of: cell), at: index)
    case .text, .number, .json:
      switch form {
      case .int32, .int64: try insert.bind(Int64(digits: batch.bytes(of: cell)), at: index)
      case .float:
        let digits = String(decoding: Array(batch.bytes(of: cell)), as: UTF8.self)
        try insert.bind(Double(digits) ?? .nan, at: index)
      default: try insert.bind(text: batch.bytes(of: cell), at: index)
      }
    }
  }
}

extension StorageClass {
  /// How values of a form are stored.
  init(_ form: SQLForm) {
    self =
      switch form {
      case .boolean, .int32, .int64: .integer
      case .float: .real
      case .bytes: .blob
      default: .text
      }
  }
}

extension WriteError {
  /// SQLite's refusal, in its own words.
  init(_ error: SQLiteError) { self.init(.target("SQLite: \(error.message)")) }
}
