internal import Bytes
internal import CSQLite
internal import Diagnostics

/// A reason SQLite refused.
package struct SQLiteError: Error, Equatable, Sendable {
  /// SQLite's primary result code, such as 19 for a violated constraint.
  package var code: Int32
  /// The extended result code, such as 2067 for a violated UNIQUE.
  package var extendedCode: Int32
  /// SQLite's own words, fit for a terminal. Never holds a bound value.
  package var message: String

  package init(code: Int32, extendedCode: Int32? = nil, message: String) {
    self.code = code
    self.extendedCode = extendedCode ?? code
    self.message = message
  }

  /// Another connection holds the lock.
  package var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
  /// A value breaks a constraint of its table.
  package var isConstraint: Bool { code == SQLITE_CONSTRAINT }
  /// A value or row is larger than the connection allows.
  package var isTooLarge: Bool { code == SQLITE_TOOBIG }
  /// The deadline passed or somebody called `interrupt`.
  package var isInterrupted: Bool { code == SQLITE_INTERRUPT }
  /// No room is left where the database lives.
  package var isFull: Bool { code == SQLITE_FULL }
  /// The file is no database, or a damaged one.
  package var isDamaged: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }
  /// The statement would do more than read where only reading is allowed.
  package var isRefused: Bool { code == SQLITE_AUTH || code == SQLITE_READONLY }

  /// Takes SQLite's words where they speak of names only. A statement that runs with bound values may quote one of them in
  /// any message but a constraint's, so that the general text of the code is used there.
  init(_ code: Int32, on database: OpaquePointer?, quotesValues: Bool = false) {
    let extended = database.map { sqlite3_extended_errcode($0) } ?? code
    let isQuotable = !quotesValues || code & 0xFF == SQLITE_CONSTRAINT
    let text = isQuotable ? database.flatMap { sqlite3_errmsg($0) } : nil
    message = (text ?? sqlite3_errstr(extended)).map { displayed(cBytes($0)) } ?? "error \(code)"
    // Whether SQLite gives a refusal of the authorizer its own code depends on where it was asked.
    let isRefusal = message.hasPrefix("not authorized")
    self.code = isRefusal ? SQLITE_AUTH : code & 0xFF
    extendedCode = isRefusal || extended & 0xFF != code & 0xFF ? self.code : extended
  }

  /// A call that does not make sense, refused before SQLite saw it.
  static func misuse(_ message: String) -> SQLiteError { SQLiteError(code: SQLITE_MISUSE, message: message) }
}

/// The bytes of a C string.
func cBytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
  var bytes: [UInt8] = []
  var at = 0
  while text[at] != 0 {
    bytes.append(UInt8(bitPattern: text[at]))
    at += 1
  }
  return bytes
}
