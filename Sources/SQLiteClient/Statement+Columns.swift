internal import Bytes
internal import CSQLite

/// How SQLite stores a value.
package enum StorageClass: Int32, Sendable {
  case integer = 1
  case real = 2
  case text = 3
  case blob = 4
  case null = 5
}

// Columns count from 0. Valid between a `step` that returned true and the next one.
extension Statement {
  /// Number of columns of a row.
  package var columnCount: Int { Int(sqlite3_column_count(handle)) }
  /// A result column's name.
  package func columnName(_ column: Int) -> [UInt8] { sqlite3_column_name(handle, Int32(column)).map(cBytes) ?? [] }
  /// How the value is stored.
  package func storageClass(_ column: Int) -> StorageClass {
    StorageClass(rawValue: sqlite3_column_type(handle, Int32(column))) ?? .null
  }
  package func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }
  package func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }
  package func boolean(_ column: Int) -> Bool { integer(column) != 0 }
  package func double(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }
  /// The bytes of a text or blob (a number's as text); empty for NULL.
  package func bytes(_ column: Int) -> [UInt8] { Array(span(column)) }
  /// The same; nil for NULL.
  package func optionalBytes(_ column: Int) -> [UInt8]? { isNull(column) ? nil : bytes(column) }
  /// The integer; nil for NULL.
  package func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }
  /// Text of our own making.
  package func string(_ column: Int) -> String { String(decoding: bytes(column), as: UTF8.self) }

  /// The bytes of a text or blob where SQLite holds them, until the statement is stepped, reset or bound again. Text is UTF-8
  /// whatever the database keeps it in.
  @_lifetime(borrow self)
  package func span(_ column: Int) -> Span<UInt8> {
    // In this order: the call for the address may convert, the one for the count then counts what is there.
    let isText = sqlite3_column_type(handle, Int32(column)) == SQLITE_TEXT
    let base =
      isText
      ? sqlite3_column_text(handle, Int32(column)).map { UnsafeRawPointer($0) }
      : sqlite3_column_blob(handle, Int32(column))
    let count = Int(sqlite3_column_bytes(handle, Int32(column)))
    let span = Span<UInt8>(
      _unsafeStart: base.map { $0.assumingMemoryBound(to: UInt8.self) } ?? Self.nothing, count: base == nil ? 0 : count)
    return _overrideLifetime(span, borrowing: self)
  }

  /// An address for spans of no bytes.
  private static var nothing: UnsafePointer<UInt8> { UnsafePointer(bitPattern: 64)! }
}
