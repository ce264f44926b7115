internal import Glibc

/// A directory for its owner alone, which goes away with the value, and everything in it.
public final class PrivateDirectory: Sendable {
  public let path: [UInt8]

  /// Creates the directory in `$TMPDIR` or `/tmp`.
  public init() throws(IOError) {
    let place = environment("TMPDIR") ?? Array("/tmp".utf8)
    var template = place.appending(path: Array("coffer-XXXXXX".utf8)) + [0]
    let isMade = template.withUnsafeMutableBytes { mkdtemp($0.baseAddress!.assumingMemoryBound(to: CChar.self)) != nil }
    guard isMade else { throw IOError("mkdir", errno: errno, path: place) }
    path = Array(template.dropLast())
  }

  deinit {
    // It holds files only.
    for name in (try? directoryNames(path)) ?? [] { try? removeFile(path.appending(path: name)) }
    _ = withPath(path) { rmdir($0) }
  }
}

extension PrivateDirectory {
  /// Creates a file in it, readable by its owner alone.
  public func create(_ name: [UInt8]) throws(IOError) -> DescriptorSink {
    let file = path.appending(path: name)
    return DescriptorSink(owning: try Descriptor(file, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600))
  }
}
