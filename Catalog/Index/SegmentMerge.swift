internal import Bytes

/// Steps through all terms of a segment, in order.
private struct TermCursor {
  let reader: SegmentReader
  /// What is added to the number of a row.
  let shift: UInt32
  private var number = -1
  private(set) var page: TermPageReader?
  private(set) var index = 0
  /// The bytes of the term in the page.
  private(set) var range = 0..<0

  init(_ reader: SegmentReader, shift: UInt32) throws(IndexError) {
    self.reader = reader
    self.shift = shift
    try advance()
  }

  /// Goes on to the next term; `page` is nil behind the last.
  mutating func advance() throws(IndexError) {
    index += 1
    if page == nil || index >= page!.count {
      number += 1
      guard number < reader.header.termPages.count else { return page = nil }
      page = try reader.termPage(number)
      (index, range) = (0, 0..<0)
      guard page!.count > 0 else { throw IndexError(.damaged("page without terms", page: nil)) }
    }
    if let width = page!.width {
      range = (index * width)..<((index + 1) * width)
    } else {
      let start = index == 0 ? 0 : range.upperBound + 1
      guard let end = page!.terms[start...].firstIndex(of: 0x0A) else {
        throw IndexError(.damaged("terms are cut off", page: nil))
      }
      range = start..<end
    }
  }

  /// Below zero when this term comes before another's, zero when they are equal.
  func order(_ other: TermCursor) -> Int {
    guard let one = page, let two = other.page else { return page == nil ? (other.page == nil ? 0 : 1) : -1 }
    if one.kind != two.kind { return one.kind.rawValue < two.kind.rawValue ? -1 : 1 }
    let a = one.terms, b = two.terms, count = min(range.count, other.range.count)
    for i in 0..<count where a[range.lowerBound + i] != b[other.range.lowerBound + i] {
      return a[range.lowerBound + i] < b[other.range.lowerBound + i] ? -1 : 1
    }
    return range.count - other.range.count
  }

  /// The rows of the term, in the numbers of the merged segment.
  mutating func rows() throws(IndexError) -> [UInt32] { try reader.rows(&page!, index, shift: shift) }
}

/// Makes one segment of several whose rows follow each other. Blocks and hashes stay where they are.
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
    header.textCount += other.textCount
    header.rowBytes += other.rowBytes
  }

  private mutating func mergeTerms() throws(IndexError) {
    var cursors: [TermCursor] = []
    for reader in readers {
      cursors.append(try TermCursor(reader, shift: reader.header.firstRow - header.firstRow))
    }
    var writer = TermWriter(lineage: lineage, part: header.part, rowCount: Int(header.rowCount), codec: codec)
    while true {
      var least = 0
      for i in cursors.indices.dropFirst() where cursors[i].order(cursors[least]) < 0 { least = i }
      guard let page = cursors[least].page else { break }
      let term = Array(page.terms[cursors[least].range])
      var rows: [UInt32] = []
      // In the order of the segments, so that rows ascend.
      let same = cursors.indices.filter { $0 == least || cursors[$0].order(cursors[least]) == 0 }
      for i in same {
        rows += try cursors[i].rows()
        try cursors[i].advance()
      }
      if let removed { rows.removeAll { removed.contains(Int($0)) } }
      if !rows.isEmpty { try writer.add(page.kind, term, rows: rows) }
    }
    header.longCount = try writer.finish()
    header.termPages = writer.termPages
    header.indexBytes = writer.byteCount
    pages = writer.pages
  }

  private mutating func mergeKeys() throws(IndexError) {
    var pairs: [UInt64] = []
    for reader in readers {
      let shift = UInt64(reader.header.firstRow - header.firstRow)
      for page in reader.header.keyPages.indices { pairs += try reader.keys(page: page).map { $0 + shift } }
    }
    pairs.sort()
    try KeyPages.write(pairs, lineage: lineage, codec: codec, header: &header, pages: &pages)
  }

  /// Puts blocks and hashes of another part in the place of some.
  mutating func replace(blocks: [Int: SegmentHeader.Block], hashPages: [Int: SegmentHeader.HashPage]) {
    for (i, block) in blocks { header.blocks[i] = block }
    for (i, page) in hashPages { header.hashPages[i] = page }
  }
}
