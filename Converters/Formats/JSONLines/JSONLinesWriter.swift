internal import Bytes
package import Conversion
internal import JSONStream
package import Records

extension JSONLines: ExportFormat {
  package var summary: String { "JSON Lines: one record a line" }
  package var ending: String { "jsonl" }
  package var holdsManyTables: Bool { false }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    try JSONLinesWriter(to: output, tables: tables, ending: ending)
  }
}

extension ExportFormat where Self == JSONLines {
  /// One record a line.
  package static var jsonLines: JSONLines { JSONLines() }
}

/// Writes each table as a file of JSON Lines.
struct JSONLinesWriter: RecordWriter, ~Copyable {
  private let tables: [TableSchema]
  private let index: TableIndex
  private var encoders: [JSONRecordEncoder]
  private var streams: TableStreams
  private var current = -1

  init(to output: Output, tables: [TableSchema], ending: String) throws(WriteError) {
    var encoders: [JSONRecordEncoder] = []
    for table in tables { encoders.append(try JSONRecordEncoder(table, form: .lines)) }
    let streams = try TableStreams(output, tables: tables, ending: ending)
    self.tables = tables
    self.encoders = encoders
    self.streams = streams
    index = TableIndex(tables)
  }

  var losses: [Loss] {
    zip(tables, encoders).flatMap {
      TableLosses($0, [(.specialFloat, $1.specialCounts), (.jsonNull, $1.nullCounts)]).losses
    }
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) {
    current = try index.position(of: table)
  }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    let stream = try streams.stream(current)
    do throws(IOError) { try encoders[current].write(batch, to: &stream.buffer) } catch {
      throw WriteError(.io(error), table: tables[current].name)
    }
  }

  mutating func finish() throws(WriteError) {
    for table in tables.indices { _ = try streams.stream(table) }
    try streams.finish()
  }
}
