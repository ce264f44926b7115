internal import Bytes
internal import CSQLite

/// A compiled SQL statement; goes away with the value. It belongs to the owner of its connection.
package struct Statement: ~Copyable, @unchecked Sendable {  // one owner at a time, like its connection
  let handle: OpaquePointer
  let database: OpaquePointer
  /// Whether the statement has parameters, whose values no message may quote.
  let hasParameters: Bool

  init(_ connection: borrowing Connection, _ sql: [UInt8], isKept: Bool) throws(SQLiteError) {
    guard !sql.contains(0) else { throw .misuse("SQL holds a NUL character") }
    guard sql.count < Int32.max else { throw .misuse("SQL is too long") }
    let database = connection.database
    var prepared: OpaquePointer?
    var rest = 0
    let code = sql.withUnsafeBufferPointer { text in
      text.withMemoryRebound(to: CChar.self) { text in
        guard let start = text.baseAddress else { return SQLITE_OK }
        var tail: UnsafePointer<CChar>?
        let code = sqlite3_prepare_v3(
          database, start, Int32(text.count), isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0, &prepared, &tail)
        rest = tail.map { start + text.count - $0 } ?? 0
        return code
      }
    }
    guard code == SQLITE_OK else { throw SQLiteError(code, on: database) }
    guard let handle = prepared else { throw .misuse("SQL holds no statement") }
    guard Self.isBlank(sql.suffix(rest)) else {
      sqlite3_finalize(handle)
      throw .misuse("SQL holds more than one statement")
    }
    self.handle = handle
    self.database = database
    hasParameters = sqlite3_bind_parameter_count(handle) > 0
  }
  deinit { sqlite3_finalize(handle) }

  /// Whether nothing but white space and semicolons follows a statement.
  private static func isBlank(_ rest: ArraySlice<UInt8>) -> Bool {
    rest.allSatisfy { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) || $0 == UInt8(ascii: ";") }
  }

  /// Advances to the next row; false at the end, where the statement is ready to be run again.
  package mutating func step() throws(SQLiteError) -> Bool {
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE {
      sqlite3_reset(handle)
      return false
    }
    let error = SQLiteError(code, on: database, quotesValues: hasParameters)
    sqlite3_reset(handle)
    throw error
  }

  /// Runs the statement to its end, throwing rows away.
  package mutating func run() throws(SQLiteError) {
    while try step() {}
  }

  /// Makes the statement ready to be run again; bound values stay.
  package mutating func reset() { sqlite3_reset(handle) }
  /// Makes all parameters NULL.
  package mutating func clearBindings() { sqlite3_clear_bindings(handle) }

  /// Whether the statement changes nothing in any database.
  package var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }
  /// Number of parameters.
  package var parameterCount: Int { Int(sqlite3_bind_parameter_count(handle)) }
}
