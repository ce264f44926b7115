package import Conversion
package import Records

/// A zip that `npx convex import` takes: an export of Convex of the uniform generation, made of whatever backup.
package struct ConvexImport: ExportFormat {
  package init() {}
  package var id: String { "convex" }
  package var summary: String { "zip for npx convex import: documents with ids, references among them" }
  package var ending: String { "zip" }
  package var holdsManyTables: Bool { true }
  package var writesArchive: Bool { true }

  package var system: String? { "convex" }

  package func lineage(of tables: [TableSchema], options: WriteOptions) -> Lineage {
    ImportPlan(tables, isExport: Self.isExport(options)).lineage
  }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    try ImportWriter(to: output, ImportPlan(tables, isExport: Self.isExport(options)))
  }

  /// Whether rows come from an export of Convex, so that the kinds of all numbers are Convex's own.
  static func isExport(_ options: WriteOptions) -> Bool {
    options.attributes.contains { $0.name == "generation" }
  }
}

extension ExportFormat where Self == ConvexImport {
  /// A zip for `npx convex import`.
  package static var convexImport: ConvexImport { ConvexImport() }
}
