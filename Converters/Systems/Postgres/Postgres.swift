internal import Bytes
package import Conversion
internal import Diagnostics
package import Records
internal import SQLDump
internal import SQLText

/// Dumps of PostgreSQL: what pg_dump and pg_dumpall write, and scripts in its SQL.
package struct Postgres: SourceSystem {
  package init() {}
  package var id: String { "postgres" }
  package var title: String { "PostgreSQL" }
  package var summary: String { "pg_dump in every form, pg_dumpall, SQL scripts" }

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    var backups: [DetectedBackup] = []
    for entry in container.entries {
      guard let dump = try? SQLDump(entry, in: container, toolbox, ReadOptions()), dump.sniff.syntax.family == .postgres
      else { continue }
      backups.append(
        DetectedBackup(
          system: id, kind: dump.sniff.producer.rawValue, confidence: dump.sniff.confidence,
          evidence: ["first lines are those of a \(dump.sniff.producer.rawValue)"],
          artifacts: [DetectedArtifact(entry, .data, format: "sql")], takenAt: takenAt(entry)))
    }
    return backups
  }

  private func takenAt(_ entry: ContainerEntry) -> TakenAt? {
    if let stamp = FileStamp(in: entry.path.lastPathComponent.span) {
      return TakenAt(microseconds: stamp.microseconds, hasZone: stamp.hasZone, origin: "name")
    }
    return entry.modified.map { TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified") }
  }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    let survey = try SQLDumpSurvey(dump(input), keepsRowsBeforeError: input.options.keepsRowsBeforeError)
    var knowledge = Knowledge(tables: survey.tables)
    knowledge.objects = survey.objects
    knowledge.findings = survey.findings
    knowledge.unverifiedForeignKeys = survey.unverifiedForeignKeys
    knowledge.attributes = [("holds", Array(survey.holding.rawValue.utf8))]
    return knowledge
  }

  package func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError)
    -> any RecordReader & ~Copyable
  {
    try dump(input).openRecords(knowledge.tables)
  }

  private func dump(_ input: BackupInput) throws(ReadError) -> SQLDump {
    guard let artifact = input.backup.artifacts.first(where: { $0.role == .data }),
      let dump = try SQLDump(artifact.entry, in: input.container, input.toolbox, input.options)
    else { throw ReadError(.unrecognised("backup holds no dump"), artifact: input.container.path) }
    return dump
  }
}

extension SourceSystem where Self == Postgres {
  /// Dumps of PostgreSQL.
  package static var postgres: Self { Postgres() }
}
