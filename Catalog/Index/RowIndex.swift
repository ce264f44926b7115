internal import Bytes
internal import CIndex

/// The rows of all backups of a lineage: kept once for as long as they do not change, found by what is in them.
///
/// Used by one task at a time; one at a time may write.
package final class RowIndex {
  let store: any PageStore
  let lineage: UInt16
  let secretKey: SecretKey?
  let codec = PageCodec()
  /// Bytes of text at which a segment is full.
  var segmentTextLimit = SegmentWriter.textLimit
  var manifest = Manifest()
  /// The generation a catalog remembers: its pages are kept until `settle` says that the catalog remembers a later one.
  private var settled: UInt32?
  private var readers: [UInt32: SegmentReader] = [:]
  private var changes: [UInt32: [UInt32]] = [:]
  private var changesHeld = 0
  /// The rows of some backups, by position, and those of all.
  private(set) var rowSets: [Int: RowSet] = [:]
  var liveSet: RowSet?

  /// Rows that backups name which are held, and bytes of sets of rows.
  private static let changesLimit = 2 << 20
  private static let rowSetLimit = 8 << 20

  /// Opens the index of a lineage; a new one is empty. `generation`: as it was after that change, nil for the last one.
  package init(
    _ store: any PageStore, lineage: UInt16, generation: UInt32? = nil, secretKey: SecretKey? = nil
  ) throws(IndexError) {
    self.store = store
    self.lineage = lineage
    self.secretKey = secretKey
    if let found = try Self.manifest(store, lineage, codec, generation) {
      manifest = found
    } else if let generation, generation > 0 {
      throw IndexError(.damaged("no manifest of generation \(generation)", page: nil))
    }
    settled = generation
  }

  private static func manifest(
    _ store: any PageStore, _ lineage: UInt16, _ codec: PageCodec, _ generation: UInt32?
  ) throws(IndexError) -> Manifest? {
    let first = PageID(.manifest, lineage: lineage, part: generation ?? 0, number: 0)
    let last = PageID(
      .manifest, lineage: lineage, part: generation ?? PageID.partLimit - 1, number: PageID.numberLimit - 1)
    let ids = try store.ids(in: first...last)
    guard let newest = ids.last?.part else { return nil }
    let pages = ids.filter { $0.part == newest }
    let found = try Manifest(codec.open("M2", store.joined(pages[0], count: pages.count), id: pages[0]), id: pages[0])
    guard found.generation == newest else {
      throw IndexError(.damaged("manifest has another number", page: pages[0]))
    }
    return found
  }

  /// Number of the last change; what a catalog remembers.
  package var generation: UInt32 { manifest.generation }
  /// Backups in the order of their times.
  package var backups: [UInt64] { manifest.backups.map(\.id) }
  /// Row versions of all backups.
  package var versionCount: Int { Int(manifest.nextRow) }
  package var segmentCount: Int { manifest.segments.count }
  /// The shapes of rows, by number.
  package var shapes: [RowShape] { manifest.shapes }

  func reader(_ segment: Manifest.Segment) throws(IndexError) -> SegmentReader {
    if let reader = readers[segment.part] { return reader }
    let reader = try SegmentReader(
      part: segment.part, pageCount: Int(segment.headerPages), lineage: lineage, store: store, codec: codec)
    guard reader.header.firstRow == segment.firstRow, reader.header.rowCount == segment.rowCount,
      reader.header.blocks.allSatisfy({ $0.shape < manifest.shapes.count })
    else { throw IndexError(.damaged("segment holds other rows than were told", page: nil)) }
    readers[segment.part] = reader
    return reader
  }

  /// The segment that holds a row version, and the row within it.
  func place(of row: UInt32) throws(IndexError) -> (reader: SegmentReader, row: Int) {
    guard let segment = manifest.segments.last(where: { $0.firstRow <= row }), row < segment.end else {
      throw IndexError(.damaged("row version \(row) is in no segment", page: nil))
    }
    return (try reader(segment), Int(row - segment.firstRow))
  }

  /// Makes a change: writes its last pages with the manifest after it, and forgets what the generation before still needed.
  func commit(_ changed: Manifest, writing pages: [Page]) throws(IndexError) {
    var next = changed
    next.generation = manifest.generation + 1
    guard next.generation < PageID.partLimit else { throw IndexError(.tooLarge("a lineage was changed too often")) }
    var removed: [PageID] = []
    if settled == nil || settled == manifest.generation {
      for range in manifest.retired { removed += try store.ids(in: range.first...range.last) }
      next.retired = Array(changed.retired.dropFirst(manifest.retired.count))
    }
    // Of changes that a catalog did not hear of, because its own transaction was lost.
    let lost = Self.pages(.manifest, lineage, next.generation)
    let last = PageID(.manifest, lineage: lineage, part: PageID.partLimit - 1, number: PageID.numberLimit - 1)
    removed += try store.ids(in: lost.first...last)
    if manifest.generation > 0 {
      next.retired.append(Self.pages(.manifest, lineage, manifest.generation))
    }
    var number: UInt32 = 0
    let heap = next.appended()
    let own = try codec.seal("M2", heap.span).pages(.manifest, lineage: lineage, part: next.generation, from: &number)
    try store.commit(writing: pages + own, removing: removed)
    manifest = next
    readers = readers.filter { part, _ in next.segments.contains { $0.part == part } }
    (changes, changesHeld, rowSets, liveSet) = ([:], 0, [:], nil)
  }

  /// Says that a catalog remembers the last change, durably.
  package func settle() { if settled != nil { settled = manifest.generation } }

  /// Removes the pages that only earlier generations needed; a change of its own.
  package func removeRetired() throws(IndexError) {
    try removeOrphans()
    try commit(manifest, writing: [])
  }

  static func pages(_ kind: PageKind, _ lineage: UInt16, _ part: UInt32) -> Manifest.Retired {
    Manifest.Retired(
      first: PageID(kind, lineage: lineage, part: part, number: 0),
      last: PageID(kind, lineage: lineage, part: part, number: PageID.numberLimit - 1))
  }

  /// Removes pages of a change that was never completed.
  func removeOrphans() throws(IndexError) {
    for kind in PageKind.allCases where kind != .manifest && manifest.nextPart < PageID.partLimit {
      let first = PageID(kind, lineage: lineage, part: manifest.nextPart, number: 0)
      let last = PageID(kind, lineage: lineage, part: PageID.partLimit - 1, number: PageID.numberLimit - 1)
      let ids = try store.ids(in: first...last)
      if !ids.isEmpty { try store.commit(writing: [], removing: ids) }
    }
  }

  /// The rows that a backup names beside its births, ascending.
  func changes(_ backup: Manifest.Backup) throws(IndexError) -> [UInt32] {
    guard backup.changeCount > 0 else { return [] }
    if let known = changes[backup.changePart] { return known }
    let id = PageID(.changes, lineage: lineage, part: backup.changePart, number: 0)
    let raw = try codec.open("C1", store.joined(id, count: Int(backup.changePages)), id: id)
    let count = Int(backup.changeCount)
    var isRead = false
    // Each takes a byte at least.
    let rows = [UInt32](unsafeUninitializedCapacity: min(count, raw.count)) { buffer, used in
      isRead = raw.withUnsafeBufferPointer { raw in
        count <= raw.count
          && ci_gaps_read(raw.baseAddress!, raw.count, UInt64(manifest.nextRow), buffer.baseAddress!, count) != 0
      }
      used = isRead ? count : 0
    }
    guard isRead else { throw IndexError(.damaged("rows that a backup names make no sense", page: id)) }
    if changesHeld + count > Self.changesLimit { (changes, changesHeld) = ([:], 0) }
    changes[backup.changePart] = rows
    changesHeld += count
    return rows
  }

  /// Holds the rows of a backup, in the place of another's when there are many.
  func remember(_ rows: RowSet, at position: Int) {
    let held = Self.rowSetLimit / (rows.words.count * 8 + 1)
    while rowSets.count >= max(held, 2), let other = rowSets.keys.first { rowSets[other] = nil }
    rowSets[position] = rows
  }

  /// Seals the rows that a backup names.
  func write(
    _ rows: RowSet, of backup: inout Manifest.Backup, in manifest: inout Manifest, to pages: inout [Page]
  ) throws(IndexError) {
    if backup.changePages > 0 {
      manifest.retired.append(Self.pages(.changes, lineage, backup.changePart))
    }
    (backup.changeCount, backup.changePart, backup.changePages) = (UInt32(rows.count), 0, 0)
    guard !rows.isEmpty else { return }
    var heap = ByteHeap(capacity: 4096), last = 0, number: UInt32 = 0
    rows.forEach { row in
      heap.append(varint: row - last)
      last = row
      return true
    }
    backup.changePart = try manifest.takePart()
    pages += try codec.seal("C1", heap.span).pages(.changes, lineage: lineage, part: backup.changePart, from: &number)
    backup.changePages = number
  }
}
