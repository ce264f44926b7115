package import Bytes
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

  package func lineage(of tables: [TableSchema], options: WriteOptions) -> Lineage { Lineage(tables, options.dialect) }

  package func makeWriter(
    to output: Output, tables: [TableSchema], options: WriteOptions
  ) throws(WriteError) -> any RecordWriter & ~Copyable {
    let schema = try SQLSchema(tables, options.dialect, cycles: options.cycles)
    return SQLScriptWriter(OutputBuffer(try output.openStream(), capacity: 1 << 18), schema, options)
  }
}

/// A script that is a part of a set: others stand around it, and settings and transaction are not its own.
package struct SQLScriptPart: Sendable {
  /// What it begins and ends with.
  package var header: [UInt8]
  package var footer: [UInt8]
  /// Tables that the target has already: they are filled but not made.
  package var existing: Set<Name>

  package init(header: [UInt8], footer: [UInt8], existing: Set<Name> = []) {
    self.header = header
    self.footer = footer
    self.existing = existing
  }
}

extension SQLScriptExport {
  /// A writer of a part to a sink.
  package func makeWriter(
    of part: SQLScriptPart, to sink: consuming any ByteSink & ~Copyable, tables: [TableSchema], options: WriteOptions
  ) throws(WriteError) -> any RecordWriter & ~Copyable {
    let schema = try SQLSchema(tables, options.dialect, cycles: options.cycles)
    return SQLScriptWriter(OutputBuffer(sink, capacity: 1 << 18), schema, options, part: part)
  }
}

extension ExportFormat where Self == SQLScriptExport {
  package static var sqlScript: SQLScriptExport { SQLScriptExport() }
}
