internal import Glibc

/// An operation of the operating system that failed.
public struct IOError: Error, Equatable, Sendable {
  /// The call, such as `open`.
  public var operation: String
  /// The system's error number; 0 when `detail` says more.
  public var errno: CInt
  /// The path concerned, as bytes; empty when there is none.
  public var path: [UInt8]
  /// A library's own words, when the failure has no error number.
  public var detail: String
  /// What the user can do about it.
  public var advice: String?

  public init(
    _ operation: String, errno: CInt = 0, path: [UInt8] = [], detail: String = "", advice: String? = nil
  ) {
    self.operation = operation
    self.errno = errno
    self.path = path
    self.detail = detail
    self.advice = advice
  }

  /// Whether the reader of a pipe has gone away.
  public var isBrokenPipe: Bool { errno == EPIPE }
  /// Whether a file was in the way that must not be replaced.
  public var isExistingFile: Bool { errno == EEXIST }

  /// What went wrong, in one line, without the path.
  public var reason: String {
    if !detail.isEmpty { return detail }
    guard let text = unsafe strerror(errno) else { return "error \(errno)" }
    return unsafe String(cString: text)
  }
}
