package import Bytes
package import Records

/// The output of one table while its rows are written: a file or stream, or its share of a spill file.
package final class TableStream {  // a class for identity only: batches are written to `buffer` as a whole
  package var buffer: OutputBuffer
  /// Where the bytes lie in the spill file; nil when they go to the table's own output.
  private let extents: ExtentList?

  /// A stream into the table's own output.
  package init(_ sink: consuming any ByteSink & ~Copyable, bufferSize: Int) {
    buffer = OutputBuffer(sink, capacity: bufferSize)
    extents = nil
  }
  /// A stream that is kept aside until its turn comes.
  package init(in spill: TableSpill, bufferSize: Int) {
    let list = ExtentList()
    buffer = OutputBuffer(ExtentSink(spill: spill, extents: list), capacity: bufferSize)
    extents = list
  }

  /// Whether the bytes are kept aside.
  package var isSpilled: Bool { extents != nil }

  /// Appends the bytes kept aside to `output`, when the table is complete.
  package func copy(to output: inout OutputBuffer) throws(IOError) {
    try forEachPiece { (bytes) throws(IOError) in try output.append(bytes) }
  }

  /// Calls `body` with the bytes kept aside, in order, when the table is complete.
  package func forEachPiece(_ body: (Span<UInt8>) throws(IOError) -> Void) throws(IOError) {
    try buffer.flush()
    guard let extents else { return }
    for extent in extents.all {
      try extents.spill?.file.forEachPiece(at: extent.offset, count: extent.count, body) { $0 }
    }
  }
}

/// One private file that holds the output of many tables in pieces.
package final class TableSpill {
  fileprivate let file: SpillFile
  fileprivate var end: Int64 = 0
  package init() throws(IOError) { file = try SpillFile() }
}

/// The pieces of one table in a spill file, in order.
private final class ExtentList {
  var spill: TableSpill?
  var all: [(offset: Int64, count: Int64)] = []
}

/// Appends to a spill file and notes where.
private struct ExtentSink: ByteSink, ~Copyable {
  let spill: TableSpill
  let extents: ExtentList

  mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    try spill.file.append(bytes)
    extents.spill = spill
    let count = Int64(bytes.count)
    if let last = extents.all.indices.last, extents.all[last].offset + extents.all[last].count == spill.end {
      extents.all[last].count += count
    } else {
      extents.all.append((spill.end, count))
    }
    spill.end += count
  }
  mutating func finish() throws(IOError) {}
}

/// The outputs of a format that gives every table a file or stream of its own.
///
/// Tables may come in many interleaved runs, so their files stay open; beyond `openLimit` the bytes of further tables are
/// kept in one spill file and become files at the end. Nothing appears under its name before `finish`.
package struct TableStreams: ~Copyable {
  private let output: Output
  private let tables: [Name]
  private let ending: String
  private let openLimit: Int
  private var streams: [TableStream?]
  private var openCount = 0
  private var spill: TableSpill?

  /// Refuses several tables where there is only one stream.
  package init(_ output: Output, tables: [TableSchema], ending: String, openLimit: Int = 200) throws(WriteError) {
    if output.isSingle && tables.count > 1 {
      let count = tables.count
      throw WriteError(
        .unsupported("one stream of \(ending) holds one table, not \(count): name a directory, or one table by --table")
      )
    }
    self.output = output
    self.tables = tables.map(\.name)
    self.ending = ending
    self.openLimit = openLimit
    streams = Array(repeating: nil, count: tables.count)
  }

  /// The stream of a table; a new one is handed to `begin` first, for what stands before the rows.
  package mutating func stream(
    _ table: Int, begin: (inout OutputBuffer) throws(IOError) -> Void
  ) throws(WriteError) -> TableStream {
    if let stream = streams[table] { return stream }
    let stream = try openStream(table)
    do throws(IOError) { try begin(&stream.buffer) } catch { throw WriteError(.io(error), table: tables[table]) }
    streams[table] = stream
    return stream
  }

  /// The stream of a table before whose rows nothing stands.
  package mutating func stream(_ table: Int) throws(WriteError) -> TableStream {
    try stream(table) { (_) throws(IOError) in }
  }

  private mutating func openStream(_ table: Int) throws(WriteError) -> TableStream {
    // Many tables share about 8 MiB of buffers.
    let bufferSize = max(4096, min(1 << 16, (8 << 20) / max(tables.count, 1)))
    if output.isSingle { return TableStream(try output.openStream(), bufferSize: bufferSize) }
    if openCount < openLimit {
      openCount += 1
      return TableStream(try output.openFile(for: tables[table], ending: ending), bufferSize: bufferSize)
    }
    do throws(IOError) {
      let shared: TableSpill
      if let spill { shared = spill } else { shared = try TableSpill() }
      spill = shared
      return TableStream(in: shared, bufferSize: bufferSize)
    } catch { throw WriteError(.io(error), table: tables[table]) }
  }

  /// Completes the files of all tables that have a stream.
  package mutating func finish() throws(WriteError) {
    // Tables with files of their own first: each closes one, so that those kept aside find room.
    for spilled in [false, true] {
      for table in tables.indices where streams[table]?.isSpilled == spilled { try complete(table) }
    }
    guard tables.isEmpty && output.isSingle else { return }
    var empty = OutputBuffer(try output.openStream(), capacity: 64)
    do throws(IOError) { try empty.finish() } catch { throw WriteError(error) }
  }

  private mutating func complete(_ table: Int) throws(WriteError) {
    guard let stream = streams[table] else { return }
    do throws(IOError) {
      if stream.isSpilled {
        var file = OutputBuffer(try openLate(table), capacity: 1 << 16)
        try stream.copy(to: &file)
        try file.finish()
      } else {
        try stream.buffer.finish()
      }
    } catch { throw WriteError(.io(error), table: tables[table]) }
    streams[table] = nil
  }

  private func openLate(_ table: Int) throws(IOError) -> any ByteSink & ~Copyable {
    do throws(WriteError) { return try output.openFile(for: tables[table], ending: ending) } catch {
      guard case .io(let error) = error.code else { throw IOError("open", detail: error.message) }
      throw error
    }
  }
}
