package import Conversion
package import Records

/// A report of a backup in Markdown: for people, not for reading back.
package struct Markdown: ExportFormat {
  package init() {}
  package var id: String { "md" }
  package var summary: String { "Markdown: a report of tables, columns, keys and first records" }
  package var ending: String { "md" }
  package var holdsManyTables: Bool { true }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    MarkdownWriter(to: output, tables: tables, title: options.title, ending: ending)
  }
}

extension ExportFormat where Self == Markdown {
  /// A report in Markdown.
  package static var markdown: Markdown { Markdown() }
}
