package import Bytes
package import Records

/// A kind of live database that rows are loaded into. One value per plug-in, listed in `BuiltIn`.
package protocol LoadTarget: Sendable {
  /// Such as `postgres`.
  var id: String { get }
  /// What its places look like, for help.
  var places: String { get }
  /// Whether a word is the place of such a database; nothing is opened.
  func recognises(_ place: [UInt8]) -> Bool
  /// Opens the database, in which nothing changes by that.
  func open(_ place: [UInt8]) throws(WriteError) -> any LoadSession
}

/// A live database that is open.
package protocol LoadSession: AnyObject, Sendable {
  /// The place without what is secret.
  var title: String { get }
  /// What has to be typed before rows there are changed or deleted: the name of the database or file.
  var name: Name { get }
  /// The dialect that it speaks.
  var dialect: SQLDialect { get }
  /// A writer of `tables`, which are all tables with their complete schemas in creation order. Looks at what is there and
  /// refuses what the mode does not allow before it changes anything. Everything it does becomes visible at once, in its
  /// `finish`; dropped without, and in a preview, it leaves the database as it was.
  func makeWriter(_ tables: [TableSchema], _ options: LoadOptions) throws(WriteError) -> any RecordWriter & ~Copyable
  /// What was done or, after a preview, would be; complete after the writer's `finish`.
  var outcomes: [LoadOutcome] { get }
  /// What else there is to say after `finish`, in one line each.
  var remarks: [String] { get }
}

/// What becomes of rows that are there, and of those whose key is.
package enum LoadMode: String, CaseIterable, Sendable {
  /// The tables are made; a database that holds rows is refused.
  case create
  /// Rows are added to tables that are there or are made; one whose key is there ends the load.
  case append
  /// Rows whose key is there take the place of those that have it.
  case upsert
  /// Rows whose key is there are left out.
  case skipExisting = "skip-existing"
  /// The rows of the tables are deleted first.
  case replace

  /// Whether rows that are there change or go.
  package var isDestructive: Bool { self == .upsert || self == .replace }
}

/// How rows are to be loaded.
package struct LoadOptions: Sendable {
  package var mode = LoadMode.create
  /// Whether it is only found out what a load would do.
  package var isPreview = false
  package var write = WriteOptions()
  /// Rows that the target refuses; nil: the first of them ends the load.
  package var rejects: Rejects?
  /// Keeps the rows that may change or go; nil: nobody wants them back.
  package var safetyCopy: (any SafetyCopy)?
  /// Whether the tables are to hold exactly the rows that come, whatever refers to them; with the mode `replace`.
  package var isRestore = false
  /// The keys that a mapping changes, to be kept in the target; nil: they are not.
  package var lineage: KeyLineage?
  /// Nil: everything is one transaction.
  package var batches: LoadBatches?
  package init() {}
}

/// A load in several transactions, each of which leaves behind how far it came.
package struct LoadBatches: Sendable {
  /// Rows of each transaction.
  package var size: Int
  /// What tells the source, and how it is read, from all others.
  package var source: [UInt8]
  /// Whether a load that was stopped goes on.
  package var resumes: Bool

  package init(of size: Int, from source: [UInt8], resumes: Bool) {
    self.size = size
    self.source = source
    self.resumes = resumes
  }
}

/// Keeps what a load may change, before anything does.
package protocol SafetyCopy: AnyObject, Sendable {
  /// Copies tables of a server, by their quoted names; nobody changes them meanwhile.
  func keep(_ tables: [[UInt8]]) throws(WriteError)
  /// A file for a copy that the target makes itself; it does not exist.
  func makePlace(ending: String) throws(WriteError) -> [UInt8]
}

/// What a load does to one table.
package struct LoadOutcome: Sendable, Equatable {
  package var table: Name
  /// As it is called in the target.
  package var place: [UInt8]
  /// Rows that were there.
  package var existing = 0
  package var created = 0
  package var updated = 0
  package var deleted = 0
  /// Rows of the backup whose key is there and that are left out.
  package var skipped = 0
  /// Whether the table itself is made.
  package var isNew = false

  package init(table: Name, place: [UInt8]) {
    self.table = table
    self.place = place
  }
}

/// A live database as a format that a conversion writes.
package struct LoadFormat: ExportFormat {
  private let session: any LoadSession
  private let options: LoadOptions

  package init(_ session: any LoadSession, _ options: LoadOptions) {
    self.session = session
    self.options = options
  }
  package var id: String { "load" }
  package var summary: String { session.title }
  package var ending: String { "" }
  package var holdsManyTables: Bool { true }
  package var passwordTargets: [PasswordTarget] { PasswordTarget.allCases }
  package func lineage(of tables: [TableSchema], options: WriteOptions) -> Lineage {
    Lineage(tables, session.dialect)
  }

  package func makeWriter(
    to output: Output, tables: [TableSchema], options: WriteOptions
  ) throws(WriteError) -> any RecordWriter & ~Copyable {
    var loading = self.options
    loading.write = options
    return try session.makeWriter(tables, loading)
  }
}
