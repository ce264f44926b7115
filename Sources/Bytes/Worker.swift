internal import CBytes
internal import Glibc

/// A thread that runs one function to its end.
public final class Worker: @unchecked Sendable {  // `thread` is written by `start` before the worker is shared
  private let body: @Sendable () -> Void
  private var thread: pthread_t?

  /// Runs `body` on a thread of its own; on the caller's, at once, when the system has no thread to give.
  public static func start(_ body: @escaping @Sendable () -> Void) -> Worker {
    let worker = Worker(body)
    var thread = pthread_t()
    let context = Unmanaged.passRetained(worker).toOpaque()
    let result = pthread_create(
      &thread, nil,
      { context in
        cb_block_interruptions()
        Unmanaged<Worker>.fromOpaque(context!).takeRetainedValue().body()
        return nil
      }, context)
    if result == 0 {
      worker.thread = thread
    } else {
      Unmanaged<Worker>.fromOpaque(context).release()
      body()
    }
    return worker
  }

  private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  /// Waits for the end; called exactly once.
  public func join() {
    if let thread { pthread_join(thread, nil) }
  }
}

/// A queue between two threads that makes the faster one wait.
public final class Channel<Element: Sendable>: @unchecked Sendable {  // `lock` guards all stored properties
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private let limit: Int
  private var waiting: [Element] = []
  private var isClosed = false

  /// A queue of at most `limit` elements.
  public init(limit: Int) {
    self.limit = limit
    lock = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    pthread_cond_init(changed, nil)
  }
  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(lock)
    changed.deallocate()
    lock.deallocate()
  }

  /// Adds an element, waiting for room; false when the channel is closed and the element was not taken.
  public func send(_ element: Element) -> Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while waiting.count >= limit && !isClosed { pthread_cond_wait(changed, lock) }
    if isClosed { return false }
    waiting.append(element)
    pthread_cond_broadcast(changed)
    return true
  }

  /// Takes the oldest element, waiting for one; nil when the channel is closed and empty.
  public func receive() -> Element? {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    while waiting.isEmpty && !isClosed { pthread_cond_wait(changed, lock) }
    if waiting.isEmpty { return nil }
    pthread_cond_broadcast(changed)
    return waiting.removeFirst()
  }

  /// Whether an element waits to be taken at this moment.
  public var hasElements: Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return !waiting.isEmpty
  }

  /// Whether nothing more is let in.
  public var isOver: Bool {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return isClosed
  }

  /// Lets nothing more in; what is waiting can still be taken.
  public func close() {
    pthread_mutex_lock(lock)
    isClosed = true
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(lock)
  }
}
