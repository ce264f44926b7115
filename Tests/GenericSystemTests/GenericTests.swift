import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

/// What the generic system makes of files in a directory of their own.
private struct Case {
  let place: TemporaryDirectory
  let recognition: Recognition

  init(_ files: [String: [UInt8]], open name: String? = nil) throws {
    let place = try TemporaryDirectory()
    for (name, bytes) in files { try writeFile(place.path + "/" + name, bytes) }
    let container = try BuiltIn.recogniser.open(name.map { place.file($0) } ?? Array(place.path.utf8))
    self.place = place
    recognition = try BuiltIn.recogniser.recognise(container)
  }
  init(_ name: String, _ text: String) throws { try self.init([name: Array(text.utf8)], open: name) }

  func input(_ backup: Int = 0, keepsRows: Bool = false) -> BackupInput {
    var options = ReadOptions()
    options.keepsRowsBeforeError = keepsRows
    return BackupInput(
      backup: recognition.backups[backup], container: recognition.container, toolbox: BuiltIn.toolbox, options: options)
  }
  func survey(_ backup: Int = 0, keepsRows: Bool = false) throws -> Knowledge {
    try BuiltIn.fallback.survey(input(backup, keepsRows: keepsRows))
  }
  func count(_ knowledge: Knowledge) throws -> [Name: Int] {
    var reader = try BuiltIn.fallback.openRecords(input(), knowledge)
    var counts: [Name: Int] = [:]
    var batch = RecordBatch()
    while let table = try reader.nextTable() {
      #expect(knowledge.tables.contains(table))
      while try reader.read(into: &batch) { counts[table.name, default: 0] += batch.rowCount }
    }
    return counts
  }
}

private func columns(_ table: TableSchema) -> [String] { table.columns.map { "\(displayed($0.name)) \($0.type.word)" } }

@Suite struct GenericTests {
  @Test func jsonArrayIsATableNamedByItsFile() throws {
    let found = try Case("orders.json", #"[{"id": 1, "at": "2026-02-05", "note": null}, {"id": 2, "x": [1]}]"#)
    #expect(found.recognition.backups.map(\.system) == ["generic"])
    let knowledge = try found.survey()
    #expect(knowledge.tables.map(\.name) == ["orders"])
    #expect(columns(knowledge.tables[0]) == ["id int32", "at date", "note text", "x json"])
    #expect(knowledge.findings.map(\.code) == ["unrecognised-system"])
    #expect(try found.count(knowledge) == ["orders": 2])
  }

  @Test func documentOfTablesKeepsTheirNames() throws {
    let found = try Case("dump.json", #"{"a": [{"x": 1}], "b": [{"y": "z"}, {"y": "w"}]}"#)
    let knowledge = try found.survey()
    #expect(knowledge.tables.map(\.name) == ["a", "b"])
    #expect(try found.count(knowledge) == ["a": 1, "b": 2])
  }

  @Test func csvIsTypedByItsValues() throws {
    let found = try Case("people 2026-02-05_07-54-39-688Z.csv", "id,name,born\n1,A,1990-01-02\n2,,1991-01-02\n")
    let knowledge = try found.survey()
    #expect(columns(knowledge.tables[0]) == ["id int32", "name text", "born date"])
    #expect(found.recognition.backups[0].takenAt?.microseconds == 1_770_278_079_688_000)
    #expect(found.recognition.backups[0].takenAt?.hasZone == true)
  }

  @Test(arguments: ["one.csv", "one.CSV"]) func csvOfOneColumnIsKnownByItsName(_ name: String) throws {
    let found = try Case(name, "name\nA\nB\n")
    #expect(try found.count(found.survey()) == ["one": 2])
  }

  @Test(arguments: ["gz", "bz2", "xz", "zst"]) func compressedFilesLoseBothEndings(_ ending: String) throws {
    let decoder = try #require(BuiltIn.decoders.first { $0.endings.contains(ending) })
    let store = MemoryStore(), text = Array("{\"a\":1}\n{\"a\":2}\n".utf8)
    var sink = try decoder.encode(MemorySink(store))
    try sink.write(text.span)
    try sink.finish()
    let name = "rows.jsonl." + ending
    let found = try Case([name: store.bytes], open: name)
    #expect(try found.count(found.survey()) == ["rows": 2])
  }

  @Test func everyFileOfADirectoryIsABackup() throws {
    let found = try Case([
      "a.json": Array("[{\"x\":1}]".utf8), "b.csv": Array("x,y\n1,2\n3,4\n".utf8), "README.md": Array("# Hello\n".utf8),
      "noise.bin": [0, 1, 2, 3], ".gitkeep": [],
    ])
    #expect(found.recognition.backups.map(\.kind) == ["json file", "csv file"])
    #expect(found.recognition.unclaimed.map { displayed($0.path) } == [".gitkeep", "README.md", "noise.bin"])
  }

  @Test func whatCannotBeReadIsKeptForItsError() throws {
    let empty = try Case("a.json", "")
    #expect { try empty.survey() } throws: { ($0 as? ReadError)?.code == .empty }
    let nameless = try Case("a", "")
    #expect(throws: ReadError(.empty, artifact: Array("a".utf8))) { try nameless.survey() }
    let damaged = try Case(["a.json.gz": [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF]])
    #expect(damaged.recognition.backups.map(\.kind) == ["unreadable file"])
    #expect(throws: ReadError.self) { try damaged.survey() }
  }

  @Test func damageIsToldWhereNoFormatIsKnown() throws {
    let store = MemoryStore(), text = Array("text".utf8)
    var sink = try #require(BuiltIn.decoders.first { $0.id == "gzip" }).encode(MemorySink(store))
    try sink.write(text.span)
    try sink.finish()
    let damaged = try Case(["blob.gz": store.bytes + Array("junk".utf8)], open: "blob.gz")
    #expect { try damaged.survey() } throws: { error in
      guard case .io(let reason)? = (error as? ReadError)?.code else { return false }
      return reason.reason.contains("follow the data")
    }
  }

  @Test func standardInputMayBeAnArchiveOrText() throws {
    let spill = try SpillFile(), text = Array("[{\"a\": 1}]".utf8)
    try spill.append(text.span)
    let container = try BuiltIn.recogniser.open(standardInput: SharedFile(spill))
    #expect(container.entries.map { displayed($0.path) } == ["stdin"])
    let zip = try run([
      "python3", "-c",
      "import io, sys, zipfile; b = io.BytesIO(); z = zipfile.ZipFile(b, 'w'); z.writestr('x.json', '[]'); z.close(); sys.stdout.buffer.write(b.getvalue())",
    ])
    let other = try SpillFile()
    try other.append(zip.output.span)
    #expect(
      try BuiltIn.recogniser.open(standardInput: SharedFile(other)).entries.map { displayed($0.path) } == ["x.json"])
  }

  /// What survey and reading both notice is the same finding, which is told once.
  @Test(arguments: [("a.json", #"[{"x": 1, "x": 2}]"#), ("a.csv", "a,b\n\\N,1\n")])
  func findingsOfTheRowsAreToldOnce(_ name: String, _ text: String) throws {
    let found = try Case(name, text)
    let knowledge = try found.survey()
    var reader = try BuiltIn.fallback.openRecords(found.input(), knowledge)
    var batch = RecordBatch()
    while try reader.nextTable() != nil { while try reader.read(into: &batch) {} }
    #expect(reader.findings.count == 1)
    for finding in reader.findings { #expect(knowledge.findings.contains(finding)) }
  }

  @Test func rowsBeforeACutAreKeptWhenAsked() throws {
    let found = try Case("a.json", #"[{"x": 1}, {"x": 2}, {"x": "#)
    #expect(throws: ReadError.self) { try found.survey() }
    let knowledge = try found.survey(keepsRows: true)
    #expect(columns(knowledge.tables[0]) == ["x int32"])
    #expect(knowledge.findings.map(\.code).contains("unreadable"))
  }

}

/// CSV with a schema file, in a directory and named alone.
@Suite struct SchemaFileTests {
  /// A lossless CSV file `t.csv` of the format and its schema file, and what they were written from.
  private func written(_ id: String = "csv") throws -> (csv: [UInt8], schema: [UInt8], knowledge: Knowledge) {
    let found = try Case("rows.json", #"[{"a": "01", "b": 1.10, "c": null}, {"a": "", "b": true}]"#)
    let format = try #require(BuiltIn.exportFormats.first { $0.id == id })
    var job = ConversionJob(input: found.input(), system: BuiltIn.fallback, format: format)
    job.outputPath = found.place.file("t.csv")
    job.options.csv = .lossless
    _ = try job.run()
    let csv = found.place.path + "/t.csv"
    return (try readFile(csv), try readFile(csv + ".schema.json"), try found.survey())
  }

  @Test(arguments: [nil, "t.csv"], ["csv", "tsv"])
  func losslessCSVIsReadByItsSchemaFile(_ name: String?, _ format: String) throws {
    let (csv, schema, knowledge) = try written(format)
    let again = try Case(["t.csv": csv, "t.csv.schema.json": schema], open: name)
    #expect(again.recognition.backups.count == 1 && again.recognition.unclaimed.isEmpty)
    #expect(again.recognition.backups[0].artifacts.map { displayed($0.entry.path) } == ["t.csv", "t.csv.schema.json"])
    let seen = try again.survey()
    #expect(seen.tables == knowledge.tables)
    #expect(seen.findings.map(\.code) == ["unrecognised-system", "schema-file-used"])
    #expect(try again.count(seen) == ["rows": 2])
  }

  @Test(arguments: [nil, "t.csv"]) func schemaOfOtherColumnsIsNamedAndLeftAside(_ name: String?) throws {
    let (csv, schema, _) = try written()
    let other = Array(String(decoding: schema, as: UTF8.self).replacing("\"b\"", with: "\"x\"").utf8)
    let again = try Case(["t.csv": csv, "t.csv.schema.json": other], open: name)
    let seen = try again.survey()
    #expect(seen.tables.map(\.name) == ["t"])
    #expect(seen.findings.map(\.code).contains("schema-file-unfit"))
    #expect(!seen.findings.map(\.code).contains("schema-file-used"))
    #expect(try again.count(seen) == ["t": 2])
  }

  /// What another tool called so is a file like any other.
  @Test func foreignSchemaFilesAreNotRead() throws {
    let foreign = Array("[{\"fields\": 1}]".utf8), csv = Array("a,b\n1,2\n".utf8)
    let alone = try Case(["t.csv": csv, "t.csv.schema.json": foreign], open: "t.csv")
    #expect(alone.recognition.backups.map { $0.artifacts.count } == [1])
    #expect(try alone.survey().findings.map(\.code) == ["unrecognised-system"])
    let together = try Case(["t.csv": csv, "t.csv.schema.json": foreign])
    #expect(together.recognition.backups.map(\.kind) == ["csv file", "json file"])
  }

  /// A schema file of ours that is damaged must not turn the CSV into plain text.
  @Test func damagedSchemaFileIsAnError() throws {
    let (csv, schema, _) = try written()
    let again = try Case(["t.csv": csv, "t.csv.schema.json": Array(schema.prefix(100))], open: "t.csv")
    #expect { try again.survey() } throws: { ($0 as? ReadError)?.artifact == Array("t.csv.schema.json".utf8) }
  }

  @Test(arguments: ["[1]", "{\"a\": {", "a\tb;c"]) func losslessCSVMayHaveAnyHeader(_ name: String) throws {
    let escaped = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t")
    let schema =
      #"{"coffer_csv_schema":1,"table":"t","delimiter":",","records":1,"columns":[{"name":"\#(escaped)","type":"text","kind":"text"}]}"#
    let header = "\"" + name.replacing("\"", with: "\"\"") + "\"\n"
    let found = try Case(["t.csv": Array("\(header)x\n".utf8), "t.csv.schema.json": Array(schema.utf8)])
    let knowledge = try found.survey()
    #expect(knowledge.tables.map { $0.columns.map(\.name) } == [[Name(name)]])
    #expect(try found.count(knowledge) == ["t": 1])
  }

  @Test func linesMayBeLongerThanTheHead() throws {
    let long = String(repeating: "x", count: 1 << 16)
    let found = try Case("a.jsonl", "{\"a\":1}\n{\"a\":\"\(long)\"}\n{\"a\":2}\n")
    #expect(found.recognition.backups.map(\.kind) == ["jsonl file"])
    #expect(try found.count(found.survey()) == ["a": 3])
  }

  @Test func tooManyColumnsAreNoTable() throws {
    let members = (0...TableSchema.columnLimit).map { #""k\#($0)":1"# }.joined(separator: ",")
    let found = try Case("a.json", "[{\"a\":1},{\(members)}]")
    #expect(throws: ReadError.self) { try found.survey(keepsRows: true) }
  }
}
