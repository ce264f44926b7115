internal import Bytes
package import CatalogSQL
package import CatalogStore
internal import RowIndex

/// What was copied from a catalog to another.
package struct CatalogCopy: Sendable {
  /// Rows by table, in the order of `CatalogTableShape.all`.
  package var rows: [(table: String, count: Int64)] = []
  /// Pages of the row index.
  package var pageCount = 0
  /// Of all rows and pages; equal digests mean equal catalogs.
  package var digest: [UInt8] = []

  /// Copies everything into an empty catalog, in one transaction. What arrived is read again and compared before it is kept.
  package static func copy(
    from source: any SQLCatalog, to target: any SQLCatalog
  ) throws(CatalogError) -> CatalogCopy {
    try source.statements(writes: false) { (source) throws(CatalogError) in
      try target.statements(writes: true) { (target) throws(CatalogError) in
        try copy(from: source, to: target)
      }
    }
  }

  private static func copy(from source: any SQLSession, to target: any SQLSession) throws(CatalogError) -> CatalogCopy {
    try target.lockAll()
    // A new catalog knows the key that it is made with, and nothing else.
    for table in CatalogTableShape.all where table.name != CatalogTableShape.settings {
      guard try target.integer("SELECT 1 FROM \(table.name) LIMIT 1") == nil else {
        throw CatalogError(.exists("a catalog that holds something"))
      }
    }
    try target.run("DELETE FROM \(CatalogTableShape.settings)", [])
    let copied = try survey(source, copyingTo: target)
    try target.setNextKeys(of: CatalogTableShape.all.filter { $0.key == ["id"] }.map(\.name))
    let arrived = try survey(target)
    guard arrived.digest == copied.digest else {
      throw CatalogError(.damaged("what arrived differs from what was sent; nothing was kept"))
    }
    return copied
  }

  /// What a catalog holds.
  package static func survey(_ catalog: any SQLCatalog) throws(CatalogError) -> CatalogCopy {
    try catalog.statements(writes: false) { (session) throws(CatalogError) in try survey(session) }
  }

  private static func survey(
    _ session: any SQLSession, copyingTo target: (any SQLSession)? = nil
  ) throws(CatalogError) -> CatalogCopy {
    var copy = CatalogCopy(), digest = CatalogDigest()
    for table in CatalogTableShape.all {
      copy.rows.append((table.name, try rows(of: table, session, &digest, target)))
    }
    copy.pageCount = try pages(session, &digest, target)
    copy.digest = digest.finish()
    return copy
  }

  private static func rows(
    of table: CatalogTableShape, _ session: any SQLSession, _ digest: inout CatalogDigest, _ target: (any SQLSession)?
  ) throws(CatalogError) -> Int64 {
    let names = table.columns.map(\.name).joined(separator: ", ")
    let places = (1...table.columns.count).map { "?\($0)" }.joined(separator: ", ")
    let insertion = "INSERT INTO \(table.name) (\(names)) VALUES (\(places))"
    var pending: [[Value]] = [], size = 0, count: Int64 = 0
    digest.begin(table)
    try session.forEach("SELECT \(names) FROM \(table.name) ORDER BY \(table.key.joined(separator: ", "))") {
      (row) throws(CatalogError) in
      let values = table.columns.enumerated().map { Value(row, $0.offset, $0.element.kind) }
      size += digest.add(values)
      count += 1
      guard let target else { return }
      pending.append(values)
      guard pending.count == 250 || size > 1 << 20 else { return }
      if Interruption.isRequested { throw CatalogError(.interrupted) }
      try target.run(insertion, each: pending)
      (pending, size) = ([], 0)
    }
    if let target { try target.run(insertion, each: pending) }
    return count
  }

  private static func pages(
    _ session: any SQLSession, _ digest: inout CatalogDigest, _ target: (any SQLSession)?
  ) throws(CatalogError) -> Int {
    let store = try session.pages(), batch = 64
    do throws(IndexError) {
      let all = PageID(raw: .min)...PageID(raw: .max)
      if let target {
        // Pages of an empty catalog are what a copy left that was not finished.
        let pages: any PageStore
        do throws(CatalogError) { pages = try target.pages() } catch { throw IndexError(.store(error.message)) }
        let old = try pages.ids(in: all)
        if !old.isEmpty { try pages.commit(writing: [], removing: old) }
      }
      let ids = try store.ids(in: all)
      for start in stride(from: 0, to: ids.count, by: batch) {
        let numbers = Array(ids[start..<min(start + batch, ids.count)])
        var pages: [Page] = []
        for (id, bytes) in zip(numbers, try store.pages(numbers)) {
          guard let bytes else { throw IndexError(.damaged("a page went while it was copied", page: id)) }
          digest.add(id, bytes)
          pages.append(Page(id, bytes))
        }
        guard let target else { continue }
        if Interruption.isRequested { throw IndexError(.interrupted) }
        let copies: any PageStore
        do throws(CatalogError) { copies = try target.pages() } catch { throw IndexError(.store(error.message)) }
        try copies.commit(writing: pages, removing: [])
      }
      return ids.count
    } catch { throw CatalogError(error) }
  }
}

extension Value {
  /// A column of a row.
  fileprivate init(_ row: any SQLRow, _ column: Int, _ kind: CatalogTableShape.Kind) {
    if row.isNull(column) {
      self = .null
    } else {
      self =
        switch kind {
        case .integer: .integer(row.integer(column))
        case .text: .text(row.bytes(column))
        case .blob: .blob(row.bytes(column))
        }
    }
  }
}
