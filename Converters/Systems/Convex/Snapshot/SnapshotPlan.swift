internal import Bytes
internal import Conversion
internal import Diagnostics
internal import JSONStream
internal import Records

/// What the survey of a snapshot export found out that reading needs.
struct SnapshotPlan: Sendable {
  struct Table: Sendable {
    var schema: TableSchema
    var artifact: DetectedArtifact
    var decoder: DocumentDecoder
    /// How the documents lie in what `npx convex data` printed; nil in an export.
    var printed: JSONShape?
  }
  /// Tables with documents.
  var tables: [Table] = []

  /// Reads each table's documents in turn.
  func openRecords(_ input: BackupInput) -> ChainedReader {
    let content = ConvexContent(input)
    let parts = tables.map { table in
      ChainedReader.Part { (findings) throws(ReadError) in
        let path = table.artifact.entry.path
        do throws(ReadError) {
          if let shape = table.printed {
            let reader = try content.printedReader(
              of: table.artifact, table.schema, table.decoder, shape, isFinal: true)
            return LocatedReader(reader, in: path)
          }
          let source = try content.source(of: table.artifact, findings: &findings)
          return LocatedReader(SnapshotReader(source, table.schema, table.decoder, isFinal: true), in: path)
        } catch { throw error.located(in: path) }
      }
    }
    return ChainedReader(parts, keepsRowsBeforeError: input.options.keepsRowsBeforeError)
  }
}
