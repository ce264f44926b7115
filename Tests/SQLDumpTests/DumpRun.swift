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

  /// Reads the only backup at a path; `eachBatch` is told the hashes of its rows.
  init(
    _ path: String, salvage: Bool = false, system only: String? = nil,
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
    let input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: options)
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

  var counts: [String: Int] {
    Dictionary(uniqueKeysWithValues: digests.map { (String(decoding: $0.key.bytes, as: UTF8.self), $0.value.count) })
  }
  var codes: [String] { knowledge.findings.map(\.code) }
  func table(_ name: Name) -> TableSchema? { knowledge.tables.first { $0.name == name } }
}
