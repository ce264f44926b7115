internal import Bytes
package import CatalogStore
internal import PostgresClient

extension PostgresCatalog {
  /// Runs one query for the user, on a connection of its own that is closed afterwards.
  ///
  /// What keeps it from changing anything: the transaction is READ ONLY and is never committed; the statement is sent by the
  /// extended protocol, which takes one only; and it stands in DECLARE … CURSOR FOR, which takes queries only, so neither COPY nor
  /// a statement that changes rows in its WITH. What functions do beside that is limited by the role's rights: a superuser can
  /// read and write the server's files by them, so a shared catalog should belong to a role that is none.
  package func query(_ sql: [UInt8], into consumer: inout any QueryConsumer & ~Copyable) throws(CatalogError) {
    do throws(PostgresError) {
      let connection = try Session.connection(place, options)
      try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
      _ = try connection.query(Array("DECLARE coffer_query NO SCROLL CURSOR FOR ".utf8) + sql)
      var isFirst = true
      while true {
        let rows = try connection.query("FETCH 256 FROM coffer_query")
        let columns = 0..<rows.columnCount
        if isFirst { consumer.begin(columns: columns.map { Name(rows.columnName($0)) }) }
        isFirst = false
        guard rows.count > 0 else { return }
        for row in 0..<rows.count {
          guard consumer.row(columns.map { QueryValue(rows, row, $0) }) else { return }
        }
      }
    } catch {
      if ["42601", "0A000", "25006", "42P11"].contains(error.state) {
        throw CatalogError(.invalid("only queries are allowed: \(error.message)"))
      }
      let mapped = CatalogError(error)
      if case .server = mapped.code, !error.isConnectionLost, !error.isConnectionFailure {
        throw CatalogError(.invalid(error.message))
      }
      throw mapped
    }
  }
}

extension QueryValue {
  /// A value that the server sent as a text. Bytes that are UTF-8 are texts: names of unknown origin are kept as bytes.
  fileprivate init(_ rows: borrowing PostgresRows, _ row: Int, _ column: Int) {
    guard let text = rows[row, column] else {
      self = .null
      return
    }
    let type = rows.type(of: column)
    if PostgresType.integers.contains(type), let number = Int64(digits: text.span) {
      self = .integer(number)
    } else if PostgresType.numbers.contains(type) {
      if let number = Int64(digits: text.span) {
        self = .integer(number)
      } else {
        // NaN and Infinity are no numbers to whoever reads this.
        self = text.contains { $0 > UInt8(ascii: "9") && $0 != UInt8(ascii: "e") } ? .text(text) : .number(text)
      }
    } else if type == PostgresType.boolean {
      self = .text(Array((text == [UInt8(ascii: "t")] ? "true" : "false").utf8))
    } else if type == PostgresType.bytes {
      let bytes = Self.bytes(hexadecimal: text.dropFirst(2))
      self = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0) ? .text(bytes) : .blob(bytes)
    } else {
      self = .text(text)
    }
  }

  private static func bytes(hexadecimal digits: ArraySlice<UInt8>) -> [UInt8] {
    func value(_ digit: UInt8) -> UInt8 { digit > UInt8(ascii: "9") ? digit - UInt8(ascii: "a") + 10 : digit & 15 }
    return stride(from: digits.startIndex, to: digits.endIndex - 1, by: 2).map {
      value(digits[$0]) << 4 | value(digits[$0 + 1])
    }
  }
}
