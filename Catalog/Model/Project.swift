package import Bytes

/// What owns backups.
package struct Project: Hashable, Sendable {
  package var key: Key<Project>
  package var name: Name
  package var createdAt: Moment
  package var note: [UInt8]?
  /// Names of its environments, such as `production`.
  package var environments: [Name]
  package var backupCount: Int
  /// When its newest backup was taken; nil when it has none.
  package var newestBackup: Moment?
  /// Sum of the bytes of its backups' artifacts.
  package var byteCount: Int64

  package init(
    key: Key<Project>, name: Name, createdAt: Moment, note: [UInt8]? = nil, environments: [Name] = [],
    backupCount: Int = 0, newestBackup: Moment? = nil, byteCount: Int64 = 0
  ) {
    self.key = key
    self.name = name
    self.createdAt = createdAt
    self.note = note
    self.environments = environments
    self.backupCount = backupCount
    self.newestBackup = newestBackup
    self.byteCount = byteCount
  }
}
