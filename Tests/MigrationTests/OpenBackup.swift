import BuiltIn
import Bytes
import Comparison
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

/// A backup, or a live database, that is open and surveyed.
struct OpenBackup {
  let input: BackupInput
  let system: any SourceSystem
  let knowledge: Knowledge

  init(_ input: BackupInput, _ system: any SourceSystem) throws {
    self.input = input
    self.system = system
    knowledge = try system.survey(input)
  }

  /// What a path, or the place of a server, holds.
  init(_ path: String) throws {
    let recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(path.utf8)))
    let backup = try #require(recognition.backups.first, "\(path)")
    let input = BackupInput(
      backup: backup, container: recognition.container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    try self.init(input, try #require(BuiltIn.recogniser.system(backup.system)))
  }

  var compared: ComparedBackup { ComparedBackup([.init(system: system, input: input, knowledge: knowledge)]) }
}

/// Rows of the common schema as if a system had them.
struct TableSystem: SourceSystem {
  let tables: [TestTable]
  var id: String { "tables" }
  var title: String { "Tables" }
  var summary: String { "" }
  func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] { [] }
  func survey(_ input: BackupInput) throws(ReadError) -> Knowledge { Knowledge(tables: tables.map(\.schema)) }
  func openRecords(_ input: BackupInput, _ knowledge: Knowledge) throws(ReadError) -> any RecordReader & ~Copyable {
    TableReader(tables: tables)
  }

  /// The tables as a backup that is open.
  static func open(_ tables: [TestTable], in place: TemporaryDirectory) throws -> OpenBackup {
    try writeFile(place.path + "/tables", [])
    let backup = DetectedBackup(system: "tables", kind: "tables", confidence: 1, evidence: [], artifacts: [])
    let input = BackupInput(
      backup: backup, container: try BuiltIn.recogniser.open(place.file("tables")), toolbox: BuiltIn.toolbox,
      options: ReadOptions())
    return try OpenBackup(input, TableSystem(tables: tables))
  }
}

/// Reads tables a few rows at a time.
private struct TableReader: RecordReader, ~Copyable {
  let tables: [TestTable]
  private var table = -1
  private var row = 0
  var findings: [Finding] { [] }

  init(tables: [TestTable]) { self.tables = tables }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    table += 1
    row = 0
    return table < tables.count ? tables[table].schema : nil
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    let current = tables[table], end = min(row + 5, current.rows.count)
    guard let next = try? RecordBatch(current.rows[row..<end], columnCount: current.schema.columns.count) else {
      throw ReadError(.empty)
    }
    batch = next
    batch.firstRecord = row
    defer { row = end }
    return end > row
  }
}
