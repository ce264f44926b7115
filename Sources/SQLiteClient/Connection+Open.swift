internal import Bytes
internal import CSQLite
internal import Glibc

extension Connection {
  /// Creates an empty file with mode 0600, so that SQLite never creates one with wider permissions; an existing file stays.
  static func createPrivately(_ path: [UInt8]) throws(SQLiteError) {
    do {
      _ = try Descriptor(path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    } catch {
      guard error.errno != EEXIST else { return }
      throw SQLiteError(code: SQLITE_CANTOPEN, message: "cannot create the database: \(error.reason)")
    }
  }

  /// A path that SQLite takes as it is, never as a URI or as `:memory:`.
  static func plainPath(_ path: [UInt8]) -> [UInt8] {
    path[0] == UInt8(ascii: "/") ? path : [UInt8(ascii: "."), UInt8(ascii: "/")] + path
  }

  /// The URI of a file that nothing changes.
  static func immutableURI(_ path: [UInt8]) -> [UInt8] {
    var uri = Array("file:".utf8)
    for byte in plainPath(path) {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        uri.append(byte)
      default: uri += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
      }
    }
    return uri + Array("?immutable=1".utf8)
  }

  /// Opens `name` and sets everything that `options` ask for before the first statement runs.
  static func open(_ name: [UInt8], _ options: ConnectionOptions) throws(SQLiteError) -> OpaquePointer {
    _ = isConfigured
    var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE
    flags |= options.mode == .read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
    if options.isImmutable { flags |= SQLITE_OPEN_URI }
    if !options.followsLinks { flags |= SQLITE_OPEN_NOFOLLOW }
    var opened: OpaquePointer?
    let code = (name + [0]).withUnsafeBufferPointer { text in
      text.withMemoryRebound(to: CChar.self) { sqlite3_open_v2($0.baseAddress!, &opened, flags, nil) }
    }
    guard code == SQLITE_OK, let database = opened else {
      let error = SQLiteError(code, on: opened)
      sqlite3_close_v2(opened)
      throw error
    }
    let switches: [(CInt, Bool)] = [
      (SQLITE_DBCONFIG_DEFENSIVE, options.isDefensive),
      (SQLITE_DBCONFIG_TRUSTED_SCHEMA, options.trustsSchema),
      (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, false),
      (SQLITE_DBCONFIG_DQS_DML, false),  // "name" is a name, never silently a text
      (SQLITE_DBCONFIG_DQS_DDL, false),
    ]
    for (setting, isOn) in switches { _ = coffer_sqlite_switch(database, setting, isOn ? 1 : 0) }
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, options.valueLimit)
    sqlite3_busy_timeout(database, options.busyTimeout)
    let failure = sqlite3_exec(database, "PRAGMA cell_size_check=ON", nil, nil, nil)
    guard failure == SQLITE_OK else {
      let error = SQLiteError(failure, on: database)
      sqlite3_close_v2(database)
      throw error
    }
    return database
  }
}

/// Done once, before the first connection: nobody reads the statistics of SQLite's memory, which cost a mutex an allocation.
private let isConfigured = coffer_sqlite_forgo_statistics() == SQLITE_OK
