internal import CIndex

/// A row that two backups do not hold alike.
package struct RowChange: Hashable, Sendable {
  package var shape: RowShape
  /// Its version in the first backup; nil when it is new.
  package var old: UInt32?
  /// Its version in the second; nil when it is gone.
  package var new: UInt32?
}

extension RowIndex {
  /// The rows in which two backups differ: those of the first that are not in the second as they are, in order, then those that
  /// are new. Only identities of rows that changed are looked at, no values.
  package func differences(from first: UInt64, to second: UInt64) throws(IndexError) -> [RowChange] {
    let one = try rows(of: first), two = try rows(of: second)
    var gone = one, come = two
    gone.subtract(two)
    come.subtract(one)
    let old = try named(gone), new = try named(come)
    var partners = [UInt32](repeating: 0, count: old.count + 1), states = [UInt8](repeating: 0, count: new.count + 1)
    old.withUnsafeBufferPointer { old in
      new.withUnsafeBufferPointer { new in
        var none = ci_named()
        withUnsafeMutablePointer(to: &none) { none in
          ci_pair(
            old.baseAddress ?? UnsafePointer(none), old.count, new.baseAddress ?? UnsafePointer(none), new.count,
            &partners, &states)
        }
      }
    }
    var changes: [RowChange] = []
    changes.reserveCapacity(old.count + new.count)
    for (row, partner) in zip(old, partners) where partner != UInt32(CI_SAME) {
      let other = partner == UInt32(CI_NO_PARTNER) ? nil : new[Int(partner)].row
      changes.append(RowChange(shape: manifest.shapes[Int(row.shape)], old: row.row, new: other))
    }
    for (row, state) in zip(new, states) where state == 0 {
      changes.append(RowChange(shape: manifest.shapes[Int(row.shape)], old: nil, new: row.row))
    }
    return changes
  }

  /// Some row versions with what they are told by, in order.
  private func named(_ rows: RowSet) throws(IndexError) -> [ci_named] {
    var all: [ci_named] = []
    all.reserveCapacity(rows.count)
    let hasKey = manifest.shapes.map { $0.key.isEmpty ? UInt32(0) : 1 }
    for segment in manifest.segments where rows.intersects(Int(segment.firstRow)..<Int(segment.end)) {
      let reader = try reader(segment), blocks = reader.header.blocks
      var block = 0
      try reader.forEachIdentityPage(in: rows) { (page) throws(IndexError) in
        let first = Int(page.firstRow)
        rows.forEach(in: first..<(first + page.rowCount)) { row in
          let identity = page[row - first], inside = UInt32(row) - segment.firstRow
          while blocks[block].firstRow + blocks[block].rowCount <= inside { block += 1 }
          let shape = blocks[block].shape
          all.append(
            ci_named(
              low: identity.low, high: identity.high, row: UInt32(row), shape: shape, has_key: hasKey[Int(shape)]))
        }
      }
    }
    return all
  }
}
