// Segments are merged eight at a time, so that a year of days is a few dozen of them: those of up to 4 MiB of text into one of
// up to 32 MiB, these into segments of up to 64 MiB.
extension RowIndex {
  /// Segments of a size that are merged at once.
  static let fanOut = 8
  private static let levels: [UInt64] = [4 << 20, 32 << 20]

  private static func level(_ segment: Manifest.Segment) -> Int {
    levels.firstIndex { segment.textCount <= $0 } ?? levels.count
  }

  /// Whether there is something to merge.
  package var canMerge: Bool { mergeable() != nil }

  /// Merges what has become too many; returns the number of merges.
  @discardableResult
  package func mergeSegments() throws(IndexError) -> Int {
    var count = 0
    while let range = mergeable() {
      try merge(range)
      count += 1
    }
    return count
  }

  /// Neighbours to be merged: eight of one level or of lower ones in a row, as many as fit into one segment.
  private func mergeable() -> Range<Int>? {
    for level in Self.levels.indices {
      var start = 0
      for i in manifest.segments.indices {
        if Self.level(manifest.segments[i]) > level { start = i + 1 }
        guard i + 1 - start == Self.fanOut else { continue }
        let end = fitting(from: start, to: i + 1)
        if end - start > 1 { return start..<end }
        start += 1
      }
    }
    return nil
  }

  /// The end of as many segments as one can hold.
  private func fitting(from start: Int, to end: Int) -> Int {
    var text: UInt64 = 0, rows = 0, at = start
    while at < end {
      text += manifest.segments[at].textCount
      rows += Int(manifest.segments[at].rowCount)
      if text > SegmentWriter.textLimit || rows > SegmentWriter.rowLimit { break }
      at += 1
    }
    return at
  }

  private func merge(_ range: Range<Int>) throws(IndexError) {
    try removeOrphans()
    var changed = manifest, readers: [SegmentReader] = []
    for segment in manifest.segments[range] { readers.append(try reader(segment)) }
    let merge = try SegmentMerge(readers, part: changed.takePart())
    try replace(range, by: merge.header, in: &changed, writing: merge.pages)
  }

  /// Completes a change that puts a segment in the place of others.
  func replace(
    _ range: Range<Int>, by header: SegmentHeader, in changed: inout Manifest, writing pages: [Page]
  ) throws(IndexError) {
    let own = try header.pages(lineage: lineage, codec: codec)
    for segment in changed.segments[range] {
      for kind in [PageKind.dictionary, .lists, .header, .keys] {
        changed.retired.append(Self.pages(kind, lineage, segment.part))
      }
    }
    changed.segments.replaceSubrange(
      range,
      with: [
        Manifest.Segment(
          part: header.part, headerPages: UInt32(own.count), firstRow: header.firstRow, rowCount: header.rowCount,
          textCount: header.textCount)
      ])
    try commit(changed, writing: pages + own)
  }
}
