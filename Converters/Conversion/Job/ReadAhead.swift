package import Bytes
package import Diagnostics
package import Records

/// A batch that travels between threads; only the one that holds the box at the time touches it.
package final class BatchBox: @unchecked Sendable {  // handed over through channels, never shared
  package var batch = RecordBatch()
}

/// Does on the reading thread what the taker of batches does, when the taker is behind; in no particular order.
package protocol BatchAssistant: AnyObject, Sendable {
  func take(_ batch: borrowing RecordBatch, of table: TableSchema) throws(IOError)
}

/// Reads and transforms records on a thread of its own, a few batches ahead of whoever takes them.
package final class ReadAhead: @unchecked Sendable {  // the worker owns reader and transforms until it is joined
  package enum Item: Sendable {
    /// The next batches are of this table.
    case begin(TableSchema)
    /// Give the box back with `recycle` when its batch has been used.
    case rows(BatchBox)
  }
  /// Batches under way at once: one being read, one being used, one between.
  private static var depth: Int { 3 }

  private let items: Channel<Item>
  private let spares: Channel<BatchBox>
  private var reader: any RecordReader & ~Copyable
  private var transforms: [any Transform]
  private let assistant: (any BatchAssistant)?
  private var worker: Worker?
  private var failure: PumpError?

  /// Begins to read. `assistant` takes batches that nobody else then gets.
  package static func start(
    _ reader: consuming any RecordReader & ~Copyable, transforms: [any Transform] = [],
    assistant: (any BatchAssistant)? = nil
  ) -> ReadAhead {
    let ahead = ReadAhead(reader, transforms, assistant)
    ahead.worker = Worker.start { ahead.run() }
    return ahead
  }

  private init(
    _ reader: consuming any RecordReader & ~Copyable, _ transforms: [any Transform], _ assistant: (any BatchAssistant)?
  ) {
    self.reader = reader
    self.transforms = transforms
    self.assistant = assistant
    items = Channel(limit: Self.depth)
    spares = Channel(limit: Self.depth + 1)
    for _ in 0..<Self.depth { _ = spares.send(BatchBox()) }
  }

  /// The next table or batch, waiting for it; nil at the end or after a failure.
  package func next() -> Item? { items.receive() }

  /// Lets a box be filled again.
  package func recycle(_ box: BatchBox) { _ = spares.send(box) }

  /// Ends the reading, early if need be. Afterwards: why it failed, if it did, and what was noticed.
  package func finish() -> (failure: PumpError?, findings: [Finding]) {
    items.close()
    spares.close()
    worker?.join()
    worker = nil
    return (failure, reader.findings)
  }

  private func run() {
    do throws(PumpError) { try read() } catch { failure = error }
    items.close()
  }

  private func read() throws(PumpError) {
    while var table = try reading({ () throws(ReadError) in try reader.nextTable() }) {
      let keeps = try begin(&table)
      if keeps { guard items.send(.begin(table)) else { return } }
      while let box = spares.receive() {
        guard try reading({ () throws(ReadError) in try reader.read(into: &box.batch) }) else {
          _ = spares.send(box)
          break
        }
        guard keeps else {
          _ = spares.send(box)
          continue
        }
        for i in transforms.indices {
          do throws(TransformError) { try transforms[i].apply(to: &box.batch) } catch { throw .transform(error) }
        }
        if let assistant, items.hasElements {
          do throws(IOError) { try assistant.take(box.batch, of: table) } catch { throw .read(ReadError(.io(error))) }
          _ = spares.send(box)
          continue
        }
        guard items.send(.rows(box)) else { return }
      }
    }
  }

  private func begin(_ table: inout TableSchema) throws(PumpError) -> Bool {
    for i in transforms.indices {
      do throws(TransformError) {
        if try !transforms[i].begin(&table) { return false }
      } catch { throw .transform(error) }
    }
    return true
  }

  private func reading<T>(_ body: () throws(ReadError) -> T) throws(PumpError) -> T {
    // Much may come of few bytes, whose source has been read long ago.
    do throws(IOError) { try Interruption.check("read") } catch { throw .read(ReadError(.io(error))) }
    do throws(ReadError) { return try body() } catch { throw .read(error) }
  }
}
