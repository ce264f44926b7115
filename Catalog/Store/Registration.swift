package import Bytes
package import CatalogModel
package import Diagnostics
package import Records

/// Everything about a backup that is known before its rows are read for the index.
package struct Registration: Sendable {
  package var project: Name
  package var environment: Name?
  /// See `contentIdentity(ofChecksums:)`.
  package var content: [UInt8]
  package var system: String
  package var kind: String
  package var takenAt: BackupTime
  package var registeredAt: Moment
  package var label: [UInt8]?
  package var note: [UInt8]?
  package var indexing: Indexing
  package var alias: Name?
  package var tags: [Tag]
  package var artifacts: [Artifact]
  package var attributes: [Attribute]
  package var objects: [SchemaObject]
  package var claims: [Claim]
  package var findings: [Finding]
  package var documents: [Document]

  package init(
    project: Name, content: [UInt8], system: String, kind: String, takenAt: BackupTime, registeredAt: Moment,
    indexing: Indexing = .full, artifacts: [Artifact]
  ) {
    self.project = project
    self.content = content
    self.system = system
    self.kind = kind
    self.takenAt = takenAt
    self.registeredAt = registeredAt
    self.indexing = indexing
    self.artifacts = artifacts
    tags = []
    attributes = []
    objects = []
    claims = []
    findings = []
    documents = []
  }
}

/// A text of a backup, kept and indexed whole.
package struct Document: Hashable, Sendable {
  /// Path of the artifact it is.
  package var path: [UInt8]
  package var text: [UInt8]
  package init(path: [UInt8], text: [UInt8]) {
    self.path = path
    self.text = text
  }
}

/// What registering came to.
package enum RegistrationOutcome: Hashable, Sendable {
  /// The backup is new: its tables and records are to be added.
  case added(Key<Backup>)
  /// The same content is known in the project; so many of its places were new.
  case known(Key<Backup>, newLocations: Int)
}

/// What there is in a backup.
package struct BackupContents: Sendable {
  package var artifacts: [Artifact] = []
  package var tables: [CatalogTable] = []
  package var objects: [SchemaObject] = []
  package var claims: [Claim] = []
  package var findings: [Finding] = []
  package var documents: [Document] = []
  package init() {}
}

/// Which parts of a backup's contents are asked for.
package struct ContentParts: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let artifacts = ContentParts(rawValue: 1)
  /// Tables without their columns and keys.
  package static let tables = ContentParts(rawValue: 2)
  /// Columns and keys too.
  package static let columns = ContentParts(rawValue: 4 | 2)
  package static let objects = ContentParts(rawValue: 8)
  package static let claims = ContentParts(rawValue: 16)
  package static let findings = ContentParts(rawValue: 32)
  package static let documents = ContentParts(rawValue: 64)
  package static let all: ContentParts = [.artifacts, .columns, .objects, .claims, .findings, .documents]
}

/// A file of the catalog's memory, for telling without reading that it is unchanged.
package struct KnownFile: Hashable, Sendable {
  package var backup: Key<Backup>
  package var project: Name
  /// Path of the artifact within its container.
  package var artifact: [UInt8]
  package var checksum: [UInt8]
  package var location: Location
  package init(backup: Key<Backup>, project: Name, artifact: [UInt8], checksum: [UInt8], location: Location) {
    self.backup = backup
    self.project = project
    self.artifact = artifact
    self.checksum = checksum
    self.location = location
  }
}

/// A change to what the user says about a backup.
package enum BackupEdit: Hashable, Sendable {
  /// Nil takes the label away.
  case label([UInt8]?)
  case note([UInt8]?)
  case environment(Name?)
  /// Sets a tag, replacing the value of the same key.
  case tag(Tag)
  case untag(Name)
  /// Names the backup within its project; an alias that another backup has moves to this one.
  case alias(Name)
  case unalias(Name)
  /// Says why everything in it, secrets too, was written elsewhere.
  case exported(reason: [UInt8])
}
