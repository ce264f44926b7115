internal import CBytes
internal import Glibc

/// Writes a file that appears under its name only when it is whole and on the storage medium.
///
/// The bytes go to a temporary file beside the target, created with mode 0600; `finish` synchronises it, renames it and
/// synchronises the directory. Dropped without `finish`, it removes the temporary file and the target stays as it was.
public struct DurableFile: ByteSink, ~Copyable {
  let descriptor: Descriptor
  let path: [UInt8]
  let temporary: [UInt8]
  let replaces: Bool
  var finished = false

  /// Begins a file at `path`. Unless `replaces`, an existing file is an error, now and at `finish`.
  public init(_ path: [UInt8], replaces: Bool = false) throws(IOError) {
    if !replaces, try fileStatus(path, followingLinks: false) != nil {
      throw IOError("create", errno: EEXIST, path: path)
    }
    let name = Array(".\(String(UInt64.random(in: .min ... .max), radix: 36)).partial".utf8)
    let temporary = path.directoryPath.appending(path: name)
    let descriptor = try Descriptor(temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    self.path = path
    self.replaces = replaces
    self.temporary = temporary
    self.descriptor = descriptor
  }
  deinit {
    if !finished { _ = withPath(temporary) { unlink($0) } }
  }

  public mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    do { try descriptor.writeAll(bytes) } catch {
      var error = error
      error.path = path
      throw error
    }
  }

  public mutating func finish() throws(IOError) {
    try descriptor.synchronize()
    try durableRename(temporary, to: path, replaces: replaces)
    finished = true
  }
}

/// Moves a finished temporary file or directory to its name and makes the move durable.
public func durableRename(_ from: [UInt8], to path: [UInt8], replaces: Bool) throws(IOError) {
  let result = withPath(from) { from in withPath(path) { to in cb_rename(from, to, replaces ? 0 : 1) } }
  guard result == 0 else { throw IOError("rename", errno: errno, path: path) }
  try synchronizeDirectory(path.directoryPath)
}

/// A nameless private file for what does not fit in memory; gone when closed, even by a crash.
public final class SpillFile: Sendable {
  let descriptor: Descriptor

  /// Creates the file in `directory`, by default `$TMPDIR` or `/tmp`.
  public init(in directory: [UInt8]? = nil) throws(IOError) {
    let place = directory ?? environment("TMPDIR") ?? Array("/tmp".utf8)
    if let nameless = try? Descriptor(place, flags: cb_nameless() | O_RDWR | O_EXCL, mode: 0o600) {
      descriptor = nameless
    } else {
      // Some file systems know no nameless files: create one and take the name away at once.
      let name = Array(".coffer-\(String(UInt64.random(in: .min ... .max), radix: 36))".utf8)
      let path = place.appending(path: name)
      descriptor = try Descriptor(path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
      _ = withPath(path) { unlink($0) }
    }
  }

  /// Number of bytes written so far.
  public func byteCount() throws(IOError) -> Int64 { try descriptor.status().byteCount }

  /// Appends bytes at the end.
  public func append(_ bytes: Span<UInt8>) throws(IOError) {
    guard lseek(descriptor.number, 0, SEEK_END) >= 0 else { throw IOError("seek", errno: errno) }
    try descriptor.writeAll(bytes)
  }

  /// Reads `count` bytes from `offset`, at most `capacity` at a time.
  public func forEachPiece<E: Error>(
    at offset: Int64, count: Int64, capacity: Int = 1 << 16, _ body: (Span<UInt8>) throws(E) -> Void,
    failed: (IOError) -> E
  ) throws(E) {
    var at = offset
    let end = offset + count
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    defer { buffer.deallocate() }
    while at < end {
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(capacity), end - at))])
      let n = pread(descriptor.number, room.baseAddress, room.count, off_t(at))
      if n < 0 && errno == EINTR { continue }
      guard n > 0 else { throw failed(IOError("read", errno: n < 0 ? errno : EIO)) }
      let bytes = UnsafeRawBufferPointer(rebasing: room[..<n]).assumingMemoryBound(to: UInt8.self)
      try body(bytes.span)
      at += Int64(n)
    }
  }
}

/// A source that reads a range of a spill file.
public struct SpillSource: ByteSource, ~Copyable {
  let file: SpillFile
  var at: Int64
  let end: Int64
  public init(_ file: SpillFile, at offset: Int64 = 0, count: Int64) {
    self.file = file
    at = offset
    end = offset + count
  }
  public mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    while at < end && buffer.freeCapacity > 0 {
      var got = 0
      buffer.withUnsafeMutableBytes { raw, initialized in
        let room = min(raw.count - initialized, Int(clamping: end - at))
        got = pread(file.descriptor.number, raw.baseAddress! + initialized, room, off_t(at))
        if got > 0 { initialized += got }
      }
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { throw IOError("read", errno: got < 0 ? errno : EIO) }
      at += Int64(got)
    }
  }
}

/// The value of an environment variable, as bytes.
public func environment(_ name: String) -> [UInt8]? {
  guard let value = getenv(name) else { return nil }
  return Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
}
