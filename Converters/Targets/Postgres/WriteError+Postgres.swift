internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PostgresClient
internal import Records

extension WriteError {
  /// The server's refusal, with the table, column and constraint that it names.
  init(_ error: PostgresError, table: SQLTable? = nil) {
    var message = "PostgreSQL: \(error.message)"
    var record: Int?
    if let table, let place = CopyPlace(error.context, table) {
      record = place.line
      if let column = place.column { message += ", in column '\(displayed(column))'" }
    } else {
      if let name = error.table, table == nil { message += ", in table '\(displayed(name))'" }
      if let column = error.column { message += ", in column '\(displayed(column))'" }
    }
    if let constraint = error.constraint, !message.contains(displayed(constraint)) {
      message += ", constraint '\(displayed(constraint))'"
    }
    if error.isRowRefusal, !message.contains("SQLSTATE") { message += " (SQLSTATE \(error.state))" }
    let advice =
      error.isRowRefusal ? [error.advice, Self.rejectAdvice].compactMap(\.self).joined(separator: "; ") : nil
    self.init(.target(message), table: table?.source.name, record: record, advice: advice ?? error.advice)
  }
}

extension Refusal {
  /// What the server has against a row.
  init(_ error: PostgresError, table: SQLTable) {
    var message = error.message
    let column = CopyPlace(error.context, table)?.column ?? error.column
    if let column { message += ", in column '\(displayed(column))'" }
    self.init(error.state, message, column: column, constraint: error.constraint)
  }
}

extension PostgresError {
  /// Whether the server refuses a row, and would take others.
  var isRowRefusal: Bool {
    !isConnectionLost && ["22", "23", "44", "P0"].contains { state.hasPrefix($0) } || state == "54000"
  }

  /// Which row of the last COPY into a table it was, from 0.
  func row(of table: SQLTable) -> Int? { CopyPlace(context, table).map { $0.line - 1 } }
}

/// What the server says of the place in COPY's rows where it stopped: `COPY users, line 3, column age: "x"`.
private struct CopyPlace {
  var line: Int
  var column: Name?

  /// Only what is known to be a name is taken: behind the colon stands a value.
  init?(_ context: [UInt8], _ table: SQLTable) {
    let head = Array("COPY ".utf8) + table.name.bytes + Array(", line ".utf8)
    guard context.starts(with: head) else { return nil }
    let digits = context[head.count...].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    guard let line = Int64(digits: Array(digits).span) else { return nil }
    self.line = Int(line)
    let rest = context[digits.endIndex...]
    column =
      table.columns.first { rest.starts(with: Array(", column ".utf8) + $0.name.bytes + [UInt8(ascii: ":")]) }?.name
  }
}
