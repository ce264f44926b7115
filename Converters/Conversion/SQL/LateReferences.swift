package import Bytes
package import Records

/// References of rows that are written without them first, as UPDATE statements for when all rows are there.
package final class LateReferences {
  private let dialect: SQLDialect
  private let file: SpillFile
  private var output: OutputBuffer
  /// Where parts of whole statements end, each of about a mebibyte.
  private var ends: [Int] = []
  /// The row taken last, alone and without its references.
  package private(set) var row = RecordBatch(capacity: 1 << 12)

  package init(_ dialect: SQLDialect) throws(IOError) {
    self.dialect = dialect
    let file = try SpillFile()
    self.file = file
    output = OutputBuffer(SpillSink(file: file), capacity: 1 << 16)
  }

  /// Takes a row that a `SQLRowConformer` has checked.
  package func take(
    _ position: Int, of batch: borrowing RecordBatch, _ table: SQLTable, _ columns: [Int]
  ) throws(IOError) {
    copy(position, of: batch, without: columns)
    let given = columns.filter { !batch[position, $0].isAbsent }
    guard !given.isEmpty else { return }
    try output.append("UPDATE ")
    try output.append(table.quotedName)
    try list(given, " SET ", ", ", position, of: batch, table)
    try list(table.primaryKey, " WHERE ", " AND ", position, of: batch, table)
    try output.append(";\n")
    if output.byteCount - (ends.last ?? 0) > 1 << 20 { ends.append(output.byteCount) }
  }

  private func list(
    _ columns: [Int], _ first: StaticString, _ others: StaticString, _ position: Int,
    of batch: borrowing RecordBatch, _ table: SQLTable
  ) throws(IOError) {
    for (i, column) in columns.enumerated() {
      try output.append(i == 0 ? first : others)
      try output.append(table.columns[column].quotedName)
      try output.append(" = ")
      try output.appendLiteral(batch[position, column], of: batch, table.columns[column].type.form, dialect)
    }
  }

  private func copy(_ position: Int, of batch: borrowing RecordBatch, without columns: [Int]) {
    row.removeAll(columnCount: batch.columnCount)
    row.firstRecord = batch.firstRecord + position
    var cells: [Cell] = []
    for column in 0..<batch.columnCount {
      let cell = batch[position, column]
      cells.append(columns.contains(column) ? .null : row.take(cell, from: batch))
    }
    row.append(row: cells)
    row.heap.clearPadding()
  }

  /// Writes the statements.
  package func finish(into target: inout OutputBuffer) throws(IOError) {
    try output.finish()
    try file.forEachPiece(
      at: 0, count: try file.byteCount(), { (piece) throws(IOError) in try target.append(piece) }, failed: { $0 })
  }
}

extension LateReferences {
  /// Hands on the statements, many whole ones at a time.
  package func finish<E: Error>(failed: (IOError) -> E, _ run: ([UInt8]) throws(E) -> Void) throws(E) {
    var start = 0
    do { try output.finish() } catch { throw failed(error) }
    for end in ends + [output.byteCount] where end > start {
      var part: [UInt8] = []
      part.reserveCapacity(end - start)
      do throws(IOError) {
        try file.forEachPiece(
          at: Int64(start), count: Int64(end - start), { (piece) throws(IOError) in part += Array(piece) },
          failed: { $0 })
      } catch { throw failed(error) }
      try run(part)
      start = end
    }
  }
}

/// Appends to a spill file.
private struct SpillSink: ByteSink, ~Copyable {
  let file: SpillFile
  mutating func write(_ bytes: Span<UInt8>) throws(IOError) { try file.append(bytes) }
  mutating func finish() throws(IOError) {}
}
