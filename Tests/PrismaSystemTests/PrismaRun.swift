import BuiltIn
import Bytes
import Conversion
import Diagnostics
import PrismaSystem
import Records
import TestSupport

/// What a backup in a directory or file turned into: knowledge, and every row as a text.
struct PrismaRun {
  var backup: DetectedBackup
  var input: BackupInput
  var knowledge: Knowledge
  /// Rows by table, their values as `cat` would print them.
  var rows: [String: [String]] = [:]

  /// The only Prisma backup at a path; nil when there is none.
  init?(_ path: String) throws {
    let container = try BuiltIn.recogniser.open(Array(path.utf8))
    let recognition = try BuiltIn.recogniser.recognise(container)
    guard let backup = recognition.backups.first(where: { $0.system == "prisma" }) else { return nil }
    try self.init(backup, container)
  }

  /// The only Prisma backup among some files; nil when there is none.
  init?(_ files: [(name: String, text: String)], in directory: TemporaryDirectory) throws {
    for file in files { try write(file.name, Array(file.text.utf8), directory) }
    try self.init(files.count == 1 ? directory.path + "/" + files[0].name : directory.path)
  }

  init(_ backup: DetectedBackup, _ container: any BackupContainer) throws {
    var options = ReadOptions()
    options.keepsRowsBeforeError = true
    self.backup = backup
    input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: options)
    knowledge = try Prisma.prisma.survey(input)
    let schemas = Dictionary(uniqueKeysWithValues: knowledge.tables.map { ($0.name, $0) })
    var reader = try Prisma.prisma.openRecords(input, knowledge), batch = RecordBatch(capacity: 1 << 12)
    while let table = try reader.nextTable() {
      precondition(schemas[table.name] == table, "a run in another schema than the survey's")
      while try reader.read(into: &batch) {
        precondition(batch.columnCount == table.columns.count)
        for row in 0..<batch.rowCount {
          let values = (0..<batch.columnCount).map { shown(batch, batch[row, $0]) }
          rows[text(table.name), default: []].append(values.joined(separator: " | "))
        }
      }
    }
  }

  func table(_ name: String) -> TableSchema? { knowledge.tables.first { $0.name == Name(name) } }
  func finding(_ code: String) -> Finding? { knowledge.findings.first { $0.code == code } }
  func attribute(_ name: String) -> String? {
    knowledge.attributes.first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
  }
  func files() -> [SchemaObject] { knowledge.objects.filter { $0.kind == "embedded-file" } }
  func content(_ object: SchemaObject) throws -> [UInt8]? {
    guard let file = try Prisma.prisma.openFile(object, input) else { return nil }
    return try file.bytes(at: 0, count: Int(file.byteCount))
  }
}

/// Writes a file, with the folders around it.
func write(_ name: String, _ bytes: [UInt8], _ directory: TemporaryDirectory) throws {
  var folder = directory.path
  for part in name.split(separator: "/").dropLast() {
    folder += "/" + part
    if try fileStatus(Array(folder.utf8)) == nil { try createDirectory(Array(folder.utf8)) }
  }
  try writeFile(directory.path + "/" + name, bytes)
}

func text(_ name: Name) -> String { String(decoding: name.bytes, as: UTF8.self) }

/// A value as text; marks tell what is no text.
private func shown(_ batch: borrowing RecordBatch, _ cell: Cell) -> String {
  switch cell.kind {
  case .null: return "null"
  case .missing: return "-"
  case .boolean: return cell.boolean ? "true" : "false"
  case .integer: return "\(cell.integer)"
  case .double: return "\(cell.double)"
  case .number: return String(decoding: Array(batch.bytes(of: cell)), as: UTF8.self)
  case .text: return "'" + String(decoding: Array(batch.bytes(of: cell)), as: UTF8.self) + "'"
  case .json: return String(decoding: Array(batch.bytes(of: cell)).filter { $0 > 0x20 }, as: UTF8.self)
  case .bytes: return "x" + hexadecimal(Array(batch.bytes(of: cell)))
  case .external: return "external"
  }
}
