package import Bytes
package import Conversion
package import Records
internal import SQLDump

/// Backups of Supabase projects: dumps of its command line and dashboard, folders that scripts made, and project trees.
package struct Supabase: SourceSystem {
  package init() {}
  package var id: String { "supabase" }
  package var title: String { "Supabase" }
  package var summary: String {
    "folders of scripts, sets of `supabase db dump`, dashboard backups, migrations and edge functions"
  }

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    SupabaseDetection(container, toolbox).backups()
  }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    var dumps = try DumpSet(input)
    guard !dumps.isEmpty else {
      var survey = SupabaseSurvey(input, nil)
      return try survey.run()
    }
    var twins = try TwinCheck(input, dumps.surveyed.knowledge.tables)
    try dumps.compareRows(&twins)
    var survey = SupabaseSurvey(input, dumps.surveyed)
    var knowledge = try survey.run()
    knowledge.claims += twins.claims
    knowledge.findings += twins.findings
    knowledge.details = dumps
    if knowledge.mayHideReferences(ofOwn: PlatformSchemas.isApplication), dumps.rowCount > 0 {
      try knowledge.inferReferences(from: dumps.openRecords(knowledge.tables))
    }
    return knowledge
  }

  package func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError)
    -> any RecordReader & ~Copyable
  {
    guard let dumps = knowledge.details as? DumpSet else {
      throw ReadError(.refused("the survey of another system cannot be used to read a Supabase backup"))
    }
    return dumps.openRecords(knowledge.tables)
  }

  package func openFile(_ object: SchemaObject, _ input: BackupInput) throws(ReadError) -> SharedFile? {
    let path = object.attribute("artifact")
    guard object.kind == "large-object",
      let artifact = input.backup.artifacts.first(where: { $0.entry.path == path }),
      let dump = try SQLDump(artifact.entry, in: input.container, input.toolbox, input.options)
    else { return nil }
    return try dump.openLargeObject(object.name)
  }
}

extension SourceSystem where Self == Supabase {
  /// Supabase projects.
  package static var supabase: Self { Supabase() }
}
