internal import Bytes
internal import Conversion
internal import Diagnostics
internal import JSONStream
internal import Records

/// How the rows of a backup become rows of tables; made by the survey, used by the reader.
struct PrismaPlan: Sendable {
  /// One JSON text and what becomes of its tables.
  struct Document: Sendable {
    var source: DocumentSource
    /// All tables of the text with the columns they have there.
    var rawTables: [TableSchema]
    /// Those that are kept, by their raw names.
    var tables: [Name: Table]
    /// Where it holds large files, which need not be read again for the rows.
    var filePlaces: [Range<Int>] = []
  }
  /// How the rows of one raw table become rows of a table.
  struct Table: Sendable {
    var schema: TableSchema
    /// The raw column of each column; -1: no row has it.
    var sources: [Int]
    var decodings: [PrismaDecoding]
    /// Whether batches are handed on as they are.
    var isDirect: Bool
    /// Files that lie elsewhere, by the raw columns in whose cells they stood: the row, counted from the array's first, and what
    /// stands there instead.
    var files: [Int: [(row: Int, text: [UInt8])]] = [:]

    /// The column that shows a raw column's values as they are; nil when they become bytes, or nothing.
    func fileColumn(_ raw: Int) -> Name? {
      guard let column = sources.firstIndex(of: raw), decodings[column] != .bytes else { return nil }
      return schema.columns[column].name
    }
  }
  var documents: [Document] = []
}

/// Where a JSON text is.
enum DocumentSource: Sendable {
  case file(DetectedArtifact)
  /// Rows that were nested in others, collected by the survey: an array of objects.
  case nested(NestedRows)
  /// Rows of one table that stood among those of others.
  case tagged(NestedRows)

  var artifact: DetectedArtifact? { if case .file(let artifact) = self { artifact } else { nil } }
}

/// Opens the JSON texts of a backup.
struct PrismaContent: Sendable {
  let input: BackupInput

  init(_ input: BackupInput) { self.input = input }

  var files: [DetectedArtifact] { input.backup.artifacts.filter { $0.role == .data } }

  /// The rows of a file whose records name their tables, table by table.
  func split(_ artifact: DetectedArtifact, _ findings: inout [Finding]) throws(ReadError) -> [DocumentSource] {
    let content = try input.toolbox.open(
      artifact.entry, in: input.container, options: input.options, headCount: 1 << 16)
    findings += content.findings
    guard let (key, _) = TaggedRecords.sight(content.head) else {
      throw ReadError(.unrecognised("records name no tables"), artifact: artifact.entry.path)
    }
    var records = TaggedRecords(content.text())
    do throws(ReadError) { return try records.split(by: key).map { .tagged($0) } } catch {
      throw error.located(in: artifact.entry.path)
    }
  }

  /// A reader of raw rows; `tables` empty: columns are found while reading. `files` takes those of envelopes that are large; they
  /// are at `filePlaces` when that is known.
  func open(
    _ source: DocumentSource, _ tables: [TableSchema], _ findings: inout [Finding], files: EmbeddedFileSink? = nil,
    filePlaces: [Range<Int>] = []
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    switch source {
    case .file(let artifact):
      let content = try input.toolbox.open(artifact.entry, in: input.container, options: input.options)
      findings += content.findings
      var reader = JSONRecordReader(
        content.text(), name: artifact.table ?? "", tables: tables, namesByPath: true)
      reader.memberSink = files
      reader.knownPlaces = filePlaces
      return LocatedReader(reader, in: artifact.entry.path)
    case .nested(let rows), .tagged(let rows):
      return JSONRecordReader(rows.open(), name: rows.name, tables: tables, namesByPath: true)
    }
  }
}
