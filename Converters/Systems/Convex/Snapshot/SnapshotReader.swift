internal import Bytes
internal import Conversion
internal import Diagnostics
internal import JSONStream
internal import Records

/// Reads the documents of one table of a snapshot export.
struct SnapshotReader: RecordReader, ~Copyable {
  private var reader: JSONRecordReader
  private var decoder: DocumentDecoder
  private let table: Name
  private let isFinal: Bool

  /// A reader of JSON Lines, or an array; `schema` is complete when the columns are known, else it only gives the name.
  init(
    _ source: consuming any ByteSource & ~Copyable, _ schema: TableSchema, _ decoder: DocumentDecoder,
    shape: JSONShape = .lines, isFinal: Bool
  ) {
    reader = JSONRecordReader(source, name: schema.name, shape: shape, tables: isFinal ? [schema] : [])
    self.decoder = decoder
    self.isFinal = isFinal
    table = schema.name
  }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    do throws(ReadError) {
      let next = try reader.nextTable()
      if let next { decoder.begin(next, isFinal: isFinal) }
      return next
    } catch {
      // A table without documents is an empty file.
      if case .empty = error.code { return nil }
      throw error
    }
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    guard try reader.read(into: &batch) else { return false }
    decoder.decode(&batch)
    return true
  }

  var findings: [Finding] {
    guard decoder.unfitCount > 0 else { return reader.findings }
    return reader.findings + [
      Finding(
        "value-unfit", .error,
        "values of '\(displayed(table))' are not what their shape or tag says and stay as they are",
        advice: "the export was edited or damaged: compare it with the original", table: table,
        count: decoder.unfitCount)
    ]
  }
}
