package import Bytes
package import Records

/// A failure on either side of a pump.
package enum PumpError: Error, Sendable {
  case read(ReadError)
  case write(WriteError)
  case transform(TransformError)
}

/// Moves all records from a reader through transforms to a writer, which works on a thread of its own.
///
/// With `keepsRowsBeforeError`, a read error ends the records instead of everything: `readError` tells it and the writer is
/// finished. Otherwise an error drops the writer unfinished, so that nothing appears.
package struct Pump {
  /// Batches under way at once: one being read, one being written, one between.
  private static var depth: Int { 3 }

  private var transforms: [any Transform]
  private let keepsRowsBeforeError: Bool
  /// Records of each table, in the order of first appearance.
  package private(set) var tables: [(name: Name, records: Int)] = []
  /// Why reading ended early.
  package private(set) var readError: ReadError?

  package init(transforms: [any Transform] = [], keepsRowsBeforeError: Bool = false) {
    self.transforms = transforms
    self.keepsRowsBeforeError = keepsRowsBeforeError
  }

  /// Records of all tables.
  package var records: Int { tables.reduce(0) { $0 + $1.records } }

  /// Runs to the end; returns the finished writer's losses.
  package mutating func run(
    from reader: inout any RecordReader & ~Copyable, to writer: consuming any RecordWriter & ~Copyable
  ) throws(PumpError) -> [Loss] {
    let station = WritingStation(writer, depth: Self.depth)
    let worker = Worker.start { station.run() }
    var failure: PumpError?
    do throws(PumpError) { try feed(station, from: &reader) } catch { failure = error }
    if case .read(let error) = failure, keepsRowsBeforeError {
      readError = error
      failure = nil
    }
    if failure == nil { _ = station.orders.send(.finish) }
    station.orders.close()
    worker.join()
    if let error = station.failure { throw .write(error) }
    if let failure { throw failure }
    return station.losses
  }

  /// Reads and transforms until the reader's end, or until the writer has failed.
  private mutating func feed(
    _ station: WritingStation, from reader: inout any RecordReader & ~Copyable
  ) throws(PumpError) {
    while var table = try reading({ () throws(ReadError) in try reader.nextTable() }) {
      let keeps = try begin(&table)
      if keeps {
        note(0, of: table.name)
        guard station.orders.send(.begin(table)) else { return }
      }
      while true {
        guard let box = station.spares.receive() else { return }
        let isFilled = try reading { () throws(ReadError) in try reader.read(into: &box.batch) }
        guard isFilled, keeps else {
          _ = station.spares.send(box)
          if isFilled { continue }
          break
        }
        for i in transforms.indices {
          do throws(TransformError) { try transforms[i].apply(to: &box.batch) } catch { throw .transform(error) }
        }
        note(box.batch.rowCount, of: table.name)
        guard station.orders.send(.rows(box)) else { return }
      }
    }
  }

  private mutating func begin(_ table: inout TableSchema) throws(PumpError) -> Bool {
    for i in transforms.indices {
      do throws(TransformError) {
        if try !transforms[i].begin(&table) { return false }
      } catch { throw .transform(error) }
    }
    return true
  }

  private mutating func note(_ count: Int, of table: Name) {
    if let i = tables.lastIndex(where: { $0.name == table }) {
      tables[i].records += count
    } else {
      tables.append((table, count))
    }
  }

  private func reading<T>(_ body: () throws(ReadError) -> T) throws(PumpError) -> T {
    do throws(ReadError) { return try body() } catch { throw .read(error) }
  }
}

/// A batch that travels between threads; only the one that holds the box at the time touches it.
final class BatchBox: @unchecked Sendable {  // handed over through channels, never shared
  var batch = RecordBatch()
}

/// The writer's side of a pump.
final class WritingStation: @unchecked Sendable {  // the worker owns the writer and results until it is joined
  enum Order: Sendable {
    case begin(TableSchema)
    case rows(BatchBox)
    case finish
  }
  let orders: Channel<Order>
  let spares: Channel<BatchBox>
  private var writer: any RecordWriter & ~Copyable
  private(set) var failure: WriteError?
  private(set) var losses: [Loss] = []

  init(_ writer: consuming any RecordWriter & ~Copyable, depth: Int) {
    self.writer = writer
    orders = Channel(limit: depth + 2)
    spares = Channel(limit: depth + 1)
    for _ in 0..<depth { _ = spares.send(BatchBox()) }
  }

  /// Carries out orders until there are no more, or one fails.
  func run() {
    do throws(WriteError) {
      while let order = orders.receive() {
        switch order {
        case .begin(let table): try writer.begin(table)
        case .rows(let box):
          try writer.write(box.batch)
          _ = spares.send(box)
        case .finish:
          try writer.finish()
          losses = writer.losses
        }
      }
    } catch {
      failure = error
      orders.close()
      spares.close()
    }
  }
}
