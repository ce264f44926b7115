internal import CIndex

/// The terms of several segments, page by page.
private struct TermCursors: ~Copyable {
  var cursors: [ci_cursor]
  private var nextPages: [Int]

  init(_ readers: [SegmentReader]) {
    cursors = readers.map { reader in
      var cursor = ci_cursor()
      cursor.row_count = reader.header.rowCount
      cursor.shift = reader.header.firstRow - readers[0].header.firstRow
      return cursor
    }
    nextPages = readers.map { _ in 0 }
  }
  deinit {
    var cursors = cursors
    for i in cursors.indices { ci_cursor_free(&cursors[i]) }
  }

  mutating func loadPage(_ i: Int, _ reader: SegmentReader) throws(IndexError) {
    guard nextPages[i] < reader.header.termPages.count else { return cursors[i].is_over = 1 }
    let page = try reader.termPage(nextPages[i]), lists = try page.allLists(reader.codec)
    nextPages[i] += 1
    page.terms.withUnsafeBufferPointer { terms in
      lists.withUnsafeBufferPointer {
        ci_cursor_page(
          &cursors[i], CInt(page.kind.rawValue), UInt32(page.count), terms.baseAddress!, terms.count, $0.baseAddress!,
          $0.count)
      }
    }
  }

  mutating func loadLong(_ i: Int, _ reader: SegmentReader) throws(IndexError) {
    let list = cursors[i].list
    try reader.longBytes(list.offset, Int(list.length)).withUnsafeBufferPointer {
      ci_cursor_long(&cursors[i], $0.baseAddress!, $0.count)
    }
  }
}

extension TermWriter {
  /// Adds all terms of some segments whose rows follow each other, but for some rows.
  mutating func add(merging readers: [SegmentReader], removing removed: RowSet?) throws(IndexError) {
    var all = TermCursors(readers), which = 0
    var rows = [UInt32](repeating: 0, count: readers.reduce(1) { $0 + $1.rowCount })
    let words = removed?.words
    while true {
      let need = rows.withUnsafeMutableBufferPointer { rows in
        withWords(words) { ci_merge(&all.cursors, readers.count, &writer, $0, rows.baseAddress!, &which) }
      }
      switch need {
      case CI_MERGE_PAGE: try all.loadPage(which, readers[which])
      case CI_MERGE_LONG: try all.loadLong(which, readers[which])
      case CI_MERGE_FLUSH: try endPage()
      case CI_MERGE_DONE: return
      default: throw IndexError(.damaged("dictionary of part \(readers[which].header.part) makes no sense", page: nil))
      }
    }
  }
}

private func withWords<T>(_ words: [UInt64]?, _ body: (UnsafePointer<UInt64>?) -> T) -> T {
  guard let words else { return body(nil) }
  return words.withUnsafeBufferPointer { body($0.baseAddress) }
}
