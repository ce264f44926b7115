public import Bytes
internal import Diagnostics

/// A reason an artifact cannot be read further.
public struct ReadError: Error, Equatable, Sendable {
  public enum Code: Equatable, Sendable {
    case io(IOError)
    /// The bytes break the format's rules: what was found, what is expected instead.
    case syntax(String)
    /// The artifact ends inside a value or record.
    case truncated
    case invalidUTF8
    /// Text in an encoding that has to be named.
    case unsupportedEncoding(String)
    case tooDeep(limit: Int)
    case tooLarge(what: String, limit: Int)
    /// More tables or columns than an artifact may have.
    case tooMany(what: String, limit: Int)
    case fieldCount(expected: Int, found: Int)
    case duplicateName(Name)
    case empty
    /// Not a backup or format that is known.
    case unrecognised(String)
    /// The artifact changed while it was read.
    case changed
    case refused(String)
    /// A row that a load can do nothing with, and what can be done about it.
    case rowRefused(String, advice: String)
  }
  public var code: Code
  /// Byte offset in the decoded artifact.
  public var offset: Int?
  /// Record number, counted from 1.
  public var record: Int?
  /// Path of the artifact, as bytes.
  public var artifact: [UInt8]?

  public init(_ code: Code, offset: Int? = nil, record: Int? = nil, artifact: [UInt8]? = nil) {
    self.code = code
    self.offset = offset
    self.record = record
    self.artifact = artifact
  }
}

extension ReadError {
  /// Whether rows before the error can be read: not when the artifact has more tables or columns than are surveyed.
  public var leavesRows: Bool {
    if case .tooMany = code { false } else { true }
  }
  /// Whether it is no matter of the artifact, but of what is to be made of its rows.
  public var isRowRefusal: Bool {
    if case .rowRefused = code { true } else { false }
  }
  /// Whether someone asked the program to stop, so that nothing else should be tried.
  public var isInterruption: Bool {
    if case .io(let error) = code { error.isInterruption } else { false }
  }
  /// The same error with the artifact it happened in, unless it names one.
  public func located(in artifact: [UInt8]) -> ReadError {
    var error = self
    if error.artifact == nil { error.artifact = artifact }
    return error
  }
  /// What went wrong, in one line and without a full stop.
  public var message: String {
    switch code {
    case .io(let error): "cannot \(error.operation): \(error.reason)"
    case .syntax(let what): what
    case .truncated: "artifact ends inside a value"
    case .invalidUTF8: "bytes are not UTF-8"
    case .unsupportedEncoding(let name): "text is \(name)"
    case .tooDeep(let limit): "values are nested deeper than \(limit) levels"
    case .tooLarge(let what, let limit): "\(what) exceeds the limit of \(limit) bytes"
    case .tooMany(let what, let limit): "artifact has more than \(limit) \(what)"
    case .fieldCount(let expected, let found): "record has \(found) fields; the header has \(expected)"
    case .duplicateName(let name): "column '\(displayed(name))' occurs twice"
    case .empty: "artifact is empty"
    case .unrecognised(let what): what
    case .changed: "artifact changed while it was read"
    case .refused(let why), .rowRefused(let why, _): why
    }
  }
  /// What the user can do about it.
  public var advice: String? {
    switch code {
    case .io(let error): error.advice
    case .rowRefused(_, let advice): advice
    case .truncated:
      "the file may be cut off: compare its size with the original; --salvage writes the whole rows before the cut"
    case .invalidUTF8: "name the encoding: --encoding cp1252 or --encoding latin1"
    case .fieldCount(let expected, let found):
      found < expected
        ? "pass --ragged to pad short records"
        : "look for a value that holds the delimiter and lacks its quotes: --ragged only pads short records"
    case .tooLarge: "look where it begins: a missing closing quote or bracket takes in all that follows"
    case .tooMany: "look at its shape: keys that are values each make a column or table; make them values first"
    case .changed: "try again when nothing writes to it"
    case .empty: "look for an earlier copy: a failed export often leaves an empty file"
    default: nil
    }
  }
}

/// A reason a writer cannot go on.
public struct WriteError: Error, Equatable, Sendable {
  public enum Code: Equatable, Sendable {
    case io(IOError)
    /// The target cannot hold what it is given.
    case unsupported(String)
    /// The target's own library refused.
    case target(String)
    /// A rule forbids it as long as nothing says otherwise.
    case refused(String)
  }
  public var code: Code
  public var table: Name?
  public var record: Int?
  /// What the user can do about it.
  public var advice: String?
  public init(_ code: Code, table: Name? = nil, record: Int? = nil, advice: String? = nil) {
    self.code = code
    self.table = table
    self.record = record
    self.advice = advice
  }
  public init(_ error: IOError) { self.init(.io(error)) }

  /// What went wrong, in one line and without a full stop.
  public var message: String {
    switch code {
    case .io(let error):
      error.path.isEmpty
        ? "cannot \(error.operation): \(error.reason)"
        : "cannot \(error.operation) '\(displayed(error.path))': \(error.reason)"
    case .unsupported(let what), .target(let what), .refused(let what): what
    }
  }
}

/// A reason a transform cannot be applied.
public struct TransformError: Error, Equatable, Sendable {
  public var message: String
  public init(_ message: String) { self.message = message }
}
