package import Bytes
package import Records

/// Takes up the rows of one more backup. Nothing is seen of it before `finish`.
package final class RowRegistration {
  private let index: RowIndex
  private var manifest: Manifest
  private var backup: Manifest.Backup
  private let position: Int
  /// Rows of the backups before and after, and which of them this backup holds too.
  private let before: RowSet
  private let neighbours: RowSet
  private var seen: RowSet
  private let rowSeed: Hash128?
  private var tables: [Name: RowLookup] = [:]
  private var pending: [RowShape: PendingRows] = [:]
  private var segment: OpenSegment?
  private var pages: [Page] = []
  private var pageBytes = 0
  /// Rows taken up so far, and how many of them were not known.
  package private(set) var rowCount = 0
  package private(set) var newCount = 0
  /// Values of new rows that are not searched because of their size or kind, by table.
  package private(set) var unsearchableCounts: [Name: Int64] = [:]
  private var scratch = ByteHeap(capacity: 256)

  /// Bytes of pages that are written at a time, and rows of unfinished blocks that are held.
  private static let pageLimit = 16 << 20
  private static let pendingLimit = 64
  /// Rows between asking for a place in a table of hashes and using it.
  private static let rowsAhead = 12

  init(_ index: RowIndex, backup id: UInt64, time: Int64) throws(IndexError) {
    try index.removeOrphans()
    guard !index.manifest.backups.contains(where: { $0.id == id }) else {
      throw IndexError(.invalid("backup \(id) is in the row index already"))
    }
    self.index = index
    rowSeed = index.secretKey?.rowSeed
    manifest = index.manifest
    position = manifest.position(time: time, id: id)
    backup = Manifest.Backup(id: id, time: time)
    before = try index.rows(at: position - 1)
    var neighbours = before
    if position < manifest.backups.count { neighbours.formUnion(try index.rows(at: position)) }
    self.neighbours = neighbours
    seen = RowSet(limit: Int(manifest.nextRow))
  }

  /// Takes up the rows of a batch of a table.
  package func add(_ batch: borrowing RecordBatch, of table: TableSchema) throws(IndexError) {
    let shape = RowShape(table)
    let rows = try pendingRows(shape, table)
    do throws(IOError) { try rows.digester.add(batch) } catch { throw IndexError(.io(error)) }
    var lookup = RowLookup(capacity: 0)
    if let known = tables.removeValue(forKey: shape.table) {
      lookup = known
    } else {
      lookup = try knownRows(of: shape.table)
    }
    defer { tables[shape.table] = lookup }
    let table = rows.table, seed = rowSeed
    let hashes = rows.digester.rowHashes.map { RowKey.row($0, table: table, seed: seed) }
    for row in 0..<batch.rowCount {
      if row + Self.rowsAhead < batch.rowCount { lookup.prefetch(hashes[row + Self.rowsAhead]) }
      try add(row, of: batch, rows, hashes[row], &lookup)
    }
    rowCount += batch.rowCount
  }

  private func pendingRows(_ shape: RowShape, _ table: TableSchema) throws(IndexError) -> PendingRows {
    if let known = pending[shape] { return known }
    if pending.count >= Self.pendingLimit { try flushAll() }
    let rows = PendingRows(table, number: try number(of: shape))
    pending[shape] = rows
    return rows
  }

  private func add(
    _ row: Int, of batch: borrowing RecordBatch, _ rows: PendingRows, _ hash: Hash128, _ lookup: inout RowLookup
  ) throws(IndexError) {
    var hash = hash
    var isErased = false
    if !manifest.erased.isEmpty, let key = key(row, of: batch, rows), manifest.erased.contains(key) {
      hash = RowKey.erased(key)
      isErased = true
    }
    var met = lookup.meet(hash)
    if met.before > 0 {
      hash = RowKey.repeated(hash, times: met.before)
      met = lookup.meet(hash)
    }
    if met.row != RowLookup.none && met.before == 0 { return seen.insert(Int(met.row)) }
    let key = key(row, of: batch, rows) ?? hash
    rows.append(row, of: batch, hash: hash, key: key.low, isErased: isErased)
    newCount += 1
    if rows.isFull { try flush(rows) }
  }

  private func key(_ row: Int, of batch: borrowing RecordBatch, _ rows: PendingRows) -> Hash128? {
    if rows.shape.key.isEmpty { return nil }
    return RowKey.hash(row, of: batch, rows.shape.key, table: rows.table, &scratch)
  }

  private func number(of shape: RowShape) throws(IndexError) -> Int {
    if let known = manifest.shapes.firstIndex(of: shape) { return known }
    manifest.shapes.append(shape)
    return manifest.shapes.count - 1
  }

  /// The rows of a table that the neighbours hold.
  private func knownRows(of table: Name) throws(IndexError) -> RowLookup {
    var found: [(hash: Hash128, row: UInt32)] = []
    let shapes = index.manifest.shapes.map { $0.table == table }
    for segment in index.manifest.segments {
      let reader = try index.reader(segment)
      var wanted = RowSet(limit: reader.rowCount)
      for block in reader.header.blocks where shapes[Int(block.shape)] {
        wanted.toggle(Int(block.firstRow)..<Int(block.firstRow + block.rowCount))
      }
      guard !wanted.isEmpty else { continue }
      try reader.forEachHash { row, hash in
        let version = segment.firstRow + UInt32(row)
        if wanted.contains(row), neighbours.contains(Int(version)) { found.append((hash, version)) }
      }
    }
    var lookup = RowLookup(capacity: found.count + 1024)
    // Rows of the backup before come first where both neighbours hold equal ones.
    for (hash, row) in found where before.contains(Int(row)) { lookup.insert(hash, row: row) }
    for (hash, row) in found where !before.contains(Int(row)) { lookup.insert(hash, row: row) }
    return lookup
  }

  /// Lets go of what is known of a table, when no more of its rows will come.
  package func end(_ table: Name) throws(IndexError) { tables[table] = nil }

  private func flushAll() throws(IndexError) {
    for rows in pending.values.sorted(by: { $0.number < $1.number }) { try flush(rows) }
    pending = [:]
  }

  private func flush(_ rows: PendingRows) throws(IndexError) {
    guard rows.batch.rowCount > 0 else { return }
    guard UInt64(manifest.nextRow) + UInt64(rows.batch.rowCount) < UInt64(UInt32.max) else {
      throw IndexError(.tooLarge("a lineage has more than 4,294,967,294 row versions"))
    }
    let segment = try openSegment(), first = manifest.nextRow, unsearchable = segment.writer.unsearchableCount
    try segment.writer.add(
      rows.batch, rows.shape, number: rows.number, hashes: rows.hashes, keys: rows.keys, erased: rows.erased,
      secretKey: index.secretKey)
    unsearchableCounts[rows.shape.table, default: 0] += segment.writer.unsearchableCount - unsearchable
    manifest.nextRow += UInt32(rows.batch.rowCount)
    if let last = backup.births.last, last.upperBound == first {
      backup.births[backup.births.count - 1] = last.lowerBound..<manifest.nextRow
    } else {
      backup.births.append(first..<manifest.nextRow)
    }
    rows.removeAll()
    try keep(segment.writer.takePages())
  }

  private func openSegment() throws(IndexError) -> OpenSegment {
    if let segment, segment.isOpen, !segment.writer.isFull { return segment }
    try endSegment()
    if let segment {
      segment.writer.restart(part: try manifest.takePart(), firstRow: manifest.nextRow)
      segment.isOpen = true
      return segment
    }
    let made = OpenSegment(
      SegmentWriter(
        lineage: index.lineage, part: try manifest.takePart(), firstRow: manifest.nextRow, codec: index.codec,
        textLimit: index.segmentTextLimit))
    segment = made
    return made
  }

  private func keep(_ made: [Page]) throws(IndexError) {
    pages += made
    pageBytes += made.reduce(0) { $0 + $1.bytes.count }
    guard pageBytes >= Self.pageLimit else { return }
    try index.store.commit(writing: pages, removing: [])
    pages = []
    pageBytes = 0
  }

  private func endSegment() throws(IndexError) {
    guard let ended = segment, ended.isOpen else { return }
    ended.isOpen = false
    let header = try ended.writer.finish()
    try keep(ended.writer.takePages())
    let own = try header.pages(lineage: index.lineage, codec: index.codec)
    try keep(own)
    manifest.segments.append(
      Manifest.Segment(
        part: header.part, headerPages: UInt32(own.count), firstRow: header.firstRow, rowCount: header.rowCount,
        textCount: header.textCount))
  }

  /// Makes the backup part of the index.
  package func finish() throws(IndexError) {
    try flushAll()
    try endSegment()
    let limit = Int(manifest.nextRow)
    var named = before.resized(to: limit)
    named.formSymmetricDifference(seen.resized(to: limit))
    backup.rowCount = UInt32(seen.count) + backup.births.reduce(0) { $0 + UInt32($1.count) }
    if position < manifest.backups.count {
      // What this backup tells has to be taken back by the next.
      var next = manifest.backups[position], difference = named
      for range in backup.births { difference.toggle(Int(range.lowerBound)..<Int(range.upperBound)) }
      for row in try index.changes(next) { difference.toggle(Int(row)) }
      try index.write(difference, of: &next, in: &manifest, to: &pages)
      manifest.backups[position] = next
    }
    try index.write(named, of: &backup, in: &manifest, to: &pages)
    manifest.backups.insert(backup, at: position)
    try index.commit(manifest, writing: pages)
    pages = []
  }
}

extension RowIndex {
  /// Begins to take up a backup; backups may come in any order of their times.
  package func register(_ backup: UInt64, time: Int64) throws(IndexError) -> RowRegistration {
    try RowRegistration(self, backup: backup, time: time)
  }
}

/// The segment that is being built.
private final class OpenSegment {
  var writer: SegmentWriter
  var isOpen = true
  init(_ writer: consuming SegmentWriter) { self.writer = writer }
}
