internal import Bytes
internal import Records
internal import SQLiteClient
internal import SQLitePages

/// The rows of one table on their way out.
final class TableRows {
  private let table: DatabaseTable
  private var cursor: RowCursor
  /// Reads from the pages themselves; nil once SQLite is asked.
  private(set) var pages: TableReader?
  private var statement: Statement?
  /// Reads the values of a row that are not long, and tells which are.
  private var outline: Statement?
  /// Where to go on; nil behind the last row.
  private var start: Int64? = .min
  /// Rows read so far.
  private(set) var count: Int64 = 0

  init(_ table: DatabaseTable, pages: TableReader?) {
    self.table = table
    self.pages = pages
    cursor = RowCursor(columns: table.schema.columns.count, hasKey: table.key != nil)
  }

  var invalidTexts: [Int] { cursor.invalidTexts }

  /// Appends rows to a batch until it is full; false when there are no more.
  func read(
    into batch: inout RecordBatch, _ connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    defer { count += Int64(batch.rowCount) }
    if let pages, try read(pages, into: &batch, connection) { return start != nil }
    while let start, batch.rowCount < cursor.rowLimit && batch.heap.count < cursor.heapLimit {
      if statement == nil {
        connection.limitValues(to: table.valueLimit)
        statement = try connection.prepare(table.selection)
        if table.key != nil { try statement!.bind(start, at: 1) }
      }
      do throws(SQLiteError) {
        if try statement!.read(into: &batch, &cursor) { return true }
        self.start = nil
      } catch {
        // What of the row is in the batch is no whole row.
        batch.cells.removeLast(batch.cells.count - batch.rowCount * batch.columnCount)
        guard error.isTooLarge, table.hasPieces else { throw error }
        statement = nil
        try readLongRow(&batch, connection, from: cursor.lastKey)
      }
    }
    return start != nil
  }

  /// Appends rows from the pages; false when SQLite has to be asked for the rest.
  private func read(
    _ pages: TableReader, into batch: inout RecordBatch, _ connection: borrowing Connection
  ) throws(SQLiteError) -> Bool {
    while true {
      // SQLite meets the same error, and has words for it.
      let stop =
        (try? pages.read(
          into: &batch, rowLimit: cursor.rowLimit, heapLimit: cursor.heapLimit, invalidTexts: &cursor.invalidTexts))
        ?? .damaged
      cursor.lastKey = pages.lastKey
      switch stop {
      case .full: return true
      case .end:
        start = nil
        return true
      case .disorder: throw SQLiteError(code: 11, message: "rows are out of order")
      case .long:
        let key = pages.nextKey
        connection.limitValues(to: table.valueLimit)
        try readLongRow(&batch, connection, from: cursor.lastKey)
        guard cursor.lastKey == key else {
          if start != nil {
            batch.cells.removeLast(batch.columnCount)
            batch.rowCount -= 1
          }
          throw SQLiteError(code: 11, message: "rows are not where their keys say")
        }
        pages.skip()
      case .unstored, .damaged:
        try leavePages(connection)
        return false
      }
    }
  }

  /// Goes on through SQLite behind the row that was read last.
  private func leavePages(_ connection: borrowing Connection) throws(SQLiteError) {
    pages = nil
    guard let last = cursor.lastKey else { return }
    connection.limitValues(to: table.valueLimit)
    statement = try connection.prepare(table.selection)
    try statement!.bind(last, at: 1)
    // In a damaged tree a key may lead somewhere else.
    guard try statement!.step(), statement!.integer(0) == last else {
      throw SQLiteError(code: 11, message: "rows are not where their keys say")
    }
  }

  /// Reads the row behind a key value by value, long ones piece by piece.
  private func readLongRow(
    _ batch: inout RecordBatch, _ connection: borrowing Connection, from last: Int64?
  ) throws(SQLiteError) {
    if outline == nil { outline = try connection.prepare(outlineSQL) }
    try outline!.bind(last.map { $0 == .max ? $0 : $0 + 1 } ?? .min, at: 1)
    guard last != .max, try outline!.step() else {
      start = nil
      return
    }
    let key = outline!.integer(0)
    var cells: [Cell] = [], spill: SpillFile?
    for column in table.schema.columns.indices {
      switch outline!.storageClass(column + 1) {
      case .integer: cells.append(.integer(outline!.integer(column + 1)))
      case .real: cells.append(.double(outline!.double(column + 1)))
      case .null: cells.append(.null)
      case .text, .blob:
        let isText = outline!.bytes(column + 1) == sql("text")
        cells.append(try value(column, isText: isText, key, &batch, connection, &spill))
      }
    }
    outline!.reset()
    batch.append(row: cells)
    cursor.lastKey = key
    start = key == .max ? nil : key + 1
  }

  /// Key, and of each value itself or, for a text or blob, what it is: SQLite then leaves it where it lies.
  private var outlineSQL: [UInt8] {
    let key = table.key ?? []
    var text = sql("SELECT ") + key
    for column in table.schema.columns {
      let name = quoted(column.name)
      text +=
        sql(", CASE WHEN typeof(") + name + sql(") IN ('text', 'blob') THEN typeof(") + name + sql(") ELSE ") + name
      text += sql(" END")
    }
    return text + sql(" FROM ") + table.quotedName + sql(" NOT INDEXED WHERE ") + key + sql(" >= ?1 ORDER BY ") + key
      + sql(" LIMIT 1")
  }

  private func value(
    _ column: Int, isText: Bool, _ key: Int64, _ batch: inout RecordBatch, _ connection: borrowing Connection,
    _ spill: inout SpillFile?
  ) throws(SQLiteError) -> Cell {
    var blob = try connection.openBlob(
      table: table.schema.name.bytes, column: table.schema.columns[column].name.bytes, row: key)
    guard blob.count > Int(DatabaseTable.heldLimit) else {
      let bytes = try blob.read(at: 0, count: blob.count)
      guard isText, !Name(bytes).isUTF8 else {
        return batch.cell(isText ? .text : .bytes, bytes.span, flags: isText && bytes.contains(0) ? .nul : [])
      }
      cursor.invalidTexts[column] += 1
      return batch.cell(.bytes, bytes.span)
    }
    do throws(IOError) {
      if spill == nil { spill = try SpillFile() }
      let file = spill!, offset = try file.byteCount()
      var at = 0, check = TextCheck()
      while at < blob.count {
        let piece: [UInt8]
        do throws(SQLiteError) { piece = try blob.read(at: at, count: min(1 << 18, blob.count - at)) } catch {
          throw IOError("read", detail: error.message)
        }
        if isText { check.take(piece) }
        try file.append(piece.span)
        at += piece.count
      }
      let isGood = isText && check.isWhole
      if isText && !isGood { cursor.invalidTexts[column] += 1 }
      batch.externals.append(
        ExternalValue(
          file, offset: offset, byteCount: Int64(blob.count), kind: isGood ? .text : .bytes,
          flags: isGood && check.hasNUL ? .nul : []))
      return .external(batch.externals.count - 1)
    } catch { throw SQLiteError(code: 10, message: "a long value cannot be kept: \(error.reason)") }
  }
}

/// Finds out piece by piece whether bytes are UTF-8.
private struct TextCheck {
  /// The beginning of a character that the last piece has cut off.
  private var rest: [UInt8] = []
  private var isGood = true
  private(set) var hasNUL = false

  /// Whether all pieces together are UTF-8.
  var isWhole: Bool { isGood && rest.isEmpty }

  mutating func take(_ piece: [UInt8]) {
    hasNUL = hasNUL || piece.contains(0)
    guard isGood else { return }
    let bytes = rest + piece
    // A character of up to four bytes may be cut: it begins with the last byte that is no continuation.
    let lead = bytes.suffix(4).lastIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
    let length = lead == bytes.count || bytes[lead] < 0xC0 ? 1 : bytes[lead] < 0xE0 ? 2 : bytes[lead] < 0xF0 ? 3 : 4
    let end = lead < bytes.count && bytes.count - lead < length ? lead : bytes.count
    isGood = Name(Array(bytes[..<end])).isUTF8
    rest = Array(bytes[end...])
  }
}
