internal import CBytes
internal import Glibc

/// An open regular file that several sources read at once, each in its own range.
public final class SharedFile: Sendable {
  private let descriptor: Descriptor
  /// Size when it was opened.
  public let byteCount: Int64

  /// Opens a regular file; a symbolic link as the last component of `path`, a pipe, device or socket is refused.
  public init(_ path: [UInt8]) throws(IOError) {
    let descriptor = try Descriptor(regularFile: path)
    byteCount = try descriptor.status().byteCount
    self.descriptor = descriptor
  }

  /// The bytes that a spill file holds now.
  public init(_ spill: SpillFile) throws(IOError) {
    let byteCount = try spill.byteCount()
    let number = fcntl(spill.descriptor.number, F_DUPFD_CLOEXEC, 0)
    guard number >= 0 else { throw IOError("dup", errno: errno) }
    self.byteCount = byteCount
    descriptor = Descriptor(owning: number)
  }

  /// What the system says of the open file.
  public func status() throws(IOError) -> FileStatus { try descriptor.status() }

  /// Appends bytes from `offset` on to `buffer`, until it is full or the file ends; returns how many.
  public func read(at offset: Int64, into buffer: inout OutputRawSpan) throws(IOError) -> Int {
    try descriptor.read(at: offset, into: &buffer)
  }

  /// The `count` bytes at `offset`, or fewer where the file ends.
  public func bytes(at offset: Int64, count: Int) throws(IOError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var got = 0
    while got < count {
      let n = bytes.withUnsafeMutableBytes {
        pread(descriptor.number, $0.baseAddress! + got, count - got, off_t(offset) + off_t(got))
      }
      if n < 0 && errno == EINTR { continue }
      guard n >= 0 else { throw IOError("read", errno: errno) }
      if n == 0 { break }
      got += n
    }
    bytes.removeLast(count - got)
    return bytes
  }
}

/// A source that reads a range of a shared file.
public struct RangeSource: ByteSource, ~Copyable {
  private let file: SharedFile
  private var at: Int64
  private let end: Int64

  /// A range that begins at `offset`; `count` nil means up to the end of the file.
  public init(_ file: SharedFile, at offset: Int64 = 0, count: Int64? = nil) {
    self.file = file
    at = offset
    end = count.map { offset + $0 } ?? file.byteCount
  }

  public mutating func read(into buffer: inout OutputRawSpan) throws(IOError) {
    guard at < end, buffer.freeCapacity > 0 else { return }
    let room = Int(min(Int64(buffer.freeCapacity), end - at))
    var got = 0
    var failure: IOError?
    let from = at
    buffer.withUnsafeMutableBytes { raw, initialized in
      let free = UnsafeMutableRawBufferPointer(rebasing: raw[initialized..<(initialized + room)])
      var part = OutputRawSpan(buffer: free, initializedCount: 0)
      do throws(IOError) { got = try file.read(at: from, into: &part) } catch { failure = error }
      initialized += part.finalize(for: free)
    }
    if let failure { throw failure }
    guard got == room else { throw IOError("read", detail: "the file became shorter while it was read") }
    at += Int64(got)
  }

  public mutating func pass(over count: Int) throws(IOError) -> Bool {
    guard count >= 0, count <= end - at else { return false }
    at += Int64(count)
    return true
  }
}

extension Descriptor {
  /// Opens a regular file for reading. A link as the last component, a pipe, device, socket or directory is refused without
  /// waiting for anyone.
  public init(regularFile path: [UInt8]) throws(IOError) {
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let number = withPath(path) { open($0, flags) }
    guard number >= 0 else {
      let isLink = errno == ELOOP
      throw IOError(
        "open", errno: errno, path: path, detail: isLink ? "is a symbolic link, which is not followed" : "")
    }
    var status = stat()
    guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(number)
      throw IOError("open", path: path, detail: "is not a regular file")
    }
    self.init(owning: number)
  }
}

extension FileSource {
  /// Opens a regular file and nothing else; see `Descriptor.init(regularFile:)`.
  public init(regularFile path: [UInt8]) throws(IOError) {
    let descriptor = try Descriptor(regularFile: path)
    posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_SEQUENTIAL)
    self.init(owning: descriptor)
  }
}

/// Whether this process may read `path`; a link is judged by what it names.
public func isReadable(_ path: [UInt8]) -> Bool { withPath(path) { access($0, R_OK) } == 0 }
