internal import Bytes
internal import Conversion
internal import Records

/// Collects what the report says of each table while the records go by, and writes it at the end.
struct MarkdownWriter: RecordWriter, ~Copyable {
  private let output: Output
  private let title: [UInt8]
  private let ending: String
  private let index: TableIndex
  private var reports: [TableReport]
  private var current = -1

  init(to output: Output, tables: [TableSchema], title: [UInt8], ending: String) {
    self.output = output
    self.title = title
    self.ending = ending
    index = TableIndex(tables)
    reports = tables.map { TableReport($0) }
  }

  /// A report shows what there is; it carries no records that could be lost.
  var losses: [Loss] { [] }

  mutating func begin(_ table: TableSchema) throws(WriteError) { current = try index.position(of: table) }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    do throws(IOError) { try reports[current].add(batch) } catch {
      throw WriteError(.io(error), table: reports[current].name)
    }
  }

  mutating func finish() throws(WriteError) {
    let sink = output.isSingle ? try output.openStream() : try output.openFile(for: "report", ending: ending)
    var buffer = OutputBuffer(sink)
    do throws(IOError) {
      try writeSummary(to: &buffer)
      for report in reports { try report.write(to: &buffer) }
      try buffer.finish()
    } catch { throw WriteError(error) }
  }

  private func writeSummary(to output: inout OutputBuffer) throws(IOError) {
    let records = reports.reduce(0) { $0 + $1.rowCount }
    try output.append(text: title.isEmpty ? "# Report of a backup\n" : "# Report of \(codeSpan(title.span))\n")
    try output.append(
      text: """

        \(grouped(reports.count)) \(reports.count == 1 ? "table" : "tables"), \
        \(grouped(records)) \(records == 1 ? "record" : "records"). Values of secret columns are masked.

        """)
    guard !reports.isEmpty else { return }
    try output.append("\n| table | records | columns | primary key |\n|---|---:|---:|---|\n")
    for report in reports {
      try output.append(
        text:
          "| \(codeSpan(report.name)) | \(grouped(report.rowCount)) | \(report.columnCount) | \(codeSpans(report.primaryKey)) |\n"
      )
    }
  }
}
