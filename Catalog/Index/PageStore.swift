internal import Synchronization

/// A page to be written.
package struct Page: Equatable, Sendable {
  package var id: PageID
  package var bytes: [UInt8]
  package init(_ id: PageID, _ bytes: [UInt8]) {
    self.id = id
    self.bytes = bytes
  }
  /// Greatest number of bytes of a page.
  package static let byteLimit = 64 << 10
}

/// Where pages are kept: opaque bytes under a number. Pages are immutable, but for manifests and those an erasure rewrites.
package protocol PageStore: Sendable {
  /// The bytes of a page; nil when there is none.
  func page(_ id: PageID) throws(IndexError) -> [UInt8]?
  /// The pages of some numbers, in their order; nil for those that are not there.
  func pages(_ ids: [PageID]) throws(IndexError) -> [[UInt8]?]
  /// Numbers of the pages in a range, ascending.
  func ids(in range: ClosedRange<PageID>) throws(IndexError) -> [PageID]
  /// Writes pages, in place of those of the same number, and removes others: all of it durably, or nothing.
  func commit(writing pages: [Page], removing ids: [PageID]) throws(IndexError)
}

extension PageStore {
  package func pages(_ ids: [PageID]) throws(IndexError) -> [[UInt8]?] {
    var found: [[UInt8]?] = []
    for id in ids { found.append(try page(id)) }
    return found
  }
}

/// Keeps pages in memory.
package final class MemoryPageStore: PageStore {
  private let stored = Mutex<[PageID: [UInt8]]>([:])
  package init() {}

  package func page(_ id: PageID) throws(IndexError) -> [UInt8]? { stored.withLock { $0[id] } }
  package func ids(in range: ClosedRange<PageID>) throws(IndexError) -> [PageID] {
    stored.withLock { pages in pages.keys.filter { range.contains($0) }.sorted() }
  }
  package func commit(writing pages: [Page], removing ids: [PageID]) throws(IndexError) {
    stored.withLock { stored in
      for id in ids { stored[id] = nil }
      for page in pages { stored[page.id] = page.bytes }
    }
  }
  /// Number of bytes held, by kind.
  package var byteCounts: [PageKind: Int] {
    stored.withLock { pages in
      var counts: [PageKind: Int] = [:]
      for (id, bytes) in pages { if let kind = id.kind { counts[kind, default: 0] += bytes.count } }
      return counts
    }
  }
}
