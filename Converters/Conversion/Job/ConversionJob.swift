package import Bytes
package import Diagnostics
package import Records

/// One conversion: a recognised backup in, one format out.
package struct ConversionJob: Sendable {
  package var input: BackupInput
  package var system: any SourceSystem
  package var format: any ExportFormat
  /// nil is standard output; a path that ends in `/`, or is a directory, takes one file per table.
  package var outputPath: [UInt8]?
  package var replaces = false
  package var encoder: (any ContentDecoder)?
  package var options = WriteOptions()
  /// Transforms in the order in which they apply.
  package var transforms: [any Transform] = []
  /// Whether foreign keys are kept whose table or rows are not in the backup.
  package var keepsForeignKeys = false
  /// Whether references that nobody declared are written as foreign keys.
  package var addsInferredKeys = false
  /// Knowledge from an earlier survey of the same bytes.
  package var knowledge: Knowledge?
  /// Whether secrets are taken out, and the output is searched for them before it appears.
  package var isSafe = false
  /// What takes the digests of the source's rows, as they are before any transform.
  package var digests: SourceDigest.Digests?
  /// Where rows go that a live database refuses.
  package var rejects: Rejects?
  /// Columns of which a mapping says what they become: hashes of passwords in them are written as they are.
  package var castColumns: [(table: Name, column: Name)] = []

  package init(input: BackupInput, system: any SourceSystem, format: any ExportFormat) {
    self.input = input
    self.system = system
    self.format = format
  }
}

/// What a conversion did.
package struct ConversionReport: Sendable {
  /// Records written of each table, in creation order.
  package var tables: [(name: Name, records: Int)]
  package var findings: [Finding]
  package var losses: [Loss]
  /// The rules of a mapping that applied, in the order of tables and columns.
  package var rules: [AppliedRule] = []
  /// Why reading ended early, when rows before it were kept.
  package var readError: ReadError?
  /// Columns that hold secrets and were written.
  package var secretColumns: [(table: Name, column: Name)]
  /// Where the output is; nil is standard output.
  package var outputPath: [UInt8]?
  /// The tables as they were written, in creation order.
  package var schemas: [TableSchema] = []
  /// Files that were written beside the rows, and where they are.
  package var files: (path: [UInt8], count: Int, bytes: Int64)?
  /// Families of the password hashes that were carried, where the target may make users of them.
  package var passwords: [PasswordTally] = []
  /// What became of names and references.
  package var lineage = Lineage()

  /// Records of all tables.
  package var records: Int { tables.reduce(0) { $0 + $1.records } }
  /// Whether something of the input is not in the output: rows rejected or cut off, values of duplicate keys.
  package var isPartial: Bool {
    readError != nil || losses.contains(where: \.isReject) || findings.contains(where: \.leavesInputUnread)
      || findings.contains { $0.code == "duplicate-keys" || $0.code == "duplicate-rows" || $0.code == "rows-left-out" }
  }
}

extension ConversionJob {
  /// Surveys (unless that was done), converts, and puts the output in its place.
  package func run() throws(PumpError) -> ConversionReport {
    let knowledge: Knowledge
    if let known = self.knowledge {
      knowledge = known
    } else {
      do throws(ReadError) { knowledge = try system.survey(input) } catch { throw .read(error) }
    }
    guard isSafe else { return try run(knowledge, values: nil) }
    var job = self
    let (values, log) = try job.protect(knowledge)
    var report = try job.run(knowledge, values: values)
    report.losses += log.losses
    if values.passedCount > 0 {
      report.findings.append(
        Finding(
          "secret-values-not-searched", .info,
          "\(values.passedCount) values of columns with secrets are too plain, too short or too many to be looked for elsewhere",
          count: values.passedCount))
    }
    return report
  }

  /// Converts. `values`: secrets that the output is searched for before it appears.
  private func run(_ knowledge: Knowledge, values: SecretValues?) throws(PumpError) -> ConversionReport {
    let (tables, notes) = try outputTables(of: knowledge)
    let reader: any RecordReader & ~Copyable
    do throws(ReadError) { reader = try system.openRecords(input, knowledge) } catch { throw .read(error) }
    var report = ConversionReport(
      tables: [], findings: input.container.findings + knowledge.findings + notes, losses: [], readError: nil,
      secretColumns: tables.flatMap { table in table.columns.filter(\.isSecret).map { (table.name, $0.name) } },
      outputPath: outputPath, schemas: tables)
    guard let outputPath else {
      guard format.holdsManyTables || tables.count <= 1 else {
        throw .write(
          WriteError(
            .unsupported(
              "\(format.id) holds one table a file and there are \(tables.count): name a directory with -o DIR/, or one table with --table"
            )))
      }
      guard let values else {
        try pump(reader, tables, Output(.standardOutput, encoder: encoder), knowledge, &report)
        try commitFiles(tables, &report)
        return report
      }
      let directory = try writing { () throws(IOError) in try PrivateDirectory() }
      let file = directory.path.appending(path: Array("output".utf8))
      try pump(reader, tables, Output(.file(file), encoder: encoder), knowledge, &report)
      try prove(values, in: directory.path)
      try writing { () throws(IOError) in try copyToStandardOutput(file) }
      return report
    }
    let existing = try writing { () throws(IOError) in try fileStatus(outputPath) }
    let isDirectory = outputPath.last == UInt8(ascii: "/") || existing?.kind == .directory
    if isDirectory {
      var stage = try writing { () throws(IOError) in try StagedDirectory(outputPath) }
      try pump(reader, tables, Output(.directory(stage.stage), encoder: encoder), knowledge, &report)
      if let values { try prove(values, in: stage.stage) }
      do throws(IOError) { try stage.commit() } catch { throw .write(WriteError(error)) }
    } else {
      guard format.holdsManyTables || tables.count <= 1 else {
        throw .write(
          WriteError(
            .unsupported(
              "\(format.id) holds one table a file and there are \(tables.count): end the output's name with '/' for a directory, or name one table with --table"
            )))
      }
      guard let values else {
        try pump(reader, tables, Output(.file(outputPath), replaces: replaces, encoder: encoder), knowledge, &report)
        try commitFiles(tables, &report)
        return report
      }
      // Refused before the work is done, not after it.
      _ = try writing { () throws(IOError) in try DurableFile(outputPath, replaces: replaces) }
      let stage = try writing { () throws(IOError) in try StagedDirectory(outputPath + Array(".unproved".utf8)) }
      let file = stage.stage.appending(path: outputPath.lastPathComponent)
      try pump(reader, tables, Output(.file(file), encoder: encoder), knowledge, &report)
      try prove(values, in: stage.stage)
      try writing { () throws(IOError) in
        for name in try directoryNames(stage.stage) {
          try durableRename(
            stage.stage.appending(path: name), to: outputPath.directoryPath.appending(path: name), replaces: replaces)
        }
      }
    }
    try commitFiles(tables, &report)
    return report
  }

  private func commitFiles(_ tables: [TableSchema], _ report: inout ConversionReport) throws(PumpError) {
    guard let files = input.files else { return }
    let (count, bytes) = try writing { () throws(IOError) in try files.commit(tables) }
    report.files = (files.path, count, bytes)
  }

  private func pump(
    _ reader: consuming any RecordReader & ~Copyable, _ tables: [TableSchema], _ output: Output,
    _ knowledge: Knowledge, _ report: inout ConversionReport
  ) throws(PumpError) {
    var writer: any RecordWriter & ~Copyable, options = options
    options.models = knowledge.models
    options.files = input.files
    options.takenAt = options.takenAt ?? input.backup.takenAt?.microseconds
    rejects?.source = RejectSource(tables: tables, transforms: transforms) {
      [input, system] () throws(ReadError) -> any RecordReader & ~Copyable in
      try system.openRecords(input, knowledge)
    }
    if let casting = system as? any CastingSystem {
      rejects?.source?.casting = casting
      rejects?.source?.open = { [input] () throws(ReadError) -> any RecordReader & ~Copyable in
        try casting.openOriginals(input)
      }
    }
    do throws(WriteError) {
      writer = try format.makeWriter(to: output, tables: tables, options: options)
    } catch { throw .write(error) }
    report.lineage = format.lineage(of: tables, options: options)
    var pump = Pump(counting: tables, keepsRowsBeforeError: input.options.keepsRowsBeforeError)
    let passwords = PasswordCount.Counts(), isCounting = !format.passwordTargets.isEmpty && !isSafe
    let spelled = PasswordSpelling.Counts()
    var steps = transforms
    if isCounting { steps.append(PasswordCount(passwords)) }
    if let spelling = spelling(spelled) { steps.append(spelling) }
    if let digests {
      digests.begin()
      steps.insert(SourceDigest(digests), at: 0)
    }
    try pump.run(from: reader, through: steps, to: &writer)
    // Rows of tables that are not written are passed over.
    let written = Set(tables.map(\.name))
    if pump.readError == nil { digests?.finish(knowledge.tables.filter { written.contains($0.name) }) }
    report.passwords = passwords.tallies
    report.losses = pump.losses + spelled.losses + objectsLeftOut(of: knowledge, writing: tables)
    report.readError = pump.readError
    report.tables = pump.tables
    report.findings += pump.findings.filter { !report.findings.contains($0) }
  }

  /// Spells hashes as a format's only system verifies them; nil where there is nothing to spell.
  private func spelling(_ counts: PasswordSpelling.Counts) -> PasswordSpelling? {
    guard format.passwordTargets == [.django], !isSafe else { return nil }
    return PasswordSpelling(.django, except: castColumns, counts)
  }

  /// The tables as the writer will see them, in creation order, and what had to be left out of their schemas.
  private func outputTables(of knowledge: Knowledge) throws(PumpError) -> ([TableSchema], [Finding]) {
    var tables = addsInferredKeys ? knowledge.tablesWithInferredKeys : knowledge.tables, transforms = transforms,
      notes: [Finding] = []
    if let spelling = spelling(PasswordSpelling.Counts()) { transforms.append(spelling) }
    if keepsForeignKeys {
      for kept in knowledge.unverifiedForeignKeys {
        if let i = tables.firstIndex(where: { $0.name == kept.table }) { tables[i].foreignKeys.append(kept.key) }
      }
    }
    var selected: [TableSchema] = []
    for var table in tables {
      var isKept = true
      for i in transforms.indices where isKept {
        do throws(TransformError) { isKept = try transforms[i].begin(&table) } catch { throw .transform(error) }
      }
      if isKept { selected.append(table) }
    }
    let names = Set(selected.map(\.name))
    if !keepsForeignKeys {
      for i in selected.indices {
        let lost = selected[i].foreignKeys.filter { !names.contains($0.table) }
        guard !lost.isEmpty else { continue }
        selected[i].foreignKeys.removeAll { !names.contains($0.table) }
        notes.append(
          Finding(
            "foreign-key-table-not-selected", .info,
            "foreign keys of '\(displayed(selected[i].name))' lead to tables that are not written and are left out",
            table: selected[i].name, count: lost.count))
      }
    }
    return (creationOrder(selected), notes)
  }

  private func writing<T: ~Copyable>(_ body: () throws(IOError) -> T) throws(PumpError) -> T {
    do throws(IOError) { return try body() } catch { throw .write(WriteError(error)) }
  }
}
