internal import Bytes
internal import CSQLite

/// A value of a row that is written or read in pieces; closes itself. It belongs to the owner of its connection.
package struct Blob: ~Copyable, @unchecked Sendable {  // one owner at a time, like its connection
  private let handle: OpaquePointer
  private let database: OpaquePointer
  /// Number of bytes, which cannot change.
  package let count: Int

  init(
    _ connection: borrowing Connection, table: [UInt8], column: [UInt8], row: Int64, isWritten: Bool
  ) throws(SQLiteError) {
    guard !table.contains(0), !column.contains(0) else { throw .misuse("name holds a NUL character") }
    let database = connection.database
    var opened: OpaquePointer?
    let code = withCString(table) { table in
      withCString(column) { column in
        sqlite3_blob_open(database, "main", table, column, row, isWritten ? 1 : 0, &opened)
      }
    }
    guard code == SQLITE_OK, let handle = opened else { throw SQLiteError(code, on: database) }
    self.handle = handle
    self.database = database
    count = Int(sqlite3_blob_bytes(handle))
  }
  deinit { sqlite3_blob_close(handle) }

  /// Replaces the bytes from `offset` on.
  package mutating func write(_ bytes: Span<UInt8>, at offset: Int) throws(SQLiteError) {
    guard !bytes.isEmpty else { return }
    guard offset >= 0, offset <= count, bytes.count <= count - offset else {
      throw .misuse("piece lies outside the blob")
    }
    let code = bytes.withUnsafeBytes { sqlite3_blob_write(handle, $0.baseAddress, Int32($0.count), Int32(offset)) }
    guard code == SQLITE_OK else { throw SQLiteError(code, on: database) }
  }

  /// Copies `count` bytes from `offset` on.
  package mutating func read(at offset: Int, count wanted: Int) throws(SQLiteError) -> [UInt8] {
    guard offset >= 0, wanted >= 0, offset <= count, wanted <= count - offset else {
      throw .misuse("piece lies outside the blob")
    }
    var code = SQLITE_OK
    let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, initialized in
      code = wanted == 0 ? SQLITE_OK : sqlite3_blob_read(handle, buffer.baseAddress, Int32(wanted), Int32(offset))
      initialized = code == SQLITE_OK ? wanted : 0
    }
    guard code == SQLITE_OK else { throw SQLiteError(code, on: database) }
    return bytes
  }
}

extension Connection {
  /// Opens the value of one column in the row with a row id; a text or blob that exists already.
  package func openBlob(
    table: [UInt8], column: [UInt8], row: Int64, isWritten: Bool = false
  ) throws(SQLiteError) -> Blob {
    try Blob(self, table: table, column: column, row: row, isWritten: isWritten)
  }
}

/// Calls `body` with the bytes as a C string.
func withCString<T>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> T) -> T {
  (bytes + [0]).withUnsafeBufferPointer { p in
    p.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
  }
}
