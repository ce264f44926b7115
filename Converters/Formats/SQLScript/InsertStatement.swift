internal import Bytes
internal import Conversion
internal import Records

/// Writes rows as `INSERT INTO … VALUES (…), (…);` with as many rows in a statement as any server takes.
struct InsertStatement {
  /// A statement is ended when it has so many bytes; a row that may take more stands alone.
  private static var softLimit: Int { 250_000 }
  /// What SQLite takes in one statement when it is not told otherwise, and one packet of an old MySQL.
  private static var hardLimit: Int { 1_000_000 }
  private static var rowLimit: Int { 500 }

  private let dialect: SQLDialect
  private var table: SQLTable?
  /// Forms of its columns.
  private var forms: [SQLForm] = []
  /// Positions of the columns that are written.
  private var written: [Int] = []
  /// `INSERT INTO … VALUES`.
  private var head: [UInt8] = []
  /// Where the open statement begins in the output; nil when none is open.
  private var start: Int?
  private var rows = 0

  init(_ dialect: SQLDialect) { self.dialect = dialect }

  /// Begins a run of rows of a table; the one before must have been ended.
  mutating func begin(_ table: SQLTable) {
    self.table = table
    forms = table.columns.map(\.type.form)
    head = Array("INSERT INTO ".utf8) + table.quotedName + Array(" (".utf8)
    written = table.written
    head += table.list(written) + Array(") VALUES".utf8)
  }

  /// Writes a row that a `SQLRowConformer` has checked.
  mutating func write(_ row: Int, of batch: borrowing RecordBatch, to output: inout OutputBuffer) throws(IOError) {
    let size = greatestSize(row, of: batch)
    guard size <= Self.softLimit else {
      try end(&output)
      return try writeAlone(row, of: batch, size, to: &output)
    }
    if start == nil {
      start = output.byteCount
      try output.append(head)
      try output.append("\n(")
    } else {
      try output.append(",\n(")
    }
    try writeValues(row, of: batch, to: &output)
    rows += 1
    if rows == Self.rowLimit || output.byteCount - (start ?? 0) > Self.softLimit { try end(&output) }
  }

  /// Ends the open statement.
  mutating func end(_ output: inout OutputBuffer) throws(IOError) {
    if start != nil { try output.append(";\n") }
    start = nil
    rows = 0
  }

  /// A number of bytes that the row's literals do not exceed, unless PostgreSQL's escapes come thick.
  private func greatestSize(_ row: Int, of batch: borrowing RecordBatch) -> Int {
    var size = 0
    for column in 0..<batch.columnCount {
      let cell = batch[row, column]
      switch cell.kind {
      case .text, .number, .json, .bytes: size += cell.count * 2 + 32
      case .external: size += Int(batch.externals[cell.offset].byteCount) * 2 + 32
      case .null, .missing, .boolean, .integer, .double: size += 32
      }
    }
    return size
  }

  /// The row's literals and the closing parenthesis.
  private func writeValues(
    _ row: Int, of batch: borrowing RecordBatch, isEmpty: (Int) -> Bool = { _ in false },
    to output: inout OutputBuffer
  ) throws(IOError) {
    for column in written {
      if column > written[0] { try output.append(",") }
      let form = forms[column]
      if isEmpty(column) {
        try output.append(form == .bytes ? "X''" : "''")
      } else {
        try output.appendLiteral(batch[row, column], of: batch, form, dialect)
      }
    }
    try output.append(UInt8(ascii: ")"))
  }

  /// A statement of its own for a long row.
  private func writeAlone(
    _ row: Int, of batch: borrowing RecordBatch, _ size: Int, to output: inout OutputBuffer
  ) throws(IOError) {
    let isLong = size > Self.hardLimit
    if isLong, dialect == .sqlite, let table, let alias = table.rowAlias {
      return try writeInPieces(row, of: batch, table, alias, to: &output)
    }
    if isLong, dialect == .mysql {
      try output.append(
        Array("-- The next statement has up to \(size) bytes: max_allowed_packet has to be as large.\n".utf8))
    }
    try output.append(head)
    try output.append("\n(")
    try writeValues(row, of: batch, to: &output)
    try output.append(";\n")
  }
}

// Rows that exceed SQLite's limit: inserted with their long values empty, which UPDATEs then fill piece by piece.
extension InsertStatement {
  /// Values up to so many bytes are never taken apart.
  private static var shortValue: Int { 200 }

  private func writeInPieces(
    _ row: Int, of batch: borrowing RecordBatch, _ table: SQLTable, _ alias: String, to output: inout OutputBuffer
  ) throws(IOError) {
    // A key that is empty for a moment could meet another that is.
    let keys = Set(table.primaryKey + table.uniqueKeys.joined() + table.foreignKeys.flatMap(\.columns))
    var isLong = [Bool](repeating: false, count: batch.columnCount)
    for column in isLong.indices where !keys.contains(column) {
      let cell = batch[row, column]
      switch cell.kind {
      case .text, .number, .json, .bytes:
        let form = table.columns[column].type.form
        isLong[column] = cell.count > Self.shortValue && !form.isNumeric
      case .external: isLong[column] = true
      case .null, .missing, .boolean, .integer, .double: break
      }
    }
    try output.append(head)
    try output.append("\n(")
    try writeValues(row, of: batch, isEmpty: { isLong[$0] }, to: &output)
    try output.append(";\n")
    for column in isLong.indices where isLong[column] {
      let cell = batch[row, column], form = table.columns[column].type.form
      var pieces = PieceUpdates(table, table.columns[column], alias)
      if cell.kind == .external {
        try batch.externals[cell.offset].forEachPiece(as: form, capacity: PieceUpdates.limit) {
          (piece) throws(IOError) in try pieces.append(piece, to: &output)
        }
      } else {
        try pieces.append(batch.bytes(of: cell), to: &output)
      }
      try pieces.finish(&output)
    }
  }
}

/// Appends to one value of the row inserted last, in statements that SQLite takes.
private struct PieceUpdates {
  /// Bytes of a piece: twice as many, as hexadecimal digits or doubled quotes, stay below the limit of a statement.
  static var limit: Int { 400_000 }

  private let before: [UInt8]
  private let after: [UInt8]
  private let isText: Bool
  private var pending: [UInt8] = []

  init(_ table: SQLTable, _ column: SQLColumn, _ alias: String) {
    isText = column.type.form != .bytes
    before =
      Array("UPDATE ".utf8) + table.quotedName + Array(" SET ".utf8) + column.quotedName
      + Array((isText ? " = " : " = CAST(").utf8) + column.quotedName + Array(" || ".utf8)
    // The result of `||` is a text, byte for byte.
    after = Array((isText ? " " : " AS BLOB) ").utf8) + Array("WHERE \(alias) = last_insert_rowid();\n".utf8)
  }

  mutating func append(_ bytes: Span<UInt8>, to output: inout OutputBuffer) throws(IOError) {
    var at = 0
    while at < bytes.count {
      let count = min(bytes.count - at, Self.limit - pending.count)
      pending += Array(bytes.extracting(at..<(at + count)))
      at += count
      if pending.count >= Self.limit { try flush(keeping: cutCharacter(), &output) }
    }
  }

  mutating func finish(_ output: inout OutputBuffer) throws(IOError) { try flush(keeping: 0, &output) }

  /// Number of bytes at the end that belong to a character which is not whole.
  private func cutCharacter() -> Int {
    guard isText else { return 0 }
    let tail = pending.suffix(4)
    guard let lead = tail.lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return 0 }
    let length = tail[lead] < 0x80 ? 1 : tail[lead] < 0xE0 ? 2 : tail[lead] < 0xF0 ? 3 : 4
    return tail.endIndex - lead < length ? tail.endIndex - lead : 0
  }

  private mutating func flush(keeping count: Int, _ output: inout OutputBuffer) throws(IOError) {
    let rest = Array(pending.suffix(count))
    pending.removeLast(count)
    if !pending.isEmpty {
      try output.append(before)
      if isText {
        try output.appendText(pending.span, SQLTextTraits(pending.span), .sqlite)
      } else {
        try output.append("X'")
        try output.appendHex(pending.span)
        try output.append("'")
      }
      try output.append(after)
    }
    pending = rest
  }
}
