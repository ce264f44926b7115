internal import Bytes
internal import CSQLite

extension Connection {
  /// Writes a consistent, compact copy of the whole database to a new file of mode 0600.
  ///
  /// This is the only way to read the bytes of a database that is in use: opening its file in this process would drop the
  /// locks that SQLite holds on it.
  package func copy(to path: [UInt8]) throws(SQLiteError) {
    guard !path.isEmpty, !path.contains(0) else { throw .misuse("path of a database is empty or holds a NUL") }
    let existing = try? fileStatus(path, followingLinks: false)
    guard existing == nil else { throw SQLiteError(code: SQLITE_CANTOPEN, message: "copy exists already") }
    // SQLite takes an empty file for a new one, so that the copy never has wider permissions.
    try Self.createPrivately(path)
    var statement = try prepare("VACUUM INTO ?1")
    try statement.bind(text: Self.plainPath(path), at: 1)
    try statement.run()
  }

  /// Replaces the content of `target` by this database's, page by page and in one transaction.
  package func backUp(into target: borrowing Connection) throws(SQLiteError) {
    guard let backup = sqlite3_backup_init(target.database, "main", database, "main") else {
      throw SQLiteError(sqlite3_errcode(target.database), on: target.database)
    }
    let code = sqlite3_backup_step(backup, -1)
    let finished = sqlite3_backup_finish(backup)
    guard code == SQLITE_DONE, finished == SQLITE_OK else {
      throw SQLiteError(code == SQLITE_DONE ? finished : code, on: target.database)
    }
  }
}
