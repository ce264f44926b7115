internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records
internal import SQLDump

/// The dumps of one backup: what each holds, and all of them as one database.
struct DumpSet: Sendable {
  private let input: BackupInput
  /// In the order in which they are restored.
  private var dumps: [(dump: SQLDump, survey: SQLDumpSurvey)] = []
  /// Dumps that hold the same once more.
  private var witnesses: [DumpWitness] = []
  private(set) var surveyed = SurveyedDump()

  /// Reads every dump once.
  init(_ input: BackupInput) throws(ReadError) {
    self.input = input
    for artifact in input.backup.artifacts where Self.isDump(artifact) || isRoles(artifact) { try open(artifact) }
    // Definitions before rows, whatever the files are called.
    dumps.sort { $0.survey.declaredCount > $1.survey.declaredCount }
    merge()
  }

  var isEmpty: Bool { dumps.isEmpty }
  /// Rows of all dumps.
  var rowCount: Int { surveyed.rows.values.reduce(0, +) }

  /// Whether an artifact is a dump of the database or a part of it.
  static func isDump(_ artifact: DetectedArtifact) -> Bool {
    ["sql", "pg_dump"].contains(artifact.format) && [.data, .twin, .combined].contains(artifact.role)
  }

  /// Whether an artifact holds the roles of the cluster.
  private func isRoles(_ artifact: DetectedArtifact) -> Bool {
    artifact.format == "sql" && artifact.role == .part && MigrationName.root(of: artifact.entry.path) == nil
      && DumpName(artifact.entry.path, input.toolbox).part == .roles
  }

  private mutating func open(_ artifact: DetectedArtifact) throws(ReadError) {
    let path = artifact.entry.path
    do throws(ReadError) {
      guard let dump = try SQLDump(artifact.entry, in: input.container, input.toolbox, input.options) else {
        throw ReadError(.unrecognised("the file is no dump"), artifact: path)
      }
      var platform = surveyed.platform
      let survey = try SQLDumpSurvey(
        dump, keepsRowsBeforeError: input.options.keepsRowsBeforeError,
        files: artifact.role == .data ? input.files : nil
      ) { batch, table in
        if PlatformRows.tables.contains(table.name) { platform.add(batch, table) }
      }
      if artifact.role == .data { surveyed.platform = platform }
      surveyed.contents[path] = DumpContent(
        hasSchema: survey.declaredCount > 0 || !survey.objects.isEmpty, hasRows: survey.rowCount > 0)
      surveyed.serverVersion = surveyed.serverVersion ?? dump.sniff.serverVersion
      surveyed.knowledge.findings += survey.findings.filter { !isExpected($0) }
      switch artifact.role {
      case .data: dumps.append((dump, survey))
      case .part: surveyed.knowledge.objects += survey.objects
      default: witnesses.append(DumpWitness(dump, survey))
      }
    } catch {
      guard !error.isInterruption, artifact.role != .data || input.options.keepsRowsBeforeError else { throw error }
      surveyed.knowledge.findings.append(
        Finding(
          "unreadable", .error, error.message, advice: error.advice, artifact: path, offset: error.offset))
    }
  }

  /// Whether a finding of a single dump says nothing of the set: the statement before a data dump, references to its other files.
  private func isExpected(_ finding: Finding) -> Bool {
    ["noise-before-data", "reference-outside", "foreign-key-cycle"].contains(finding.code)
  }

  // MARK: Tables

  private mutating func merge() {
    var tables: [TableSchema] = [], places: [Name: Int] = [:]
    for (_, survey) in dumps {
      for table in survey.tables {
        if let place = places[table.name] {
          for column in table.columns where tables[place].index(of: column.name) == nil {
            tables[place].columns.append(column)
          }
        } else {
          places[table.name] = tables.count
          tables.append(table)
        }
      }
      for (name, count) in survey.rowCounts { surveyed.rows[name, default: 0] += count }
      surveyed.knowledge.objects += survey.objects
    }
    // What one file refers to another may hold.
    for (_, survey) in dumps {
      for lost in survey.unverifiedForeignKeys {
        guard let place = places[lost.table] else { continue }
        if let target = places[lost.key.table],
          lost.key.referencedColumns.allSatisfy({ tables[target].index(of: $0) != nil })
        {
          tables[place].foreignKeys.append(lost.key)
        } else {
          surveyed.knowledge.unverifiedForeignKeys.append(lost)
        }
      }
    }
    for name in places.keys where surveyed.rows[name] == nil { surveyed.rows[name] = 0 }
    surveyed.knowledge.tables = creationOrder(tables)
    for table in tables { surveyed.platform.begin(table.name) }
    noteReferences(tables)
  }

  private mutating func noteReferences(_ tables: [TableSchema]) {
    surveyed.knowledge.findings += referenceFindings(
      tables, surveyed.knowledge.unverifiedForeignKeys, whole: "no dump of the set holds")
  }

  // MARK: Rows

  /// Hands over all rows of some tables.
  func forEachBatch(
    of names: Set<Name>, _ body: (inout RecordBatch, TableSchema) throws(ReadError) -> Void
  ) throws(ReadError) {
    guard names.contains(where: { surveyed.rows[$0, default: 0] > 0 }) else { return }
    let ahead = ReadAhead.start(openRecords(surveyed.knowledge.tables, wanted: names))
    var failed: ReadError?, table: TableSchema?
    do throws(ReadError) {
      while let item = ahead.next() {
        switch item {
        case .begin(let next): table = names.contains(next.name) ? next : nil
        case .rows(let box):
          if let table { try body(&box.batch, table) }
          ahead.recycle(box)
        }
      }
    } catch { failed = error }
    if case .read(let error) = ahead.finish().failure, failed == nil, !input.options.keepsRowsBeforeError {
      failed = error
    }
    if let failed { throw failed }
  }

  /// Compares the rows that other files repeat.
  mutating func compareRows(_ twins: inout TwinCheck) throws(ReadError) {
    var check = twins, digests = DumpDigests(surveyed.knowledge.tables)
    let comparesAll = witnesses.contains { $0.survey.rowCount > 0 }
    let names = comparesAll ? Set(surveyed.knowledge.tables.map(\.name)) : twins.tables
    try forEachBatch(of: names) { (batch, table) throws(ReadError) in
      if comparesAll { try digests.add(batch, table) }
      try check.add(&batch, table)
    }
    try check.finish(again: forEachBatch)
    twins = check
    for witness in witnesses where witness.survey.rowCount > 0 {
      try witness.compare(with: digests, &surveyed.knowledge, keepsRows: input.options.keepsRowsBeforeError)
    }
  }

  /// A reader of all rows in the schemas of `tables`; those of tables that are not `wanted` may be left out.
  func openRecords(_ tables: [TableSchema], wanted: Set<Name>? = nil) -> any RecordReader & ~Copyable {
    let parts = dumps.filter { $0.survey.rowCount > 0 }.map { dump, _ in
      ChainedReader.Part { (_) throws(ReadError) in try dump.openRecords(tables, wanted: wanted) }
    }
    return ChainedReader(parts, keepsRowsBeforeError: input.options.keepsRowsBeforeError)
  }
}
