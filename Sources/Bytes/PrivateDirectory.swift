internal import Glibc
internal import Synchronization

/// A directory for its owner alone, which goes away with the value, and everything in it.
///
/// A process that is killed leaves it behind, without the lock that says that it is in use: whoever makes the next one removes it.
public final class PrivateDirectory: Sendable {
  public let path: [UInt8]
  /// Holds the lock.
  private let descriptor: Descriptor

  private static let prefix = Array("coffer-private-".utf8)
  /// Age in nanoseconds from which a directory without a lock is nobody's: its maker has had the time to lock it.
  private static let age: Int64 = 60_000_000_000

  /// Places that have been swept.
  private static let swept = Mutex<Set<[UInt8]>>([])

  /// Creates the directory in `$TMPDIR` or `/tmp`.
  public init() throws(IOError) {
    let place = environment("TMPDIR") ?? Array("/tmp".utf8)
    // Once in a process: what it leaves behind itself goes away with its values.
    Self.swept.withLock { if $0.insert(place).inserted { Self.sweep(place) } }
    var template = place.appending(path: Self.prefix + Array("XXXXXX".utf8)) + [0]
    let isMade = template.withUnsafeMutableBytes { mkdtemp($0.baseAddress!.assumingMemoryBound(to: CChar.self)) != nil }
    guard isMade else { throw IOError("mkdir", errno: errno, path: place) }
    path = Array(template.dropLast())
    descriptor = try Descriptor(path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    // File systems without locks have no other effect than that nobody can tell what is left behind.
    _ = flock(descriptor.number, LOCK_EX | LOCK_NB)
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: [UInt8]) {
    // It holds files only.
    for name in (try? directoryNames(path)) ?? [] { try? removeFile(path.appending(path: name)) }
    _ = withPath(path) { rmdir($0) }
  }

  /// Removes what killed processes of the same user left behind.
  private static func sweep(_ place: [UInt8]) {
    let now = currentMicroseconds() * 1_000
    for name in (try? directoryNames(place)) ?? [] where name.count == prefix.count + 6 && name.starts(with: prefix) {
      let path = place.appending(path: name)
      guard let left = try? Descriptor(path, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK),
        let status = try? left.status(), status.owner == geteuid(), status.mode & 0o077 == 0,
        now &- status.modified > age, flock(left.number, LOCK_EX | LOCK_NB) == 0
      else { continue }
      remove(path)
    }
  }
}

extension PrivateDirectory {
  /// Creates a file in it, readable by its owner alone.
  public func create(_ name: [UInt8]) throws(IOError) -> DescriptorSink {
    let file = path.appending(path: name)
    return DescriptorSink(owning: try Descriptor(file, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600))
  }
}
