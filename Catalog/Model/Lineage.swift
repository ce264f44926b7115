package import Bytes

/// Backups of one source that follow each other: their rows are kept once for as long as they do not change.
package struct Lineage: Hashable, Sendable {
  package var key: Key<Lineage>
  package var project: Name
  package var environment: Name?
  /// Id of the system that made the backups.
  package var system: String
  /// What of their rows is kept: everything, or primary keys only.
  package var indexing: Indexing

  package init(key: Key<Lineage>, project: Name, environment: Name?, system: String, indexing: Indexing) {
    self.key = key
    self.project = project
    self.environment = environment
    self.system = system
    self.indexing = indexing
  }
}

/// A backup as a part of its lineage.
package struct LineageMember: Hashable, Sendable {
  package var backup: Key<Backup>
  /// Nil when its rows are not kept.
  package var lineage: Key<Lineage>?
  package var takenAt: Moment
  package var indexing: Indexing
  /// Values that cannot be searched because of their size or kind.
  package var unsearchableCount: Int64

  package init(
    backup: Key<Backup>, lineage: Key<Lineage>?, takenAt: Moment, indexing: Indexing, unsearchableCount: Int64
  ) {
    self.backup = backup
    self.lineage = lineage
    self.takenAt = takenAt
    self.indexing = indexing
    self.unsearchableCount = unsearchableCount
  }
}
