internal import Bytes
package import Conversion
internal import Diagnostics
internal import SQLiteClient

/// A live SQLite database that is copied while other programs write to it.
package enum SQLiteCapture {
  /// Copies the database at a path to a new file through SQLite's online backup, in one transaction of its source; what the source
  /// counted of its tables in that transaction. Nothing is made beside the source.
  package static func copy(_ path: [UInt8], to target: [UInt8]) throws(CaptureError) -> [CaptureManifest.Count] {
    let state = try State(path)
    guard state.isWithLog else { return try copy(path, to: target, isImmutable: false) }
    if state.log != nil, state.hasMemory { return try copy(path, to: target, isImmutable: false) }
    guard state.log == nil || state.log?.byteCount == 0 else { throw killed }
    // Nobody has it open, and a log of changes would be made by opening it as usual.
    let counts = try copy(path, to: target, isImmutable: true)
    guard try State(path) == state else {
      throw CaptureError("the database was opened by another program while it was copied", advice: "try again")
    }
    return counts
  }

  private static func copy(
    _ path: [UInt8], to target: [UInt8], isImmutable: Bool
  ) throws(CaptureError) -> [CaptureManifest.Count] {
    do throws(SQLiteError) {
      var options = ConnectionOptions(.read)
      options.busyTimeout = 30_000
      options.isImmutable = isImmutable
      let source = try Connection(path, options)
      // A transaction is none of what may be done from then on.
      try source.execute("BEGIN")
      try source.restrictToReading()
      let counts = try counts(in: source)
      let copy = try Connection(target, ConnectionOptions(.create))
      try source.backUp(into: copy)
      // The copy is one file, whatever its source is.
      try copy.execute("PRAGMA journal_mode = DELETE")
      return counts
    } catch {
      // Only who may write can undo what stands in the journal.
      if error.code == 8 { throw killed }
      if error.isInterrupted { throw CaptureError(IOError("read", errno: 125, detail: "interrupted")) }
      throw CaptureError(
        "SQLite: \(error.message)",
        advice: error.isBusy ? "end the program that writes to it, or try again later" : nil)
    }
  }

  private static var killed: CaptureError {
    CaptureError(
      "a program that was killed has left a journal beside the database, which only opening it for writing puts right",
      advice: "open it once with its own program or with sqlite3, then capture it")
  }

  /// What lies beside a database.
  private struct State: Equatable {
    /// Whether it keeps a write-ahead log.
    var isWithLog: Bool
    var log: FileStatus?
    var hasMemory: Bool
    var file: FileStatus?

    init(_ path: [UInt8]) throws(CaptureError) {
      do throws(IOError) {
        file = try fileStatus(path)
        let head = try SharedFile(path).bytes(at: 0, count: 20)
        guard head.starts(with: "SQLite format 3\0".utf8), head.count == 20 else {
          throw IOError("read", path: path, detail: "it is no SQLite database, or an encrypted one")
        }
        isWithLog = head[18] == 2 || head[19] == 2
        log = try fileStatus(path + Array("-wal".utf8), followingLinks: false)
        hasMemory = try fileStatus(path + Array("-shm".utf8), followingLinks: false) != nil
      } catch { throw CaptureError(error) }
    }
  }

  private static func counts(in connection: borrowing Connection) throws(SQLiteError) -> [CaptureManifest.Count] {
    var names: [Name] = []
    // Neither virtual tables nor what belongs to them, but for the texts of an index.
    var rows = try connection.prepare(
      """
      SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        AND (type = 'table' OR type = 'shadow' AND name LIKE '%\\_content' ESCAPE '\\') ORDER BY name
      """)
    while try rows.step() { names.append(Name(rows.bytes(0))) }
    var counts: [CaptureManifest.Count] = []
    for name in names {
      var quoted: [UInt8] = [UInt8(ascii: "\"")]
      for byte in name.bytes { quoted += byte == UInt8(ascii: "\"") ? [byte, byte] : [byte] }
      var count = try connection.prepare(Array("SELECT count(*) FROM ".utf8) + quoted + [UInt8(ascii: "\"")])
      _ = try count.step()
      counts.append(CaptureManifest.Count(name, Int(count.integer(0))))
    }
    return counts
  }
}
