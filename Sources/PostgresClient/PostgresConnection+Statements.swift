internal import Bytes
internal import CLibPQ

/// The rows of an answer, all in memory.
package struct PostgresRows: ~Copyable {
  private let result: OpaquePointer
  private let functions: UnsafePointer<cq_library>

  init(_ result: OpaquePointer, _ functions: UnsafePointer<cq_library>) {
    self.result = result
    self.functions = functions
  }
  deinit { functions.pointee.PQclear(result) }

  package var count: Int { Int(functions.pointee.PQntuples(result)) }
  /// Rows that the statement changed.
  package var changes: Int { Int(Int64(digits: cBytes(functions.pointee.PQcmdTuples(result)).span) ?? 0) }

  /// The text of a value; nil for NULL.
  package subscript(_ row: Int, _ column: Int) -> [UInt8]? {
    precondition(row >= 0 && row < count && column >= 0 && column < Int(functions.pointee.PQnfields(result)))
    let (row, column) = (CInt(row), CInt(column))
    guard functions.pointee.PQgetisnull(result, row, column) == 0 else { return nil }
    let start = functions.pointee.PQgetvalue(result, row, column)
    return Array(UnsafeRawBufferPointer(start: start, count: Int(functions.pointee.PQgetlength(result, row, column))))
  }

  /// The value of an integer; nil for NULL and what is none.
  package func integer(_ row: Int, _ column: Int) -> Int? {
    self[row, column].flatMap { Int64(digits: $0.span) }.map { Int($0) }
  }
  /// Number of columns.
  package var columnCount: Int { Int(functions.pointee.PQnfields(result)) }
  package func columnName(_ column: Int) -> [UInt8] { cBytes(functions.pointee.PQfname(result, CInt(column))) }
  /// The type of a column, as the server numbers types: see `PostgresType`.
  package func type(of column: Int) -> UInt32 { functions.pointee.PQftype(result, CInt(column)) }
  /// The value of an integer, or of a boolean, in the server's binary form; nil for NULL.
  package func binaryInteger(_ row: Int, _ column: Int) -> Int64? {
    guard let bytes = self[row, column] else { return nil }
    guard let first = bytes.first, bytes.count <= 8 else { return 0 }
    return bytes.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
  }
  package func isNull(_ row: Int, _ column: Int) -> Bool {
    functions.pointee.PQgetisnull(result, CInt(row), CInt(column)) != 0
  }
  package func isTrue(_ row: Int, _ column: Int) -> Bool { self[row, column] == [UInt8(ascii: "t")] }
}

extension PostgresConnection {
  /// Runs one statement or several, separated by semicolons, and throws their rows away.
  package func execute(_ sql: [UInt8]) throws(PostgresError) {
    try send(sql)
    _ = try lastResult()
  }
  /// The same for SQL that is ours.
  package func execute(_ sql: String) throws(PostgresError) { try execute(Array(sql.utf8)) }

  /// Runs one statement with values for `$1`, `$2`, …; nil is NULL.
  package func query(_ sql: [UInt8], _ parameters: [[UInt8]?] = []) throws(PostgresError) -> PostgresRows {
    guard !sql.contains(0), !parameters.contains(where: { $0?.contains(0) ?? false }) else {
      throw PostgresError(state: "22021", message: "a text holds a NUL character, which PostgreSQL refuses")
    }
    // All in one block of memory, each with the zero byte that ends it.
    var block: [UInt8] = [], starts: [Int?] = []
    for parameter in parameters {
      starts.append(parameter == nil ? nil : block.count)
      if let parameter { block += parameter + [0] }
    }
    let isSent = withCString(sql) { text in
      withCString(block) { base in
        let values = starts.map { start in start.map { base + $0 } }
        return functions.pointee.PQsendQueryParams(
          handle, text, CInt(values.count), nil, values, nil, nil, 0)
      }
    }
    guard isSent != 0 else { throw .lost("before a statement") }
    try flush()
    return try lastResult()
  }
  /// The same for SQL that is ours.
  package func query(_ sql: String, _ parameters: [[UInt8]?] = []) throws(PostgresError) -> PostgresRows {
    try query(Array(sql.utf8), parameters)
  }

  func send(_ sql: [UInt8]) throws(PostgresError) {
    guard !sql.contains(0) else { throw PostgresError(state: "22021", message: "SQL holds a NUL character") }
    guard withCString(sql, { functions.pointee.PQsendQuery(handle, $0) }) != 0 else {
      throw .lost("before a statement")
    }
    try flush()
  }

  /// The result of the last statement sent; of several the last one's. Throws the first error.
  func lastResult() throws(PostgresError) -> PostgresRows {
    var last: OpaquePointer?, failure: PostgresError?
    while let result = try nextResult() {
      if let last { functions.pointee.PQclear(last) }
      last = result
      let status = functions.pointee.PQresultStatus(result)
      if status == CInt(cq_fatal_error.rawValue) || status == CInt(cq_bad_response.rawValue) {
        if failure == nil { failure = self.failure(result) }
      }
    }
    guard let last else { throw failure ?? .lost("while an answer was waited for") }
    let rows = PostgresRows(last, functions)
    if let failure { throw failure }
    return rows
  }

  /// What a result of the kind of an error says.
  func failure(_ result: OpaquePointer) -> PostgresError {
    var error = PostgresError(result, functions)
    // libpq makes a result of its own when the connection breaks: one without a state.
    if error.state.isEmpty || isBroken {
      let words = error.message
      error = .lost("while an answer was waited for")
      if !words.isEmpty && !words.contains("server closed the connection") { error.message += " (\(words))" }
    }
    return error
  }

  /// The next result; nil when the statement is over.
  func nextResult() throws(PostgresError) -> OpaquePointer? {
    while functions.pointee.PQisBusy(handle) != 0 {
      try wait()
      if functions.pointee.PQconsumeInput(handle) == 0 { break }
    }
    return functions.pointee.PQgetResult(handle)
  }
}
