internal import Bytes
package import Conversion
package import Records

/// A SQLite database file, loaded through prepared statements.
///
/// Tables are STRICT, and how values are stored follows from that: integers and booleans (0 and 1) as INTEGER, floats as REAL,
/// bytes as BLOB, all else as TEXT with every digit and letter kept: decimals, dates and times, UUIDs, JSON. NaN becomes NULL,
/// for SQLite has none; infinities are stored. U+0000 in a text is stored like any other character.
package struct SQLiteExport: ExportFormat {
  package init() {}
  package var id: String { "sqlite" }
  package var summary: String { "SQLite database file" }
  package var ending: String { "sqlite" }
  package var holdsManyTables: Bool { true }

  package func lineage(of tables: [TableSchema], options: WriteOptions) -> Lineage { Lineage(tables, .sqlite) }

  package func makeWriter(
    to output: Output, tables: [TableSchema], options: WriteOptions
  ) throws(WriteError) -> any RecordWriter & ~Copyable {
    guard options.writesSchema else {
      throw WriteError(.unsupported("a SQLite file needs its tables: leave --data-only out"))
    }
    return try SQLiteWriter(output, SQLSchema(tables, .sqlite, cycles: options.cycles), writesData: options.writesData)
  }
}

extension ExportFormat where Self == SQLiteExport {
  package static var sqlite: SQLiteExport { SQLiteExport() }
}
