import BuiltIn
import Bytes
import Comparison
import Conversion
import Diagnostics
import PrismaSchema
import PrismaSeedFormat
import Records
import TestSupport
import Testing

/// A backup, the seed that it becomes, and what our own readers make of that.
struct SeedRun {
  let place: TemporaryDirectory
  let path: String
  let losses: [Loss]
  let first: Knowledge
  let second: Knowledge
  let comparison: Comparison

  init(_ source: String, _ dialect: SQLDialect = .postgres) throws {
    place = try TemporaryDirectory()
    path = place.path + "/seed"
    let part = try Self.survey(source)
    var job = ConversionJob(input: part.input, system: part.system, format: PrismaSeed())
    job.outputPath = Array((path + "/").utf8)
    job.knowledge = part.knowledge
    job.options.dialect = dialect
    losses = try job.run().losses
    let again = try Self.survey(path)
    #expect(again.system.id == "prisma")
    (first, second) = (part.knowledge, again.knowledge)
    var comparison = Comparison(ComparedBackup([part]), ComparedBackup([again]))
    try comparison.run()
    self.comparison = comparison
  }

  private static func survey(_ path: String) throws -> ComparedBackup.Part {
    let container = try BuiltIn.recogniser.open(Array(path.utf8))
    let recognition = try BuiltIn.recogniser.recognise(container)
    #expect(recognition.backups.count == 1)
    let backup = try #require(recognition.backups.first)
    let system = try #require(BuiltIn.recogniser.system(backup.system))
    let input = BackupInput(backup: backup, container: container, toolbox: BuiltIn.toolbox, options: ReadOptions())
    return ComparedBackup.Part(system: system, input: input, knowledge: try system.survey(input))
  }

  func text(_ name: String) throws -> String { String(decoding: try readFile(path + "/" + name), as: UTF8.self) }
}

/// The text of the draft of some tables, and the tables that our parser reads in it.
func draft(_ tables: [TableSchema], _ dialect: SQLDialect = .postgres) throws -> (text: String, tables: [PrismaTable]) {
  var options = WriteOptions()
  options.dialect = dialect
  let written = try write(tables.map { TestTable($0, []) }, as: PrismaSeed(), options: options, toDirectory: true)
  let text = written["schema.prisma"], schema = PrismaSchema(Array(text.utf8))
  #expect(!schema.findings.contains { $0.code.hasPrefix("schema-") }, "\(text)")
  return (text, schema.tables())
}

/// Runs the script of a seed with a client that notes what it is asked for, one call a line.
func calls(of path: String) throws -> [String] {
  let client = path + "/node_modules/@prisma/client"
  _ = try run(["mkdir", "-p", client])
  try writeFile(client + "/index.js", try readFile(packageRoot + "/Tests/oracles/prisma_client.js"))
  let checked = try run(["node", "--check", path + "/seed.cjs"])
  try #require(checked.exitCode == 0, "\(checked.errorText)")
  let result = try run(["node", path + "/seed.cjs"])
  try #require(result.exitCode == 0, "\(result.errorText)")
  return result.text.split(separator: "\n").map(String.init)
}
