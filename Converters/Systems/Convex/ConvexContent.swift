internal import Bytes
internal import Conversion
internal import Diagnostics
internal import JSONStream
internal import Records

/// The files of one backup and how they are read.
struct ConvexContent: Sendable {
  let input: BackupInput
  init(_ input: BackupInput) { self.input = input }

  /// The files of a role.
  func artifacts(_ role: ArtifactRole) -> [DetectedArtifact] { input.backup.artifacts.filter { $0.role == role } }

  /// Files with the rows of one table each.
  var tableFiles: [DetectedArtifact] { artifacts(.data).filter { $0.table != nil } }

  /// The file with all tables; nil when there is none.
  var combined: DetectedArtifact? { input.backup.artifacts.first { isCombined($0) } }

  private func isCombined(_ artifact: DetectedArtifact) -> Bool {
    artifact.role == .combined || artifact.role == .data && artifact.table == nil
  }

  /// Reads all records of a file; `body` is called for each batch with the schema of its run. With `tables` the columns are
  /// known, otherwise they are found while reading.
  func forEachBatch(
    of artifact: DetectedArtifact, _ tables: [TableSchema] = [], findings: inout [Finding],
    _ body: (TableSchema, inout RecordBatch) throws(ReadError) -> Void
  ) throws(ReadError) {
    try forEachBatch(try openReader(of: artifact, tables, findings: &findings), of: artifact, findings: &findings, body)
  }

  /// The same for a reader of the file.
  func forEachBatch(
    _ reader: consuming any RecordReader & ~Copyable, of artifact: DetectedArtifact, findings: inout [Finding],
    _ body: (TableSchema, inout RecordBatch) throws(ReadError) -> Void
  ) throws(ReadError) {
    let ahead = ReadAhead.start(reader)
    var failed: ReadError?
    do throws(ReadError) { try take(ahead, body) } catch { failed = error }
    let end = ahead.finish()
    findings += end.findings.map { finding in
      var finding = finding
      finding.artifact = finding.artifact ?? artifact.entry.path
      return finding
    }
    if case .read(let error) = end.failure, failed == nil { failed = error }
    if let failed { throw failed.located(in: artifact.entry.path) }
  }

  /// Hands the batches on, which are parsed on another thread.
  private func take(
    _ ahead: ReadAhead, _ body: (TableSchema, inout RecordBatch) throws(ReadError) -> Void
  ) throws(ReadError) {
    var table: TableSchema?, isEmpty = false
    // A run without rows is told too: its table exists.
    func tellEmpty() throws(ReadError) {
      guard let table, isEmpty else { return }
      var batch = RecordBatch(capacity: 0)
      batch.removeAll(columnCount: table.columns.count)
      try body(table, &batch)
    }
    while let item = ahead.next() {
      switch item {
      case .begin(let next):
        try tellEmpty()
        (table, isEmpty) = (next, true)
      case .rows(let box):
        isEmpty = false
        if let table { try body(table, &box.batch) }
        ahead.recycle(box)
      }
    }
    try tellEmpty()
  }

  /// A reader of a file, and what had to be done to get at its text.
  func openReader(
    of artifact: DetectedArtifact, _ tables: [TableSchema], findings: inout [Finding]
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    var options = input.options
    // What is said of a lone CSV file's encoding does not hold for the JSON beside it.
    if input.backup.kind == ConvexLoneCSV.kind, !artifact.isText { options.encoding = nil }
    var content = try input.toolbox.open(artifact.entry, in: input.container, options: options, headCount: 1 << 16)
    if !artifact.isText { content = content.skippingNoise(in: artifact.entry.path, ConvexHead.isConvex) }
    findings += content.findings
    // The survey may have found the table's exact name.
    let name = artifact.table == nil ? "" : tables.first?.name ?? artifact.table ?? ""
    if artifact.isText, let format = input.toolbox.importFormats.first(where: { $0.id == artifact.format }) {
      return try format.makeReader(from: content.text(), name: name, tables: tables, options: options)
    }
    return JSONRecordReader(
      content.text(), name: name, shape: artifact.format == "jsonl" ? .lines : .document, tables: tables)
  }

  /// The plain bytes of a file.
  func source(of artifact: DetectedArtifact, findings: inout [Finding]) throws(ReadError) -> any ByteSource & ~Copyable
  {
    let content = try input.toolbox.open(artifact.entry, in: input.container, options: ReadOptions())
    findings += content.findings
    return content.text()
  }

  /// A reader of the documents that `npx convex data` printed into a file.
  func printedReader(
    of artifact: DetectedArtifact, _ schema: TableSchema, _ decoder: DocumentDecoder, _ shape: JSONShape, isFinal: Bool
  ) throws(ReadError) -> PrintedReader {
    let input = input
    return try PrintedReader(schema, decoder, shape: shape, isFinal: isFinal) { () throws(ReadError) in
      try input.toolbox.open(artifact.entry, in: input.container, options: input.options).text()
    }
  }

  /// A file's whole text; nil when it is longer than `limit` or no text.
  func text(of artifact: DetectedArtifact, limit: Int) throws(ReadError) -> [UInt8]? {
    let content = try input.toolbox.open(artifact.entry, in: input.container, options: input.options)
    var source = content.text()
    let bytes: [UInt8]
    do throws(IOError) {
      bytes = try readAll(&source, limit: limit)
    } catch {
      if error.errno == tooLargeError { return nil }
      throw ReadError(.io(error), artifact: artifact.entry.path)
    }
    return bytes.contains(0) ? nil : bytes
  }
}

extension DetectedArtifact {
  /// Whether its format has no kinds of values but text.
  var isText: Bool { format == "csv" || format == "tsv" }
}

/// The system's number of "file too large", which `readAll` reports for more bytes than its limit.
private let tooLargeError: Int32 = 27
