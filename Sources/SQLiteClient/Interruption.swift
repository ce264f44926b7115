internal import Bytes
internal import CSQLite
internal import Glibc
internal import Synchronization

/// Ends what a connection is doing, from any thread.
package final class Interrupter: Sendable {
  /// Address of the database while it is open.
  private let database: Mutex<UInt?>

  init(_ database: OpaquePointer) { self.database = Mutex(UInt(bitPattern: database)) }

  /// Makes running statements fail with `isInterrupted`; nothing happens once the connection is closed.
  package func interrupt() {
    database.withLock { if let address = $0 { sqlite3_interrupt(OpaquePointer(bitPattern: address)) } }
  }

  /// Called by the connection before it closes the database.
  func close() { database.withLock { $0 = nil } }
}

extension Connection {
  /// Makes statements that run longer than this from now fail with `isInterrupted`; nil takes the limit away.
  package func setDeadline(milliseconds: Int?) {
    guard let milliseconds else {
      deadline.pointee = .max
      return sqlite3_progress_handler(database, 0, nil, nil)
    }
    deadline.pointee = monotonicNanoseconds() &+ UInt64(max(milliseconds, 0)) &* 1_000_000
    // Asked every 10,000 instructions of SQLite's machine: about every 0.1 ms.
    sqlite3_progress_handler(
      database, 10_000,
      { context in
        let deadline = context!.assumingMemoryBound(to: UInt64.self).pointee
        return Interruption.isRequested || monotonicNanoseconds() >= deadline ? 1 : 0
      }, deadline)
  }
}

/// The time of a clock that never goes back.
private func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
