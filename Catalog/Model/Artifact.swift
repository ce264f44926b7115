package import Bytes

/// One file of a backup.
package struct Artifact: Hashable, Sendable {
  /// Row number in its catalog; nil before it is stored.
  package var key: Key<Artifact>?
  /// What it is to the backup: `data`, `twin`, `combined`, `summary`, `document`.
  package var role: String
  /// The format of its decompressed bytes, such as `json`.
  package var format: String
  /// Path within its container, as bytes.
  package var path: [UInt8]
  /// SHA-256 of the stored bytes.
  package var checksum: [UInt8]
  /// Size of the stored bytes.
  package var byteCount: Int64
  /// Modification time in nanoseconds since 1970, when it is known.
  package var modified: Int64?
  /// Permission bits, when they are known.
  package var mode: UInt32?
  /// The table whose rows it holds, when it holds only one.
  package var table: Name?
  /// Where it was seen.
  package var locations: [Location]

  package init(
    key: Key<Artifact>? = nil, role: String, format: String, path: [UInt8], checksum: [UInt8], byteCount: Int64,
    modified: Int64? = nil, mode: UInt32? = nil, table: Name? = nil, locations: [Location] = []
  ) {
    self.key = key
    self.role = role
    self.format = format
    self.path = path
    self.checksum = checksum
    self.byteCount = byteCount
    self.modified = modified
    self.mode = mode
    self.table = table
    self.locations = locations
  }
}

/// A file in which an artifact was seen: the artifact itself, or the container that holds it.
package struct Location: Hashable, Sendable {
  /// Absolute path, as bytes.
  package var path: [UInt8]
  package var stamp: FileStamp
  /// Set by the store.
  package var firstSeen: Moment
  package var lastSeen: Moment

  package init(
    path: [UInt8], stamp: FileStamp, firstSeen: Moment = Moment(microseconds: 0),
    lastSeen: Moment = Moment(microseconds: 0)
  ) {
    self.path = path
    self.stamp = stamp
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
  }
}

/// What tells without reading that a file is unchanged.
package struct FileStamp: Hashable, Sendable {
  package var byteCount: Int64
  /// Modification time in nanoseconds since 1970.
  package var modified: Int64
  /// Change time in nanoseconds since 1970, which no program can set back.
  package var changed: Int64
  package var device: UInt64
  package var inode: UInt64

  package init(byteCount: Int64, modified: Int64, changed: Int64, device: UInt64, inode: UInt64) {
    self.byteCount = byteCount
    self.modified = modified
    self.changed = changed
    self.device = device
    self.inode = inode
  }
  package init(_ status: FileStatus) {
    self.init(
      byteCount: status.byteCount, modified: status.modified, changed: status.changed, device: status.device,
      inode: status.inode)
  }
}
