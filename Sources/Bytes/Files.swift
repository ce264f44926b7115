internal import CBytes
public import Glibc

/// An open file descriptor; closes itself.
public struct Descriptor: ~Copyable, Sendable {
  public let number: CInt

  /// Takes ownership of an open descriptor.
  public init(owning number: CInt) { self.number = number }

  /// Opens `path`; a symbolic link as its last component is followed only when `flags` lack `O_NOFOLLOW`.
  public init(_ path: [UInt8], flags: CInt, mode: mode_t = 0o600) throws(IOError) {
    var number: CInt
    repeat {
      number = withPath(path) { open($0, flags | O_CLOEXEC, mode) }
    } while number < 0 && errno == EINTR
    guard number >= 0 else { throw IOError("open", errno: errno, path: path) }
    self.number = number
  }
  deinit { close(number) }

  /// What the system says of the file.
  public func status() throws(IOError) -> FileStatus {
    var status = stat()
    guard fstat(number, &status) == 0 else { throw IOError("stat", errno: errno) }
    return FileStatus(status)
  }

  /// Writes all of `bytes`.
  public func writeAll(_ bytes: Span<UInt8>) throws(IOError) {
    var at = 0
    while at < bytes.count {
      let n = bytes.withUnsafeBufferPointer { Glibc.write(number, $0.baseAddress! + at, $0.count - at) }
      if n < 0 {
        if errno == EINTR {
          try Interruption.check("write")
          continue
        }
        throw IOError("write", errno: errno)
      }
      at += n
    }
  }

  /// Reads at `offset` without moving the descriptor's position; returns how many bytes were added.
  public func read(at offset: Int64, into buffer: inout OutputRawSpan) throws(IOError) -> Int {
    var total = 0
    while buffer.freeCapacity > 0 {
      try Interruption.check("read")
      var got = 0
      buffer.withUnsafeMutableBytes { raw, initialized in
        got = pread(number, raw.baseAddress! + initialized, raw.count - initialized, off_t(offset) + off_t(total))
        if got > 0 { initialized += got }
      }
      if got < 0 {
        if errno == EINTR { continue }
        throw IOError("read", errno: errno)
      }
      if got == 0 { break }
      total += got
    }
    return total
  }

  /// Hands the content to the storage medium.
  public func synchronize() throws(IOError) {
    guard fsync(number) == 0 else { throw IOError("fsync", errno: errno) }
  }
}

/// What kind of thing a path names.
public enum FileKind: Equatable, Sendable { case regular, directory, symbolicLink, other }

/// Size, kind, times and identity of a file.
public struct FileStatus: Equatable, Sendable {
  public var kind: FileKind
  public var byteCount: Int64
  /// Modification time in nanoseconds since 1970.
  public var modified: Int64
  /// Time of the last change of content or attributes in nanoseconds since 1970; no program can set it back.
  public var changed: Int64
  /// Permission bits.
  public var mode: UInt32
  public var device: UInt64
  public var inode: UInt64
  public var owner: UInt32

  init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      default: .other
      }
    byteCount = Int64(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    mode = status.st_mode & 0o7777
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    owner = status.st_uid
  }
}

/// The status of `path`; nil when nothing is there.
public func fileStatus(_ path: [UInt8], followingLinks: Bool = true) throws(IOError) -> FileStatus? {
  var status = stat()
  let result = withPath(path) { followingLinks ? stat($0, &status) : lstat($0, &status) }
  if result == 0 { return FileStatus(status) }
  if errno == ENOENT || errno == ENOTDIR { return nil }
  throw IOError("stat", errno: errno, path: path)
}

/// The names in a directory without `.` and `..`, in byte order.
public func directoryNames(_ path: [UInt8]) throws(IOError) -> [[UInt8]] {
  guard let directory = withPath(path, { opendir($0) }) else { throw IOError("opendir", errno: errno, path: path) }
  defer { closedir(directory) }
  var names: [[UInt8]] = []
  errno = 0
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: UInt8.self, capacity: 256) { p in Array(UnsafeBufferPointer(start: p, count: strlen(p)))
      }
    }
    if name != [UInt8(ascii: ".")] && name != [UInt8(ascii: "."), UInt8(ascii: ".")] { names.append(name) }
    errno = 0
  }
  guard errno == 0 else { throw IOError("readdir", errno: errno, path: path) }
  return names.sorted { $0.lexicographicallyPrecedes($1) }
}

/// Creates a directory readable by its owner alone; an existing directory is left as it is.
public func createDirectory(_ path: [UInt8]) throws(IOError) {
  if withPath(path, { mkdir($0, 0o700) }) == 0 { return }
  let code = errno
  if code == EEXIST, try fileStatus(path)?.kind == .directory { return }
  throw IOError("mkdir", errno: code, path: path)
}

/// Removes a file; nothing happens when there is none.
public func removeFile(_ path: [UInt8]) throws(IOError) {
  if withPath(path, { unlink($0) }) == 0 || errno == ENOENT { return }
  throw IOError("unlink", errno: errno, path: path)
}

/// Gives a file another name on the same file system, in place of what has it; the directories are not synchronised.
public func moveFile(_ from: [UInt8], to path: [UInt8]) throws(IOError) {
  let result = withPath(from) { from in withPath(path) { to in rename(from, to) } }
  guard result == 0 else { throw IOError("rename", errno: errno, path: path) }
}

/// The absolute path of an existing file, links resolved.
public func realPath(_ path: [UInt8]) throws(IOError) -> [UInt8] {
  guard let resolved = withPath(path, { realpath($0, nil) }) else {
    throw IOError("realpath", errno: errno, path: path)
  }
  defer { free(resolved) }
  return Array(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
}

/// Hands the content of a file that others have written to the storage medium.
public func synchronizeFile(_ path: [UInt8]) throws(IOError) {
  try Descriptor(path, flags: O_RDWR | O_NOFOLLOW).synchronize()
}

/// Hands a directory's entries to the storage medium.
public func synchronizeDirectory(_ path: [UInt8]) throws(IOError) {
  try Descriptor(path, flags: O_RDONLY | O_DIRECTORY).synchronize()
}

/// Calls `body` with the path as a C string.
func withPath<T>(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> T) -> T {
  (path + [0]).withUnsafeBufferPointer { p in
    p.withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
  }
}

/// Names and paths as bytes.
extension [UInt8] {
  /// The path of `name` inside this directory.
  public func appending(path name: [UInt8]) -> [UInt8] {
    if isEmpty { return name }
    return last == UInt8(ascii: "/") ? self + name : self + [UInt8(ascii: "/")] + name
  }
  /// What follows the last slash.
  public var lastPathComponent: [UInt8] {
    var end = count
    while end > 1 && self[end - 1] == UInt8(ascii: "/") { end -= 1 }
    let start = self[..<end].lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    return start >= end ? Array(self[..<end]) : Array(self[start..<end])
  }
  /// What precedes the last slash; `.` when there is none.
  public var directoryPath: [UInt8] {
    var end = count
    while end > 1 && self[end - 1] == UInt8(ascii: "/") { end -= 1 }
    guard let slash = self[..<end].lastIndex(of: UInt8(ascii: "/")) else { return [UInt8(ascii: ".")] }
    return slash == 0 ? [UInt8(ascii: "/")] : Array(self[..<slash])
  }
}

/// Reads a file, pipe or device from where its descriptor stands.
public struct FileSource: ByteSource, ~Copyable {
  let descriptor: Descriptor

  /// Opens a file for reading. Links are followed: the caller decides what it names.
  public init(_ path: [UInt8]) throws(IOError) {
    descriptor = try Descriptor(path, flags: O_RDONLY)
    posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_SEQUENTIAL)
  }
  /// Reads from an open descriptor, which the source closes.
  public init(owning descriptor: consuming Descriptor) { self.descriptor = descriptor }

  /// Standard input, on a descriptor of its own.
  public static func standardInput() throws(IOError) -> FileSource {
    let copy = fcntl(0, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw IOError("dup", errno: errno) }
    return FileSource(owning: Descriptor(owning: copy))
  }

  /// What the system says of the open file.
  public func status() throws(IOError) -> FileStatus { try descriptor.status() }

  public mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    while buffer.freeCapacity > 0 {
      // The signal may come to another thread than the one that waits for a pipe here.
      cb_wait_readable(descriptor.number)
      try Interruption.check("read")
      var got = 0
      buffer.withUnsafeMutableBytes { raw, initialized in
        got = Glibc.read(descriptor.number, raw.baseAddress! + initialized, raw.count - initialized)
        if got > 0 { initialized += got }
      }
      if got < 0 {
        if errno == EINTR { continue }
        throw IOError("read", errno: errno)
      }
      if got == 0 { return }
    }
  }

  public mutating func pass(over count: Int) throws(IOError) -> Bool {
    let status = try descriptor.status(), at = lseek(descriptor.number, 0, SEEK_CUR)
    guard status.kind == .regular, at >= 0, count >= 0, count <= status.byteCount - Int64(at) else { return false }
    guard lseek(descriptor.number, off_t(count), SEEK_CUR) >= 0 else { throw IOError("seek", errno: errno) }
    return true
  }
}

/// Writes to an open descriptor; `finish` does not close it.
public struct DescriptorSink: ByteSink, ~Copyable {
  let descriptor: Descriptor
  public init(owning descriptor: consuming Descriptor) { self.descriptor = descriptor }
  /// Standard output, on a descriptor of its own.
  public static func standardOutput() throws(IOError) -> DescriptorSink {
    let copy = dup(1)
    guard copy >= 0 else { throw IOError("dup", errno: errno) }
    return DescriptorSink(owning: Descriptor(owning: copy))
  }
  public mutating func write(_ bytes: Span<UInt8>) throws(IOError) { try descriptor.writeAll(bytes) }
  public mutating func finish() throws(IOError) {}
}
