internal import Bytes

// Keys of a segment: pairs of a key's hash (32 bits) and a row (24 bits), sorted, 4096 to a page:
//   per pair: varint(hash - hash before)  varint(row)

/// Rows by the hash of their key.
enum KeyPages {
  /// Writes the pages of sorted pairs.
  static func write(
    _ pairs: [UInt64], lineage: UInt16, codec: PageCodec, header: inout SegmentHeader, pages: inout [Page]
  ) throws(IndexError) {
    header.keyPages = []
    var at = 0
    while at < pairs.count {
      let end = min(pairs.count, at + SegmentWriter.keyPageRows)
      var heap = ByteHeap(capacity: SegmentWriter.keyPageRows * 8), last: UInt64 = 0
      for pair in pairs[at..<end] {
        heap.append(varint: pair >> 24 - last)
        heap.append(varint: pair & 0xFF_FFFF)
        last = pair >> 24
      }
      let id = PageID(.keys, lineage: lineage, part: header.part, number: UInt32(header.keyPages.count))
      let page = Page(id, codec.seal("K1", heap.span))
      header.indexBytes += UInt64(page.bytes.count)
      header.keyPages.append(pairs[at] >> 24)
      pages.append(page)
      at = end
    }
  }

  /// The pairs of a page.
  static func read(_ page: [UInt8], id: PageID, codec: PageCodec, rowCount: Int) throws(IndexError) -> [UInt64] {
    var cursor = PageCursor(try codec.open("K1", page, id: id), id: id), pairs: [UInt64] = [], last: UInt64 = 0
    while !cursor.isAtEnd {
      let gap = try cursor.varint()
      guard gap <= SegmentWriter.keyMask - last else { throw cursor.damaged() }
      last += gap
      pairs.append(last << 24 | UInt64(try cursor.count(rowCount - 1)))
    }
    return pairs
  }
}
