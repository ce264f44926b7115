package import Conversion
package import Records

/// A workbook of Excel: a sheet for each table, with a header, numbers, dates and truth values as such, and no formulas.
///
/// It is written without libxlsxwriter: that prints numbers with 16 digits, which changes every second float, leaves texts that look
/// like its own escapes and characters that XML has not as they are, and holds a file open for each sheet.
package struct XLSX: ExportFormat {
  package init() {}
  package var id: String { "xlsx" }
  package var summary: String { "a workbook for Excel and other spreadsheets: a sheet for each table" }
  package var ending: String { "xlsx" }
  package var holdsManyTables: Bool { true }
  package var writesArchive: Bool { true }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    try WorkbookWriter(to: output, tables)
  }
}

extension ExportFormat where Self == XLSX {
  /// A workbook.
  package static var xlsx: XLSX { XLSX() }
}
