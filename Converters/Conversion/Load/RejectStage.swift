internal import Bytes
internal import Diagnostics
package import Records

/// How the rows of a load's source are read again.
struct RejectSource: Sendable {
  var tables: [TableSchema]
  var transforms: [any Transform]
  var open: @Sendable () throws(ReadError) -> any RecordReader & ~Copyable
  /// Where rows were cast before: the system that has them as they were.
  var casting: (any CastingSystem)?
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
  /// More where rows are kept as they were before a mapping: the table that they were for, and the system that they are of.
  package static let origin = [Column("coffer:table", .text), Column("coffer:system", .text)]

  /// A table of rows that are kept.
  private struct Kept {
    /// As the target's records name it.
    var name: Name
    /// As it is written, with the columns for the reasons.
    var schema: TableSchema
    /// Columns before these.
    var width: Int
    var namesTarget = false
  }

  /// Writes the rows that were left out; called once, before the load becomes visible. Nothing that happens later can lose
  /// them then: rows that are loaded a second time stay in their files until `finish`.
  package func keep() throws(WriteError) {
    guard count > 0, let source, let format else { return }
    let directory: StagedDirectory
    do throws(IOError) { directory = try StagedDirectory(path, replaces: isReplay) } catch { throw WriteError(error) }
    let kept = keptTables(of: source)
    var options = WriteOptions()
    options.csv = .lossless
    var writer = try format.makeWriter(
      to: Output(.directory(directory.stage)), tables: kept.map(\.schema), options: options)
    let missed = try pick(
      from: source, to: &writer, Dictionary(uniqueKeysWithValues: kept.map { ($0.schema.name, $0) }))
    try writer.finish()
    guard missed == 0, writer.losses.isEmpty else {
      throw WriteError(
        .target("the source changed while it was read: rows that were refused cannot be kept"),
        advice: "load again when nothing writes to it")
    }
    let stage = RejectStage(directory)
    if isReplay { return self.stage = stage }
    do throws(IOError) { try stage.commit() } catch { throw WriteError(error) }
  }

  /// Tables with rows that are kept: as the source has them where they were cast.
  private func keptTables(of source: RejectSource) -> [Kept] {
    let wanted = tables.union(source.casting?.tablesWithRefusals ?? [])
    return source.tables.filter { wanted.contains($0.name) }.map { table in
      var kept = Kept(name: table.name, schema: source.casting?.original(of: table.name) ?? table, width: 0)
      let own = Self.columns[0].name
      if let width = kept.schema.index(of: own), isReplay {
        kept.width = width
        kept.namesTarget = kept.schema.index(of: Self.origin[0].name) != nil
      } else {
        kept.width = kept.schema.columns.count
        kept.namesTarget = source.casting != nil
        kept.schema.columns += Self.columns + (kept.namesTarget ? Self.origin : [])
      }
      return kept
    }
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
    from source: RejectSource, to writer: inout any RecordWriter & ~Copyable, _ tables: [Name: Kept]
  ) throws(WriteError) -> Int {
    let reader: any RecordReader & ~Copyable
    do throws(ReadError) { reader = try source.open() } catch { throw WriteError(.target(error.message)) }
    // Rows that are loaded again keep what is known of their first place.
    let isAsLoaded = source.casting == nil && !isReplay
    let ahead = ReadAhead.start(reader, transforms: isAsLoaded ? source.transforms : [])
    var failure: WriteError?, left = count
    do throws(WriteError) { try pick(ahead, source.casting, to: &writer, tables, &left) } catch { failure = error }
    if case .read(let error) = ahead.finish().failure, left > 0 { throw WriteError(.target(error.message)) }
    if let failure { throw failure }
    return left
  }

  private func pick(
    _ ahead: ReadAhead, _ casting: (any CastingSystem)?, to writer: inout any RecordWriter & ~Copyable,
    _ tables: [Name: Kept], _ left: inout Int
  ) throws(WriteError) {
    let refusals = casting?.castRefusals ?? []
    var seen: [Name: Int] = [:], current: Kept?, batch = RecordBatch(capacity: 1 << 16)
    while let item = ahead.next() {
      switch item {
      case .begin(let table):
        current = tables[table.name]
        if let current { try writer.begin(current.schema) }
      case .rows(let box):
        if let current {
          batch.removeAll(columnCount: current.schema.columns.count)
          var number = seen[current.name] ?? 0
          for row in 0..<box.batch.rowCount {
            let mark = casting == nil ? .null : box.batch[row, box.batch.columnCount - 1]
            let refusal: Refusal?
            if mark.kind == .integer {
              refusal = refusals[Int(mark.integer)]
            } else {
              refusal = self.refusal(of: number, current.name)
              number += 1
            }
            guard let refusal else { continue }
            copy(row, of: box.batch, refusal, current, casting?.id, to: &batch)
            left -= 1
          }
          seen[current.name] = number
          batch.heap.clearPadding()
          if batch.rowCount > 0 { try writer.write(batch) }
        }
        ahead.recycle(box)
      }
    }
  }

  private func copy(
    _ row: Int, of source: borrowing RecordBatch, _ refusal: Refusal, _ table: Kept, _ system: String?,
    to batch: inout RecordBatch
  ) {
    var cells: [Cell] = []
    let width = table.width
    for column in 0..<width { cells.append(batch.take(source[row, column], from: source)) }
    cells.append(
      isReplay ? batch.take(source[row, width], from: source) : .integer(Int64(source.firstRecord + row + 1)))
    cells.append(batch.text(refusal.code))
    cells.append(batch.text(refusal.reason))
    for name in [refusal.constraint] + (table.namesTarget ? [table.name] : []) {
      if let bytes = name?.bytes { cells.append(batch.cell(.text, bytes.span)) } else { cells.append(.null) }
    }
    if table.namesTarget {
      let place = width + Self.columns.count + 1
      cells.append(isReplay ? batch.take(source[row, place], from: source) : system.map { batch.text($0) } ?? .null)
    }
    batch.append(row: cells)
  }
}
