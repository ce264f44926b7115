internal import Archive
internal import Bytes
internal import Records
internal import Synchronization

/// The items of a custom archive, in blocks behind its table of contents.
///
///     block := BYTE 1 │ INT dumpId │ chunks            data
///            | BYTE 3 │ INT dumpId │ { INT oid │ chunks } … INT 0      large objects
final class CustomItems: ItemStore {
  private struct Block {
    var start: Int64
    var end: Int64?
  }
  /// What one walk over all blocks found.
  private struct Walk {
    var blocks: [Int: Block] = [:]
    /// Why it ended before the end of the file.
    var failure: IOError?
  }
  private enum Kind: UInt8 { case data = 1, largeObjects = 3 }

  private let file: SharedFile
  private let header: ArchiveHeader
  private let limits: ExpansionLimits
  /// Where the blocks begin.
  private let start: Int64
  /// All positions that the entries give, ascending.
  private let positions: [Int64]
  private let isPositionMissing: Bool
  private let walk = Mutex<Walk?>(nil)

  init(_ file: SharedFile, _ contents: TableOfContents, _ limits: ExpansionLimits) {
    self.file = file
    self.limits = limits
    header = contents.header
    start = contents.end
    var positions: [Int64] = []
    var isMissing = false
    for entry in contents.entries where entry.hadDumper {
      if case .at(let position) = entry.position { positions.append(position) } else { isMissing = true }
    }
    self.positions = positions.sorted()
    isPositionMissing = isMissing
  }

  func open(_ entry: TOCEntry) throws(IOError) -> any ByteSource & ~Copyable {
    try header.compression.decode(limits) { () throws(IOError) in ChunkSource(reader: try self.locate(entry, .data)) }
  }

  func largeObjects(_ entry: TOCEntry) throws(IOError) -> any LargeObjectList {
    CustomLargeObjects(try locate(entry, .largeObjects), header.compression, limits)
  }

  func offset(of entry: TOCEntry) -> Int64? {
    if case .at(let position) = entry.position, holds(entry.dumpId, at: position) { return position }
    return walk.withLock { $0?.blocks[entry.dumpId]?.start }
  }

  func storedByteCount(_ entry: TOCEntry) -> Int64? {
    if let block = walk.withLock({ $0?.blocks[entry.dumpId] }) { return block.end.map { $0 - block.start } }
    guard !isPositionMissing, case .at(let position) = entry.position, position >= start else { return nil }
    // Blocks follow each other, so this one ends where the next one begins.
    var low = 0, high = positions.count
    while low < high {
      let middle = (low + high) / 2
      if positions[middle] <= position { low = middle + 1 } else { high = middle }
    }
    let end = low < positions.count ? positions[low] : file.byteCount
    return end <= file.byteCount && end > position ? end - position : nil
  }

  /// Finds the block of an entry by its position or, when that is not known or wrong, by walking over all blocks.
  private func locate(_ entry: TOCEntry, _ kind: Kind) throws(IOError) -> ChunkReader {
    if case .at(let position) = entry.position, let input = begin(kind, entry.dumpId, at: position) {
      return ChunkReader(input)
    }
    let (block, failure) = walked(entry.dumpId)
    if let block, let input = begin(kind, entry.dumpId, at: block.start) { return ChunkReader(input) }
    throw failure ?? unreadable("archive has no data item number \(entry.dumpId)")
  }

  /// The input behind the head of a block; nil when the block is not the one that is wanted.
  private func begin(_ kind: Kind, _ dumpId: Int, at position: Int64) -> ArchiveBytes? {
    guard position >= start, position < file.byteCount else { return nil }
    var input = input(at: position)
    guard let type = try? input.byte(), type == kind.rawValue, let id = try? input.int(), id == dumpId else {
      return nil
    }
    return input
  }

  private func holds(_ dumpId: Int, at position: Int64) -> Bool {
    begin(.data, dumpId, at: position) != nil || begin(.largeObjects, dumpId, at: position) != nil
  }

  private func input(at position: Int64) -> ArchiveBytes {
    var input = ArchiveBytes(file, at: position)
    (input.intSize, input.offsetSize) = (header.intSize, header.offsetSize)
    return input
  }

  private func walked(_ dumpId: Int) -> (Block?, IOError?) {
    walk.withLock { walk in
      let done = walk ?? walkBlocks()
      walk = done
      return (done.blocks[dumpId], done.failure)
    }
  }

  private func walkBlocks() -> Walk {
    var walk = Walk()
    var position = start
    do throws(ReadError) {
      while position < file.byteCount { position = try step(over: position, &walk) }
    } catch { walk.failure = IOError(error) }
    return walk
  }

  /// Notes the block at a position; returns where it ends.
  private func step(over position: Int64, _ walk: inout Walk) throws(ReadError) -> Int64 {
    var input = input(at: position)
    guard let kind = Kind(rawValue: try input.byte()) else {
      throw input.corrupt("no block begins here", at: position)
    }
    let dumpId = try input.int()
    let isNew = walk.blocks[dumpId] == nil
    if isNew { walk.blocks[dumpId] = Block(start: position) }
    let reader = ChunkReader(input)
    switch kind {
    case .data: try reader.skipChunks()
    case .largeObjects: while try reader.nextObject() != nil { try reader.skipChunks() }
    }
    if isNew { walk.blocks[dumpId]?.end = reader.offset }
    return reader.offset
  }
}

/// The large objects of one block.
private final class CustomLargeObjects: LargeObjectList {
  private let reader: ChunkReader
  private let compression: ItemCompression
  private let limits: ExpansionLimits
  private var isWithinObject = false

  init(_ reader: ChunkReader, _ compression: ItemCompression, _ limits: ExpansionLimits) {
    self.reader = reader
    self.compression = compression
    self.limits = limits
  }

  func next() throws(IOError) -> UInt32? {
    do throws(ReadError) {
      if isWithinObject { try reader.skipChunks() }
      let oid = try reader.nextObject()
      isWithinObject = oid != nil
      return oid
    } catch { throw IOError(error) }
  }

  func open() throws(IOError) -> any ByteSource & ~Copyable {
    try compression.decode(ChunkSource(reader: reader), limits)
  }
}
