package import Bytes

// Erasing a row: all its versions lose their values, their terms and their hashes. Their blocks are written anew, and so are the
// dictionaries of their segments: a dictionary holds plain text, and one pass over it takes less than finding 34 terms on as many
// pages. The hash of the key stays, so that the row is erased again when it comes with another backup.
extension RowIndex {
  /// Erases all versions of the row of a table that has a key; returns their number. The backups themselves still hold it.
  package func erase(_ table: Name, key values: [[UInt8]]) throws(IndexError) -> Int {
    try erase([(table, values)])
  }

  /// The same for many rows at once.
  package func erase(_ rows: [(table: Name, key: [[UInt8]])]) throws(IndexError) -> Int {
    try removeOrphans()
    var versions: [UInt32] = [], erased: [Hash128] = []
    for row in rows {
      for hash in try RowKey.hashes(row.key, of: row.table, manifest.shapes) {
        erased.append(hash)
        for version in try candidates(key: hash) where try key(of: version, in: row.table) == hash {
          versions.append(version)
        }
      }
    }
    for i in manifest.segments.indices {
      let segment = manifest.segments[i]
      let rows = versions.filter { $0 >= segment.firstRow && $0 < segment.end }.map { Int($0 - segment.firstRow) }
        .sorted()
      if !rows.isEmpty { try erase(rows, of: i, hidesRows: true) }
    }
    var changed = manifest
    let known = Set(changed.erased)
    changed.erased += erased.filter { !known.contains($0) }
    // Twice, so that nothing is left of the pages that the generation before this one needed.
    try commit(changed, writing: [])
    try commit(manifest, writing: [])
    return versions.count
  }

  /// Takes the values and terms of some rows of a segment away, and with `hidesRows` what their hashes say of them.
  func erase(_ rows: [Int], of position: Int, hidesRows: Bool) throws(IndexError) {
    var changed = manifest, set = RowSet(limit: Int(manifest.segments[position].rowCount))
    for row in rows { set.insert(row) }
    let reader = try reader(manifest.segments[position])
    var merge = try SegmentMerge([reader], part: changed.takePart(), removing: set)
    var pages = merge.pages
    let blocks = try blocks(without: rows, reader, part: merge.header.part, to: &pages, in: &changed)
    var hashes: [Int: SegmentHeader.HashPage] = [:]
    if hidesRows { hashes = try identityPages(without: set, reader, part: merge.header.part, to: &pages, in: &changed) }
    merge.replace(blocks: blocks, hashPages: hashes)
    merge.empty(rows.count)
    try replace(position..<(position + 1), by: merge.header, in: &changed, writing: pages)
  }

  /// Writes the blocks of some rows without them.
  private func blocks(
    without rows: [Int], _ reader: SegmentReader, part: UInt32, to pages: inout [Page], in changed: inout Manifest
  ) throws(IndexError) -> [Int: SegmentHeader.Block] {
    var number: UInt32 = 0, blocks: [Int: SegmentHeader.Block] = [:]
    for index in Set(rows.map { reader.header.block(of: $0) }).sorted() {
      var block = reader.header.blocks[index]
      let first = Int(block.firstRow), end = first + Int(block.rowCount)
      let inside = rows.filter { $0 >= first && $0 < end }.map { $0 - first }
      let raw = try reader.block(index).without(inside)
      retire(.rowBlock, block.part, block.number, count: block.pageCount, in: &changed)
      (block.part, block.number) = (part, number)
      pages += try codec.seal("R1", raw.span).pages(.rowBlock, lineage: lineage, part: part, from: &number)
      block.pageCount = number - block.number
      blocks[index] = block
    }
    return blocks
  }

  /// Writes the pages of identities anew that name some rows.
  private func identityPages(
    without rows: RowSet, _ reader: SegmentReader, part: UInt32, to pages: inout [Page], in changed: inout Manifest
  ) throws(IndexError) -> [Int: SegmentHeader.HashPage] {
    var made: [Int: SegmentHeader.HashPage] = [:]
    for (i, page) in reader.header.hashPages.enumerated() {
      let first = reader.identityStarts[i]
      guard rows.intersects(first..<(first + Int(page.rowCount))) else { continue }
      var heap = ByteHeap(capacity: Int(page.rowCount) * 12)
      for (row, identity) in try reader.identities(i).all.enumerated() {
        heap.append(rows.contains(first + row) ? .erased(key: identity.key) : identity)
      }
      retire(.hashes, page.part, page.number, count: 1, in: &changed)
      let number = UInt32(made.count)
      pages.append(
        Page(PageID(.hashes, lineage: lineage, part: part, number: number), IdentityPage.sealed(heap, codec)))
      made[i] = SegmentHeader.HashPage(part: part, number: number, rowCount: page.rowCount)
    }
    return made
  }

  private func retire(_ kind: PageKind, _ part: UInt32, _ number: UInt32, count: UInt32, in changed: inout Manifest) {
    changed.retired.append(
      Manifest.Retired(
        first: PageID(kind, lineage: lineage, part: part, number: number),
        last: PageID(kind, lineage: lineage, part: part, number: number + count - 1)))
  }
}
