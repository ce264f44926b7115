internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

// Rows that the server refuses are left out. Each batch is one COPY under a savepoint; a batch that is refused is sent again in
// parts, up to the row that the server names and from behind it.
extension PostgresWriter {
  /// Runs what the server may refuse for the sake of a row; it then leaves no trace, and the refusal is returned.
  func attempt(
    _ position: Int?, _ body: (PostgresSession) throws(PostgresError) -> Void
  ) throws(WriteError) -> PostgresError? {
    try telling(position) { (session) throws(PostgresError) -> PostgresError? in
      try session.execute("SAVEPOINT coffer_rows")
      do throws(PostgresError) { try body(session) } catch {
        guard error.isRowRefusal else { throw error }
        try session.execute("ROLLBACK TO SAVEPOINT coffer_rows; RELEASE SAVEPOINT coffer_rows")
        return error
      }
      try session.execute("RELEASE SAVEPOINT coffer_rows")
      return nil
    }
  }

  /// Writes rows of a batch without those that are refused; those before them have been seen.
  mutating func writeLeavingOut(_ rows: Range<Int>, of batch: borrowing RecordBatch) throws(WriteError) {
    let first = seen[current] - rows.lowerBound
    var start = rows.lowerBound, limit = rows.count
    while start < rows.upperBound {
      let end = min(start + limit, rows.upperBound)
      guard let (error, named) = try send(start..<end, of: batch, first) else {
        start = end
        limit = min(limit * 2, rows.count)
        continue
      }
      guard let row = named ?? (end - start == 1 ? start : nil) else {
        limit = (end - start) / 2
        continue
      }
      if row > start, try send(start..<row, of: batch, first) != nil {
        limit = max(1, (row - start) / 2)
        continue
      }
      try reject(first + row, error)
      start = row + 1
      limit = max(64, end - start)
    }
  }

  private func reject(_ row: Int, _ error: PostgresError) throws(WriteError) {
    var table = schema.tables[current]
    let name = table.source.name
    table.name = plan.tables[current].copyName
    try rejects?.add(row, of: name, Refusal(error, table: table))
  }

  /// Sends some rows of a batch; when the server refuses them, nothing of them is left. Also told: the row that the server names.
  private mutating func send(
    _ rows: Range<Int>, of batch: borrowing RecordBatch, _ first: Int
  ) throws(WriteError) -> (error: PostgresError, row: Int?)? {
    let saved = conformers[current], position = current
    var table = schema.tables[position], sent: [Int] = [], refused: [(row: Int, refusal: Refusal)] = []
    let statement = plan.copyStatement(position, table, leavesOut: true)
    try telling(position) { (session) throws(PostgresError) in
      try session.execute("SAVEPOINT coffer_rows")
      try session.beginCopy(statement)
    }
    let isNumbered = plan.tables[position].rowColumn != nil
    for row in rows {
      do {
        let fate = try conformers[position].conform(row: row, of: batch, copyingTo: &copy)
        if case .rejected = fate {
          refused.append((row, conformers[position].lastRefusal(of: table)))
          continue
        }
        sent.append(row)
        if isNumbered {
          try output.append(decimal: Int64(first + row))
          try output.append(UInt8(ascii: "\t"))
        }
        try put(row, of: batch, fate)
      } catch let error as WriteError {
        throw located(error, batch.firstRecord + row + 1)
      } catch let error as IOError {
        throw located(failure(error), batch.firstRecord + row + 1)
      } catch { throw WriteError(.target("\(error)")) }
    }
    do throws(IOError) { try output.flush() } catch { throw failure(error) }
    table.name = plan.tables[position].copyName
    do throws(PostgresError) {
      let taken = try session.endCopy()
      try session.execute("RELEASE SAVEPOINT coffer_rows")
      plan.tables[position].taken += taken
    } catch {
      guard error.isRowRefusal else { throw WriteError(error, table: table) }
      conformers[position] = saved
      try telling(position) { (session) throws(PostgresError) in
        try session.execute("ROLLBACK TO SAVEPOINT coffer_rows; RELEASE SAVEPOINT coffer_rows")
      }
      let place = error.row(of: table)
      return (error, place.flatMap { sent.indices.contains($0) ? sent[$0] : nil })
    }
    plan.tables[position].sent += sent.count
    for (row, refusal) in refused { try rejects?.add(first + row, of: table.source.name, refusal) }
    if plan.tables[position].existing == nil, !isNumbered {
      for row in sent { takenRows[position].append(first + row) }
    }
    return nil
  }
}
