internal import Bytes
internal import CIndex

/// Reads one segment. Used by one task at a time.
final class SegmentReader {
  let header: SegmentHeader
  let lineage: UInt16
  let store: any PageStore
  let codec: PageCodec
  /// The first row of each page of identities.
  let identityStarts: [Int]
  /// The page of long lists that was opened last: lists of neighbouring terms stand together.
  private var openPage: (number: Int, bytes: [UInt8])?

  init(_ header: SegmentHeader, lineage: UInt16, store: any PageStore, codec: PageCodec) {
    self.header = header
    self.lineage = lineage
    self.store = store
    self.codec = codec
    var starts: [Int] = [], row = 0
    for page in header.hashPages {
      starts.append(row)
      row += Int(page.rowCount)
    }
    identityStarts = starts
  }

  /// Reads the header of a segment.
  convenience init(
    part: UInt32, pageCount: Int, lineage: UInt16, store: any PageStore, codec: PageCodec
  ) throws(IndexError) {
    let id = PageID(.header, lineage: lineage, part: part, number: 0)
    let raw = try codec.open("S1", store.joined(id, count: pageCount), id: id)
    self.init(try SegmentHeader(raw, id: id), lineage: lineage, store: store, codec: codec)
  }

  var rowCount: Int { Int(header.rowCount) }

  /// The first page of a block.
  func id(of block: SegmentHeader.Block) -> PageID {
    PageID(.rowBlock, lineage: lineage, part: block.part, number: block.number)
  }

  /// A block, opened.
  func block(_ index: Int) throws(IndexError) -> RowBlock {
    let block = header.blocks[index]
    let id = id(of: block)
    let opened = try RowBlock(codec.open("R1", store.joined(id, count: Int(block.pageCount)), id: id), id: id)
    guard opened.rowCount == Int(block.rowCount) else {
      throw IndexError(.damaged("block has another number of rows", page: id))
    }
    return opened
  }

  /// The rows whose key has a hash.
  func rows(key: UInt64) throws(IndexError) -> [Int] {
    let short = KeyPages.shortened(key, rowCount: rowCount), pages = header.keyPages
    // Pairs of one hash may begin on the page before the first that begins with it.
    var page = max(0, (pages.firstIndex { $0 >= short } ?? pages.count) - 1), rows: [Int] = []
    while page < pages.count, pages[page] <= short {
      for row in try keyRows(page: page, key: short) where try identity(of: row).key == key { rows.append(row) }
      page += 1
    }
    return rows
  }

  /// The rows on a page of keys that have one.
  func keyRows(page: Int, key: UInt64) throws(IndexError) -> [Int] {
    let id = PageID(.keys, lineage: lineage, part: header.part, number: UInt32(page))
    return try KeyPages.rows(key, store.joined(id, count: 1), id: id, codec: codec, rowCount: rowCount)
  }

  /// A page of long lists.
  func longPage(_ number: Int) throws(IndexError) -> [UInt8] {
    if let openPage, openPage.number == number { return openPage.bytes }
    let id = PageID(.lists, lineage: lineage, part: header.part, number: UInt32(number))
    let bytes = try codec.open("L1", store.joined(id, count: 1), id: id)
    openPage = (number, bytes)
    return bytes
  }
}
