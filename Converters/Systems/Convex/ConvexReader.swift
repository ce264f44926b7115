internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// What the survey found out that reading needs.
struct ConvexPlan: Sendable {
  /// Tables with files of their own, and the files.
  var tables: [(schema: TableSchema, artifact: DetectedArtifact)] = []
  /// All tables of the combined file with the columns it has.
  var combinedTables: [TableSchema] = []
  /// Those of them whose rows are in no other file.
  var onlyCombined: Set<Name> = []
}

/// Reads the rows of a backup: each table's file in turn, then what only the combined file holds.
func convexReader(_ input: BackupInput, _ plan: ConvexPlan) -> ChainedReader {
  let content = ConvexContent(input)
  var parts = plan.tables.map { schema, file in part(content, file, [schema]) }
  if !plan.onlyCombined.isEmpty, let file = content.combined {
    parts.append(part(content, file, plan.combinedTables, only: plan.onlyCombined))
  }
  return ChainedReader(parts, keepsRowsBeforeError: input.options.keepsRowsBeforeError)
}

private func part(
  _ content: ConvexContent, _ file: DetectedArtifact, _ tables: [TableSchema], only: Set<Name>? = nil
) -> ChainedReader.Part {
  ChainedReader.Part(only: only) { (findings) throws(ReadError) in
    do throws(ReadError) {
      return LocatedReader(try content.openReader(of: file, tables, findings: &findings), in: file.entry.path)
    } catch { throw error.located(in: file.entry.path) }
  }
}
