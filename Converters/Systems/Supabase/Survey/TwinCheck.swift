internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// CSV files that repeat the rows of tables of the dump, and whether they do.
struct TwinCheck {
  private struct Twin {
    var artifact: DetectedArtifact
    var table: TableSchema
    var compared: Set<Name>
    /// Of the dump, and of the file; nil when it could not be read.
    var dump: TwinDigest
    var own: TwinDigest?
  }
  private let input: BackupInput
  private var twins: [Twin] = []
  private(set) var findings: [Finding] = []
  private(set) var claims: [Claim] = []

  /// Reads the files' headers.
  init(_ input: BackupInput, _ tables: [TableSchema]) throws(ReadError) {
    self.input = input
    let places = Dictionary(tables.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let files = input.backup.artifacts.filter { $0.role == .twin && $0.format == "csv" }
    for file in files where file.entry.byteCount != 0 {
      guard let name = file.table, let place = places[name] else {
        note(file, "twin-without-table", .info, "no table of the dump has the name of this file")
        continue
      }
      try open(file, tables[place])
    }
    noteMissing(tables, Set(files.compactMap(\.table)), files)
  }

  /// Names of the tables that are compared.
  var tables: Set<Name> { Set(twins.map(\.table.name)) }

  private mutating func note(
    _ file: DetectedArtifact, _ code: String, _ severity: Severity, _ message: String, advice: String? = nil,
    count: Int = 1
  ) {
    findings.append(
      Finding(code, severity, message, advice: advice, artifact: file.entry.path, table: file.table, count: count))
  }

  /// Tables that have no file where most have.
  private mutating func noteMissing(_ tables: [TableSchema], _ named: Set<Name>, _ files: [DetectedArtifact]) {
    guard files.contains(where: { contains($0.entry.path, "data_records/") }) else { return }
    let lost = tables.filter { PlatformSchemas.isApplication($0) && !named.contains($0.name) }.map(\.name)
    guard !lost.isEmpty else { return }
    let list = lost.prefix(5).map { displayed($0) }.joined(separator: ", ") + (lost.count > 5 ? ", …" : "")
    findings.append(
      Finding(
        "table-without-csv", .warning, "tables of the dump have no CSV file in data_records: \(list)",
        advice: "their rows are in the dump", count: lost.count))
  }

  private mutating func open(_ file: DetectedArtifact, _ table: TableSchema) throws(ReadError) {
    do throws(ReadError) {
      var reader = try reader(of: file, table)
      guard let header = try reader.nextTable() else { return }
      let names = Set(header.columns.map(\.name))
      // Arrays are spelt otherwise in CSV, and what is computed is in no dump.
      let comparable = table.columns.filter { column in
        if case .array = column.type { return false }
        return column.generation == nil
      }
      let compared = names.intersection(comparable.map(\.name))
      let lacking = table.columns.count { !names.contains($0.name) && $0.generation == nil }
      if lacking > 0 {
        note(
          file, "twin-lacks-columns", .info,
          "the file has \(names.count) of the table's \(table.columns.count) columns",
          advice: "restore from the dump", count: lacking)
      }
      twins.append(Twin(artifact: file, table: table, compared: compared, dump: TwinDigest(table, compared)))
    } catch { try noteUnreadable(file, error) }
  }

  private mutating func noteUnreadable(_ file: DetectedArtifact, _ error: ReadError) throws(ReadError) {
    guard !error.isInterruption else { throw error }
    findings.append(
      Finding(
        "unreadable", .error, "\(error.message); the CSV cannot bear witness to the dump", advice: error.advice,
        artifact: file.entry.path, offset: error.offset))
  }

  /// A reader of a file in the kinds of the table's columns.
  private func reader(
    of file: DetectedArtifact, _ table: TableSchema
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    guard let format = input.toolbox.importFormats.first(where: { $0.id == "csv" }) else {
      throw ReadError(.unrecognised("CSV cannot be read by this build"))
    }
    let content = try input.toolbox.open(file.entry, in: input.container, options: input.options, headCount: 1 << 16)
    return try format.makeReader(from: content.text(), name: table.name, tables: [], options: input.options)
  }

  // MARK: Rows

  /// Looks at rows of the dump; cells of the batch may be changed.
  mutating func add(_ batch: inout RecordBatch, _ schema: TableSchema) throws(ReadError) {
    // Two files may repeat one table: what the first does not compare the second may.
    let places = twins.indices.filter { twins[$0].table.name == schema.name }
    let cells = places.count > 1 ? batch.cells : []
    for place in places {
      if places.count > 1 { batch.cells = cells }
      try twins[place].dump.add(&batch, schema)
    }
  }

  /// Reads the files and compares. `again` reads the dump's rows of some tables once more where they differ.
  mutating func finish(
    again: (Set<Name>, (inout RecordBatch, TableSchema) throws(ReadError) -> Void) throws(ReadError) -> Void
  ) throws(ReadError) {
    for i in twins.indices { twins[i].own = try digest(twins[i], keepsHashes: false) }
    let differing = twins.indices.filter { twins[$0].own.map { own in own.digest } != twins[$0].dump.digest }
      .filter { twins[$0].own != nil }
    var hashes: [Int: TwinDigest] = [:]
    if !differing.isEmpty {
      for i in differing { hashes[i] = TwinDigest(twins[i].table, twins[i].compared, keepsHashes: true) }
      try again(Set(differing.map { twins[$0].table.name })) { (batch, schema) throws(ReadError) in
        for i in differing where twins[i].table.name == schema.name {
          let cells = batch.cells
          try hashes[i]?.add(&batch, schema)
          batch.cells = cells
        }
      }
    }
    for i in twins.indices {
      guard let own = twins[i].own else { continue }
      var rows = (onlyInA: 0, onlyInB: 0)
      if let dump = hashes[i], let file = try digest(twins[i], keepsHashes: true) {
        rows = TwinDigest.difference(dump.hashes, file.hashes)
      }
      conclude(twins[i], own.digest.count, rows)
    }
  }

  private mutating func digest(_ twin: Twin, keepsHashes: Bool) throws(ReadError) -> TwinDigest? {
    var digest = TwinDigest(twin.table, twin.compared, keepsHashes: keepsHashes)
    do throws(ReadError) {
      let types = Dictionary(twin.table.columns.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
      var headers = try reader(of: twin.artifact, twin.table)
      guard let header = try headers.nextTable() else { return digest }
      let meanings = header.columns.map { column in
        types[column.name] == .json ? FieldMeaning(.json) : FieldMeaning(.text)
      }
      var reader = RetypedReader(try reader(of: twin.artifact, twin.table), meanings: meanings)
      var batch = RecordBatch()
      while let schema = try reader.nextTable() {
        while try reader.read(into: &batch) { try digest.add(&batch, schema) }
      }
      return digest
    } catch {
      try noteUnreadable(twin.artifact, error.located(in: twin.artifact.entry.path))
      return nil
    }
  }

  private mutating func conclude(_ twin: Twin, _ count: Int, _ rows: (onlyInA: Int, onlyInB: Int)) {
    let name = displayed(twin.table.name), equal = rows == (0, 0)
    claims.append(
      Claim(
        subject: "CSV of \(name)", stated: Array("the same rows as the dump".utf8),
        measured: equal
          ? "\(count) rows, all equal in \(twin.compared.count) columns"
          : "\(rows.onlyInA) rows only in the dump, \(rows.onlyInB) only in the CSV",
        verdict: equal ? .proved : .refuted, artifact: twin.artifact.entry.path))
    guard !equal else { return }
    note(
      twin.artifact, "twin-differs", .error,
      "the CSV of '\(name)' differs from the dump: \(rows.onlyInA) rows are only in the dump, \(rows.onlyInB) only in the CSV",
      advice: "the dump is one moment's; the CSV was written later or changed since",
      count: max(rows.onlyInA, rows.onlyInB, 1))
  }
}
