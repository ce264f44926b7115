internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLiteFormat

/// Writes a database that is not there yet; in a preview to a place that nobody sees and that goes away.
struct NewFileWriter: RecordWriter, ~Copyable {
  private let session: SQLiteSession
  private var writer: any RecordWriter & ~Copyable
  private let names: [Name]
  private var rows: [Name: Int] = [:]
  private var current: Name = ""
  private(set) var losses: [Loss] = []
  private let directory: PrivateDirectory?
  private let path: [UInt8]
  /// Whether rows that cannot be stored are left out.
  private let leavesOut: Bool

  init(
    _ session: SQLiteSession, _ path: [UInt8], _ tables: [TableSchema], _ options: LoadOptions
  ) throws(WriteError) {
    var directory: PrivateDirectory?, path = path
    if options.isPreview {
      do throws(IOError) { directory = try PrivateDirectory() } catch { throw WriteError(error) }
      if let directory { path = directory.path.appending(path: Array("preview".utf8)) }
    }
    writer = try SQLiteExport().makeWriter(to: Output(.file(path)), tables: tables, options: options.write)
    self.directory = directory
    self.path = path
    leavesOut = options.rejects != nil || options.isPreview
    self.session = session
    names = tables.map(\.name)
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) {
    current = table.name
    try writer.begin(table)
  }
  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    rows[current, default: 0] += batch.rowCount
    try writer.write(batch)
  }
  mutating func finish() throws(WriteError) {
    try refuse(writer.losses)
    try writer.finish()
    losses = writer.losses
    do throws(WriteError) { try refuse(losses) } catch {
      // Keys are only looked at when all rows are there.
      try? removeFile(path)
      throw error
    }
    session.outcomes = names.map { [rows, losses] name in
      var outcome = LoadOutcome(table: name, place: name.bytes)
      outcome.isNew = true
      let rejected = losses.filter { $0.isReject && $0.table == name }.reduce(0) { $0 + $1.count }
      outcome.created = (rows[name] ?? 0) - rejected
      return outcome
    }
  }

  /// A row that cannot be stored ends the load, unless it is left out.
  private func refuse(_ losses: [Loss]) throws(WriteError) {
    guard !leavesOut, let loss = losses.first(where: \.isReject) else { return }
    let words = loss.message.replacing(": rows left out", with: "")
    let column = loss.column.map { ", in column '\(displayed($0))'" } ?? ""
    throw WriteError(
      .target("\(words)\(column) (\(loss.count) \(loss.count == 1 ? "row" : "rows"))"), table: loss.table,
      advice: WriteError.rejectAdvice)
  }
}
