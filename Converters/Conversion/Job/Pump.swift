package import Bytes
package import Diagnostics
package import Records

/// A failure on either side of a pump.
package enum PumpError: Error, Sendable {
  case read(ReadError)
  case write(WriteError)
  case transform(TransformError)
  /// Secrets were found in the output, which was therefore taken away again.
  case leak([SecretLeak])
}

/// Moves all records from a reader, which works on a thread of its own, through transforms to a writer.
///
/// With `keepsRowsBeforeError`, a read error ends the records instead of everything: `readError` tells it and the writer is
/// finished. Otherwise an error drops the writer unfinished, so that nothing appears.
package struct Pump {
  private let keepsRowsBeforeError: Bool
  /// Records of each table.
  package private(set) var tables: [(name: Name, records: Int)] = []
  private var positions: [Name: Int] = [:]
  /// Why reading ended early.
  package private(set) var readError: ReadError?
  /// What the reader noticed.
  package private(set) var findings: [Finding] = []
  /// What the writer could not carry.
  package private(set) var losses: [Loss] = []

  /// A pump that counts the records of `tables`, and of any other that comes.
  package init(counting tables: [TableSchema] = [], keepsRowsBeforeError: Bool = false) {
    self.tables = tables.map { ($0.name, 0) }
    for (i, table) in tables.enumerated() { positions[table.name] = i }
    self.keepsRowsBeforeError = keepsRowsBeforeError
  }

  /// Runs to the end and finishes the writer.
  package mutating func run(
    from reader: consuming any RecordReader & ~Copyable, through transforms: [any Transform] = [],
    to writer: inout any RecordWriter & ~Copyable
  ) throws(PumpError) {
    let ahead = ReadAhead.start(reader, transforms: transforms)
    var failure: PumpError?
    do throws(WriteError) { try write(ahead, to: &writer) } catch { failure = .write(error) }
    let end = ahead.finish()
    findings = end.findings
    if case .read(let error) = end.failure, keepsRowsBeforeError, !error.isRowRefusal {
      readError = error
    } else if let reading = end.failure, failure == nil {
      failure = reading
    }
    if let failure { throw failure }
    do throws(WriteError) { try writer.finish() } catch { throw .write(error) }
    losses = writer.losses
  }

  private mutating func write(_ ahead: ReadAhead, to writer: inout any RecordWriter & ~Copyable) throws(WriteError) {
    var current = Name("")
    while let item = ahead.next() {
      switch item {
      case .begin(let table):
        current = table.name
        note(0, of: current)
        try writer.begin(table)
      case .rows(let box):
        note(box.batch.rowCount, of: current)
        try writer.write(box.batch)
        ahead.recycle(box)
      }
    }
  }

  private mutating func note(_ count: Int, of table: Name) {
    if let i = positions[table] {
      tables[i].records += count
    } else {
      positions[table] = tables.count
      tables.append((table, count))
    }
  }
}
