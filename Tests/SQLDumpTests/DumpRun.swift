import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport

/// Everything that a dump turned into.
struct DumpRun {
  var backup: DetectedBackup
  var knowledge: Knowledge
  /// Digest by table, those without rows too.
  var digests: [Name: TableDigest] = [:]
  var error: ReadError?
  private let input: BackupInput
  private let system: any SourceSystem

  /// Reads the only backup at a path; `eachBatch` is told the hashes of its rows. `files` gets the files within.
  init(
    _ path: String, salvage: Bool = false, system only: String? = nil, files: FileStage? = nil,
    eachBatch: (Name, [Hash128]) -> Void = { _, _ in }
  ) throws {
    let container = try BuiltIn.recogniser.open(Array(path.utf8))
    let backups = try BuiltIn.recogniser.recognise(container, only: only).backups
    guard backups.count == 1, let backup = backups.first, let system = BuiltIn.recogniser.system(backup.system) else {
      throw ReadError(.unrecognised("\(backups.count) backups"), artifact: Array(path.utf8))
    }
    self.backup = backup
    var options = ReadOptions()
    options.keepsRowsBeforeError = salvage
    var input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: options)
    input.files = files
    self.input = input
    self.system = system
    knowledge = try system.survey(input)
    for table in knowledge.tables { digests[table.name] = TableDigest() }
    var reader = try system.openRecords(input, knowledge)
    var batch = RecordBatch()
    do throws(ReadError) {
      while let table = try reader.nextTable() {
        var digester = RowDigester(table)
        while try reader.read(into: &batch) {
          do throws(IOError) { try digester.add(batch) } catch { throw ReadError(.io(error)) }
          eachBatch(table.name, digester.rowHashes)
        }
        digests[table.name, default: TableDigest()] += digester.digest
      }
    } catch {
      guard salvage else { throw error }
      self.error = error
    }
  }

  /// The large objects that the survey measured.
  var largeObjects: [SchemaObject] {
    knowledge.objects.filter { $0.kind == "large-object" && $0.attribute("bytes") != nil }
  }
  /// The content of an object that is a file.
  func content(_ object: SchemaObject) throws -> [UInt8]? {
    guard let file = try system.openFile(object, input) else { return nil }
    var source: any ByteSource & ~Copyable = RangeSource(file)
    return try readAll(&source, limit: 1 << 26)
  }

  var counts: [String: Int] {
    Dictionary(uniqueKeysWithValues: digests.map { (String(decoding: $0.key.bytes, as: UTF8.self), $0.value.count) })
  }
  var codes: [String] { knowledge.findings.map(\.code) }
  func table(_ name: Name) -> TableSchema? { knowledge.tables.first { $0.name == name } }
}
