// Rows that no backup holds any more keep their places, for versions are numbered without gaps; what they hold is given up once it
// is a good part of a segment.
extension RowIndex {
  /// Parts of a hundred of a segment's rows that may be dead.
  private static let deadPercent = 30

  /// Gives back the room of rows that no backup holds, where they are more than 30 % of a segment, or anywhere with `all`;
  /// returns the number of these rows. Afterwards no page holds their values.
  @discardableResult
  package func reclaimRows(all: Bool = false) throws(IndexError) -> Int {
    try removeOrphans()
    var count = 0
    let live = try liveRows()
    for position in manifest.segments.indices {
      let segment = manifest.segments[position], reader = try reader(segment)
      var dead = RowSet.all(reader.rowCount)
      dead.subtract(Self.cut(live, segment))
      let full = reader.rowCount - Int(reader.header.emptyCount)
      let fullDead = try dead.isEmpty ? [] : rowsWithValues(dead, reader)
      guard !fullDead.isEmpty, all || fullDead.count * 100 > full * Self.deadPercent else { continue }
      try erase(fullDead, of: position, hidesRows: false)
      count += fullDead.count
    }
    var changed = manifest
    if all { try forgetShapes(&changed, live) }
    if count > 0 || changed != manifest { try commit(changed, writing: []) }
    return count
  }

  /// Takes away the names in shapes of which no row is held any more.
  private func forgetShapes(_ changed: inout Manifest, _ live: RowSet) throws(IndexError) {
    var isUsed = [Bool](repeating: false, count: changed.shapes.count)
    for segment in changed.segments {
      let rows = Self.cut(live, segment)
      for block in try reader(segment).header.blocks where !isUsed[Int(block.shape)] {
        let last = rows.last(before: Int(block.firstRow + block.rowCount))
        isUsed[Int(block.shape)] = last.map { $0 >= Int(block.firstRow) } ?? false
      }
    }
    for i in changed.shapes.indices where !isUsed[i] { changed.shapes[i].forget() }
  }

  /// Those of some rows that hold more than their place.
  private func rowsWithValues(_ rows: RowSet, _ reader: SegmentReader) throws(IndexError) -> [Int] {
    guard reader.header.emptyCount > 0 else { return rows.rows }
    var full: [Int] = [], opened: (index: Int, block: RowBlock)?
    try rows.forEach { (row) throws(IndexError) -> Bool in
      let index = reader.header.block(of: row)
      if opened?.index != index { opened = (index, try reader.block(index)) }
      let inside = row - Int(reader.header.blocks[index].firstRow)
      if let block = opened?.block, block.columnCount > 0, block.state(inside, 0) != .erased { full.append(row) }
      return true
    }
    return full
  }
}
