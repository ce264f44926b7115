public import Bytes
public import Diagnostics

/// Turns an artifact into record batches.
///
/// Rows before an error are delivered first; the error is thrown by the call after them, and by every later call.
public protocol RecordReader: ~Copyable {
  /// Advances to the next run of records of one table; nil at the end. A table may come more than once.
  /// Called only when the previous run is over (or at the start).
  mutating func nextTable() throws(ReadError) -> TableSchema?
  /// Refills `batch` with records of the current run; false when the run is over (the batch is then empty).
  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool
  /// What was noticed so far; complete after the end or an error.
  var findings: [Finding] { get }
}

/// A value or row that a target could not carry.
public struct Loss: Hashable, Sendable {
  /// A stable name for programs, such as `missing-as-null`.
  public var code: String
  /// What was lost, in one phrase without a full stop and without the value.
  public var message: String
  public var table: Name
  public var column: Name?
  public var count: Int
  /// Whether whole rows were left out (exit 3); otherwise a value was changed or an attribute dropped.
  public var isReject: Bool
  public init(
    _ code: String, _ message: String, table: Name, column: Name? = nil, count: Int = 1, isReject: Bool = false
  ) {
    self.code = code
    self.message = message
    self.table = table
    self.column = column
    self.count = count
    self.isReject = isReject
  }
}

/// Writes record batches in a format.
public protocol RecordWriter: ~Copyable {
  /// Begins a run of records of `table`. The writer was made with all tables, so the schema is known to it; a table may come
  /// again in a later run.
  mutating func begin(_ table: TableSchema) throws(WriteError)
  /// Writes the records of the current run.
  mutating func write(_ batch: borrowing RecordBatch) throws(WriteError)
  /// Called exactly once, after the last run: completes the output and makes it durable. A writer that is dropped without
  /// `finish` leaves nothing behind.
  mutating func finish() throws(WriteError)
  /// What could not be carried so far; complete after `finish`.
  var losses: [Loss] { get }
}

/// Changes tables and batches between reader and writer.
public protocol Transform: Sendable {
  /// Rewrites the schema; false leaves the table out.
  mutating func begin(_ table: inout TableSchema) throws(TransformError) -> Bool
  mutating func apply(to batch: inout RecordBatch) throws(TransformError)
}
