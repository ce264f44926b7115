package import Diagnostics
internal import Synchronization

/// What a script noticed while it was read; it outlives the script, which its reader owns.
package final class ScriptNotes: Sendable {
  private let noted = Mutex<[Finding]>([])

  /// All findings so far; complete when the text is at its end.
  package var findings: [Finding] { noted.withLock { $0 } }

  func add(_ finding: Finding) { noted.withLock { $0.append(finding) } }
}
