import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

/// Backups that nobody made: every system and format looks at them, and nothing may crash or hang.
///
/// `COFFER_CASES` is the number of cases, `COFFER_FIRST` the first of them: a case is always the same.
@Suite(.timeLimit(.minutes(10))) struct HostileBackupTests {
  @Test func anythingIsSurveyedAndWritten() throws {
    let first = number("COFFER_FIRST") ?? 0, count = number("COFFER_CASES") ?? 150
    let place = try TemporaryDirectory()
    for seed in first..<(first + count) {
      var maker = BackupMaker(seed)
      let container = MemoryContainer(maker.files())
      let recognition = try BuiltIn.recogniser.recognise(container)
      for backup in recognition.backups {
        var options = ReadOptions()
        options.keepsRowsBeforeError = maker.flip()
        options.isRagged = maker.flip()
        let input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: options)
        let system = try #require(BuiltIn.recogniser.system(backup.system))
        // What cannot be surveyed or written is an error and no more.
        guard let knowledge = try? system.survey(input) else { continue }
        try? digest(input, system, knowledge)
        for format in BuiltIn.exportFormats {
          try? write(input, system, knowledge, format, &maker, place)
        }
      }
    }
  }

  private func number(_ variable: String) -> Int? {
    environment(variable).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
  }

  /// Every row has the columns of its table, and every cell can be digested.
  private func digest(_ input: BackupInput, _ system: any SourceSystem, _ knowledge: Knowledge) throws {
    var reader = try system.openRecords(input, knowledge)
    var batch = RecordBatch(capacity: 64)
    while let table = try reader.nextTable() {
      #expect(knowledge.tables.contains(table))
      var digester = RowDigester(table), profile = TableProfile()
      profile.begin(table)
      while try reader.read(into: &batch) {
        #expect(batch.columnCount == table.columns.count)
        try digester.add(batch)
        profile.add(batch)
      }
    }
  }

  private func write(
    _ input: BackupInput, _ system: any SourceSystem, _ knowledge: Knowledge, _ format: any ExportFormat,
    _ maker: inout BackupMaker, _ place: TemporaryDirectory
  ) throws {
    var options = WriteOptions()
    options.dialect = SQLDialect.allCases.randomElement(using: &maker.random) ?? .postgres
    options.usesInserts = maker.flip()
    options.csv = CSVStyle.allCases.randomElement(using: &maker.random) ?? .plain
    let directory = try StagedDirectory(place.file("out"))
    let output: Output =
      format.holdsManyTables ? Output(.file(directory.stage + Array("/x".utf8))) : Output(.directory(directory.stage))
    let tables = knowledge.tables
    var writer = try format.makeWriter(to: output, tables: tables, options: options)
    var reader = try system.openRecords(input, knowledge)
    var batch = RecordBatch(capacity: 64)
    while let table = try reader.nextTable() {
      try writer.begin(table)
      while try reader.read(into: &batch) { try writer.write(batch) }
    }
    // Finishing takes long where files are made durable.
    if maker.chance(16) { try writer.finish() }
  }
}

/// Files in memory, as a directory would show them.
struct MemoryContainer: BackupContainer {
  let path = Array("/none".utf8)
  let isDirectory = true
  let entries: [ContainerEntry]
  let findings: [Finding] = []
  private let files: [[UInt8]: [UInt8]]

  init(_ files: [String: [UInt8]]) {
    self.files = Dictionary(uniqueKeysWithValues: files.map { (Array($0.utf8), $1) })
    entries = self.files.map { ContainerEntry(path: $0, byteCount: Int64($1.count)) }
      .sorted { $0.path.lexicographicallyPrecedes($1.path) }
  }

  func open(_ entry: ContainerEntry) throws(IOError) -> any ByteSource & ~Copyable {
    MemorySource(files[entry.path] ?? [], step: 1 << 12)
  }
}
