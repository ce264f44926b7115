internal import Bytes
internal import CatalogModel
internal import CatalogSQL
internal import CatalogStore
internal import Records
internal import SQLiteClient

/// A table that is being filled.
final class OpenTable {
  let backup: Int64
  var packer: RecordPacker
  let isIndexed: Bool
  /// Records seen so far.
  var recordCount: Int64 = 0
  var rows: ClosedRange<Int64>?

  init(_ table: CatalogTable, backup: Int64, _ indexing: Indexing) {
    self.backup = backup
    packer = RecordPacker(table, indexing)
    isIndexed = indexing == .full || (indexing == .keys && !table.primaryKey.isEmpty)
  }
}

extension Optional<ClosedRange<Int64>> {
  /// Widens the range to hold another.
  mutating func include(_ other: ClosedRange<Int64>) {
    self = map { min($0.lowerBound, other.lowerBound)...max($0.upperBound, other.upperBound) } ?? other
  }
}

/// Writes the rows of the search index and their words.
struct IndexWriter: ~Copyable {
  private var insertRow: Statement
  private var insertWords: Statement
  private var nextRow: Int64

  init(_ session: Session) throws(CatalogError) {
    let last = try session.integer("SELECT max(id) FROM search_rows") ?? 0
    do throws(SQLiteError) {
      let row = try session.connection.prepare(
        "INSERT INTO search_rows (id, table_id, number, key, cells) VALUES (?1, ?2, ?3, ?4, ?5)", isKept: true)
      let words = try session.connection.prepare(
        "INSERT INTO search_words (rowid, words) VALUES (?1, ?2)", isKept: true)
      insertRow = row
      insertWords = words
      nextRow = last + 1
    } catch { throw CatalogError(error) }
  }

  /// Adds all records of a batch; the range of their rows.
  mutating func add(
    _ batch: borrowing RecordBatch, table: Int64, firstNumber: Int64, _ packer: inout RecordPacker
  ) throws(SQLiteError) -> ClosedRange<Int64>? {
    guard batch.rowCount > 0 else { return nil }
    let first = nextRow
    for row in 0..<batch.rowCount {
      packer.pack(row: row, of: batch)
      try insertRow.bind(table, at: 2)
      try add(firstNumber + Int64(row), packer)
    }
    return first...(nextRow - 1)
  }

  /// Adds a document; its row.
  mutating func add(document: Document, id: Int64, _ packer: inout RecordPacker) throws(SQLiteError) -> Int64 {
    packer.pack(document: document)
    try insertRow.bindNull(at: 2)
    try add(id, packer)
    return nextRow - 1
  }

  private mutating func add(_ number: Int64, _ packer: borrowing RecordPacker) throws(SQLiteError) {
    try insertRow.bind(nextRow, at: 1)
    try insertRow.bind(number, at: 3)
    if packer.key.count == 0 { try insertRow.bindNull(at: 4) } else { try insertRow.bind(text: packer.key.span, at: 4) }
    try insertRow.bind(blob: packer.cells.span, at: 5)
    try insertRow.run()
    try insertWords.bind(nextRow, at: 1)
    try insertWords.bind(text: packer.words.span, at: 2)
    try insertWords.run()
    nextRow += 1
  }
}
