package import Bytes
package import CatalogModel
package import Diagnostics
package import Records
package import RowIndex

/// A catalog. Calls may come from any thread and are served one after the other.
package protocol CatalogStore: Sendable {
  /// Runs `body` on one consistent state of the catalog. `failed` wraps the store's errors.
  func read<R: Sendable, E: Error>(
    failed: (CatalogError) -> E, _ body: (inout any CatalogReader & ~Copyable) throws(E) -> R
  ) throws(E) -> R
  /// Runs `body` in one transaction, which is durable when this returns and undone when `body` throws. Another writer is
  /// waited for, for a limited time; then the error is `locked`.
  func write<R: Sendable, E: Error>(
    failed: (CatalogError) -> E, _ body: (inout any CatalogWriter & ~Copyable) throws(E) -> R
  ) throws(E) -> R
  /// Runs one read-only query in the store's SQL for the user; everything that is no query is refused.
  func query(_ sql: [UInt8], into consumer: inout any QueryConsumer & ~Copyable) throws(CatalogError)
}

extension CatalogStore {
  /// Reads without errors of one's own.
  package func read<R: Sendable>(
    _ body: (inout any CatalogReader & ~Copyable) throws(CatalogError) -> R
  ) throws(CatalogError) -> R {
    try read(failed: { $0 }, body)
  }
  /// Writes without errors of one's own.
  package func write<R: Sendable>(
    _ body: (inout any CatalogWriter & ~Copyable) throws(CatalogError) -> R
  ) throws(CatalogError) -> R {
    try write(failed: { $0 }, body)
  }
}

extension CatalogWriter where Self: ~Copyable {
  /// Keeps the records of a batch whose hashes are to be computed.
  package mutating func index(
    _ batch: borrowing RecordBatch, of table: Key<CatalogTable>
  ) throws(CatalogError) {
    try index(batch, of: table, hashes: nil)
  }
}

/// Takes the rows of a query as they come.
package protocol QueryConsumer: ~Copyable {
  /// Called exactly once, before the first row.
  mutating func begin(columns: [Name])
  /// Called for each row; false ends the query.
  mutating func row(_ values: [QueryValue]) -> Bool
}

/// A value of a query's row.
package enum QueryValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  /// A number as the store writes it.
  case number([UInt8])
  /// Exactly the bytes stored; not always UTF-8.
  case text([UInt8])
  case blob([UInt8])
}

/// What can be asked within `CatalogStore.read` and `write`. Lists of backups are newest first.
package protocol CatalogReader: ~Copyable {
  /// All projects in byte order of their names.
  mutating func projects() throws(CatalogError) -> [Project]
  mutating func backups(_ query: BackupQuery) throws(CatalogError) -> [Backup]
  /// The backup of that key; nil when it was forgotten.
  mutating func backup(_ key: Key<Backup>) throws(CatalogError) -> Backup?
  /// The backup of a project that has this content.
  mutating func backup(content: [UInt8], project: Name) throws(CatalogError) -> Backup?
  /// The one backup an address means; `project` narrows an address that names none. Throws `notFound` or `ambiguous`.
  mutating func resolve(_ address: BackupAddress, project: Name?) throws(CatalogError) -> Backup
  mutating func contents(of backup: Key<Backup>, _ parts: ContentParts) throws(CatalogError) -> BackupContents
  mutating func find(_ query: FindQuery) throws(CatalogError) -> [Found]
  /// All artifacts that were last seen at a path.
  mutating func knownFiles(at path: [UInt8]) throws(CatalogError) -> [KnownFile]
  /// All lineages, in the order in which they were begun.
  mutating func lineages() throws(CatalogError) -> [Lineage]
  /// The backups of a query as parts of their lineages, newest first.
  mutating func members(_ query: BackupQuery) throws(CatalogError) -> [LineageMember]
  /// The rows of a lineage, as this transaction sees them. Not to be used after it, and changed by `changeRowIndex` only.
  mutating func rowIndex(of lineage: Key<Lineage>) throws(CatalogError) -> RowIndex
  /// The rows of a project that were erased.
  mutating func erasures(project: Name) throws(CatalogError) -> [Erasure]
  /// The key of secret values that the store was opened with.
  var secretKey: SecretKey? { get }
  /// The newest events, newest first; of one project when it is named.
  mutating func events(project: Name?, limit: Int) throws(CatalogError) -> [CatalogEvent]
}

/// What can be done within `CatalogStore.write`. Every change appends an event.
package protocol CatalogWriter: ~Copyable, CatalogReader {
  /// Adds a backup with everything but its tables, creating project and environment as needed. When the project has a backup
  /// of this content, only new places of its artifacts are added.
  mutating func register(_ registration: Registration) throws(CatalogError) -> RegistrationOutcome
  /// Adds a table to a backup that was registered in this transaction; tables keep the order in which they are added.
  mutating func add(_ table: CatalogTable, to backup: Key<Backup>) throws(CatalogError) -> Key<CatalogTable>
  /// Keeps the records of a batch in the columns of the table, which was added in this transaction. Does nothing for a backup
  /// that is registered without index; of one whose keys are indexed, the other columns are left out. Secret columns are known
  /// by keyed digests only. `hashes`: of the rows as they were read, by a `RowDigester`; nil when they are to be computed. All
  /// backups of a lineage have to be given in the same way.
  mutating func index(
    _ batch: borrowing RecordBatch, of table: Key<CatalogTable>, hashes: [Hash128]?
  ) throws(CatalogError)
  /// Changes the rows of a lineage beside the registering of backups.
  mutating func changeRowIndex<R>(
    of lineage: Key<Lineage>, _ change: (RowIndex) throws(IndexError) -> R
  ) throws(CatalogError) -> R
  /// Replaces what is known of a table's rows; `columns` are in the order of the table's columns.
  mutating func setStatistics(
    _ statistics: TableStatistics, columns: [ColumnStatistics], of table: Key<CatalogTable>
  ) throws(CatalogError)
  /// Adds what was found out after `register`.
  mutating func add(_ findings: [Finding], to backup: Key<Backup>) throws(CatalogError)
  mutating func add(_ claims: [Claim], to backup: Key<Backup>) throws(CatalogError)
  /// Computes the counts of a backup when everything has been added.
  mutating func finish(_ backup: Key<Backup>) throws(CatalogError)

  /// Remembers rows of a project as erased, for ever.
  mutating func add(_ erasures: [Erasure], to project: Name) throws(CatalogError)
  /// Says that the artifacts of a backup were seen again where they were.
  mutating func touch(_ backup: Key<Backup>, at moment: Moment) throws(CatalogError)
  mutating func edit(_ backup: Key<Backup>, _ edit: BackupEdit, at moment: Moment) throws(CatalogError)
  /// Takes a backup out of the catalog, its rows included; its files are left alone. See `CatalogStore.tidy`.
  mutating func forget(_ backup: Key<Backup>, at moment: Moment) throws(CatalogError)
  /// Moves a backup to a project, which is created as needed. Throws `exists` when that project has the same content.
  mutating func move(_ backup: Key<Backup>, to project: Name, at moment: Moment) throws(CatalogError)
  /// Throws `exists` when the new name is taken, `notFound` when the old one is not.
  mutating func renameProject(_ name: Name, to newName: Name, at moment: Moment) throws(CatalogError)
  mutating func setProjectNote(_ name: Name, _ note: [UInt8]?, at moment: Moment) throws(CatalogError)
}
