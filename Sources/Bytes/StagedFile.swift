internal import Glibc
internal import Synchronization

/// A file that bytes are put at the end of.
public protocol AppendableFile: AnyObject, Sendable {
  func append(_ bytes: Span<UInt8>) throws(IOError)
}

extension SpillFile: AppendableFile {}

/// A new file in a directory that nobody else sees yet, such as a `StagedDirectory`; whoever owns the directory names it.
public final class StagedFile: AppendableFile {
  public let path: [UInt8]
  private let descriptor: Mutex<Descriptor?>
  private let failed = Atomic(false)

  /// Creates the file, readable by its owner alone.
  public init(_ path: [UInt8]) throws(IOError) {
    self.path = path
    descriptor = Mutex(try Descriptor(path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600))
  }

  public func append(_ bytes: Span<UInt8>) throws(IOError) {
    guard let failure = descriptor.withLock({ $0.write(bytes) }) else { return }
    failed.store(true, ordering: .relaxed)
    throw failure
  }

  /// Whether bytes could not be put there.
  public var hasFailed: Bool { failed.load(ordering: .relaxed) }

  /// Hands the content to the storage medium and closes the file.
  public func finish() throws(IOError) {
    let failure = descriptor.withLock { descriptor -> IOError? in
      let failure = descriptor.synchronize()
      descriptor = nil
      return failure
    }
    if let failure { throw failure }
  }
}

// What went wrong is given back: a lock's body that takes spans and throws typed errors is more than the compiler bears.
extension Descriptor? {
  fileprivate func write(_ bytes: Span<UInt8>) -> IOError? {
    do throws(IOError) { try self?.writeAll(bytes) } catch { return error }
    return nil
  }
  fileprivate func synchronize() -> IOError? {
    do throws(IOError) { try self?.synchronize() } catch { return error }
    return nil
  }
}
