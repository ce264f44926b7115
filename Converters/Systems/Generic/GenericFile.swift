internal import Bytes
internal import CSVFormat
internal import Conversion
internal import Diagnostics
internal import Records

/// A file of a generic backup and how it is read.
struct GenericFile: Sendable {
  private let input: BackupInput
  private let artifact: DetectedArtifact
  private let importFormat: any ImportFormat
  /// What the schema file beside the data says; nil when there is none that fits.
  private let sidecar: CSVSidecar?
  /// Whether there is a schema file, and what became of it.
  private var notes: [Finding] = []

  init(_ artifact: DetectedArtifact, _ input: BackupInput) throws(ReadError) {
    self.input = input
    self.artifact = artifact
    guard let format = input.toolbox.importFormats.first(where: { $0.id == artifact.format }) else {
      // What could not be looked at is opened once more, for its error.
      let content = try input.toolbox.open(artifact.entry, in: input.container, options: input.options)
      var text = content.text(), byte = ByteHeap(capacity: 1)
      do throws(IOError) { _ = try byte.fill(from: &text) } catch {
        throw ReadError(.io(error), artifact: artifact.entry.path)
      }
      if byte.count == 0 { throw ReadError(.empty, artifact: artifact.entry.path) }
      throw ReadError(.unrecognised("format of the file is not known"), artifact: artifact.entry.path)
    }
    let schema = try SchemaFile(of: artifact, input)
    sidecar = schema?.fitting
    notes = schema.map { [$0.note] } ?? []
    importFormat = sidecar.map { CSV.lossless($0) } ?? format
  }

  var path: [UInt8] { artifact.entry.path }
  /// Id of its format.
  var format: String { artifact.format }
  /// Name of its table, when it holds one.
  var table: Name { sidecar?.table.name ?? artifact.table ?? Name(path) }

  /// Whether rows of a table can be read without learning from them what their columns are.
  func mayHold(_ table: TableSchema) -> Bool {
    guard let sidecar else { return artifact.entry.byteCount != 0 }
    return sidecar.table.columns.map(\.name) == table.columns.map(\.name)
  }

  /// Learns the tables in one pass.
  func survey() throws(ReadError) -> (tables: [TableSchema], findings: [Finding]) {
    let content = try open()
    var findings = content.findings + [unrecognisedSystem] + notes
    var tables: [Learnt] = []
    let ahead = ReadAhead.start(try reader(of: content, []))
    learn(ahead, &tables)
    let end = ahead.finish()
    if case .read(let failure) = end.failure {
      let error = failure.located(in: artifact.entry.path)
      guard input.options.keepsRowsBeforeError, error.leavesRows, !tables.isEmpty else { throw error }
      findings.append(
        Finding(
          "unreadable", .error, "\(error.message); rows before it are kept", advice: error.advice,
          artifact: error.artifact, offset: error.offset))
    }
    findings += end.findings.map { finding in
      var finding = finding
      finding.artifact = finding.artifact ?? artifact.entry.path
      return finding
    }
    return (
      tables.map(schema), findings + tables.flatMap { $0.secrets.report(artifact: artifact.entry.path).findings }
    )
  }

  /// What the rows of one table say.
  private struct Learnt {
    var schema: TableSchema
    var profile = TableProfile()
    var secrets: SecretScan
  }

  /// Learns from all rows, which are parsed on another thread.
  private func learn(_ ahead: ReadAhead, _ tables: inout [Learnt]) {
    var place = 0, places: [Name: Int] = [:]
    while let item = ahead.next() {
      switch item {
      case .begin(let schema):
        place = places[schema.name] ?? tables.count
        places[schema.name] = place
        if place == tables.count { tables.append(Learnt(schema: schema, secrets: SecretScan(table: schema.name))) }
        tables[place].schema = schema
        tables[place].profile.begin(schema)
        tables[place].secrets.begin(schema)
      case .rows(let box):
        tables[place].profile.add(box.batch)
        tables[place].secrets.add(box.batch, profile: tables[place].profile)
        ahead.recycle(box)
      }
    }
  }

  /// The table with the types that its values suggest, or those of its schema file.
  private func schema(_ learnt: Learnt) -> TableSchema {
    var table = learnt.schema
    if sidecar == nil { table.columns = learnt.profile.inferredColumns(from: artifact.isText ? .csv : .json) }
    learnt.secrets.report().mark(&table)
    return table
  }

  private var unrecognisedSystem: Finding {
    Finding(
      "unrecognised-system", .info, "no system claims the file; it is read as plain \(artifact.format)",
      advice: "if you know its system, name it: --system", artifact: artifact.entry.path)
  }

  func openRecords(_ tables: [TableSchema]) throws(ReadError) -> any RecordReader & ~Copyable {
    let path = artifact.entry.path
    guard sidecar == nil else { return LocatedReader(try reader(of: open(), []), in: path) }
    let reader = try reader(of: open(), tables)
    return artifact.isText ? LocatedReader(RetypedReader(reader), in: path) : LocatedReader(reader, in: path)
  }

  private func open() throws(ReadError) -> Content {
    try GenericText.open(artifact.entry, in: input.container, input.toolbox, input.options)
  }

  private func reader(
    of content: consuming Content, _ tables: [TableSchema]
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    try importFormat.makeReader(
      from: content.text(), name: artifact.table ?? Name(artifact.entry.path), tables: tables, options: input.options)
  }
}
