package import Bytes

/// Why a configuration file must not be honoured.
package enum Distrust: Equatable, Sendable {
  case otherOwner(UInt32)
  case writableByOthers
  case noRegularFile
  case link
  case unreadable(String)

  /// Such as `it belongs to another user (1001)`.
  package var reason: String {
    switch self {
    case .otherOwner(let user): "it belongs to another user (number \(user))"
    case .writableByOthers: "other users can write to it"
    case .noRegularFile: "it is no regular file"
    case .link: "it is a symbolic link"
    case .unreadable(let reason): "it cannot be read: \(reason)"
    }
  }
  /// What the user can do about it, if it is the user's own file.
  package var advice: String? {
    switch self {
    case .writableByOthers: "take that right away if the file is yours: chmod go-w"
    case .otherOwner, .noRegularFile, .link, .unreadable: nil
    }
  }
}

extension FileStatus {
  /// Why a configuration file of this status is not honoured: a file found on the way is data until it is sure that the user
  /// wrote it, so it has to belong to the user or root, and nobody else may write to it.
  package func distrust(user: UInt32) -> Distrust? {
    if kind != .regular { return .noRegularFile }
    if owner != user && owner != 0 { return .otherOwner(owner) }
    if mode & 0o022 != 0 { return .writableByOthers }
    return nil
  }
}
