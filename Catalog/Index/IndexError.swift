package import Bytes

/// A reason the row index cannot do what it is asked.
package struct IndexError: Error, Equatable, Sendable {
  package enum Code: Equatable, Sendable {
    /// A page is not there, or not what was written.
    case damaged(String, page: PageID?)
    /// Made by a newer version of the program.
    case newer(found: Int, known: Int)
    /// A number of rows, segments or backups that the formats cannot tell.
    case tooLarge(String)
    /// The place where pages are kept refuses.
    case store(String)
    case full
    case locked
    case io(IOError)
    /// The request itself makes no sense.
    case invalid(String)
    case interrupted
  }
  package var code: Code
  /// What the place where pages are kept advises.
  package var hint: String?
  package init(_ code: Code, hint: String? = nil) {
    self.code = code
    self.hint = hint
  }
}

extension IndexError {
  /// What went wrong, in one line and without a full stop.
  package var message: String {
    switch code {
    case .damaged(let what, let page?): "row index is damaged: \(what), page \(page)"
    case .damaged(let what, nil): "row index is damaged: \(what)"
    case .newer(let found, let known): "row index has version \(found); this program knows version \(known)"
    case .tooLarge(let what): "row index: \(what)"
    case .store(let what): "row index: \(what)"
    case .full: "no space left for the row index"
    case .locked: "row index is locked by another process"
    case .io(let error): "cannot \(error.operation): \(error.reason)"
    case .invalid(let what): what
    case .interrupted: "interrupted"
    }
  }

  /// What the user can do about it.
  package var advice: String? {
    switch code {
    case .damaged: "the index can be rebuilt: register the backups again"
    case .newer: "install a newer coffer"
    case .full: "free some space; nothing was changed"
    case .locked: "try again when the other coffer has finished"
    default: nil
    }
  }
}
