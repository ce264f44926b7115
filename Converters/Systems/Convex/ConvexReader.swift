internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// What the survey found out that reading needs.
struct ConvexPlan: Sendable {
  /// Tables with files of their own, and the files.
  var tables: [(schema: TableSchema, artifact: DetectedArtifact)] = []
  /// All tables of the combined file with the columns it has.
  var combinedTables: [TableSchema] = []
  /// Those of them whose rows are in no other file.
  var onlyCombined: Set<Name> = []
}

/// Reads the rows of a backup: each table's file in turn, then what only the combined file holds.
///
/// An error in one file is thrown after the rows of the others when rows before errors are to be kept, else at once.
struct ConvexReader: RecordReader, ~Copyable {
  private let content: ConvexContent
  private let plan: ConvexPlan
  private var next = 0
  private var reader: (any RecordReader & ~Copyable)?
  private var artifact: DetectedArtifact?
  private var isCombined = false
  private var failure: ReadError?
  /// Why a file ended early whose other rows were kept.
  private var deferred: ReadError?
  private var notes: [Finding] = []

  init(_ input: BackupInput, _ plan: ConvexPlan) {
    content = ConvexContent(input)
    self.plan = plan
  }

  var findings: [Finding] { notes }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    if let failure { throw failure }
    while true {
      do throws(ReadError) {
        if reader == nil, try !openNext() { break }
        if let schema = try reader?.nextTable() {
          if !isCombined || plan.onlyCombined.contains(schema.name) { return schema }
          try passOver()
        } else {
          close()
        }
      } catch { try note(error) }
    }
    failure = deferred
    if let failure { throw failure }
    return nil
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    if let failure { throw failure }
    do throws(ReadError) {
      if let more = try reader?.read(into: &batch) { return more }
    } catch { try note(error) }
    batch.removeAll(columnCount: 0)
    return false
  }

  /// Opens the next file; false when there is none.
  private mutating func openNext() throws(ReadError) -> Bool {
    if next < plan.tables.count {
      let (schema, file) = plan.tables[next]
      next += 1
      artifact = file
      reader = try content.openReader(of: file, [schema], findings: &notes)
      return true
    }
    guard !isCombined, !plan.onlyCombined.isEmpty, let file = content.combined else { return false }
    isCombined = true
    artifact = file
    reader = try content.openReader(of: file, plan.combinedTables, findings: &notes)
    return true
  }

  private mutating func passOver() throws(ReadError) {
    var batch = RecordBatch(capacity: 1 << 16)
    while try reader?.read(into: &batch) == true {}
  }

  private mutating func close() {
    let found = reader?.findings ?? []
    let path = artifact?.entry.path
    notes += found.map { finding in
      var finding = finding
      finding.artifact = finding.artifact ?? path
      return finding
    }
    reader = nil
  }

  /// Ends a file at an error.
  private mutating func note(_ error: ReadError) throws(ReadError) {
    close()
    let error = artifact.map { error.located(in: $0.entry.path) } ?? error
    guard content.input.options.keepsRowsBeforeError, !error.isInterruption else {
      failure = error
      throw error
    }
    deferred = deferred ?? error
  }
}

extension ReadError {
  /// Whether the user stopped the reading, so that nothing else should be tried.
  var isInterruption: Bool {
    if case .io(let error) = code { error.isInterruption } else { false }
  }
}
