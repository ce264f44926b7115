import BuiltIn
import Bytes
import Comparison
import Conversion
import ConvexImportFormat
import Diagnostics
import Records
import TestSupport
import Testing

/// A backup, the set of files that it becomes, and what our own reader makes of that.
struct SetRun {
  let place: TemporaryDirectory
  let path: String
  let losses: [Loss]
  let knowledge: Knowledge
  private(set) var comparison: Comparison

  init(_ source: String) throws {
    place = try TemporaryDirectory()
    path = place.path + "/set"
    let first = try Self.survey(source)
    var job = ConversionJob(input: first.input, system: first.system, format: ConvexSet())
    job.outputPath = Array((path + "/").utf8)
    job.knowledge = first.knowledge
    job.options.attributes = first.knowledge.attributes
    losses = try job.run().losses
    let second = try Self.survey(path)
    #expect(second.system.id == "convex" && second.input.backup.kind == "script set")
    knowledge = second.knowledge
    comparison = Comparison(ComparedBackup([first]), ComparedBackup([second]))
    try comparison.run()
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

  /// What the set says of itself and does not hold.
  var refuted: [String] { knowledge.claims.filter { $0.verdict != .proved }.map(\.subject) }

  /// What Python's own readers make of the files; a file that is not laid out as `JSON.stringify` does is an error.
  func checked() throws -> String {
    let result = try run(["python3", packageRoot + "/Tests/oracles/convex_set.py", path])
    try #require(result.exitCode == 0, "\(result.errorText)")
    return result.text
  }
}
