internal import CatalogSQL
internal import CatalogStore

/// What SQLite says differently.
struct SQLiteDialect: CatalogDialect {
  func value(of pattern: NamePattern) -> Value { .text(pattern.like) }

  func matches(_ expression: String, _ parameter: String, _ part: PatternPart) -> String {
    switch part {
    case .whole: "\(expression) LIKE \(parameter) ESCAPE '\\'"
    case .behindSlash: "\(expression) LIKE '%/' || \(parameter) ESCAPE '\\'"
    case .beginning: "\(expression) LIKE \(parameter) || '%' ESCAPE '\\'"
    }
  }

  func hexadecimal(_ expression: String) -> String { "lower(hex(\(expression)))" }
}
