package import Bytes
package import Diagnostics
package import Records
internal import Synchronization

/// What a dump says besides its rows; there once it has been read, or as far as it could be.
package final class SQLDumpOutcome: Sendable {
  private let state = Mutex<(schema: DumpSchema?, marks: SQLDumpMarks)>((nil, SQLDumpMarks()))
  package init() {}
  /// Nil before the reading is over.
  package var schema: DumpSchema? { state.withLock { $0.schema } }
  package var marks: SQLDumpMarks { state.withLock { $0.marks } }
  func set(_ schema: DumpSchema, _ marks: SQLDumpMarks) { state.withLock { $0 = (schema, marks) } }
}

/// How often a dump's comments said that one begins or is complete.
package struct SQLDumpMarks: Sendable, Equatable {
  package var beginCount = 0, endCount = 0
  package init() {}
}

/// Reads the rows of a dump in SQL: COPY text and INSERT statements; what else there is goes to `schema`. Nothing is executed.
///
/// Without known tables, a table's columns are those its definition says, and then those that its rows name besides.
package struct SQLDumpReader: RecordReader, ~Copyable {
  /// Cells after which a batch ends.
  static let cellLimit = 1 << 16

  enum Phase { case statements, copy, values, end }
  /// The rows at hand.
  struct Run {
    var table: TableSchema
    /// Position in the table of each field of a row; nil when they stand in its order.
    var order: [Int]?
    /// Fields of a row.
    var width: Int
    var conversion: DumpConversion
    var copy = CopyRule(width: 1)
    /// When the rows of COPY are CSV.
    var csv: CSVCopyRule?
    var values: ValuesRule
    /// Offset of the statement.
    var start: Int
    var isFirst = true
  }

  var window: SQLDumpWindow
  var rule: StatementRule
  var schema: DumpSchema
  var marks = SQLDumpMarks()
  private let outcome: SQLDumpOutcome?
  let isSurvey: Bool
  /// Tables whose rows are asked for; nil: all. Rows of others may be left out.
  private let wanted: Set<Name>?
  /// The tables of runs so far; all there are, and complete, when `isFixed`.
  var tables: [Name: TableSchema]
  let isFixed: Bool
  var phase = Phase.statements
  var script = PsqlScript()
  var run: Run?
  /// What stood behind the rows of the last INSERT, for the next one with the same header.
  var lastInsert: (header: [UInt8], tail: [UInt8]) = ([], [])
  var recordCount = 0
  var failure: ReadError?
  var notes = SQLDumpNotes()
  /// Where the content of large objects goes, and the one at hand.
  let largeObjects: (any LargeObjectStore)?
  var largeObject: LargeObjectReading?
  /// Told of every statement and command of psql and its offset, INSERT and COPY among them, whose rows are then not read.
  var watcher: (@Sendable ([UInt8], Int) -> Void)?

  /// A reader of `source`, in UTF-8 but for what the dump says of itself. `tables`: complete schemas, when they are known.
  /// `wanted`: tables whose rows are asked for, if not all. `isSurvey`: values need not have the kinds of their columns' types.
  /// `largeObjects` gets those of the dump.
  package init(
    _ source: consuming any ByteSource & ~Copyable, _ syntax: SQLSyntax, tables: [TableSchema] = [],
    wanted: Set<Name>? = nil, outcome: SQLDumpOutcome? = nil, isSurvey: Bool = false,
    largeObjects: (any LargeObjectStore)? = nil, capacity: Int = 1 << 18
  ) {
    self.largeObjects = largeObjects
    self.isSurvey = isSurvey
    self.wanted = wanted
    self.outcome = outcome
    window = SQLDumpWindow(source, size: capacity)
    schema = DumpSchema(syntax)
    schema.followsLargeObjects = largeObjects != nil
    rule = StatementRule(
      family: syntax.family.quoting, hasBackslashes: syntax.backslashEscapes, hasANSIQuotes: syntax.ansiQuotes)
    isFixed = !tables.isEmpty
    self.tables = Dictionary(tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  package var findings: [Finding] { notes.findings }

  package mutating func nextTable() throws(ReadError) -> TableSchema? {
    if let failure { throw failure }
    do throws(ReadError) {
      repeat {
        run = nil
        while phase == .statements { try step() }
      } while try isSkipped()
      if phase == .end { outcome?.set(schema, marks) }
      return run?.table
    } catch {
      outcome?.set(schema, marks)
      failure = error
      throw error
    }
  }

  package mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    batch.removeAll(columnCount: run?.table.columns.count ?? 0)
    batch.firstRecord = recordCount
    if let failure { throw failure }
    guard run != nil, phase == .copy || phase == .values else { return false }
    do throws(ReadError) {
      let hasRows = phase == .copy ? try readCopy(&batch) : try readValues(&batch)
      recordCount += batch.rowCount
      return hasRows
    } catch {
      outcome?.set(schema, marks)
      failure = error
      throw error
    }
  }

  func isWanted(_ table: Name) -> Bool { wanted.map { $0.contains(table) } ?? true }

  /// Whether the rows at hand were not asked for and have been stepped over.
  private mutating func isSkipped() throws(ReadError) -> Bool {
    guard phase == .copy, let run, watcher != nil || run.csv == nil && !isWanted(run.table.name) else { return false }
    return try skipCopy()
  }

  func failed(_ code: ReadError.Code, at place: Int) -> ReadError {
    ReadError(code, offset: window.base + place, record: recordCount + 1)
  }

  /// The error of an end of bytes where more are needed.
  func cutOff() -> ReadError {
    if let failure = window.failure { return failure }
    if !window.isLast {
      return failed(.tooLarge(what: "row or statement", limit: SQLDumpWindow.limit), at: window.position)
    }
    return failed(.truncated, at: window.heap.count)
  }

  /// Rows that are asked for at once.
  func rowLimit(_ width: Int) -> Int { max(1, Self.cellLimit / max(width, 1)) }
}

extension SQLSyntax.Family {
  /// The family as the scanning kernels know it.
  package var quoting: SQLFamily {
    switch self {
    case .postgres: .postgres
    case .mysql: .mysql
    case .sqlite: .sqlite
    }
  }
}

/// What was noticed in a dump's rows.
struct SQLDumpNotes {
  /// By code, table and column: the first finding of its kind, counted up.
  private var places: [Key: Int] = [:]
  private(set) var findings: [Finding] = []
  private struct Key: Hashable {
    var code: String
    var table: Name?
    var column: Name?
  }
  private static let limit = 1_000

  mutating func note(_ finding: Finding) {
    let key = Key(code: finding.code, table: finding.table, column: finding.column)
    if let place = places[key] {
      findings[place].count += finding.count
    } else if findings.count < Self.limit {
      places[key] = findings.count
      findings.append(finding)
    }
  }
}
