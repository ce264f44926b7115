internal import Bytes
package import Conversion
internal import Diagnostics
internal import JSONStream
package import Records
internal import SQLiteFile

/// Backups of Django projects: `dumpdata` fixtures in JSON, JSON Lines, XML and YAML, and hand-made exports in JSON.
package struct Django: SourceSystem {
  package init() {}
  package var id: String { "django" }
  package var title: String { "Django" }
  package var summary: String { "dumpdata fixtures (JSON, JSON Lines, XML, YAML), user data backups and db.sqlite3" }

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    var backups = DjangoDatabase.detect(container, toolbox, system: id)
    for entry in container.entries {
      // What cannot be opened is no Django document as far as we can see; whoever opens it later says why.
      guard let text = try? DjangoText(container, entry, toolbox, ReadOptions()), let seen = text.sighting else {
        continue
      }
      var artifacts = [DetectedArtifact(entry, .data, format: seen.document.format)]
      if seen.document == .userData { artifacts += ScriptReadme.documents(container, beside: entry) }
      backups.append(
        DetectedBackup(
          system: id, kind: seen.document.rawValue, confidence: seen.confidence, evidence: seen.evidence,
          artifacts: artifacts.sorted { $0.entry.path.lexicographicallyPrecedes($1.entry.path) },
          takenAt: takenAt(entry, seen)))
    }
    return backups
  }

  /// The date inside, else the one in the file's name, else the file's own.
  private func takenAt(_ entry: ContainerEntry, _ seen: DjangoDocument.Sighting) -> TakenAt? {
    if let date = DateText(seen.exportDate.span), date.kind == .timestamp || date.kind == .timestamptz {
      return TakenAt(microseconds: date.microseconds, hasZone: date.kind == .timestamptz, origin: "content")
    }
    let name = entry.path.lastPathComponent
    if let stamp = FileStamp(in: name.span) {
      return TakenAt(microseconds: stamp.microseconds, hasZone: stamp.hasZone, origin: "name")
    }
    return entry.modified.map { TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified") }
  }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    if input.backup.kind == DjangoDatabase.kind { return try DjangoDatabase.survey(input) }
    var survey = try DjangoSurvey(input)
    return try survey.run()
  }

  package func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError)
    -> any RecordReader & ~Copyable
  {
    if input.backup.kind == DjangoDatabase.kind { return try SQLiteFile.openRecords(input, knowledge) }
    guard let plan = knowledge.details as? DjangoPlan else {
      throw ReadError(.refused("the survey of another system cannot be used to read a Django backup"))
    }
    var content = try DjangoContent(input)
    content.outline = plan.outline
    content.lines = plan.lines
    return DjangoReader(try content.openRows(plan.rawTables), plan)
  }
}

extension SourceSystem where Self == Django {
  /// Django projects.
  package static var django: Self { Django() }
}
