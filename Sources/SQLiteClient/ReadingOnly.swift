internal import Bytes
internal import CSQLite
internal import Glibc

extension Connection {
  /// Lets statements prepared from now on only read: SELECT with the built-in functions, and the PRAGMAs that describe
  /// tables. Everything else, ATTACH and PRAGMAs that set something among it, is refused with `isRefused`. A query that runs
  /// when the user asks to stop fails with `isInterrupted`.
  package func restrictToReading() throws(SQLiteError) {
    try execute("PRAGMA query_only=ON")
    sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0)
    sqlite3_limit(database, SQLITE_LIMIT_WORKER_THREADS, 0)
    sqlite3_progress_handler(database, 10_000, { _ in Interruption.isRequested ? 1 : 0 }, nil)
    sqlite3_set_authorizer(database, { _, action, first, second, _, _ in authorizeReading(action, first, second) }, nil)
  }
}

/// PRAGMAs that only describe. FTS5 asks for `data_version` while it reads.
private let describingPragmas = [
  "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
  "collation_list", "function_list", "data_version",
]
/// Functions that reach beyond the database.
private let refusedFunctions = ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "lsmode"]

private func authorizeReading(
  _ action: CInt, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?
) -> CInt {
  switch action {
  case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: SQLITE_OK
  case SQLITE_FUNCTION: isOne(of: refusedFunctions, second) ? SQLITE_DENY : SQLITE_OK
  // A virtual table declares its columns by a CREATE TABLE when it is opened; `query_only` stops one that is meant.
  case SQLITE_CREATE_TABLE: SQLITE_OK
  case SQLITE_INSERT, SQLITE_UPDATE: isOne(of: ["sqlite_master"], first) ? SQLITE_OK : SQLITE_DENY
  case SQLITE_PRAGMA: isOne(of: describingPragmas, first) ? SQLITE_OK : SQLITE_DENY
  default: SQLITE_DENY
  }
}

private func isOne(of words: [String], _ word: UnsafePointer<CChar>?) -> Bool {
  guard let word else { return false }
  return words.contains { strcasecmp($0, word) == 0 }
}
