internal import Bytes
internal import CLibPQ

/// A value for a parameter.
package enum PostgresValue: Sendable {
  case null
  case integer(Int64)
  /// For a parameter of type `bytea`, exactly these bytes; for one of type `text`, UTF-8.
  case bytes([UInt8])
  /// As the type of the parameter is written.
  case word([UInt8])

  /// Keys for a parameter of type `bigint[]`.
  package static func integers(_ numbers: [Int64]) -> PostgresValue {
    .word(Array(("{" + numbers.map { String($0) }.joined(separator: ",") + "}").utf8))
  }
}

/// Numbers of the server's types.
package enum PostgresType {
  package static let boolean: UInt32 = 16
  package static let bytes: UInt32 = 17
  package static let integers: [UInt32] = [20, 21, 23, 26]
  package static let numbers: [UInt32] = [700, 701, 1700]
}

// Statements with values in binary, so that bytes are sent and received as they are.
extension PostgresConnection {
  /// Runs one statement with values for `$1`, `$2`, …. Its rows are in the server's binary form.
  package func query(_ sql: [UInt8], values: [PostgresValue]) throws(PostgresError) -> PostgresRows {
    try send(sql, values)
    return try lastResult()
  }

  /// The same; calls `body`, which must not use the connection, for each row as it comes, with a result of this row alone.
  package func forEach<E: Error>(
    _ sql: [UInt8], values: [PostgresValue], failed: (PostgresError) -> E,
    _ body: (consuming PostgresRows) throws(E) -> Void
  ) throws(E) {
    do throws(PostgresError) {
      try send(sql, values)
      _ = functions.pointee.PQsetSingleRowMode(handle)
    } catch { throw failed(error) }
    var failure: E?, hasEnded = false
    while true {
      let next: OpaquePointer?
      do throws(PostgresError) { next = try nextResult() } catch { throw failed(error) }
      guard let next else { break }
      let status = functions.pointee.PQresultStatus(next)
      let rows = PostgresRows(next, functions)
      switch status {
      case CInt(cq_single_tuple.rawValue):
        // What comes after an error of the body is thrown away: the connection is free when it ends.
        if failure == nil { do throws(E) { try body(rows) } catch { failure = error } }
      case CInt(cq_tuples_ok.rawValue), CInt(cq_command_ok.rawValue): hasEnded = true
      default:
        if failure == nil { failure = failed(self.failure(next)) }
      }
    }
    if let failure { throw failure }
    if !hasEnded { throw failed(.lost("while an answer was waited for")) }
  }

  private func send(_ sql: [UInt8], _ values: [PostgresValue]) throws(PostgresError) {
    guard !sql.contains(0) else { throw PostgresError(state: "22021", message: "SQL holds a NUL character") }
    // All in one block of memory, each with the zero byte that ends it.
    var block: [UInt8] = [], starts: [Int?] = [], lengths: [CInt] = [], formats: [CInt] = []
    for value in values {
      starts.append(block.count)
      var isBinary: CInt = 0
      switch value {
      case .null: starts[starts.count - 1] = nil
      case .integer(let number): block += Array(String(number).utf8)
      case .word(let word): block += word
      case .bytes(let bytes):
        block += bytes
        isBinary = 1
      }
      lengths.append(CInt(block.count - (starts[starts.count - 1] ?? block.count)))
      formats.append(isBinary)
      block.append(0)
    }
    guard block.count < 1 << 30 else {
      throw PostgresError(state: "54000", message: "a statement's values are larger than PostgreSQL takes")
    }
    let isSent = withCString(sql) { text in
      withCString(block) { base in
        let addresses = starts.map { start in start.map { base + $0 } }
        return functions.pointee.PQsendQueryParams(
          handle, text, CInt(values.count), nil, addresses, lengths, formats, 1)
      }
    }
    guard isSent != 0 else { throw .lost("before a statement") }
    try flush()
  }
}
