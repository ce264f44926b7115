package import Bytes
package import CatalogModel
package import CatalogStore
package import Conversion
internal import Diagnostics
package import Records

/// A registered backup out of the catalog alone: its tables as they were registered, its rows out of the row index of its lineage.
///
/// Values that the catalog does not hold are missing, named and counted: secrets, and what was too large to be kept.
package struct CatalogSystem: SourceSystem {
  /// How values are handed out that are known by digests only.
  package enum Unknowns: Sendable {
    /// They are missing.
    case missing
    /// By what tells them from others, so that rows can be compared.
    case marks
  }
  let catalog: any CatalogStore
  package let backup: Backup
  let lineage: Key<CatalogModel.Lineage>
  let contents: BackupContents
  let unknowns: Unknowns
  /// Only rows that this backup of the lineage does not hold as they are.
  let base: Key<Backup>?
  /// What the rows lacked when they were read last.
  package let log = CatalogLog()
  package let internalFields: [Name]

  /// A backup whose rows are kept in full; throws when they are not. `internalFields`: those of the system that made it.
  package init(
    _ catalog: any CatalogStore, _ backup: Backup, internalFields: [Name] = [], unknowns: Unknowns = .missing,
    without base: Key<Backup>? = nil
  ) throws(CatalogError) {
    guard let lineage = backup.lineage, backup.indexing == .full else {
      throw CatalogError(
        .notFound("rows of backup \(backup.id.short) in the catalog, which was registered without them"))
    }
    self.catalog = catalog
    self.backup = backup
    self.lineage = lineage
    self.unknowns = unknowns
    self.base = base
    self.internalFields = internalFields
    contents = try catalog.read { (reader) throws(CatalogError) in
      try reader.contents(of: backup.key, [.columns, .objects, .documents])
    }
  }

  package var id: String { backup.system }
  package var title: String { backup.system }
  package var summary: String { "the catalog" }

  /// What reading it takes.
  package func input(_ toolbox: Toolbox, _ options: ReadOptions) -> BackupInput {
    let detected = DetectedBackup(
      system: backup.system, kind: backup.kind, confidence: 1, evidence: ["it is in the catalog"], artifacts: [],
      projectName: backup.project)
    return BackupInput(
      backup: detected, container: NoFiles(path: Array("backup \(backup.id.short) in the catalog".utf8)),
      toolbox: toolbox, options: options)
  }

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] { [] }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    var knowledge = Knowledge(tables: tables)
    knowledge.objects = contents.objects
    knowledge.documents = contents.documents.map { (artifact: $0.path, text: $0.text) }
    knowledge.attributes = backup.attributes.map { (name: $0.name, value: $0.value) }
    for table in contents.tables {
      for key in table.foreignKeys where key.isVerified == false {
        knowledge.unverifiedForeignKeys.append(
          UnverifiedForeignKey(
            table: table.name, key: key.key,
            reason: contents.tables.contains { $0.name == key.key.table } ? .dangling : .missingTable,
            count: Int(key.danglingCount ?? 0)))
      }
    }
    return knowledge
  }

  package func openRecords(
    _ input: BackupInput, _ knowledge: Knowledge
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    log.begin()
    return try CatalogRowReader(self, tables: tables)
  }

  /// The tables as they were registered. Secrets are not there, so that their columns may be empty.
  var tables: [TableSchema] {
    contents.tables.map { table in
      var schema = TableSchema(
        table.name, table.columns.map { Column($0, hidesSecrets: unknowns == .missing) }, primaryKey: table.primaryKey,
        uniqueKeys: table.uniqueKeys, foreignKeys: table.foreignKeys.filter { $0.isVerified != false }.map(\.key),
        indexes: table.indexes)
      schema.namespace = namespace(of: table.name)
      return schema
    }
  }

  /// The schema that a name of PostgreSQL begins with.
  private func namespace(of name: Name) -> Name? {
    guard ["postgres", "supabase"].contains(backup.system), let dot = name.bytes.firstIndex(of: UInt8(ascii: ".")),
      dot > 0, dot + 1 < name.bytes.count
    else { return nil }
    return Name(Array(name.bytes[..<dot]))
  }
}

extension Column {
  fileprivate init(_ column: CatalogColumn, hidesSecrets: Bool) {
    self.init(
      column.name, LogicalType(word: column.type) ?? .text,
      isNullable: column.isNullable || hidesSecrets && column.isSecret, maximumLength: column.maximumLength,
      isSecret: column.isSecret, isIdentity: column.isIdentity)
  }
}

/// In place of the files that are not needed.
private struct NoFiles: BackupContainer {
  let path: [UInt8]
  var isDirectory: Bool { true }
  var entries: [ContainerEntry] { [] }
  var findings: [Finding] { [] }
  func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable {
    throw IOError("open", path: path, detail: "only its rows are in the catalog")
  }
}
