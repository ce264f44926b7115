internal import Bytes
internal import CatalogStore
internal import PostgresClient
package import RowIndex

/// Keeps pages in a table of the catalog. Within a transaction of the catalog, what is written is committed with it.
package final class PostgresPageStore: PageStore, @unchecked Sendable {  // for one thread at a time
  private let session: Session
  /// Pages asked for by one statement.
  private static let batch = 64

  init(_ session: Session) { self.session = session }

  package func page(_ id: PageID) throws(IndexError) -> [UInt8]? { try pages([id])[0] }

  package func pages(_ ids: [PageID]) throws(IndexError) -> [[UInt8]?] {
    var found: [Int64: [UInt8]] = [:]
    for start in stride(from: 0, to: ids.count, by: Self.batch) {
      let numbers = ids[start..<min(start + Self.batch, ids.count)].map(\.raw)
      try forEach("SELECT id, data FROM pages WHERE id = ANY($1)", [.integers(numbers)]) { rows in
        found[rows.binaryInteger(0, 0) ?? 0] = rows[0, 1]
      }
    }
    return ids.map { found[$0.raw] }
  }

  package func ids(in range: ClosedRange<PageID>) throws(IndexError) -> [PageID] {
    var found: [PageID] = []
    try forEach(
      "SELECT id FROM pages WHERE id BETWEEN $1 AND $2 ORDER BY id",
      [.integer(range.lowerBound.raw), .integer(range.upperBound.raw)]
    ) { rows in found.append(PageID(raw: rows.binaryInteger(0, 0) ?? 0)) }
    return found
  }

  package func commit(writing pages: [Page], removing ids: [PageID]) throws(IndexError) {
    do throws(CatalogError) {
      if session.isInTransaction { return try write(pages, removing: ids) }
      try session.transaction(writes: true, failed: { $0 }) { () throws(CatalogError) in
        try write(pages, removing: ids)
      }
    } catch { throw IndexError(error) }
  }

  private func write(_ pages: [Page], removing ids: [PageID]) throws(CatalogError) {
    // The last of the same number counts.
    var last: [PageID: Int] = [:]
    for (i, page) in pages.enumerated() { last[page.id] = i }
    let gone = ids.map(\.raw) + last.keys.map(\.raw)
    if !gone.isEmpty {
      try session.query(Array("DELETE FROM pages WHERE id = ANY($1)".utf8), [.integers(gone)]) { _ in }
    }
    guard !pages.isEmpty else { return }
    do throws(PostgresError) {
      try session.using { (connection) throws(PostgresError) in
        try connection.beginCopy(Array("COPY pages (id, data) FROM STDIN (FORMAT binary)".utf8))
        var buffer = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A] + [UInt8](repeating: 0, count: 9)
        for (i, page) in pages.enumerated() where last[page.id] == i {
          Self.append(page, to: &buffer)
          guard buffer.count > 1 << 19 else { continue }
          try connection.put(buffer.span)
          buffer.removeAll(keepingCapacity: true)
        }
        buffer += [0xFF, 0xFF]
        try connection.put(buffer.span)
        _ = try connection.endCopy()
      }
    } catch { throw CatalogError(error) }
  }

  /// Appends a row of COPY's binary form: the number of its fields, and each with its length before it.
  private static func append(_ page: Page, to buffer: inout [UInt8]) {
    func append(_ number: UInt64, bytes count: Int) {
      for i in (0..<count).reversed() { buffer.append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(i)))) }
    }
    append(2, bytes: 2)
    append(8, bytes: 4)
    append(UInt64(bitPattern: page.id.raw), bytes: 8)
    append(UInt64(page.bytes.count), bytes: 4)
    buffer += page.bytes
  }

  private func forEach(
    _ sql: String, _ values: [PostgresValue], _ body: (borrowing PostgresRows) -> Void
  ) throws(IndexError) {
    do throws(CatalogError) {
      if session.isInTransaction {
        return try session.forEachRow(Array(sql.utf8), values) { (rows) throws(CatalogError) in body(rows) }
      }
      try session.transaction(writes: false, failed: { $0 }) { () throws(CatalogError) in
        try session.forEachRow(Array(sql.utf8), values) { (rows) throws(CatalogError) in body(rows) }
      }
    } catch { throw IndexError(error) }
  }
}

extension IndexError {
  /// What the catalog's error means to the index.
  init(_ error: CatalogError) {
    switch error.code {
    case .locked: self.init(.locked)
    case .full: self.init(.full)
    case .interrupted: self.init(.interrupted)
    default: self.init(.store(error.message), hint: error.advice)
    }
  }
}
