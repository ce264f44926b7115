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
  private var tables: [Name: KnownRows] = [:]
  /// Tables of which rows came, and those that are kept as they were.
  private var begun = Set<Name>()
  private var kept = Set<Name>()
  private let erased: Set<Hash128>
  private var pending: [RowShape: PendingRows] = [:]
  private var segment: OpenSegment?
  private var pages: [Page] = []
  private var pageBytes = 0
  /// Rows taken up so far, and how many of them were not known.
  package private(set) var rowCount = 0
  package private(set) var newCount = 0
  /// Values of new rows that are not searched because of their size or kind, by table.
  package private(set) var unsearchableCounts: [Name: Int64] = [:]

  /// Bytes of pages that are written at a time, and rows of unfinished blocks that are held.
  private static let pageLimit = 16 << 20
  private static let pendingLimit = 64

  init(_ index: RowIndex, backup id: UInt64, time: Int64) throws(IndexError) {
    try index.removeOrphans()
    guard !index.manifest.backups.contains(where: { $0.id == id }) else {
      throw IndexError(.invalid("backup \(id) is in the row index already"))
    }
    self.index = index
    rowSeed = index.secretKey?.rowSeed
    erased = Set(index.manifest.erased)
    manifest = index.manifest
    position = manifest.position(time: time, id: id)
    backup = Manifest.Backup(id: id, time: time)
    before = try index.rows(at: position - 1)
    var neighbours = before
    if position < manifest.backups.count { neighbours.formUnion(try index.rows(at: position)) }
    self.neighbours = neighbours
    seen = RowSet(limit: Int(manifest.nextRow))
  }

  /// The backup before this one, by time; nil when there is none.
  package var previous: UInt64? { position > 0 ? manifest.backups[position - 1].id : nil }

  /// Takes up the rows of a batch of a table.
  package func add(_ batch: borrowing RecordBatch, of table: TableSchema) throws(IndexError) {
    let rows = try pendingRows(table)
    do throws(IOError) { try rows.digester.add(batch) } catch { throw IndexError(.io(error)) }
    try add(batch, rows, rows.digester.rowHashes)
  }

  /// Takes up the rows of a batch of a table by their hashes, which a `RowDigester` of all columns of the table has made.
  package func add(_ batch: borrowing RecordBatch, of table: TableSchema, hashes: [Hash128]) throws(IndexError) {
    try add(batch, pendingRows(table), hashes)
  }

  /// Takes up a table as the backup before this one holds it, all its rows. Right only when its rows are known to be the same.
  package func keep(_ table: Name) throws(IndexError) {
    guard position > 0 else { throw IndexError(.invalid("no backup comes before this one")) }
    guard begun.insert(table).inserted else { throw IndexError(.invalid("rows of the table were taken up already")) }
    kept.insert(table)
    var rows = try versions(of: table)
    rows.formIntersection(before)
    seen.formUnion(rows)
    rowCount += rows.count
  }

  private func add(_ batch: borrowing RecordBatch, _ rows: PendingRows, _ hashes: [Hash128]) throws(IndexError) {
    try rows.identify(batch, hashes, seed: rowSeed)
    let isErased = erase(rows)
    let known = try knownRows(of: rows.shape.table)
    for (row, isRepeated) in known.meet(rows.identities, &seen) {
      var identity = rows.identities[row]
      if isRepeated {
        identity = known.identity(repeating: identity)
        if known.meet(identity, &seen) { continue }
      }
      try rows.append(row, of: batch, identity, isErased: !isErased.isEmpty && isErased[row])
      newCount += 1
      if rows.isFull { try flush(rows) }
    }
    rowCount += batch.rowCount
  }

  /// Which of the rows added last are erased: these have another identity. None when nothing was erased.
  private func erase(_ rows: PendingRows) -> [Bool] {
    if erased.isEmpty || rows.shape.key.isEmpty { return [] }
    return rows.keys.hashes.enumerated().map { row, hash in
      let key = hash.mixed(with: rows.table), isErased = erased.contains(key)
      if isErased { rows.identities[row] = .erased(key: key.low) }
      return isErased
    }
  }

  private func pendingRows(_ table: TableSchema) throws(IndexError) -> PendingRows {
    let shape = RowShape(table)
    guard !kept.contains(shape.table) else { throw IndexError(.invalid("the table is kept as it was")) }
    begun.insert(shape.table)
    if let known = pending[shape] { return known }
    if pending.count >= Self.pendingLimit { try flushAll() }
    let rows = PendingRows(table, number: try number(of: shape))
    pending[shape] = rows
    return rows
  }

  private func number(of shape: RowShape) throws(IndexError) -> Int {
    if let known = manifest.shapes.firstIndex(of: shape) { return known }
    manifest.shapes.append(shape)
    return manifest.shapes.count - 1
  }

  /// All row versions of a table.
  private func versions(of table: Name) throws(IndexError) -> RowSet {
    let shapes = index.manifest.shapes.map { $0.table == table }
    var all = RowSet(limit: Int(index.manifest.nextRow))
    for segment in index.manifest.segments {
      let first = Int(segment.firstRow)
      for block in try index.reader(segment).header.blocks where shapes[Int(block.shape)] {
        all.toggle((first + Int(block.firstRow))..<(first + Int(block.firstRow + block.rowCount)))
      }
    }
    return all
  }

  /// The rows of a table that the neighbours hold.
  private func knownRows(of table: Name) throws(IndexError) -> KnownRows {
    if let known = tables[table] { return known }
    let all = try versions(of: table)
    var earlier = all, later = all
    earlier.formIntersection(before)
    later.formIntersection(neighbours)
    later.subtract(before)
    let known = KnownRows(capacity: earlier.count + later.count)
    // Rows of the backup before come first where both neighbours hold equal ones.
    for rows in [earlier, later] where !rows.isEmpty {
      for segment in index.manifest.segments {
        try index.reader(segment).forEachIdentityPage(in: rows) { known.insert($0, in: rows) }
      }
    }
    tables[table] = known
    return known
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
      rows.batch, rows.shape, number: rows.number, identities: rows.kept, erased: rows.erased,
      references: rows.references,
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
