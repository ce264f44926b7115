internal import Bytes

/// Where things are in a segment: read once, then held.
struct SegmentHeader: Equatable, Sendable {
  /// Rows kept together.
  struct Block: Equatable, Sendable {
    /// Where its pages are: merging does not move them.
    var part: UInt32
    var number: UInt32
    var pageCount: UInt32
    /// Counted from the first row of the segment.
    var firstRow: UInt32
    var rowCount: UInt32
    var shape: UInt32
  }
  /// A page of the dictionary.
  struct TermPage: Equatable, Sendable {
    var kind: Term.Kind
    var termCount: UInt32
    var first: [UInt8]
  }
  /// Identities of some rows.
  struct HashPage: Equatable, Sendable {
    var part: UInt32
    var number: UInt32
    var rowCount: UInt32
  }

  var part: UInt32
  var firstRow: UInt32
  var rowCount: UInt32 = 0
  /// Rows of which nothing is left but their place.
  var emptyCount: UInt32 = 0
  var textCount: UInt64 = 0
  var blocks: [Block] = []
  var termPages: [TermPage] = []
  /// Bytes of all long lists.
  var longCount: UInt64 = 0
  /// Rows with a run that is longer than a term.
  var longRunRows: [UInt32] = []
  var hashPages: [HashPage] = []
  /// First key of each page of keys, shortened as they are there.
  var keyPages: [UInt64] = []
  /// Bytes written for terms, lists and keys, and for blocks and identities.
  var indexBytes: UInt64 = 0
  var rowBytes: UInt64 = 0

  init(part: UInt32, firstRow: UInt32) {
    self.part = part
    self.firstRow = firstRow
  }

  func appended() -> ByteHeap {
    var heap = ByteHeap(capacity: 4096)
    for value in [part, firstRow, rowCount, emptyCount] { heap.append(varint: UInt64(value)) }
    for value in [textCount, longCount, indexBytes, rowBytes] { heap.append(varint: value) }
    heap.append(varint: blocks.count)
    for block in blocks {
      for value in [block.part, block.number, block.pageCount, block.rowCount, block.shape] {
        heap.append(varint: UInt64(value))
      }
    }
    heap.append(varint: termPages.count)
    for page in termPages {
      heap.append(page.kind.rawValue)
      heap.append(varint: UInt64(page.termCount))
      heap.append(counted: page.first)
    }
    heap.append(varint: longRunRows.count)
    var last: UInt32 = 0
    for row in longRunRows {
      heap.append(varint: UInt64(row - last))
      last = row
    }
    heap.append(varint: hashPages.count)
    for page in hashPages {
      for value in [page.part, page.number, page.rowCount] { heap.append(varint: UInt64(value)) }
    }
    heap.append(varint: keyPages.count)
    for key in keyPages { heap.append(varint: key) }
    return heap
  }

  init(_ bytes: [UInt8], id: PageID) throws(IndexError) {
    var cursor = PageCursor(bytes, id: id)
    part = UInt32(try cursor.count(Int(PageID.partLimit) - 1))
    firstRow = UInt32(try cursor.count())
    rowCount = UInt32(try cursor.count(SegmentWriter.rowLimit))
    emptyCount = UInt32(try cursor.count(Int(rowCount)))
    textCount = try cursor.varint()
    longCount = try cursor.varint()
    indexBytes = try cursor.varint()
    rowBytes = try cursor.varint()
    var row: UInt32 = 0
    for _ in 0..<(try cursor.count()) {
      let part = UInt32(try cursor.count()), number = UInt32(try cursor.count()),
        pages = UInt32(try cursor.count(1 << 16))
      let rows = UInt32(try cursor.count(Int(rowCount - row))), shape = UInt32(try cursor.count())
      blocks.append(
        Block(part: part, number: number, pageCount: pages, firstRow: row, rowCount: rows, shape: shape))
      row += rows
    }
    guard row == rowCount else { throw cursor.damaged() }
    for _ in 0..<(try cursor.count()) {
      guard let kind = Term.Kind(rawValue: try cursor.byte()) else { throw cursor.damaged() }
      let count = UInt32(try cursor.count())
      termPages.append(TermPage(kind: kind, termCount: count, first: try cursor.counted()))
    }
    row = 0
    for _ in 0..<(try cursor.count()) {
      row += UInt32(try cursor.count(Int(rowCount - row)))
      longRunRows.append(row)
    }
    row = 0
    for _ in 0..<(try cursor.count()) {
      let part = UInt32(try cursor.count()), number = UInt32(try cursor.count())
      let rows = UInt32(try cursor.count(Int(min(rowCount - row, IdentityPage.rowLimit))))
      hashPages.append(HashPage(part: part, number: number, rowCount: rows))
      row += rows
    }
    guard row == rowCount else { throw cursor.damaged() }
    for _ in 0..<(try cursor.count()) { keyPages.append(try cursor.varint()) }
    guard cursor.isAtEnd, longRunRows.allSatisfy({ $0 < rowCount }) else { throw cursor.damaged() }
  }

  /// The block that holds a row.
  func block(of row: Int) -> Int {
    var low = 0, high = blocks.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(blocks[middle].firstRow) <= row { low = middle } else { high = middle }
    }
    return low
  }
}
