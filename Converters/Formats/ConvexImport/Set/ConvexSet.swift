package import Conversion
package import Records

/// A set of files as a backup script of Convex writes it: JSON and CSV of each table, a combined file, a summary and a README.
///
/// Documents are those of `ConvexImport`; numbers, bytes and tables of components are what a script's JSON can hold of them.
package struct ConvexSet: ExportFormat {
  package init() {}
  package var id: String { "convex-set" }
  package var summary: String {
    "the files of a Convex backup script: JSON and CSV of each table, a combined file, a summary and a README"
  }
  package var ending: String { "json" }
  package var holdsManyTables: Bool { true }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    guard !output.isSingle else {
      throw WriteError(.unsupported("a set of Convex is a directory: name one that ends with '/', -o DIR/"))
    }
    return try SetWriter(to: output, tables, options)
  }
}

extension ExportFormat where Self == ConvexSet {
  /// The files of a backup script.
  package static var convexSet: ConvexSet { ConvexSet() }
}
