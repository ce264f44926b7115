package import Bytes

/// One set of artifacts taken at one time, as the catalog knows it.
package struct Backup: Hashable, Sendable {
  package var key: Key<Backup>
  package var id: BackupID
  package var project: Name
  package var environment: Name?
  /// SHA-256 over the contents of the artifacts: the same content in a project is the same backup.
  package var content: [UInt8]
  /// Id of the system that made it, such as `django`.
  package var system: String
  /// The system's own word for what it is, such as `dumpdata fixture`.
  package var kind: String
  package var takenAt: BackupTime
  package var registeredAt: Moment
  package var label: [UInt8]?
  package var note: [UInt8]?
  package var indexing: Indexing
  /// Where its rows are kept; nil when they are not.
  package var lineage: Key<Lineage>?
  package var aliases: [Name]
  package var tags: [Tag]
  /// What the backup says of itself, such as `django_version`.
  package var attributes: [Attribute]
  package var counts: BackupCounts

  package init(
    key: Key<Backup>, id: BackupID, project: Name, environment: Name?, content: [UInt8], system: String, kind: String,
    takenAt: BackupTime, registeredAt: Moment, label: [UInt8]?, note: [UInt8]?, indexing: Indexing,
    aliases: [Name] = [], tags: [Tag] = [], attributes: [Attribute] = [], counts: BackupCounts
  ) {
    self.key = key
    self.id = id
    self.project = project
    self.environment = environment
    self.content = content
    self.system = system
    self.kind = kind
    self.takenAt = takenAt
    self.registeredAt = registeredAt
    self.label = label
    self.note = note
    self.indexing = indexing
    self.aliases = aliases
    self.tags = tags
    self.attributes = attributes
    self.counts = counts
  }
}

/// How much there is in a backup.
package struct BackupCounts: Hashable, Sendable {
  package var artifacts = 0
  package var tables = 0
  package var records: Int64 = 0
  /// Sum of the artifacts' stored bytes.
  package var bytes: Int64 = 0
  package var findings = 0
  package init() {}
}

/// When a backup was taken, and how that is known.
package struct BackupTime: Hashable, Sendable {
  package enum Origin: String, Sendable, CaseIterable {
    /// The user said so.
    case given
    /// The content says so.
    case content
    /// A file name says so.
    case name
    /// The newest modification time of its files.
    case modified
  }
  package var moment: Moment
  package var origin: Origin
  /// Whether the zone was stated; otherwise it was assumed when the backup was registered: UTC, or what the user named.
  package var hasZone: Bool
  package init(_ moment: Moment, origin: Origin, hasZone: Bool) {
    self.moment = moment
    self.origin = origin
    self.hasZone = hasZone
  }
}

/// Which values of a backup the search index holds; the words of `--index`.
package enum Indexing: String, Sendable, CaseIterable {
  /// Every value that is no secret.
  case full
  /// The values of primary keys.
  case keys
  case none
}

/// A key and value given by the user, such as `reason:migration`.
package struct Tag: Hashable, Sendable {
  package var key: Name
  package var value: [UInt8]
  package init(_ key: Name, _ value: [UInt8] = []) {
    self.key = key
    self.value = value
  }
}

/// A named fact that the backup states about itself.
package struct Attribute: Hashable, Sendable {
  /// Such as `django_version`, `deployment`.
  package var name: String
  package var value: [UInt8]
  package init(_ name: String, _ value: [UInt8]) {
    self.name = name
    self.value = value
  }
}
