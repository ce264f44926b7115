package import Bytes
package import CatalogModel
internal import Diagnostics

/// A reason the catalog cannot do what it is asked.
package struct CatalogError: Error, Equatable, Sendable {
  package enum Code: Equatable, Sendable {
    /// There is no catalog at the path (exit 10).
    case absent(path: [UInt8])
    /// Another process kept the catalog locked for longer than the time allowed (exit 11).
    case locked
    /// The catalog was written by a newer version of the program (exit 13).
    case newer(found: Int, known: Int)
    /// The file is something else.
    case foreign(path: [UInt8])
    case damaged(String)
    /// The key of secret values is not the one the catalog was filled with.
    case otherKey
    /// No room is left where the catalog lives.
    case full
    /// Permissions do not allow it.
    case denied(String)
    /// The store's own library refused.
    case store(String)
    /// The server that keeps the catalog refuses, or does not answer.
    case server(String, advice: String?)
    case io(IOError)
    /// The user asked to stop.
    case interrupted
    /// Nothing has that name: what was looked for.
    case notFound(String)
    /// An address fits several backups.
    case ambiguous(address: String, candidates: [BackupID])
    /// The request itself makes no sense.
    case invalid(String)
    /// Something of that name is there already.
    case exists(String)
  }
  package var code: Code
  package init(_ code: Code) { self.code = code }
}

extension CatalogError {
  /// What went wrong, in one line and without a full stop.
  package var message: String {
    switch code {
    case .absent(let path): "no catalog at '\(displayed(path))'"
    case .locked: "catalog is locked by another process"
    case .newer(let found, let known): "catalog has version \(found); this program knows version \(known)"
    case .foreign(let path): "'\(displayed(path))' is not a catalog"
    case .damaged(let what): "catalog is damaged: \(what)"
    case .otherKey: "the key of secret values is not the one that the catalog was filled with"
    case .full: "no space left for the catalog"
    case .denied(let what), .store(let what), .server(let what, _): "catalog: \(what)"
    case .io(let error):
      error.path.isEmpty
        ? "cannot \(error.operation): \(error.reason)"
        : "cannot \(error.operation) '\(displayed(error.path))': \(error.reason)"
    case .interrupted: "interrupted"
    case .notFound(let what): "no \(what)"
    case .ambiguous(let address, let candidates):
      "'\(address)' could be any of \(candidates.count) backups: "
        + candidates.prefix(5).map(\.short).joined(separator: ", ") + (candidates.count > 5 ? ", …" : "")
    case .invalid(let what): what
    case .exists(let what): "\(what) exists already"
    }
  }

  /// What the user can do about it.
  package var advice: String? {
    switch code {
    case .absent: "register a backup first: coffer register PATH"
    case .locked: "try again when the other coffer has finished"
    case .newer: "install a newer coffer"
    case .foreign: "name another file with --catalog"
    case .otherKey: "put that key file back, or name it in COFFER_KEY_FILE"
    case .damaged: "the catalog can be rebuilt: move the file away and register the backups again"
    case .full: "free some space; nothing was changed"
    case .server(_, let advice): advice
    case .ambiguous: "give more digits of the id, or the project: PROJECT@ID"
    default: nil
    }
  }
}
