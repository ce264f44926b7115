internal import Bytes
internal import CatalogModel
internal import CatalogSQL
internal import CatalogStore
internal import Records
internal import SQLiteClient

/// The search index of a catalog in SQLite, in an FTS5 table, within one transaction.
final class SearchWords: SearchIndexing {
  unowned let session: Session
  /// Made by the first record.
  private var writer: IndexWriter?
  /// Tables that are being filled, by their numbers, and the rows of backups.
  private var openTables: [Int64: OpenTable] = [:]
  private var openBackups: [Int64: ClosedRange<Int64>?] = [:]

  init(_ session: Session) { self.session = session }

  func add(_ document: Document, number: Int64, to backup: Int64) throws(CatalogError) {
    // A document has no secret columns and one value; its table serves only to pack it.
    var packer = RecordPacker(CatalogTable(name: "", columns: []), .full)
    try openIndex()
    do throws(SQLiteError) {
      if let row = try writer?.add(document: document, id: number, &packer) {
        openBackups[backup, default: nil].include(row...row)
      }
    } catch { throw CatalogError(error) }
  }

  func begin(_ table: CatalogTable, number: Int64, of backup: Int64, _ indexing: Indexing) {
    openTables[number] = OpenTable(table, backup: backup, indexing)
  }

  func index(_ batch: borrowing RecordBatch, of table: Int64) throws(CatalogError) {
    guard let open = openTables[table] else {
      throw CatalogError(.invalid("records are indexed only while their backup is registered"))
    }
    let firstNumber = open.recordCount + 1
    open.recordCount += Int64(batch.rowCount)
    guard open.isIndexed, batch.rowCount > 0 else { return }
    guard batch.columnCount == open.packer.columnCount else {
      throw CatalogError(.invalid("a batch has \(batch.columnCount) columns; its table \(open.packer.columnCount)"))
    }
    try openIndex()
    do throws(SQLiteError) {
      let rows = try writer?.add(batch, table: table, firstNumber: firstNumber, &open.packer)
      guard let rows else { return }
      open.rows.include(rows)
      openBackups[open.backup, default: nil].include(rows)
    } catch { throw CatalogError(error) }
  }

  private func openIndex() throws(CatalogError) {
    guard writer == nil else { return }
    let writer = try IndexWriter(session)
    self.writer = consume writer
  }

  func finish(_ backup: Int64) throws(CatalogError) {
    for (number, table) in openTables where table.backup == backup {
      try session.run(
        """
        UPDATE tables SET first_row = ?2, last_row = ?3, unsearchable_count = max(unsearchable_count, ?4)
        WHERE id = ?1
        """,
        [
          .integer(number), .integer(table.rows?.lowerBound), .integer(table.rows?.upperBound),
          .integer(table.packer.unsearchableCount),
        ])
    }
    let rows = openBackups[backup] ?? nil
    try session.run(
      "UPDATE backups SET first_row = ?2, last_row = ?3 WHERE id = ?1",
      [.integer(backup), .integer(rows?.lowerBound), .integer(rows?.upperBound)])
  }

  func remove(_ backup: Int64) throws(CatalogError) {
    guard try removeSearchRows(of: backup) else { return }
    // Words of deleted rows stay in the index until its parts are merged.
    try session.run("INSERT INTO search_words (search_words) VALUES ('optimize')", [])
  }

  /// Takes a backup's rows out of the index; false when it has none.
  private func removeSearchRows(of backup: Int64) throws(CatalogError) -> Bool {
    let ranges = try session.rows(
      "SELECT first_row, last_row FROM backups WHERE id = ?1 AND first_row IS NOT NULL", [.integer(backup)]
    ) { (row) throws(CatalogError) in row.integer(0)...row.integer(1) }
    guard let range = ranges.first else { return false }
    var packer = RecordPacker(CatalogTable(name: "", columns: []), .none)
    do throws(SQLiteError) {
      var select = try session.connection.prepare("SELECT id, cells FROM search_rows WHERE id BETWEEN ?1 AND ?2")
      var delete = try session.connection.prepare(
        "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', ?1, ?2)")
      try select.bind([.integer(range.lowerBound), .integer(range.upperBound)])
      while try select.step() {
        packer.unpackWords(select.span(1))
        try delete.bind(select.integer(0), at: 1)
        try delete.bind(text: packer.words.span, at: 2)
        try delete.run()
      }
    } catch { throw CatalogError(error) }
    try session.run(
      "DELETE FROM search_rows WHERE id BETWEEN ?1 AND ?2", [.integer(range.lowerBound), .integer(range.upperBound)])
    return true
  }
}
