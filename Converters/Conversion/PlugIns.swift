package import Bytes
package import Records

/// What is open while one backup is read.
package struct BackupInput: Sendable {
  package var backup: DetectedBackup
  package var container: any BackupContainer
  package var toolbox: Toolbox
  package var options: ReadOptions
  /// Where a survey puts the files within the backup; nil: nowhere.
  package var files: FileStage?
  package init(backup: DetectedBackup, container: any BackupContainer, toolbox: Toolbox, options: ReadOptions) {
    self.backup = backup
    self.container = container
    self.toolbox = toolbox
    self.options = options
  }
}

/// A system whose backups are understood: Convex, Supabase, Django, Prisma. One value per plug-in, listed in `BuiltIn`.
package protocol SourceSystem: Sendable {
  /// Such as `django`; the word of `--system`.
  var id: String { get }
  /// Such as `Django`.
  var title: String { get }
  /// One line for `coffer formats`.
  var summary: String { get }
  /// Columns that the system adds to every table and that mean nothing elsewhere; none for most.
  var internalFields: [Name] { get }
  /// The backups of this system among the container's entries; none when it sees none. Looks only at names and first bytes
  /// of entries (`head`), never at whole files.
  func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup]
  /// Learns complete schemas in one pass over the rows and everything there is beside the rows.
  func survey(_ input: BackupInput) throws(ReadError) -> Knowledge
  /// Reads the rows in the schemas of `knowledge`.
  func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError) -> any RecordReader & ~Copyable
  /// The bytes of a file within the rows or the envelope, an object of kind `embedded-file`, or of a `large-object`; nil when there
  /// is none.
  func openFile(_ object: SchemaObject, _ input: BackupInput) throws(ReadError) -> SharedFile?
}

extension SourceSystem {
  package var internalFields: [Name] { [] }
  package func openFile(_ object: SchemaObject, _ input: BackupInput) throws(ReadError) -> SharedFile? { nil }
}

/// A system of whose backups some tables can be read without what the others cost.
package protocol ApartReading: SourceSystem {
  /// Whether it is so for a backup.
  func readsApart(_ input: BackupInput) -> Bool
}

/// A byte syntax that can be read as records.
package protocol ImportFormat: Sendable {
  /// Such as `csv`; the word of `--from`.
  var id: String { get }
  /// File name endings without the dot.
  var endings: [String] { get }
  /// From 0 to 1: how surely the first bytes (up to 64 KiB, decoded) are this format's. Names do not count.
  func confidence(_ head: [UInt8]) -> Double
  /// A reader of decoded bytes. `tables` empty: columns are found while reading and a table's schema may grow from run to
  /// run; otherwise the schemas are known and complete. `name` is the table's name where the format has none.
  func makeReader(
    from source: consuming any ByteSource & ~Copyable, name: Name, tables: [TableSchema], options: ReadOptions
  ) throws(ReadError) -> any RecordReader & ~Copyable
}

/// How output is to be written; from the command line.
package struct WriteOptions: Sendable {
  package var dialect: SQLDialect = .postgres
  package var writesSchema = true
  package var writesData = true
  /// `INSERT` instead of `COPY` where there is a choice.
  package var usesInserts = false
  /// How rows that refer to each other in a circle are loaded; nil: keys are made when the rows are there.
  package var cycles: CycleStrategy?
  package var csv: CSVStyle = .plain
  package var writesByteOrderMark = false
  /// Title of reports.
  package var title: [UInt8] = []
  /// When the backup was taken, in microseconds since 1970 UTC, for formats that name files after it.
  package var takenAt: Int64?
  /// What the backup says of itself, for formats that have a place for it.
  package var attributes: [(name: String, value: [UInt8])] = []
  /// What the source's own program makes of its tables, by their names.
  package var models: [Name: SourceModel] = [:]
  /// Where the files within the backup go, for formats that list them.
  package var files: FileStage?
  /// Application of the models that tables become when the source has none.
  package var appLabel: Name?
  /// Natural keys of Django in place of references; nil: primary keys.
  package var naturalKeys: NaturalKeyOptions?
  package init() {}
}

/// Which rows of a fixture are told by natural keys.
package struct NaturalKeyOptions: Sendable {
  package enum Choice: String, CaseIterable, Sendable {
    /// Those of models that are the same in every project of Django.
    case django
    /// Those of all tables with one unique key, too.
    case unique
  }
  package var choice: Choice
  /// Whether such rows lose their primary keys.
  package var replacesKeys: Bool

  package init(_ choice: Choice, replacesKeys: Bool) {
    self.choice = choice
    self.replacesKeys = replacesKeys
  }
}

/// A variant of SQL.
package enum SQLDialect: String, CaseIterable, Sendable { case postgres, sqlite, mysql }

/// How SQL loads tables whose foreign keys form a cycle, those that refer to themselves among them.
package enum CycleStrategy: String, CaseIterable, Sendable {
  /// The keys are there before the rows and are checked when the transaction ends.
  case `defer`
  /// The keys are there before the rows, which come without references; these are filled in at the end.
  case twoPhase = "two-phase"
  /// PostgreSQL is told that it is a replica, which checks nothing.
  case replica
  /// The keys are left out.
  case noForeignKeys = "no-fk"
}

/// How CSV treats what CSV cannot say.
package enum CSVStyle: String, CaseIterable, Sendable {
  /// RFC 4180; NULL is an empty field, an empty text is `""`.
  case plain
  /// Exact: with a schema file beside it, so that reading it back gives the same records.
  case lossless
  /// Safe to open in a spreadsheet: formulas are guarded.
  case spreadsheet
}

/// A byte syntax that records can be written in.
package protocol ExportFormat: Sendable {
  /// Such as `jsonl`; the word of `-t`.
  var id: String { get }
  /// One line for `coffer formats`.
  var summary: String { get }
  /// File name ending without the dot.
  var ending: String { get }
  /// Whether one stream can hold several tables; otherwise each table needs a file of its own in a directory.
  var holdsManyTables: Bool { get }
  /// Whether what is written is an archive, whose content has to be looked for in its entries.
  var writesArchive: Bool { get }
  /// Systems whose users may be made of what is written; for these what becomes of passwords is told. None for most.
  var passwordTargets: [PasswordTarget] { get }
  /// The system whose backups are written, in its `id`; nil for most.
  var system: String? { get }
  /// What becomes of the names and references of `tables`, which are all that are written.
  func lineage(of tables: [TableSchema], options: WriteOptions) -> Lineage
  /// A writer of `tables`, which are all tables with their complete schemas in creation order.
  func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
}

extension ExportFormat {
  package var writesArchive: Bool { false }
  package var passwordTargets: [PasswordTarget] { [] }
  package var system: String? { nil }
  package func lineage(of tables: [TableSchema], options: WriteOptions) -> Lineage { Lineage() }
}
