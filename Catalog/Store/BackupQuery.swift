package import Bytes
package import CatalogModel
package import Records

/// Which backups are meant; everything that is set has to hold.
package struct BackupQuery: Hashable, Sendable {
  package var project: Name?
  package var environment: Name?
  /// Id of a system, such as `django`.
  package var system: String?
  /// The system's own word for what the backup is.
  package var kind: String?
  /// Taken not before and not after.
  package var since: Moment?
  package var until: Moment?
  /// A tag's key and, unless empty, its value.
  package var tag: Tag?
  /// Only these.
  package var keys: [Key<Backup>]?
  /// Only the newest of each project, environment, system and kind.
  package var newestOnly = false
  /// Only so many of the newest, counted after everything else.
  package var latest: Int?
  package init() {}
}

/// Which things of the backups are looked for by name.
package struct FindQuery: Hashable, Sendable {
  package enum Subject: Hashable, Sendable {
    case table
    case column
    /// A schema object: `function`, `policy`, `view`…; nil means any kind.
    case object(kind: String?)
    /// An artifact by its path or the last part of it, or by a place where it was seen.
    case file
    /// An artifact by the first digits of its checksum.
    case hash
  }
  package var subject: Subject
  package var name: NamePattern
  package var scope: BackupQuery
  package init(_ subject: Subject, _ name: NamePattern, in scope: BackupQuery = BackupQuery()) {
    self.subject = subject
    self.name = name
    self.scope = scope
  }
}

/// One thing that a `FindQuery` found.
package struct Found: Hashable, Sendable {
  package var backup: Backup
  /// `table`, `column`, `file`, or the schema object's kind.
  package var kind: String
  /// The name, or the path of an artifact.
  package var name: [UInt8]
  /// The table it belongs to.
  package var table: Name?
  /// What else is worth showing in one phrase: a column's type, a table's record count, a file's checksum.
  package var detail: String
  /// What the definition of a schema object says.
  package var attributes: [SchemaAttribute]
  package init(
    backup: Backup, kind: String, name: [UInt8], table: Name? = nil, detail: String = "",
    attributes: [SchemaAttribute] = []
  ) {
    self.backup = backup
    self.kind = kind
    self.name = name
    self.table = table
    self.detail = detail
    self.attributes = attributes
  }
}
