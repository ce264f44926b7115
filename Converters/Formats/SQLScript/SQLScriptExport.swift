internal import Bytes
package import Conversion
package import Records

/// SQL statements that create the tables and fill them, in one of three dialects.
///
/// PostgreSQL gets COPY unless INSERT is asked for. The script is one transaction wherever the dialect has one for tables, holds
/// no time stamp, and so is the same whenever it is written from the same records.
package struct SQLScriptExport: ExportFormat {
  package init() {}
  package var id: String { "sql" }
  package var summary: String { "SQL script for PostgreSQL, SQLite or MySQL" }
  package var ending: String { "sql" }
  package var holdsManyTables: Bool { true }

  package func makeWriter(
    to output: Output, tables: [TableSchema], options: WriteOptions
  ) throws(WriteError) -> any RecordWriter & ~Copyable {
    let schema = try SQLSchema(tables, options.dialect, cycles: options.cycles)
    return SQLScriptWriter(OutputBuffer(try output.openStream(), capacity: 1 << 18), schema, options)
  }
}

extension ExportFormat where Self == SQLScriptExport {
  package static var sqlScript: SQLScriptExport { SQLScriptExport() }
}
