package import Bytes
internal import CLibPQ
internal import Diagnostics
internal import Glibc

/// A connection to a PostgreSQL server, used by one thread at a time.
///
/// Every wait is one for the socket, so that Ctrl-C ends it: the server is asked to cancel what it does.
package struct PostgresConnection: ~Copyable {
  let handle: OpaquePointer
  let functions: UnsafePointer<cq_library>
  private let notices: NoticeBox
  /// Whether Ctrl-C ends what is waited for.
  package var heedsInterruption = true

  /// Connects. What the place does not say comes from `PG*` variables, the password file and services, as with psql.
  package init(_ place: PostgresPlace) throws(PostgresError) {
    let functions = try PQLibrary.functions(), notices = NoticeBox()
    handle = try Self.connect(place, functions, notices)
    self.functions = functions
    self.notices = notices
  }

  private static func connect(
    _ place: PostgresPlace, _ functions: UnsafePointer<cq_library>, _ notices: NoticeBox
  ) throws(PostgresError) -> OpaquePointer {
    var keywords: [StaticString] = ["dbname", "fallback_application_name", "client_encoding"]
    if place.password != nil { keywords.append("password") }
    let connect = functions.pointee.PQconnectdbParams
    let handle = withCString(place.text) { text in
      withCString(Array("coffer".utf8)) { name in
        withCString(Array("UTF8".utf8)) { encoding in
          withCString(place.password ?? []) { password in
            let words =
              keywords.map { Optional(UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)) } + [nil]
            return connect(words, [text, name, encoding, place.password == nil ? nil : password, nil], 1)
          }
        }
      }
    }
    guard let handle else { throw PostgresError(message: "no memory for a connection") }
    guard functions.pointee.PQstatus(handle) == 0 else {
      let error = connectionFailure(handle, place, functions)
      functions.pointee.PQfinish(handle)
      throw error
    }
    _ = functions.pointee.PQsetNoticeProcessor(handle, takeNotice, Unmanaged.passUnretained(notices).toOpaque())
    _ = functions.pointee.PQsetnonblocking(handle, 1)
    return handle
  }

  deinit { functions.pointee.PQfinish(handle) }

  private static func connectionFailure(
    _ handle: OpaquePointer, _ place: PostgresPlace, _ functions: UnsafePointer<cq_library>
  ) -> PostgresError {
    let words = cBytes(functions.pointee.PQerrorMessage(handle))
    let needsPassword = functions.pointee.PQconnectionNeedsPassword(handle) != 0
    let usedPassword = functions.pointee.PQconnectionUsedPassword(handle) != 0
    let last = words.split(separator: UInt8(ascii: "\n")).map { displayed(Array($0)) }.joined(separator: "; ")
    // Whether a password was the matter cannot be read from the words, which come in many languages.
    let state = needsPassword || usedPassword ? "28P01" : "08001"
    var error = PostgresError(
      state: state, message: "cannot connect to \(place.shown): \(last)",
      advice: state == "28P01"
        ? "check user and password: PGPASSWORD, a password file (~/.pgpass) or a service keep them off the command line"
        : "check that the server runs and that host, port and database are right")
    error.isConnectionLost = true
    return error
  }

  /// Name of the database.
  package var database: Name { Name(cBytes(functions.pointee.PQdb(handle))) }
  /// Number of the server's process that answers.
  package var processID: Int { Int(functions.pointee.PQbackendPID(handle)) }
  /// Such as 150017 for 15.17.
  package var serverVersion: Int { Int(functions.pointee.PQserverVersion(handle)) }
  /// Whether a transaction is open, be it failed or not.
  package var isInTransaction: Bool { (2...3).contains(functions.pointee.PQtransactionStatus(handle)) }
  package var isBroken: Bool { functions.pointee.PQstatus(handle) != 0 }

  /// The server's remarks since they were asked for last, each in one line; the first hundred.
  package func takeNotices() -> [String] { notices.take() }

  /// Asks the server to stop what it does.
  package func cancel() {
    guard let cancel = functions.pointee.PQgetCancel(handle) else { return }
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) {
      _ = functions.pointee.PQcancel(cancel, $0.baseAddress!, 256)
    }
    functions.pointee.PQfreeCancel(cancel)
  }

  /// Waits until the socket can be read, or written too.
  func wait(writing: Bool = false) throws(PostgresError) {
    let socket = functions.pointee.PQsocket(handle)
    guard socket >= 0 else { throw .lost("by an earlier error") }
    while true {
      if heedsInterruption, Interruption.isRequested {
        cancel()
        throw .interrupted
      }
      var entry = pollfd(fd: socket, events: Int16(writing ? POLLIN | POLLOUT : POLLIN), revents: 0)
      // A signal that comes between the question above and here is seen a second later.
      let count = poll(&entry, 1, 1000)
      if count > 0 { return }
      if count < 0 && errno != EINTR { throw .lost("(poll: error \(errno))") }
    }
  }

  /// Sends what libpq holds back.
  func flush() throws(PostgresError) {
    while true {
      let left = functions.pointee.PQflush(handle)
      if left == 0 { return }
      guard left > 0 else { throw .lost("while something was sent") }
      try wait(writing: true)
      // The server may have to be heard before it listens.
      guard functions.pointee.PQconsumeInput(handle) != 0 else { throw .lost("while something was sent") }
    }
  }
}

/// Remarks of the server, kept until somebody asks for them.
private final class NoticeBox {
  private var lines: [String] = []

  func add(_ text: UnsafePointer<CChar>?) {
    guard lines.count < 100 else { return }
    let words = cBytes(text).split(separator: UInt8(ascii: "\n")).first.map { displayed(Array($0)) } ?? ""
    lines.append(words)
  }
  func take() -> [String] {
    defer { lines = [] }
    return lines
  }
}

/// Called by libpq while it reads, on the thread that uses the connection.
private func takeNotice(_ context: UnsafeMutableRawPointer?, _ text: UnsafePointer<CChar>?) {
  Unmanaged<NoticeBox>.fromOpaque(context!).takeUnretainedValue().add(text)
}
