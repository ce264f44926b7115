internal import Bytes
package import Conversion
internal import Diagnostics
internal import JSONStream
package import Records

extension JSON: ExportFormat {
  package var summary: String { "JSON: an array of records, or one by each table's name" }
  package var ending: String { "json" }
  package var holdsManyTables: Bool { true }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    if output.isSingle && tables.count != 1 { return try JSONObjectWriter(to: output, tables: tables) }
    return try JSONArrayWriter(to: output, tables: tables, ending: ending)
  }
}

extension ExportFormat where Self == JSON {
  /// One JSON document.
  package static var json: JSON { JSON() }
}

/// Writes each table as a file that holds an array of its records.
struct JSONArrayWriter: RecordWriter, ~Copyable {
  private let tables: [TableSchema]
  private let index: TableIndex
  private var encoders: [JSONRecordEncoder]
  private var streams: TableStreams
  private var current = -1

  init(to output: Output, tables: [TableSchema], ending: String) throws(WriteError) {
    var encoders: [JSONRecordEncoder] = []
    for table in tables { encoders.append(try JSONRecordEncoder(table, form: .array)) }
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
    let stream = try stream(current)
    do throws(IOError) { try encoders[current].write(batch, to: &stream.buffer) } catch {
      throw WriteError(.io(error), table: tables[current].name)
    }
  }

  mutating func finish() throws(WriteError) {
    for table in tables.indices {
      let stream = try stream(table)
      do throws(IOError) { try stream.buffer.append(encoders[table].hasRecords ? "\n]\n" : "]\n") } catch {
        throw WriteError(.io(error), table: tables[table].name)
      }
    }
    try streams.finish()
  }

  private mutating func stream(_ table: Int) throws(WriteError) -> TableStream {
    try streams.stream(table) { (buffer) throws(IOError) in try buffer.append("[") }
  }
}

/// Writes all tables into one object: an array of records under each table's name.
///
/// Tables may come in interleaved runs, but an array is written in one go: the first table's records go to the output at once,
/// those of the others are kept in a spill file until it is complete.
struct JSONObjectWriter: RecordWriter, ~Copyable {
  private static let bufferSize = 1 << 14
  private let tables: [TableSchema]
  private let index: TableIndex
  private var encoders: [JSONRecordEncoder]
  private var output: OutputBuffer
  private var aside: [TableStream?]
  private var spill: TableSpill?
  private var current = -1

  init(to output: Output, tables: [TableSchema]) throws(WriteError) {
    if let table = tables.first(where: { !$0.name.isWTF8 }) {
      throw WriteError(.unsupported("name of table '\(displayed(table.name))' is not text"), table: table.name)
    }
    var encoders: [JSONRecordEncoder] = []
    for table in tables { encoders.append(try JSONRecordEncoder(table, form: .array)) }
    var buffer = OutputBuffer(try output.openStream())
    do throws(IOError) {
      try buffer.append(tables.isEmpty ? "[" : "{\n")
      if let first = tables.first { try Self.open(first, in: &buffer) }
    } catch { throw WriteError(error) }
    self.tables = tables
    self.encoders = encoders
    self.output = buffer
    aside = Array(repeating: nil, count: tables.count)
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
    do throws(IOError) {
      if current == 0 { return try encoders[0].write(batch, to: &output) }
      let stream = try stream(current)
      try encoders[current].write(batch, to: &stream.buffer)
    } catch { throw WriteError(.io(error), table: tables[current].name) }
  }

  mutating func finish() throws(WriteError) {
    do throws(IOError) {
      for table in tables.indices {
        if table > 0 {
          try output.append(",\n")
          try Self.open(tables[table], in: &output)
          try aside[table]?.copy(to: &output)
          aside[table] = nil
        }
        try output.append(encoders[table].hasRecords ? "\n]" : "]")
      }
      try output.append(tables.isEmpty ? "]\n" : "\n}\n")
      try output.finish()
    } catch { throw WriteError(error) }
  }

  private static func open(_ table: TableSchema, in output: inout OutputBuffer) throws(IOError) {
    try output.append("\"")
    try output.appendJSONEscaped(wtf8: table.name.bytes.span)
    try output.append("\": [")
  }

  private mutating func stream(_ table: Int) throws(IOError) -> TableStream {
    if let stream = aside[table] { return stream }
    let shared: TableSpill
    if let spill { shared = spill } else { shared = try TableSpill() }
    spill = shared
    let stream = TableStream(in: shared, bufferSize: Self.bufferSize)
    aside[table] = stream
    return stream
  }
}
