// Which rows a backup holds.
//
// A backup says what differs from the one before it: rows that were born with it, a range or two, and rows that it names. A row
// is in a backup when an odd number of the backups up to it tell it. So a backup can be put in between, or taken out, by
// changing what the one after it names: Δ'(N) = Δ(N) xor Δ(X).
extension RowIndex {
  /// The rows of a backup.
  package func rows(of backup: UInt64) throws(IndexError) -> RowSet {
    guard let position = manifest.backups.firstIndex(where: { $0.id == backup }) else {
      throw IndexError(.invalid("no backup \(backup) in the row index"))
    }
    return try rows(at: position)
  }

  /// The rows of the backup at a position; none before the first.
  func rows(at position: Int) throws(IndexError) -> RowSet {
    if let found = rowSets[position] { return found }
    // From the nearest that is known, forth or back.
    var set = RowSet(limit: Int(manifest.nextRow)), from = -1
    for (other, rows) in rowSets where abs(other - position) < abs(from - position) { (set, from) = (rows, other) }
    if position >= 0 {
      for i in (min(from, position) + 1)..<(max(from, position) + 1) { try toggle(manifest.backups[i], in: &set) }
    }
    remember(set, at: position)
    return set
  }

  /// The rows by which a backup differs from the one before it.
  func difference(_ backup: Manifest.Backup) throws(IndexError) -> RowSet {
    var set = RowSet(limit: Int(manifest.nextRow))
    try toggle(backup, in: &set)
    return set
  }

  private func toggle(_ backup: Manifest.Backup, in set: inout RowSet) throws(IndexError) {
    for range in backup.births { set.toggle(Int(range.lowerBound)..<Int(range.upperBound)) }
    for row in try changes(backup) { set.toggle(Int(row)) }
  }

  /// The backups that hold a row version, in the order of their times.
  package func backups(holding row: UInt32) throws(IndexError) -> [UInt64] {
    var isHeld = false, holders: [UInt64] = []
    for backup in manifest.backups {
      if backup.births.contains(where: { $0.contains(row) }) { isHeld.toggle() }
      if Self.contains(try changes(backup), row) { isHeld.toggle() }
      if isHeld { holders.append(backup.id) }
    }
    return holders
  }

  /// The backup in which a row version was first seen; nil when that was forgotten.
  package func birth(of row: UInt32) -> UInt64? {
    manifest.backups.first { $0.births.contains { $0.contains(row) } }?.id
  }

  private static func contains(_ rows: [UInt32], _ row: UInt32) -> Bool {
    var low = 0, high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && rows[low] == row
  }

  /// The rows that at least one backup holds.
  package func liveRows() throws(IndexError) -> RowSet {
    if let liveSet { return liveSet }
    var live = RowSet(limit: Int(manifest.nextRow)), set = live
    for backup in manifest.backups {
      try toggle(backup, in: &set)
      live.formUnion(set)
    }
    liveSet = live
    return live
  }

  /// Takes a backup out: one small change. Rows that no other backup holds are found no more; the room they take is given
  /// back when their segments are rewritten.
  package func forget(_ backup: UInt64) throws(IndexError) {
    try removeOrphans()
    guard let position = manifest.backups.firstIndex(where: { $0.id == backup }) else {
      throw IndexError(.invalid("no backup \(backup) in the row index"))
    }
    var changed = manifest, pages: [Page] = []
    let gone = changed.backups.remove(at: position)
    if gone.changePages > 0 { changed.retired.append(Self.pages(.changes, lineage, gone.changePart)) }
    if position < changed.backups.count {
      var next = changed.backups[position]
      var named = RowSet(limit: Int(manifest.nextRow))
      for row in try changes(gone) { named.toggle(Int(row)) }
      for row in try changes(next) { named.toggle(Int(row)) }
      next.births = (next.births + gone.births).sorted { $0.lowerBound < $1.lowerBound }
      try write(named, of: &next, in: &changed, to: &pages)
      changed.backups[position] = next
    }
    try commit(changed, writing: pages)
  }
}
