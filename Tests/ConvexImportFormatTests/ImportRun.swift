import BuiltIn
import Bytes
import Comparison
import Conversion
import ConvexImportFormat
import Records
import TestSupport
import Testing

/// A finished zip for Convex.
struct Imported {
  let bytes: [UInt8]
  /// Contents of the entries by their names.
  let files: [String: [UInt8]]
  let names: [String]
  let losses: [Loss]

  init(_ bytes: [UInt8], _ losses: [Loss]) throws {
    self.bytes = bytes
    self.losses = losses
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/a.zip", bytes)
    let script = """
      import json, sys, zipfile
      z = zipfile.ZipFile(sys.argv[1])
      for name in z.namelist():
          data = z.read(name)
          sys.stdout.buffer.write(b"%d %d %s\\n%s" % (len(name), len(data), name.encode(), data))
      """
    let result = try run(["python3", "-c", script, place.path + "/a.zip"])
    try #require(result.exitCode == 0, "\(result.errorText)")
    var rest = result.output[...], files: [String: [UInt8]] = [:], names: [String] = []
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let words = rest[..<end].split(separator: UInt8(ascii: " "), maxSplits: 2)
      let count = Int(String(decoding: words[1], as: UTF8.self)) ?? 0, name = String(decoding: words[2], as: UTF8.self)
      files[name] = Array(rest[(end + 1)..<(end + 1 + count)])
      names.append(name)
      rest = rest[(end + 1 + count)...]
    }
    (self.files, self.names) = (files, names)
  }

  /// Rows of tables of the common schema.
  init(_ tables: [TestTable], isExport: Bool = false, batchSize: Int = 2, externalAbove: Int = .max) throws {
    var options = WriteOptions()
    if isExport { options.attributes = [("generation", Array("uniform".utf8))] }
    let written = try write(
      tables, as: ConvexImport(), options: options, batchSize: batchSize, externalAbove: externalAbove)
    try self.init(written.files[""] ?? [], written.losses)
  }

  /// Lines of a table's documents without id and time, which are looked at elsewhere.
  func documents(_ table: String) -> [String] {
    lines(table).map { "{" + $0.split(separator: ",", maxSplits: 2).dropFirst(2).joined() }
  }

  func lines(_ table: String) -> [String] {
    String(decoding: files[table + "/documents.jsonl"] ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The id at the beginning of each document.
  func ids(_ table: String) -> [String] { lines(table).map { String($0.dropFirst(8).prefix { $0 != "\"" }) } }

  /// Times of creation as they are spelled.
  func times(_ table: String) -> [String] {
    lines(table).map { line in
      String(line.split(separator: ",")[1].dropFirst("\"_creationTime\":".count).prefix { $0 != "}" })
    }
  }

  func loss(_ code: String) -> [Loss] { losses.filter { $0.code == code } }

  /// What the independent check says: what the importer would refuse is an error.
  func checked() throws -> String {
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/a.zip", bytes)
    let result = try run(["python3", packageRoot + "/Tests/oracles/convex_import.py", place.path + "/a.zip"])
    try #require(result.exitCode == 0, "\(result.errorText)")
    return result.text
  }
}

/// A backup and the zip that it becomes, read again.
struct ThereAndBack {
  let imported: Imported
  private(set) var comparison: Comparison
  let losses: [Loss]

  init(_ path: String) throws {
    let place = try TemporaryDirectory(), output = place.file("out.zip")
    let (container, recognition) = try Self.open(Array(path.utf8))
    let backup = try #require(recognition.backups.first),
      system = try #require(BuiltIn.recogniser.system(backup.system))
    let input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    let knowledge = try system.survey(input)
    var job = ConversionJob(input: input, system: system, format: ConvexImport())
    job.outputPath = output
    job.knowledge = knowledge
    job.options.attributes = knowledge.attributes
    losses = try job.run().losses
    imported = try Imported(readFile(place.path + "/out.zip"), losses)
    let first = ComparedBackup([ComparedBackup.Part(system: system, input: input, knowledge: knowledge)])
    let (again, found) = try Self.open(output)
    #expect(found.backups.map(\.system) == ["convex"])
    let second = BackupInput(
      backup: found.backups[0], container: again, toolbox: BuiltIn.toolbox, options: ReadOptions())
    let convex = try #require(BuiltIn.recogniser.system("convex"))
    comparison = Comparison(
      first, ComparedBackup([ComparedBackup.Part(system: convex, input: second, knowledge: try convex.survey(second))]))
    try comparison.run()
  }

  private static func open(_ path: [UInt8]) throws -> (any BackupContainer, Recognition) {
    let container = try BuiltIn.recogniser.open(path)
    return (container, try BuiltIn.recogniser.recognise(container))
  }

  /// Names of the tables by what comparing them came to, before and after the losses that were named.
  func verdicts(explained: Bool) -> [ComparedTable.Verdict: Set<Name>] {
    var comparison = comparison
    if explained { comparison.explain(by: losses) }
    return Dictionary(grouping: comparison.tables, by: \.verdict).mapValues { Set($0.map(\.name)) }
  }
}
