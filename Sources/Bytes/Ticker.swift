internal import CBytes
internal import Glibc

/// Calls a function at intervals on a thread of its own.
public final class Ticker: @unchecked Sendable {  // `thread` is written by `start` alone, before the ticker is shared
  private let body: @Sendable () -> Void
  private let interval: CInt
  private let wakeUp: (read: CInt, write: CInt)
  private var thread: pthread_t?

  /// Starts calling `body`, for the first time after one interval; nil when the system has no thread to give.
  public static func start(every milliseconds: Int, _ body: @escaping @Sendable () -> Void) -> Ticker? {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let ticker = Ticker(interval: CInt(truncatingIfNeeded: milliseconds), wakeUp: (ends[0], ends[1]), body)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(ticker).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { context in
        cb_block_interruptions()
        Unmanaged<Ticker>.fromOpaque(context!).takeRetainedValue().run()
        return nil
      }, context)
    guard result == 0 else {
      close(ends[1])
      Unmanaged<Ticker>.fromOpaque(context).release()
      return nil
    }
    ticker.thread = thread
    return ticker
  }

  private init(interval: CInt, wakeUp: (CInt, CInt), _ body: @escaping @Sendable () -> Void) {
    self.interval = interval
    self.wakeUp = wakeUp
    self.body = body
  }
  deinit { close(wakeUp.read) }

  /// Ends the thread; when this returns, `body` is called no more. Called once.
  public func stop() {
    close(wakeUp.write)
    if let thread { pthread_join(thread, nil) }
  }

  private func run() {
    while true {
      var descriptor = pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0)
      // Readiness means that the other end was closed.
      guard poll(&descriptor, 1, interval) == 0 else { return }
      body()
    }
  }
}
