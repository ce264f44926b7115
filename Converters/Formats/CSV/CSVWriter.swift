internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Writes a CSV file for each table, and in lossless style a schema file beside it.
struct CSVWriter: RecordWriter, ~Copyable {
  private let output: Output
  private let tables: [TableSchema]
  private let index: TableIndex
  private let ending: String
  private let style: CSVStyle
  private let encoder: CSVEncoder
  private let marksByteOrder: Bool
  private var streams: TableStreams
  private var lossless: [CSVLosslessEncoder]
  private var tableLosses: [TableLosses]
  /// Records of tables without columns, which have no line.
  private var unwritable: [Int]
  private var current = -1

  init(
    to output: Output, tables: [TableSchema], ending: String, delimiter: UInt8, style: CSVStyle, marksByteOrder: Bool
  ) throws(WriteError) {
    if style == .lossless && output.place == .standardOutput {
      throw WriteError(
        .unsupported("lossless \(ending) needs a schema file beside it: name a file or a directory as output"))
    }
    for table in tables {
      guard let column = table.columns.first(where: { !$0.name.isUTF8 }) else { continue }
      throw WriteError(
        .unsupported("column '\(displayed(column.name))' has a name that is not text; rename it"), table: table.name)
    }
    let lossless = tables.map { CSVLosslessEncoder(delimiter: delimiter, columnCount: $0.columns.count) }
    let streams = try TableStreams(output, tables: tables, ending: ending)
    self.output = output
    self.tables = tables
    self.ending = ending
    self.style = style
    self.marksByteOrder = marksByteOrder || style == .spreadsheet
    self.lossless = lossless
    self.streams = streams
    encoder = CSVEncoder(delimiter: delimiter, style: style)
    index = TableIndex(tables)
    tableLosses = tables.map { TableLosses($0) }
    unwritable = Array(repeating: 0, count: tables.count)
  }

  var losses: [Loss] {
    var losses = tableLosses.flatMap(\.losses)
    for (table, count) in unwritable.enumerated() where count > 0 {
      losses.append(
        Loss(
          "no-columns", "records without any column have no form in CSV: rows left out", table: tables[table].name,
          count: count, isReject: true))
    }
    return losses
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) {
    current = try index.position(of: table)
  }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    let table = current
    guard batch.columnCount > 0 else {
      unwritable[table] += batch.rowCount
      return
    }
    let stream = try stream(table)
    do throws(IOError) {
      if style == .lossless {
        try lossless[table].write(batch, to: &stream.buffer)
      } else {
        try encoder.write(batch, to: &stream.buffer, losses: &tableLosses[table])
      }
    } catch { throw WriteError(.io(error), table: tables[table].name) }
  }

  mutating func finish() throws(WriteError) {
    for table in tables.indices { _ = try stream(table) }
    // The schema files first: data without one would not be lossless.
    if style == .lossless { for table in tables.indices { try writeSidecar(table) } }
    try streams.finish()
  }

  /// The stream of a table, with its header.
  private mutating func stream(_ table: Int) throws(WriteError) -> TableStream {
    let schema = tables[table], encoder = encoder, marksByteOrder = marksByteOrder
    return try streams.stream(table) { (buffer) throws(IOError) in
      if marksByteOrder { try buffer.append("\u{FEFF}") }
      try encoder.writeHeader(schema, to: &buffer)
    }
  }

  private func writeSidecar(_ table: Int) throws(WriteError) {
    let schema = tables[table], kinds = lossless[table].kinds.map { $0 ?? .text }
    let sidecar = CSVSidecar(
      table: schema, kinds: kinds, delimiter: encoder.delimiter, recordCount: lossless[table].recordCount)
    let sink = try output.openCompanion(of: schema.name, dataEnding: ending, ending: CSVSidecar.ending)
    var buffer = OutputBuffer(sink, capacity: 4096)
    do throws(IOError) {
      try sidecar.write(to: &buffer)
      try buffer.finish()
    } catch { throw WriteError(.io(error), table: schema.name) }
  }
}
