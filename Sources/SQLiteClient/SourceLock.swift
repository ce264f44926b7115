internal import Bytes
internal import Glibc

/// Keeps other programs from changing a database while its files are copied; let go with the value.
///
/// These are the locks that SQLite itself takes for reading, but of the open file instead of the process: whoever else in this
/// process has the file open keeps the locks it has, and closing it elsewhere does not drop ours. Nothing is written.
package final class SourceLock: Sendable {
  private let database: Descriptor
  /// The shared memory of a database in WAL mode when it is in use, else the database once more.
  private let memory: Descriptor
  private let isShared: Bool

  /// Locks the database at `path`, waiting up to so many milliseconds for a writer; a file system without locks needs none.
  package init(_ path: [UInt8], patience: Int = 5000) throws(SQLiteError) {
    let shared = path + Array("-shm".utf8)
    isShared = (try? fileStatus(shared, followingLinks: false))?.kind == .regular
    database = try Self.open(path)
    memory = try Self.open(isShared ? shared : path)
    var tries = max(patience / 20, 1)
    while !lock() {
      tries -= 1
      guard tries > 0 else { throw SQLiteError(code: 5, message: "database is locked by a program that writes to it") }
      usleep(20_000)
    }
  }

  private static func open(_ path: [UInt8]) throws(SQLiteError) -> Descriptor {
    do throws(IOError) { return try Descriptor(regularFile: path) } catch {
      throw SQLiteError(code: 14, message: "cannot open the database: \(error.reason)")
    }
  }

  /// Takes all locks or none.
  private func lock() -> Bool {
    let file = database.number
    // SQLite's bytes: PENDING at 1 GiB, which a writer in waiting holds, then 510 SHARED ones two bytes on.
    guard Self.set(F_RDLCK, file, 0x4000_0000, 1) else { return false }
    let isRead = Self.set(F_RDLCK, file, 0x4000_0002, 510)
    _ = Self.set(F_UNLCK, file, 0x4000_0000, 1)
    guard isRead else { return false }
    // Bytes 120 and 121 of the shared memory stand for writing to the WAL and for copying it into the database.
    if !isShared || Self.set(F_RDLCK, memory.number, 120, 2) { return true }
    _ = Self.set(F_UNLCK, file, 0x4000_0002, 510)
    return false
  }

  /// False when another program holds a lock that is in the way.
  private static func set(_ kind: CInt, _ number: CInt, _ start: Int, _ count: Int) -> Bool {
    var lock = Glibc.flock()
    lock.l_type = CShort(kind)
    lock.l_whence = CShort(SEEK_SET)
    lock.l_start = off_t(start)
    lock.l_len = off_t(count)
    // F_OFD_SETLK: a lock of the open file.
    return fcntl(number, 37, &lock) == 0 || errno != EAGAIN && errno != EACCES
  }
}
