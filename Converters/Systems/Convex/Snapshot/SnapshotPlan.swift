internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// What the survey of a snapshot export found out that reading needs.
struct SnapshotPlan: Sendable {
  struct Table: Sendable {
    var schema: TableSchema
    var artifact: DetectedArtifact
    var decoder: DocumentDecoder
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
          let source = try content.source(of: table.artifact, findings: &findings)
          return LocatedReader(SnapshotReader(source, table.schema, table.decoder, isFinal: true), in: path)
        } catch { throw error.located(in: path) }
      }
    }
    return ChainedReader(parts, keepsRowsBeforeError: input.options.keepsRowsBeforeError)
  }
}
