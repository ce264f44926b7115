internal import CBytes
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
  private let group: StagedFileGroup?

  /// Creates the file, readable by its owner alone. `group`: those with which it is handed to the storage medium.
  public init(_ path: [UInt8], in group: StagedFileGroup? = nil) throws(IOError) {
    self.path = path
    self.group = group
    descriptor = Mutex(try Descriptor(path, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600))
  }

  public func append(_ bytes: Span<UInt8>) throws(IOError) {
    guard let failure = descriptor.withLock({ $0.write(bytes) }) else { return }
    failed.store(true, ordering: .relaxed)
    throw failure
  }

  /// Whether bytes could not be put there.
  public var hasFailed: Bool { failed.load(ordering: .relaxed) }

  /// Hands the content to the storage medium and closes the file, or leaves both to its group.
  public func finish() throws(IOError) {
    if let group { try group.take(self) } else { try close() }
  }

  fileprivate func close() throws(IOError) {
    let failure = descriptor.withLock { descriptor -> IOError? in
      let failure = descriptor.synchronize()
      descriptor = nil
      return failure
    }
    if let failure { throw failure }
  }

  /// Lets the system begin to write, without waiting for it.
  fileprivate func beginWriting() { descriptor.withLock { $0.beginWriting() } }
}

/// Files that are handed to the storage medium together: file systems then write their journal once for all of them.
public final class StagedFileGroup: Sendable {
  /// Files that are kept open.
  private static let limit = 64
  private let waiting = Mutex<[StagedFile]>([])

  public init() {}

  fileprivate func take(_ file: StagedFile) throws(IOError) {
    let isFull = waiting.withLock { waiting in
      waiting.append(file)
      return waiting.count >= Self.limit
    }
    if isFull { try finish() }
  }

  /// Hands the content of all finished files to the storage medium.
  public func finish() throws(IOError) {
    let files = waiting.withLock { waiting in
      let files = waiting
      waiting = []
      return files
    }
    for file in files { file.beginWriting() }
    for file in files { try file.close() }
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
  fileprivate func beginWriting() { self?.beginWriting() }
}

extension Descriptor {
  /// What fails here fails again when the file is synchronised.
  fileprivate func beginWriting() { cb_begin_writing(number) }
}
