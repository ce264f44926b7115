internal import Bytes

/// What a lineage holds: read when the index is opened, written anew by every change.
///
/// Every change writes a manifest of the next generation together with its last pages. So a catalog that remembers a generation
/// in its own transaction always finds the index as it was then: pages are removed one generation after they are needed last.
/// Changes that only tidy up (merging, giving room back, erasing, rebuilding) may be several: whoever remembers a generation before
/// them finds the index after them.
struct Manifest: Equatable, Sendable {
  struct Segment: Equatable, Sendable {
    var part: UInt32
    var headerPages: UInt32
    var firstRow: UInt32
    var rowCount: UInt32
    var textCount: UInt64
    var end: UInt32 { firstRow + rowCount }
  }
  struct Backup: Equatable, Sendable {
    var id: UInt64
    /// Backups are ordered by time, then by id.
    var time: Int64
    /// Rows that were first seen in this backup.
    var births: [Range<UInt32>] = []
    /// Where the rows are named that, beside these, are here and were not in the backup before, or the reverse.
    var changePart: UInt32 = 0
    var changePages: UInt32 = 0
    var changeCount: UInt32 = 0
    var rowCount: UInt32 = 0
  }
  /// Pages that no generation after this one needs.
  struct Retired: Equatable, Sendable {
    var first: PageID
    var last: PageID
  }

  var generation: UInt32 = 0
  var nextPart: UInt32 = 1
  var nextRow: UInt32 = 0
  var shapes: [RowShape] = []
  var segments: [Segment] = []
  var backups: [Backup] = []
  /// Hashes of the keys of erased rows.
  var erased: [Hash128] = []
  var retired: [Retired] = []

  init() {}

  mutating func takePart() throws(IndexError) -> UInt32 {
    guard nextPart < PageID.partLimit else { throw IndexError(.tooLarge("a lineage has more than 1,048,575 parts")) }
    nextPart += 1
    return nextPart - 1
  }

  func appended() -> ByteHeap {
    var heap = ByteHeap(capacity: 4096)
    for value in [generation, nextPart, nextRow] { heap.append(varint: UInt64(value)) }
    heap.append(varint: shapes.count)
    for shape in shapes { shape.append(to: &heap) }
    heap.append(varint: segments.count)
    for segment in segments {
      for value in [segment.part, segment.headerPages, segment.firstRow, segment.rowCount] {
        heap.append(varint: UInt64(value))
      }
      heap.append(varint: segment.textCount)
    }
    heap.append(varint: backups.count)
    for backup in backups { Self.append(backup, to: &heap) }
    heap.append(varint: erased.count)
    for hash in erased {
      heap.append(u64: hash.low)
      heap.append(u64: hash.high)
    }
    heap.append(varint: retired.count)
    for range in retired {
      heap.append(u64: UInt64(bitPattern: range.first.raw))
      heap.append(u64: UInt64(bitPattern: range.last.raw))
    }
    return heap
  }

  private static func append(_ backup: Backup, to heap: inout ByteHeap) {
    heap.append(u64: backup.id)
    heap.append(u64: UInt64(bitPattern: backup.time))
    heap.append(varint: backup.births.count)
    for range in backup.births {
      heap.append(varint: UInt64(range.lowerBound))
      heap.append(varint: range.count)
    }
    for value in [backup.changePart, backup.changePages, backup.changeCount, backup.rowCount] {
      heap.append(varint: UInt64(value))
    }
  }

  init(_ bytes: [UInt8], id: PageID) throws(IndexError) {
    var cursor = PageCursor(bytes, id: id)
    func word() throws(IndexError) -> UInt32 { UInt32(try cursor.count()) }
    generation = try word()
    nextPart = try word()
    nextRow = try word()
    for _ in 0..<(try cursor.count()) { shapes.append(try RowShape(&cursor)) }
    for _ in 0..<(try cursor.count()) {
      let part = try word(), pages = try word(), first = try word(), rows = try word()
      segments.append(
        Segment(part: part, headerPages: pages, firstRow: first, rowCount: rows, textCount: try cursor.varint()))
    }
    for _ in 0..<(try cursor.count()) { backups.append(try Self.backup(&cursor)) }
    for _ in 0..<(try cursor.count()) {
      let low = try cursor.u64()
      erased.append(Hash128(low: low, high: try cursor.u64()))
    }
    for _ in 0..<(try cursor.count()) {
      let first = PageID(raw: Int64(bitPattern: try cursor.u64()))
      retired.append(Retired(first: first, last: PageID(raw: Int64(bitPattern: try cursor.u64()))))
    }
    guard cursor.isAtEnd else { throw cursor.damaged() }
  }

  private static func backup(_ cursor: inout PageCursor) throws(IndexError) -> Backup {
    let id = try cursor.u64()
    var backup = Backup(id: id, time: Int64(bitPattern: try cursor.u64()))
    for _ in 0..<(try cursor.count()) {
      let first = UInt32(try cursor.count())
      backup.births.append(first..<(first + UInt32(try cursor.count(Int(UInt32.max - first)))))
    }
    backup.changePart = UInt32(try cursor.count())
    backup.changePages = UInt32(try cursor.count())
    backup.changeCount = UInt32(try cursor.count())
    backup.rowCount = UInt32(try cursor.count())
    return backup
  }

  /// Position at which a backup of a time belongs.
  func position(time: Int64, id: UInt64) -> Int {
    backups.firstIndex { ($0.time, $0.id) >= (time, id) } ?? backups.count
  }
}
