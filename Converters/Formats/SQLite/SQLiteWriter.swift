internal import Bytes
internal import Conversion
internal import Records
internal import SQLiteClient

/// Writes records into a new SQLite file, which appears when everything is in it.
struct SQLiteWriter: RecordWriter, ~Copyable {
  private var file: UnfinishedFile
  /// nil once the database is closed.
  private var loader: SQLiteLoader?
  private(set) var losses: [Loss]
  private let writesData: Bool

  init(_ output: Output, _ schema: SQLSchema, writesData: Bool) throws(WriteError) {
    let file = try UnfinishedFile(output)
    let loader = try SQLiteLoader(file.path, schema)
    self.file = file
    self.loader = .some(loader)
    self.writesData = writesData
    losses = schema.losses
  }

  mutating func begin(_ table: TableSchema) throws(WriteError) {
    if writesData { try loader?.begin(table) }
  }

  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError) {
    if writesData { try loader?.write(batch) }
  }

  mutating func finish() throws(WriteError) {
    losses += try loader?.finish() ?? []
    loader = nil
    try file.finish()
  }
}
