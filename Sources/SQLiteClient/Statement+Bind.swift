internal import Bytes
internal import CSQLite

// Parameters count from 1, as `?1` does. Bytes are copied by SQLite, so that they may go away at once; see `Statement.insert`
// for the way without a copy.
extension Statement {
  package mutating func bindNull(at index: Int) throws(SQLiteError) {
    try check(sqlite3_bind_null(handle, Int32(truncatingIfNeeded: index)))
  }
  package mutating func bind(_ value: Int64?, at index: Int) throws(SQLiteError) {
    guard let value else { return try bindNull(at: index) }
    try check(sqlite3_bind_int64(handle, Int32(truncatingIfNeeded: index), value))
  }
  package mutating func bind(_ value: Int?, at index: Int) throws(SQLiteError) {
    try bind(value.map { Int64($0) }, at: index)
  }
  package mutating func bind(_ value: Bool, at index: Int) throws(SQLiteError) {
    try bind(value ? Int64(1) : 0, at: index)
  }
  /// NaN becomes NULL, for SQLite has none.
  package mutating func bind(_ value: Double, at index: Int) throws(SQLiteError) {
    try check(sqlite3_bind_double(handle, Int32(truncatingIfNeeded: index), value))
  }
  /// Binds text as UTF-8 bytes; U+0000 in it is kept.
  package mutating func bind(text: Span<UInt8>, at index: Int) throws(SQLiteError) {
    let code = text.withUnsafeBufferPointer { p in
      // A nil pointer would be NULL, not the empty text.
      withNonNull(p) {
        sqlite3_bind_text64(
          handle, Int32(truncatingIfNeeded: index), $0, UInt64(p.count), coffer_sqlite_transient(), UInt8(SQLITE_UTF8))
      }
    }
    try check(code)
  }
  package mutating func bind(text: [UInt8]?, at index: Int) throws(SQLiteError) {
    guard let text else { return try bindNull(at: index) }
    try bind(text: text.span, at: index)
  }
  package mutating func bind(text: String?, at index: Int) throws(SQLiteError) {
    try bind(text: text.map { Array($0.utf8) }, at: index)
  }
  package mutating func bind(blob: Span<UInt8>, at index: Int) throws(SQLiteError) {
    let code = blob.withUnsafeBufferPointer { p in
      withNonNull(p) {
        sqlite3_bind_blob64(
          handle, Int32(truncatingIfNeeded: index), $0, UInt64(p.count), coffer_sqlite_transient())
      }
    }
    try check(code)
  }
  package mutating func bind(blob: [UInt8]?, at index: Int) throws(SQLiteError) {
    guard let blob else { return try bindNull(at: index) }
    try bind(blob: blob.span, at: index)
  }
  /// Binds a blob of `count` zeros, to be filled through `Connection.openBlob`.
  package mutating func bindZeros(count: Int64, at index: Int) throws(SQLiteError) {
    try check(sqlite3_bind_zeroblob64(handle, Int32(truncatingIfNeeded: index), UInt64(count)))
  }

  /// Binds a text of `count` bytes, which `produce` appends piece by piece to memory that SQLite then owns: a long text is held
  /// once. Nothing is bound when `produce` throws or appends another number of bytes.
  package mutating func bindText<E: Error>(
    count: Int, at index: Int, failed: (SQLiteError) -> E, _ produce: ((Span<UInt8>) -> Void) throws(E) -> Void
  ) throws(E) {
    let memory = sqlite3_malloc64(UInt64(max(count, 1)))
    guard let base = memory else { throw failed(SQLiteError(code: SQLITE_NOMEM, message: "out of memory")) }
    var filled = 0
    do throws(E) {
      try produce { piece in
        guard filled <= count, piece.count <= count - filled else {
          filled = .max
          return
        }
        piece.withUnsafeBytes {
          if let from = $0.baseAddress { (base + filled).copyMemory(from: from, byteCount: $0.count) }
        }
        filled += piece.count
      }
    } catch {
      sqlite3_free(base)
      throw error
    }
    guard filled == count else {
      sqlite3_free(base)
      throw failed(.misuse("text has another length than was said"))
    }
    // SQLite frees the memory even when it refuses to bind it.
    let code = sqlite3_bind_text64(
      handle, Int32(truncatingIfNeeded: index), base.assumingMemoryBound(to: CChar.self), UInt64(count), sqlite3_free,
      UInt8(SQLITE_UTF8))
    guard code == SQLITE_OK else { throw failed(SQLiteError(code, on: database, quotesValues: true)) }
  }

  /// Position of a named parameter such as `:key`; nil when there is none.
  package func parameter(_ name: String) -> Int? {
    let index = sqlite3_bind_parameter_index(handle, name)
    return index > 0 ? Int(index) : nil
  }

  func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw SQLiteError(code, on: database, quotesValues: true) }
  }
}

/// Calls `body` with the buffer's address, or with any address when the buffer is empty.
private func withNonNull(
  _ buffer: UnsafeBufferPointer<UInt8>, _ body: (UnsafePointer<CChar>) -> Int32
) -> Int32 {
  guard let base = buffer.baseAddress else {
    var nothing: CChar = 0
    return body(&nothing)
  }
  return base.withMemoryRebound(to: CChar.self, capacity: buffer.count) { body($0) }
}
