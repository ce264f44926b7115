internal import Bytes
internal import Diagnostics
package import Records

/// How the rows of a load's source are read again.
struct RejectSource: Sendable {
  var tables: [TableSchema]
  var transforms: [any Transform]
  var open: @Sendable () throws(ReadError) -> any RecordReader & ~Copyable
}

/// Files of rejects that are written and wait for their name.
package final class RejectStage: @unchecked Sendable {  // used by one thread
  private var directory: StagedDirectory

  init(_ directory: consuming StagedDirectory) { self.directory = directory }
  func commit() throws(IOError) { try directory.commit() }
  /// Takes the place of the files that are there.
  func exchange() throws(IOError) { try directory.exchange() }
}

extension Rejects {
  /// Columns that stand behind a row's own and tell why it was refused.
  package static let columns = [
    Column("coffer:record", .int64), Column("coffer:code", .text), Column("coffer:reason", .text),
    Column("coffer:constraint", .text),
  ]

  /// Writes the rows that were left out; called once, before the load becomes visible. Nothing that happens later can lose
  /// them then: rows that are loaded a second time stay in their files until `finish`.
  package func keep() throws(WriteError) {
    guard count > 0, let source else { return }
    let directory: StagedDirectory
    do throws(IOError) { directory = try StagedDirectory(path, replaces: isReplay) } catch { throw WriteError(error) }
    let wanted = tables, chosen = source.tables.filter { wanted.contains($0.name) }
    let written = chosen.map { table in
      var table = table
      table.columns += Self.columns
      return table
    }
    var options = WriteOptions()
    options.csv = .lossless
    var writer = try format.makeWriter(to: Output(.directory(directory.stage)), tables: written, options: options)
    let missed = try pick(from: source, to: &writer, Dictionary(uniqueKeysWithValues: written.map { ($0.name, $0) }))
    try writer.finish()
    guard missed == 0, writer.losses.isEmpty else {
      throw WriteError(
        .target("the source changed while it was read: rows that the target refused cannot be kept"),
        advice: "load again when nothing writes to it")
    }
    let stage = RejectStage(directory)
    if isReplay { return self.stage = stage }
    do throws(IOError) { try stage.commit() } catch { throw WriteError(error) }
  }

  /// Puts what is left of rejects that were loaded again in the place of all; called when the load is visible.
  package func finish() throws(WriteError) {
    guard isReplay else { return }
    do throws(IOError) {
      if let stage { return try stage.exchange() }
      removeDirectory(path)
    } catch { throw WriteError(error) }
  }

  /// Writes the rows with their reasons; tells how many were not found.
  private func pick(
    from source: RejectSource, to writer: inout any RecordWriter & ~Copyable, _ schemas: [Name: TableSchema]
  ) throws(WriteError) -> Int {
    let reader: any RecordReader & ~Copyable
    do throws(ReadError) { reader = try source.open() } catch { throw WriteError(.target(error.message)) }
    // Rows that are loaded again keep what is known of their first place.
    let ahead = ReadAhead.start(reader, transforms: isReplay ? [] : source.transforms)
    var failure: WriteError?, left = count
    do throws(WriteError) { try pick(ahead, to: &writer, schemas, &left) } catch { failure = error }
    if case .read(let error) = ahead.finish().failure, left > 0 { throw WriteError(.target(error.message)) }
    if let failure { throw failure }
    return left
  }

  private func pick(
    _ ahead: ReadAhead, to writer: inout any RecordWriter & ~Copyable, _ schemas: [Name: TableSchema],
    _ left: inout Int
  ) throws(WriteError) {
    var seen: [Name: Int] = [:], current: TableSchema?, name = Name(""), batch = RecordBatch(capacity: 1 << 16)
    while let item = ahead.next() {
      switch item {
      case .begin(let table):
        name = table.name
        current = schemas[name]
        if let current { try writer.begin(current) }
      case .rows(let box):
        let first = seen[name] ?? 0
        seen[name] = first + box.batch.rowCount
        if let current {
          batch.removeAll(columnCount: current.columns.count)
          for row in 0..<box.batch.rowCount {
            guard let refusal = refusal(of: first + row, name) else { continue }
            copy(row, of: box.batch, refusal, to: &batch)
            left -= 1
          }
          batch.heap.clearPadding()
          if batch.rowCount > 0 { try writer.write(batch) }
        }
        ahead.recycle(box)
      }
    }
  }

  private func copy(_ row: Int, of source: borrowing RecordBatch, _ refusal: Refusal, to batch: inout RecordBatch) {
    var cells: [Cell] = []
    let width = batch.columnCount - Self.columns.count
    for column in 0..<width { cells.append(batch.take(source[row, column], from: source)) }
    cells.append(
      isReplay ? batch.take(source[row, width], from: source) : .integer(Int64(source.firstRecord + row + 1)))
    cells.append(batch.text(refusal.code))
    cells.append(batch.text(refusal.reason))
    if let name = refusal.constraint {
      let bytes = name.bytes
      cells.append(batch.cell(.text, bytes.span))
    } else {
      cells.append(.null)
    }
    batch.append(row: cells)
  }
}
