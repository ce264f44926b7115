package import Bytes
package import CatalogModel
internal import RowIndex

/// Which row's history is asked for.
package struct HistoryQuery: Sendable {
  /// A table as one of the systems calls it, and its columns as they are called in all of them.
  package struct Table: Sendable {
    package var name: Name
    package var columns: [Name: Name]
    package init(_ name: Name, columns: [Name: Name] = [:]) {
      self.name = name
      self.columns = columns
    }
  }
  /// The first that a lineage has is the table.
  package var tables: [Table]
  /// Values of the primary key, as text.
  package var key: [[UInt8]]
  /// Only these columns count; empty: all.
  package var columns: Set<Name> = []
  package var scope = BackupQuery()

  package init(_ table: Name, key: [[UInt8]]) {
    tables = [Table(table)]
    self.key = key
  }
}

/// Backups that follow each other and hold a row alike, or do not hold it.
package struct HistoryRun: Hashable, Sendable {
  package enum Kind: String, Sendable {
    /// The row was not there before.
    case first
    /// It was in another system before.
    case moved
    case changed
    case gone
    /// The table itself is not in these backups.
    case noTable = "no-table"
    /// It is there again.
    case back
  }
  package var kind: Kind
  package var since: Key<Backup>
  package var until: Key<Backup>
  package var backupCount = 1
  /// As it is in the last of the backups; nil when it is not there.
  package var row: KeptRow?
  /// Rows of this key in one backup.
  package var copies = 1
  /// Against the version before.
  package var changes: [ColumnChange] = []
}

/// The versions of a row in one lineage.
package struct LineageHistory: Sendable {
  package var lineage: Lineage
  package var table: Name
  package var runs: [HistoryRun]
}

/// The versions of a row in everything that was registered.
package struct RowHistory: Sendable {
  /// In the order in which the row was first seen in them.
  package var lineages: [LineageHistory] = []
  /// The backups that the runs name.
  package var backups: [Key<Backup>: Backup] = [:]
  /// Names of the columns of the key that the table has, by table; none when no lineage has the table.
  package var keys: [[Name]] = []
  /// Tables that there are instead when there is none of that name.
  package var knownTables: Set<Name> = []
  /// Backups of the scope whose rows are not kept.
  package var unindexedBackups = 0
}
