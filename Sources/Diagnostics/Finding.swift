public import Bytes

/// How much a finding matters; ordered.
public enum Severity: Int, Sendable, Comparable, CaseIterable {
  case info, warning, error, critical
  public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
  /// The word used in output and in the catalog.
  public var word: String {
    switch self {
    case .info: "info"
    case .warning: "warning"
    case .error: "error"
    case .critical: "critical"
    }
  }
  public init?(word: String) {
    guard let match = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = match
  }
}

/// Something wrong or risky in a backup, with what the user can do about it.
public struct Finding: Equatable, Sendable {
  /// A stable name for programs, such as `duplicate-keys`.
  public var code: String
  public var severity: Severity
  /// One line without a full stop. Holds no value of the data; names in it are already `displayed`.
  public var message: String
  public var advice: String?
  /// Path of the artifact concerned, as bytes.
  public var artifact: [UInt8]?
  public var table: Name?
  public var column: Name?
  /// Byte offset of the first occurrence in the decoded artifact.
  public var offset: Int?
  /// Number of occurrences.
  public var count: Int

  public init(
    _ code: String, _ severity: Severity, _ message: String, advice: String? = nil, artifact: [UInt8]? = nil,
    table: Name? = nil, column: Name? = nil, offset: Int? = nil, count: Int = 1
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.advice = advice
    self.artifact = artifact
    self.table = table
    self.column = column
    self.offset = offset
    self.count = count
  }
}

/// A place in an artifact, for people.
public struct SourceLocation: Equatable, Sendable {
  public var artifact: [UInt8]
  /// Both count from 1; the column counts bytes.
  public var line: Int
  public var column: Int
  public init(artifact: [UInt8], line: Int, column: Int) {
    self.artifact = artifact
    self.line = line
    self.column = column
  }
}

extension Finding {
  /// Whether it says by what file beside it the input was read.
  public var tellsHowItWasRead: Bool {
    ["schema-file-used", "schema-file-unfit", "retyped-by-twin", "twin-unreadable"].contains(code)
  }

  /// Whether people are told of it unasked: what is wrong, and what was done that they might not expect.
  public var isForPeople: Bool { severity > .info || tellsHowItWasRead || code == "internal-fields-left-out" }

  /// Whether it says that some of the input was not read: the result is then partial.
  public var leavesInputUnread: Bool {
    code.utf8.starts(with: "unreadable".utf8)
      || ["entry-refused", "entry-encrypted", "duplicate-entry", "too-deep"].contains(code)
  }
}
