package import Conversion
package import Records

/// What seeds a database of an application with Prisma: a draft of its `schema.prisma`, the rows as JSON in the layout of a complete
/// backup, and a script that inserts them by Prisma's client.
package struct PrismaSeed: ExportFormat {
  package init() {}
  package var id: String { "prisma" }
  package var summary: String {
    "a Prisma seed: a draft of schema.prisma, the rows as JSON, and a script that inserts them in the order of references"
  }
  package var ending: String { "json" }
  package var holdsManyTables: Bool { true }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    guard !output.isSingle else {
      throw WriteError(.unsupported("a seed of Prisma is a directory: name one that ends with '/', -o DIR/"))
    }
    return try SeedWriter(to: output, DraftPlan(tables, options.dialect), options)
  }
}

extension ExportFormat where Self == PrismaSeed {
  /// A seed of Prisma.
  package static var prismaSeed: PrismaSeed { PrismaSeed() }
}
