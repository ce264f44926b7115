/// What a command says by its exit code.
package enum ExitCode: Int32, Sendable, CaseIterable {
  case success = 0
  case failure = 1
  case usage = 2
  case partial = 3
  case findings = 4
  case loss = 5
  case differences = 6
  case nothingFound = 7
  case refused = 8
  case noCatalog = 10
  case locked = 11
  case wrongKey = 12
  case catalogTooNew = 13
  case interrupted = 130

  /// One line for help and the manual.
  package var meaning: String {
    switch self {
    case .success: "done"
    case .failure: "an error; nothing was changed or written"
    case .usage: "the command line is wrong"
    case .partial: "done in part: some input could not be read, or rows were rejected"
    case .findings: "findings at or above --fail-on"
    case .loss: "a named loss under --fail-on-loss, or a difference that no rule explains"
    case .differences: "differences, under --exit-code"
    case .nothingFound: "nothing found (search, find)"
    case .refused: "refused: it needs a confirmation, or a rule forbids it"
    case .noCatalog: "there is no catalog yet"
    case .locked: "the catalog is in use by another process"
    case .wrongKey: "the key does not fit"
    case .catalogTooNew: "the catalog was written by a newer version"
    case .interrupted: "interrupted (Ctrl-C); nothing half done remains"
    }
  }
}
