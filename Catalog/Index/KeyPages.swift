internal import Bytes
internal import CIndex

// Keys of a segment: pairs of a key, as so many bits of its hash as tell most rows apart, and a row (20 bits), sorted, 4096 to a page:
//
//   varint(bytes)  sealed: varint(key - key before) for each pair, then bits 16-19 of each row  sealed: bits 0-15 of each row
//
// What a pair says is checked by the identity of the row.

/// Rows by the hash of their key.
enum KeyPages {
  static let pageRows = 4096
  /// Bits of keys in the pairs that pages are made of.
  private static let pairBits = 40

  /// A pair of which the pages are made.
  static func pair(_ identity: RowIdentity, row: UInt32) -> UInt64 {
    (identity.key >> UInt64(RowIdentity.keyBits - pairBits)) << 24 | UInt64(row)
  }
  /// Bits of a key that the pages of a segment have.
  private static func bits(_ rowCount: Int) -> Int { min(pairBits, 64 - rowCount.leadingZeroBitCount + 2) }
  /// A key as the pages of a segment have it.
  static func shortened(_ key: UInt64, rowCount: Int) -> UInt64 { key >> UInt64(RowIdentity.keyBits - bits(rowCount)) }

  /// Writes the pages of pairs, which are sorted before.
  static func write(
    _ pairs: inout [UInt64], lineage: UInt16, codec: PageCodec, header: inout SegmentHeader, pages: inout [Page]
  ) throws(IndexError) {
    pairs.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { ci_sort(base, buffer.count, 24, 64) }
    }
    header.keyPages = []
    let shift = UInt64(24 + pairBits - bits(Int(header.rowCount)))
    var at = 0
    while at < pairs.count {
      let end = min(pairs.count, at + pageRows)
      let id = PageID(.keys, lineage: lineage, part: header.part, number: UInt32(header.keyPages.count))
      let page = Page(id, sealed(pairs[at..<end], shift: shift, codec))
      header.indexBytes += UInt64(page.bytes.count)
      header.keyPages.append(pairs[at] >> shift)
      pages.append(page)
      at = end
    }
  }

  private static func sealed(_ pairs: ArraySlice<UInt64>, shift: UInt64, _ codec: PageCodec) -> [UInt8] {
    var heads = ByteHeap(capacity: pageRows * 3), tails = ByteHeap(capacity: pageRows * 2), last: UInt64 = 0
    for pair in pairs {
      heads.append(varint: (pair >> shift) - last)
      last = pair >> shift
    }
    for pair in pairs {
      heads.append(UInt8(truncatingIfNeeded: pair >> 16))
      tails.append(UInt8(truncatingIfNeeded: pair))
      tails.append(UInt8(truncatingIfNeeded: pair >> 8))
    }
    let sealedHeads = codec.seal("K2", heads.span), sealedTails = codec.seal("K3", tails.span, isDense: true)
    var page = ByteHeap(capacity: sealedHeads.count + sealedTails.count + 8)
    page.append(varint: sealedHeads.count)
    page.append(sealedHeads.span)
    page.append(sealedTails.span)
    return Array(page.span)
  }

  /// The rows of a page whose key, shortened, is the one given; `next` tells whether the page after it may hold others.
  static func rows(
    _ key: UInt64, _ page: [UInt8], id: PageID, codec: PageCodec, rowCount: Int
  ) throws(IndexError) -> [Int] {
    var cursor = PageCursor(page, id: id)
    let range = try cursor.take(try cursor.count())
    var heads = PageCursor(try codec.open("K2", Array(page[range]), id: id), id: id)
    let tails = try codec.open("K3", Array(page[cursor.at...]), id: id), count = tails.count / 2
    var found: [Int] = [], last: UInt64 = 0
    for i in 0..<count {
      let gap = try heads.varint()
      guard gap <= UInt64.max - last else { throw heads.damaged() }
      last += gap
      if last == key { found.append(i) }
    }
    let rest = try heads.take(count)
    guard heads.isAtEnd, count * 2 == tails.count else { throw heads.damaged() }
    var rows: [Int] = []
    for i in found {
      let row = Int(heads.bytes[rest.lowerBound + i]) << 16 | Int(tails[i * 2 + 1]) << 8 | Int(tails[i * 2])
      guard row < rowCount else { throw cursor.damaged() }
      rows.append(row)
    }
    return rows
  }
}
