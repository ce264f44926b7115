internal import Bytes
package import Conversion
package import Records

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
    var survey = SupabaseSurvey(input, nil)
    return try survey.run()
  }

  package func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError)
    -> any RecordReader & ~Copyable
  {
    throw ReadError(.refused("rows of Supabase dumps cannot be read yet"))
  }
}

extension SourceSystem where Self == Supabase {
  /// Supabase projects.
  package static var supabase: Self { Supabase() }
}
