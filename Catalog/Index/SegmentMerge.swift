internal import Bytes

/// Makes one segment of several whose rows follow each other. Blocks and identities stay where they are.
struct SegmentMerge {
  private let readers: [SegmentReader]
  private let lineage: UInt16
  private let codec: PageCodec
  /// Rows, in the numbers of the merged segment, that lose their terms.
  private let removed: RowSet?
  private(set) var header: SegmentHeader
  private(set) var pages: [Page] = []

  init(_ readers: [SegmentReader], part: UInt32, removing removed: RowSet? = nil) throws(IndexError) {
    self.readers = readers
    lineage = readers[0].lineage
    codec = readers[0].codec
    self.removed = removed
    header = SegmentHeader(part: part, firstRow: readers[0].header.firstRow)
    for reader in readers { add(reader.header) }
    try mergeTerms()
    try mergeKeys()
  }

  private mutating func add(_ other: SegmentHeader) {
    precondition(other.firstRow == header.firstRow + header.rowCount)
    for block in other.blocks {
      var block = block
      block.firstRow += header.rowCount
      header.blocks.append(block)
    }
    for row in other.longRunRows where !(removed?.contains(Int(row + header.rowCount)) ?? false) {
      header.longRunRows.append(row + header.rowCount)
    }
    header.hashPages += other.hashPages
    header.rowCount += other.rowCount
    header.emptyCount += other.emptyCount
    header.textCount += other.textCount
    header.rowBytes += other.rowBytes
  }

  private mutating func mergeTerms() throws(IndexError) {
    var writer = TermWriter(lineage: lineage, part: header.part, rowCount: Int(header.rowCount), codec: codec)
    try writer.add(merging: readers, removing: removed)
    header.longCount = try writer.finish()
    header.termPages = writer.termPages
    header.indexBytes = writer.byteCount
    pages = writer.pages
  }

  private mutating func mergeKeys() throws(IndexError) {
    var pairs: [UInt64] = []
    pairs.reserveCapacity(Int(header.rowCount))
    for reader in readers { try reader.appendKeyPairs(to: &pairs, first: reader.header.firstRow - header.firstRow) }
    try KeyPages.write(&pairs, lineage: lineage, codec: codec, header: &header, pages: &pages)
  }

  /// Notes that rows lost their values; about as much of the text went with them.
  mutating func empty(_ count: Int) {
    let kept = UInt64(header.rowCount - header.emptyCount)
    guard count > 0, UInt64(count) <= kept else { return }
    header.textCount -= header.textCount / kept * UInt64(count)
    header.emptyCount += UInt32(count)
  }

  /// Puts blocks and identities of another part in the place of some.
  mutating func replace(blocks: [Int: SegmentHeader.Block], hashPages: [Int: SegmentHeader.HashPage]) {
    for (i, block) in blocks { header.blocks[i] = block }
    for (i, page) in hashPages { header.hashPages[i] = page }
  }
}
