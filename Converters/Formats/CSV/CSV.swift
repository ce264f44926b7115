package import Bytes
package import Conversion
package import Records

/// CSV (RFC 4180) and its kin with another delimiter.
package struct CSV: ImportFormat, ExportFormat {
  package let id: String
  package let summary: String
  package let ending: String
  /// Separates fields; nil: detected when reading, a comma when writing.
  let delimiter: UInt8?
  /// The schema file of lossless CSV, when there is one beside the data.
  var sidecar: CSVSidecar?

  package var endings: [String] { id == "csv" ? ["csv", "tsv", "tab"] : [ending] }
  package var holdsManyTables: Bool { false }

  private static let nul: [UInt8] = [0]
  /// First bytes in which NULs are counted.
  private static let nulSample = 4096

  package func confidence(_ head: [UInt8]) -> Double {
    guard !head.isEmpty else { return 0 }
    let isWhole = head.count < CSVReader.headSize
    let start = TextEncoding.byteOrderMark(head)?.count ?? 0
    let text = head.span.extracting(start..<head.count)
    // A NUL is a character like any other, but where there are many the bytes are no text.
    let hasNUL = firstOffset(of: Self.nul.span, in: text) != nil
    if hasNUL {
      let sample = head.prefix(Self.nulSample)
      guard sample.count(where: { $0 == 0 }) * 4 <= sample.count else { return 0 }
    }
    // Other formats begin like this; a CSV file hardly ever does, and then its name has to say so.
    if hasNUL || (text.count > 0 && [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "<")].contains(text[0])) {
      let header = head[start...].prefix { $0 != UInt8(ascii: "\n") }
      return delimiter.map { header.contains($0) } ?? true ? 0.05 : 0
    }
    let (found, shape) = detectDelimiter(text, isWhole: isWhole)
    guard delimiter == nil || delimiter == found else { return 0 }
    // Two columns at least, and a header whose fields have names (the first may lack one: an index).
    guard shape.headerFields > 1, shape.emptyHeaderFields < 2 else { return shape.headerFields == 1 ? 0.1 : 0.05 }
    if shape.records == 0 { return 0.3 }
    if shape.agreeing == shape.records { return shape.records > 1 ? 0.8 : 0.6 }
    return shape.agreeing * 10 >= shape.records * 9 ? 0.5 : 0.2
  }

  package func makeReader(
    from source: consuming any ByteSource & ~Copyable, name: Name, tables: [TableSchema], options: ReadOptions
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    CSVReader(
      source, name: name, delimiter: delimiter, sidecar: sidecar, tables: tables, isRagged: options.isRagged)
  }

  package func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  {
    try CSVWriter(
      to: output, tables: tables, ending: ending, delimiter: delimiter ?? UInt8(ascii: ","), style: options.csv,
      marksByteOrder: options.writesByteOrderMark)
  }
}

extension CSV {
  /// CSV with commas, whose delimiter is detected when it is read.
  static let commas = CSV(
    id: "csv", summary: "CSV (RFC 4180) with a header; plain, lossless or for spreadsheets", ending: "csv",
    delimiter: nil)
  static let tabs = CSV(
    id: "tsv", summary: "CSV with tabs between the fields", ending: "tsv", delimiter: UInt8(ascii: "\t"))
}

extension CSV {
  /// Lossless CSV that is read by the schema file beside it.
  package static func lossless(_ sidecar: CSVSidecar) -> CSV {
    var format = commas
    format.sidecar = sidecar
    return format
  }
}

extension ImportFormat where Self == CSV {
  /// CSV whose delimiter is detected.
  package static var csv: CSV { .commas }
  /// Fields separated by tabs.
  package static var tsv: CSV { .tabs }
}

extension ExportFormat where Self == CSV {
  /// Fields separated by commas.
  package static var csv: CSV { .commas }
  /// Fields separated by tabs.
  package static var tsv: CSV { .tabs }
}
