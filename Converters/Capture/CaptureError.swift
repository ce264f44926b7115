package import Bytes
internal import Diagnostics
internal import PostgresClient
internal import SQLiteClient

/// A reason a backup could not be taken; nothing of it is left.
package struct CaptureError: Error, Equatable, Sendable {
  /// One line, fit for a terminal, without any secret.
  package var message: String
  package var advice: String?
  /// Whether the user asked the program to stop.
  package var isInterruption = false

  package init(_ message: String, advice: String? = nil) {
    self.message = message
    self.advice = advice
  }
  package init(_ error: IOError) {
    let path = error.path.isEmpty ? "" : " '\(displayed(error.path))'"
    self.init("cannot \(error.operation)\(path): \(error.reason)", advice: error.advice)
    isInterruption = error.isInterruption
  }
  init(_ error: PostgresError) {
    self.init("PostgreSQL: \(error.message)", advice: error.advice)
    isInterruption = error.isInterruption
  }
}
