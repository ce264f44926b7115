package import Bytes
internal import CLibPQ
internal import Diagnostics

/// A reason PostgreSQL, or the way to it, refused.
package struct PostgresError: Error, Equatable, Sendable {
  /// The five characters of the SQL standard, such as `23505`; empty when no server answered.
  package var state: String
  /// One line, fit for a terminal. Never holds a value of the data or a password.
  package var message: String
  /// What the user can do about it.
  package var advice: String?
  /// Whether the connection is gone, so that nobody knows what became of the last statement.
  package var isConnectionLost = false
  /// Whether the user asked the program to stop.
  package var isInterruption = false
  /// The table, as the server calls it, that the error is about.
  package var table: Name?
  package var column: Name?
  package var constraint: Name?
  /// Where the server was, such as `COPY t, line 3, column a: …`. May hold a value: not to be shown.
  package var context: [UInt8] = []

  package init(state: String = "", message: String, advice: String? = nil) {
    self.state = state
    self.message = message
    self.advice = advice
  }

  static func lost(_ what: String) -> PostgresError {
    var error = PostgresError(
      state: "08006", message: "connection to the server was lost \(what)",
      advice: "the server's log says why; nothing is left of a load that was not committed")
    error.isConnectionLost = true
    return error
  }

  static var interrupted: PostgresError {
    var error = PostgresError(state: "57014", message: "interrupted")
    error.isInterruption = true
    return error
  }

  /// What a result says. The words of the server are taken where they speak of names only.
  init(_ result: OpaquePointer, _ functions: UnsafePointer<cq_library>) {
    func field(_ code: Character) -> [UInt8] {
      cBytes(functions.pointee.PQresultErrorField(result, CInt(code.asciiValue ?? 0)))
    }
    func name(_ code: Character) -> Name? {
      let bytes = field(code)
      return bytes.isEmpty ? nil : Name(bytes)
    }
    let state = String(decoding: field("C"), as: UTF8.self)
    let words = displayed(field("M"))
    self.init(
      state: state, message: Self.quotesValues(state) ? Self.generalWords(state) : words, advice: Self.advice(state))
    table = name("t")
    column = name("c")
    constraint = name("n")
    context = field("W")
    isConnectionLost = state.hasPrefix("57P0") && state != "57P03" || state.hasPrefix("08")
    if Self.quotesValues(state) { message += " (SQLSTATE \(state))" }
  }

  /// Whether the server's message for a state may hold a value: those about data, and those of the user's own functions.
  private static func quotesValues(_ state: String) -> Bool { state.hasPrefix("22") || state.hasPrefix("P0") }

  private static func generalWords(_ state: String) -> String {
    general[state] ?? general[String(state.prefix(2))] ?? ""
  }

  private static let general = [
    "22": "a value does not fit its column", "22001": "a text is longer than its column allows",
    "22003": "a number is outside the range of its column",
    "22007": "a value is no date or time as its column wants it",
    "22008": "a date or time is outside the range of its column",
    "22P02": "a value is not written as its column's type is",
    "22021": "a text holds bytes that its encoding does not have", "22P04": "the server read rows of another shape",
    "P0": "a function of the target refused",
  ]

  private static func advice(_ state: String) -> String? { advices[state] ?? advices[String(state.prefix(2))] }

  private static let advices = [
    "28":
      "check user and password: PGPASSWORD, a password file (~/.pgpass) or a service keep them off the command line",
    "28P01":
      "check user and password: PGPASSWORD, a password file (~/.pgpass) or a service keep them off the command line",
    "3D000": "make the database first: createdb NAME",
    "42501": "the role lacks a right: connect as the owner of the tables",
    "22": "give the column a type that holds the value, or load into new tables with --mode create",
    "23503": "load the tables that are referred to as well, or say how cycles are loaded with --cycles",
    "23505": "--mode upsert replaces rows that are there, --mode skip-existing keeps them",
    "25006": "the target only reads: connect to the primary server",
    "53100": "make room on the server's disk",
    "53300": "try again when fewer programs are connected",
    "55P03": "another program holds a lock on the table: try again",
    "57P03": "the server is starting or stopping: try again",
  ]
}
