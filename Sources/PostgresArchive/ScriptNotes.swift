package import Diagnostics
internal import Synchronization

/// What a script noticed while it was read; it outlives the script, which its reader owns.
package final class ScriptNotes: Sendable {
  private let noted = Mutex<[Finding]>([])

  /// All findings so far; complete when the text is at its end.
  package var findings: [Finding] { noted.withLock { $0 } }

  private let lost = Mutex<Set<UInt32>>([])

  /// Numbers of the large objects whose content is not whole.
  package var lostLargeObjects: Set<UInt32> { lost.withLock { $0 } }

  func lose(largeObject oid: UInt32) { lost.withLock { _ = $0.insert(oid) } }
  func add(_ finding: Finding) { noted.withLock { $0.append(finding) } }
}
