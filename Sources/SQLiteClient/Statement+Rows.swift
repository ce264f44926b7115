internal import Bytes
internal import CSQLite
internal import Glibc
package import Records

/// How far the reading of rows into batches has come.
package struct RowCursor: Sendable {
  /// Whether the first result column is the row's key, which ascends, and no cell of the batch.
  package let hasKey: Bool
  /// Bytes of heap and number of rows at which a batch is full.
  package var heapLimit = 1 << 20
  package var rowLimit = 4096
  /// The key of the row read last; nil before the first.
  package var lastKey: Int64?
  /// Texts that are not UTF-8 and were taken as bytes, by column.
  package var invalidTexts: [Int]
  /// Set when keys do not ascend, which no sound table does.
  package private(set) var isOutOfOrder = false

  package init(columns: Int, hasKey: Bool) {
    self.hasKey = hasKey
    invalidTexts = Array(repeating: 0, count: columns)
  }

  /// Notes a key; false when it does not ascend.
  @inline(__always)
  fileprivate mutating func take(_ key: Int64) -> Bool {
    if let lastKey, key <= lastKey {
      isOutOfOrder = true
      return false
    }
    lastKey = key
    return true
  }
}

// The way out of a database in bulk: values are copied once, from where SQLite holds them into the batch's heap.
extension Statement {
  /// Appends rows to a batch, whose width is that of the cells, until it is full; false at the end of the rows. Rows that were
  /// appended before an error stay in the batch.
  ///
  /// Values keep their storage class: integer and double cells, text, bytes, null. Text that is not UTF-8 becomes bytes.
  package mutating func read(
    into batch: inout RecordBatch, _ cursor: inout RowCursor
  ) throws(SQLiteError) -> Bool {
    let first = cursor.hasKey ? 1 : 0
    precondition(columnCount == batch.columnCount + first)
    while batch.rowCount < cursor.rowLimit && batch.heap.count < cursor.heapLimit {
      guard try step() else { return false }
      if cursor.hasKey, !cursor.take(sqlite3_column_int64(handle, 0)) {
        reset()
        throw SQLiteError(code: SQLITE_CORRUPT, message: "rows are out of order")
      }
      for column in 0..<batch.columnCount {
        let cell = cell(Int32(truncatingIfNeeded: column &+ first), of: &batch)
        if cell.kind == .bytes, cell.flags.contains(.nul) {
          // Not a blob, but a text that is no UTF-8.
          cursor.invalidTexts[column] &+= 1
          batch.cells.append(Cell(.bytes, offset: cell.offset, count: cell.count))
        } else {
          batch.cells.append(cell)
        }
      }
      batch.rowCount &+= 1
    }
    return true
  }

  /// The value of a result column as a cell of the batch; the flag of a bytes cell says that it is text in disorder.
  @inline(__always)
  private func cell(_ column: Int32, of batch: inout RecordBatch) -> Cell {
    // One look-up for all that is asked of a value: connections are opened without SQLite's mutex, so that this is allowed.
    let value = sqlite3_column_value(handle, column)
    switch sqlite3_value_type(value) {
    case SQLITE_INTEGER: return .integer(sqlite3_value_int64(value))
    case SQLITE_FLOAT: return .double(sqlite3_value_double(value))
    case SQLITE_TEXT:
      // In this order: the first call may convert from UTF-16, the second counts what is there then.
      let base = sqlite3_value_text(value)
      let count = Int(sqlite3_value_bytes(value))
      guard let base, count > 0 else { return Cell(.text, offset: batch.heap.count, count: 0) }
      let offset = batch.heap.append(Span(_unsafeStart: base, count: count))
      guard batch.heap.validUTF8Prefix(at: offset, count: count) == count else {
        return Cell(.bytes, offset: offset, count: count, flags: .nul)
      }
      return Cell(.text, offset: offset, count: count, flags: memchr(base, 0, count) == nil ? [] : .nul)
    case SQLITE_BLOB:
      let base = sqlite3_value_blob(value)
      let count = Int(sqlite3_value_bytes(value))
      guard let base, count > 0 else { return Cell(.bytes, offset: batch.heap.count, count: 0) }
      let bytes = Span<UInt8>(_unsafeStart: base.assumingMemoryBound(to: UInt8.self), count: count)
      return Cell(.bytes, offset: batch.heap.append(bytes), count: count)
    default: return .null
    }
  }
}

extension Connection {
  /// Bounds the bytes of one value from now on; a longer one makes its statement fail with `isTooLarge`.
  package func limitValues(to byteCount: Int32) { sqlite3_limit(database, SQLITE_LIMIT_LENGTH, byteCount) }
}
