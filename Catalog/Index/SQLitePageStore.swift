internal import Bytes
internal import SQLiteClient
internal import Synchronization

/// Keeps pages in a SQLite file of its own, `pages.db` beside the catalog.
///
/// A rollback journal takes a third of the time that a write-ahead log takes for pages like these.
package final class SQLitePageStore: PageStore {
  private let connection: Mutex<Connection>

  /// Opens the file at `path`, creating it with mode 0600 as needed.
  package convenience init(_ path: [UInt8]) throws(IndexError) { try self.init(path, pageLimit: nil) }

  /// The same where the file has no room for more than so many pages of SQLite, which tests ask for.
  init(_ path: [UInt8], pageLimit: Int?) throws(IndexError) {
    do throws(SQLiteError) {
      let connection = try Connection(path, ConnectionOptions(.create))
      try connection.execute("PRAGMA page_size=8192")
      try connection.execute(
        "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-8192")
      try connection.execute("CREATE TABLE IF NOT EXISTS page(id INTEGER PRIMARY KEY, data BLOB NOT NULL)")
      if let pageLimit { try connection.execute("PRAGMA max_page_count=\(pageLimit)") }
      self.connection = Mutex(connection)
    } catch { throw IndexError(error) }
  }

  package func page(_ id: PageID) throws(IndexError) -> [UInt8]? { try pages([id])[0] }

  package func pages(_ ids: [PageID]) throws(IndexError) -> [[UInt8]?] {
    try connection.withLock { (connection) throws(IndexError) -> [[UInt8]?] in
      do throws(SQLiteError) {
        var statement = try connection.prepare("SELECT data FROM page WHERE id=?1")
        var found: [[UInt8]?] = []
        for id in ids {
          try statement.bind(id.raw, at: 1)
          found.append(try statement.step() ? statement.bytes(0) : nil)
          statement.reset()
        }
        return found
      } catch { throw IndexError(error) }
    }
  }

  package func ids(in range: ClosedRange<PageID>) throws(IndexError) -> [PageID] {
    try connection.withLock { (connection) throws(IndexError) -> [PageID] in
      do throws(SQLiteError) {
        var statement = try connection.prepare("SELECT id FROM page WHERE id BETWEEN ?1 AND ?2 ORDER BY id")
        try statement.bind(range.lowerBound.raw, at: 1)
        try statement.bind(range.upperBound.raw, at: 2)
        var found: [PageID] = []
        while try statement.step() { found.append(PageID(raw: statement.integer(0))) }
        return found
      } catch { throw IndexError(error) }
    }
  }

  package func commit(writing pages: [Page], removing ids: [PageID]) throws(IndexError) {
    try connection.withLock { (connection) throws(IndexError) in
      do throws(SQLiteError) {
        try Self.commit(connection, pages, ids)
      } catch { throw IndexError(error) }
    }
  }

  private static func commit(
    _ connection: borrowing Connection, _ pages: [Page], _ ids: [PageID]
  ) throws(SQLiteError) {
    try connection.execute("BEGIN IMMEDIATE")
    do throws(SQLiteError) {
      var removal = try connection.prepare("DELETE FROM page WHERE id=?1")
      for id in ids {
        try removal.bind(id.raw, at: 1)
        try removal.run()
      }
      var insertion = try connection.prepare("INSERT OR REPLACE INTO page VALUES(?1,?2)")
      for page in pages {
        try insertion.bind(page.id.raw, at: 1)
        try insertion.bind(blob: page.bytes.span, at: 2)
        try insertion.run()
      }
      try connection.execute("COMMIT")
    } catch {
      if connection.isInTransaction { try? connection.execute("ROLLBACK") }
      throw error
    }
  }
}

extension IndexError {
  /// What SQLite's refusal means to the index.
  init(_ error: SQLiteError) {
    if error.isBusy {
      self.init(.locked)
    } else if error.isFull {
      self.init(.full)
    } else if error.isDamaged {
      self.init(.damaged(error.message, page: nil))
    } else if error.isInterrupted {
      self.init(.interrupted)
    } else {
      self.init(.store(error.message))
    }
  }
}
