internal import Bytes
internal import Conversion
internal import ConvexValues
internal import Records

/// Makes documents of the rows of all tables, and counts what Convex would not take.
struct DocumentBuilder: ~Copyable {
  /// What has come of a table.
  private struct State {
    var rows = 0
    var documents = 0
    /// Number of the table in the ids of its rows.
    var number: UInt32?
    /// Columns with an integer that no float holds.
    var isLong: [Bool]
    var tooLarge = 0
    var tooManyFields = 0
  }

  private let plan: ImportPlan
  private var ids: ImportIDs
  private var states: [State]
  private var tableLosses: [TableLosses]
  /// The document that was built last.
  private(set) var document: ImportDocument

  init(_ plan: ImportPlan, marksIntegers: Bool = true) {
    self.plan = plan
    ids = ImportIDs(plan.tables)
    states = plan.tables.map { table in
      var state = State(isLong: table.schema.columns.map { _ in false })
      if case .made(let number, _, _) = table.identity { state.number = number }
      return state
    }
    tableLosses = plan.schemas.map { TableLosses($0) }
    document = ImportDocument(marksIntegers: marksIntegers)
  }

  /// Documents of a table so far.
  func count(of table: Int) -> Int { states[table].documents }
  /// Number of a table in the ids of its rows; nil when none has told it.
  func number(of table: Int) -> UInt32? { states[table].number }
  /// Which columns of a table have an integer that no float holds.
  func longColumns(of table: Int) -> [Bool] { states[table].isLong }

  /// What could not be carried of a table so far.
  func losses(of table: Int) -> [Loss] {
    let rejects = [
      ("document-too-large", "documents of more than 1 MiB are left out", states[table].tooLarge),
      ("too-many-fields", "documents of more than 1024 fields are left out", states[table].tooManyFields),
    ]
    return tableLosses[table].losses
      + rejects.filter { $0.2 > 0 }.map { code, message, count in
        Loss(code, message, table: plan.schemas[table].name, count: count, isReject: true)
      }
  }

  /// Counts a loss in a column.
  mutating func count(_ kind: LossKind, column: Int, of table: Int) { tableLosses[table].count(kind, column: column) }

  /// Builds the document of a row; false when Convex would not take it.
  mutating func build(_ row: Int, of batch: borrowing RecordBatch, table: Int) throws(IOError) -> Bool {
    states[table].rows += 1
    guard try begin(row, batch, table) else { return false }
    for field in plan.tables[table].fields where batch[row, field.column].kind != .missing {
      let cell = batch[row, field.column]
      if case .reference(let target) = field.form, cell.kind != .null {
        document.add(field, id: try ids.target(row, field.column, of: table, to: target, in: batch))
      } else if let problem = document.add(field, cell, of: batch) {
        tableLosses[table].count(problem, column: field.column)
        return false
      }
      if field.form == .longInteger { noteLength(cell, field.column, of: batch, table) }
    }
    document.end()
    if document.isTooLarge { states[table].tooLarge += 1 }
    if document.hasTooManyFields { states[table].tooManyFields += 1 }
    guard !document.isTooLarge && !document.hasTooManyFields else { return false }
    states[table].documents += 1
    for change in document.changes { tableLosses[table].count(change.kind, column: change.column) }
    return true
  }

  /// Begins a document with id and time; false when the row's id is none of the table's.
  private mutating func begin(_ row: Int, _ batch: borrowing RecordBatch, _ table: Int) throws(IOError) -> Bool {
    switch plan.tables[table].identity {
    case .kept(let id, let time):
      let cell = batch[row, id]
      guard cell.kind == .text, isOwn(ConvexID.tableNumber(of: batch.bytes(of: cell)), table) else {
        tableLosses[table].count(.wrongID, column: id)
        return false
      }
      document.begin(id: batch.bytes(of: cell))
      if !document.addTime(batch[row, time], of: batch) { addMadeTime(table) }
    case .made(_, _, let created):
      let id = try ids.own(row, of: table, number: states[table].rows, in: batch)
      document.begin(id: id.span)
      if let moment = created.flatMap({ creation(batch[row, $0], of: batch) }) {
        document.addTime(microseconds: moment)
      } else {
        addMadeTime(table)
      }
    }
    return true
  }

  /// Whether an id is one of a table, whose first tells its number.
  private mutating func isOwn(_ number: UInt32?, _ table: Int) -> Bool {
    guard let number else { return false }
    if states[table].number == nil { states[table].number = number }
    return states[table].number == number
  }

  /// Milliseconds that count the rows, for those that do not say when they were made: their order is kept.
  private mutating func addMadeTime(_ table: Int) { document.addTime(microseconds: Int64(states[table].rows) * 1000) }

  private mutating func noteLength(_ cell: Cell, _ column: Int, of batch: borrowing RecordBatch, _ table: Int) {
    let value = cell.kind == .integer ? cell.integer : cell.kind == .number ? Int64(digits: batch.bytes(of: cell)) : nil
    if let value, value.magnitude > NumberText.exactLimit.magnitude { states[table].isLong[column] = true }
  }

  /// When a row was made, in microseconds since 1970: a date or moment, or milliseconds of this age.
  private func creation(_ cell: Cell, of batch: borrowing RecordBatch) -> Int64? {
    switch cell.kind {
    case .text:
      guard let date = DateText(batch.bytes(of: cell)), date.kind != .time else { return nil }
      return date.microseconds
    case .integer: return Self.moment(Double(cell.integer))
    case .double: return Self.moment(cell.double)
    case .number:
      return DecimalText(batch.bytes(of: cell)).flatMap { Self.moment($0.nearestDouble(in: batch.bytes(of: cell))) }
    default: return nil
    }
  }
  private static func moment(_ milliseconds: Double) -> Int64? {
    milliseconds > 1e11 && milliseconds < 1e13 ? Int64((milliseconds * 1000).rounded()) : nil
  }
}
