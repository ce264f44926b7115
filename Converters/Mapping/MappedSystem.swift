package import Bytes
package import Conversion
internal import Diagnostics
package import Records

/// A system whose backup is read as a mapping has it, so that whatever converts, loads or compares sees nothing else.
package struct MappedSystem: CastingSystem {
  private let system: any SourceSystem
  private let source: Knowledge
  private let plan: MappingPlan
  /// What the mapping did when the rows were read last.
  package let log: MappingLog

  /// `source` is what the system knows of the backup, to which the plan was fitted.
  package init(_ system: any SourceSystem, _ source: Knowledge, _ plan: MappingPlan) {
    self.system = system
    self.source = source
    self.plan = plan
    log = MappingLog(plan, of: system.id)
  }

  package var id: String { system.id }
  package var title: String { system.title }
  package var summary: String { system.summary }
  package var internalFields: [Name] { system.internalFields }

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    try system.detect(container, toolbox)
  }
  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge { plan.knowledge }

  package func openRecords(
    _ input: BackupInput, _ knowledge: Knowledge
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    log.begin()
    return MappedReader(try system.openRecords(input, source), plan, log)
  }

  package func openOriginals(_ input: BackupInput) throws(ReadError) -> any RecordReader & ~Copyable {
    MappedReader(try system.openRecords(input, source), plan, nil)
  }
  package func original(of table: Name) -> TableSchema? { plan.original(of: table) }
  package var castRefusals: [Refusal] { log.refusals }
  package var tablesWithRefusals: Set<Name> { log.tablesWithRefusals }

  package func openFile(_ object: SchemaObject, _ input: BackupInput) throws(ReadError) -> SharedFile? {
    try system.openFile(object, input)
  }
}
