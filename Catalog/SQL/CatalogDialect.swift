package import CatalogStore

/// What SQLite and PostgreSQL say differently.
package protocol CatalogDialect: Sendable {
  /// The value that stands for a pattern in `matches`.
  func value(of pattern: NamePattern) -> Value
  /// A condition: the bytes of an expression, or a part of them, fit the pattern of a parameter such as `?1`.
  func matches(_ expression: String, _ parameter: String, _ part: PatternPart) -> String
  /// A text: the hexadecimal digits of a blob, in small letters.
  func hexadecimal(_ expression: String) -> String
}

/// Which part of some bytes a pattern is held against.
package enum PatternPart: Sendable {
  case whole
  /// The bytes behind any of their slashes.
  case behindSlash
  case beginning
}
