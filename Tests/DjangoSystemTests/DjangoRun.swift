import BuiltIn
import Bytes
import Conversion
import Diagnostics
import DjangoSystem
import Records
import TestSupport

/// One file as a container, as the directory container would show it.
struct FileContainer: BackupContainer {
  let path: [UInt8]
  let isDirectory = false
  let entries: [ContainerEntry]
  let findings: [Finding] = []
  /// The file's bytes when there is no file.
  let bytes: [UInt8]?

  init(file: String) throws {
    path = Array(file.utf8)
    bytes = nil
    entries = [ContainerEntry(path: path.lastPathComponent)]
  }
  init(_ text: String, name: String = "dump.json") { self.init(bytes: Array(text.utf8), name: name) }
  init(bytes: [UInt8], name: String = "dump.json") {
    path = Array("/\(name)".utf8)
    self.bytes = bytes
    entries = [ContainerEntry(path: Array(name.utf8))]
  }

  func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable {
    if let bytes { return MemorySource(bytes, step: 61) }
    return try FileSource(path)
  }
}

let toolbox = Toolbox(containers: [], decoders: [], importFormats: [])

/// What a Django backup turned into: knowledge, and every row as texts.
struct DjangoRun {
  var backup: DetectedBackup
  var knowledge: Knowledge
  /// Rows by table; of each cell kind and content.
  var cells: [Name: [[[[UInt8]]]]] = [:]
  /// Canonical digests of the rows by table.
  var digests: [Name: TableDigest] = [:]
  var findings: [Finding] = []
  /// Names of the runs in order.
  var runs: [Name] = []
  var error: ReadError?

  init?(_ container: FileContainer, salvage: Bool = false, schema: String? = nil) throws {
    guard let backup = try Django.django.detect(container, toolbox).first else { return nil }
    try self.init(
      backup, container, schema == nil ? toolbox : BuiltIn.toolbox, salvage: salvage, schema: schema)
  }

  /// Reads a backup that was detected.
  init(
    _ backup: DetectedBackup, _ container: any BackupContainer, _ toolbox: Toolbox, salvage: Bool = false,
    encoding: TextEncoding? = nil, schema: String? = nil
  ) throws {
    var options = ReadOptions()
    options.schema = schema.map { Array($0.utf8) }
    options.encoding = encoding
    options.keepsRowsBeforeError = salvage
    let input = BackupInput(backup: backup, container: container, toolbox: toolbox, options: options)
    self.backup = backup
    knowledge = try Django.django.survey(input)
    let schemas = Dictionary(uniqueKeysWithValues: knowledge.tables.map { ($0.name, $0) })
    var reader = try Django.django.openRecords(input, knowledge)
    var batch = RecordBatch(capacity: 1 << 12)
    do throws(ReadError) {
      while let table = try reader.nextTable() {
        runs.append(table.name)
        var digester = RowDigester(table)
        defer { digests[table.name, default: TableDigest()] += digester.digest }
        precondition(schemas[table.name] == table, "a run in another schema than the survey's")
        while try reader.read(into: &batch) {
          precondition(batch.columnCount == table.columns.count)
          do throws(IOError) { try digester.add(batch) } catch { throw ReadError(.io(error)) }
          for row in 0..<batch.rowCount {
            cells[table.name, default: []].append((0..<batch.columnCount).map { shown(batch, batch[row, $0]) })
          }
        }
      }
    } catch { self.error = error }
    findings = reader.findings
  }

  func table(_ name: Name) -> TableSchema? { knowledge.tables.first { $0.name == name } }
  func column(_ table: Name, _ column: Name) -> Column? { self.table(table)?.columns.first { $0.name == column } }
  /// Values of one column in row order, as `text:x`, `number:1`, `null`…
  func values(_ table: Name, _ column: Name) -> [String] {
    guard let at = self.table(table)?.index(of: column) else { return [] }
    return (cells[table] ?? []).map { row in
      let parts = row[at].map { String(decoding: $0, as: UTF8.self) }
      return parts[1].isEmpty && parts[0] != "text" ? parts[0] : parts[0] + ":" + parts[1]
    }
  }
  func finding(_ code: String) -> Finding? { knowledge.findings.first { $0.code == code } }
}

/// A cell as two texts: its kind and its content; integers and digits alike are numbers.
func shown(_ batch: borrowing RecordBatch, _ cell: Cell) -> [[UInt8]] {
  switch cell.kind {
  case .null: return [Array("null".utf8), []]
  case .missing: return [Array("missing".utf8), []]
  case .boolean: return [Array((cell.boolean ? "true" : "false").utf8), []]
  case .integer: return [Array("number".utf8), Array(String(cell.integer).utf8)]
  case .double: return [Array("number".utf8), Array(String(cell.double).utf8)]
  case .number: return [Array("number".utf8), Array(batch.bytes(of: cell))]
  case .text: return [Array("text".utf8), Array(batch.bytes(of: cell))]
  case .json: return [Array("json".utf8), Array(batch.bytes(of: cell))]
  case .bytes: return [Array("bytes".utf8), Array(batch.bytes(of: cell))]
  case .external: return [Array("external".utf8), []]
  }
}

extension DjangoRun {
  /// Everything as JSON Lines, for the independent reading: a line that names the file, one for each table, and one for
  /// what is beside them.
  func lines(file: String) throws -> [UInt8] {
    let store = MemoryStore()
    var out = OutputBuffer(MemorySink(store))
    try out.append("{\"file\":")
    try out.appendJSONString(Array(file.utf8).span)
    try out.append("}\n")
    for table in knowledge.tables {
      try out.append("{\"table\":")
      try out.appendJSONString(table.name.bytes.span)
      try out.append(",\"columns\":")
      try list(&out, table.columns) { out, column throws(IOError) in
        try strings(&out, [column.name.bytes, Array(column.type.word.utf8)])
      }
      try out.append(",\"primaryKey\":")
      try strings(&out, table.primaryKey.map(\.bytes))
      try out.append(",\"foreignKeys\":")
      try list(&out, table.foreignKeys) { out, key throws(IOError) in
        try out.append("[")
        for name in [key.columns[0], key.table, key.referencedColumns[0]] {
          try out.appendJSONString(name.bytes.span)
          try out.append(",")
        }
        try out.append(Array((key.isInferred ? "true]" : "false]").utf8))
      }
      try out.append(",\"rows\":")
      try list(&out, cells[table.name] ?? []) { out, row throws(IOError) in
        try list(&out, row) { out, cell throws(IOError) in try strings(&out, cell) }
      }
      try out.append("}\n")
    }
    try out.append("{\"unverified\":")
    try list(&out, knowledge.unverifiedForeignKeys) { out, key throws(IOError) in
      try out.append("[")
      for name in [key.table, key.key.columns[0], key.key.table] {
        try out.appendJSONString(name.bytes.span)
        try out.append(",")
      }
      try out.append(decimal: Int64(key.count))
      try out.append("]")
    }
    try out.append("}\n")
    try out.finish()
    return store.bytes
  }
}

private func list<T>(
  _ out: inout OutputBuffer, _ items: [T], _ body: (inout OutputBuffer, T) throws(IOError) -> Void
) throws(IOError) {
  try out.append("[")
  for (i, item) in items.enumerated() {
    if i > 0 { try out.append(",") }
    try body(&out, item)
  }
  try out.append("]")
}

private func strings(_ out: inout OutputBuffer, _ texts: [[UInt8]]) throws(IOError) {
  try list(&out, texts) { out, text throws(IOError) in
    try out.append("\"")
    try out.appendJSONEscaped(wtf8: text.span)
    try out.append("\"")
  }
}
