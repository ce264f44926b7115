import BuiltIn
import Bytes
import Conversion
import Glibc
import Records
import TestSupport
import Testing

@testable import FixtureFormat

/// S3-13: Django loads what is written and finds the same rows, and where the source says enough, it is its own dump byte for byte.
@Suite struct FixtureOracleTests {
  /// The Python that has Django; `scripts/setup test` installs it.
  private static let python = packageRoot + "/.build/oracles/bin/python"
  private static let oracle = packageRoot + "/Tests/oracles/fixtures.py"
  private static let hasDjango = access(python, X_OK) == 0

  private func convert(_ path: String, to output: [UInt8], _ syntax: FixtureSyntax, schema: String?) throws
    -> ConversionReport
  {
    var options = ReadOptions()
    options.schema = schema.map { Array($0.utf8) }
    let recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(path.utf8)))
    let backup = try #require(recognition.backups.first)
    let system = try #require(BuiltIn.recogniser.system(backup.system))
    let input = BackupInput(
      backup: backup, container: recognition.container, toolbox: BuiltIn.toolbox, options: options)
    var job = ConversionJob(input: input, system: system, format: Fixture(syntax))
    job.outputPath = output
    return try job.run()
  }

  private func ask(_ arguments: [String]) throws {
    let result = try TestSupport.run([Self.python, Self.oracle] + arguments)
    #expect(result.exitCode == 0 && result.text == "", "\(result.text)\(result.errorText)")
  }

  @Test(.enabled(if: hasDjango)) func djangoLoadsWhatIsWritten() throws {
    let place = try TemporaryDirectory(), path = place.path
    try ask(["make", path])
    var loaded = ["\(path)/dump.yaml"], compared: [String] = []
    for from in FixtureSyntax.allCases {
      for to in FixtureSyntax.allCases {
        let output = "\(path)/\(from)-\(to).\(to)"
        // JSON and YAML do not name classes of fields; a format's own needs none.
        let schema = from == to ? nil : path
        let report = try convert("\(path)/dump.\(from)", to: Array(output.utf8), to, schema: schema)
        #expect(report.losses.isEmpty, "\(from) \(to): \(report.losses)")
        compared.append(output)
        // JSON of Django ends times at milliseconds.
        if from == .xml || from == .yaml { loaded.append(output) }
      }
    }
    let database = "\(path)/database.json"
    _ = try convert("\(path)/db.sqlite3", to: Array(database.utf8), .json, schema: path)
    try ask(["bytes", path] + compared)
    try ask(["check", path] + loaded + [database])
    try ask(["check", path, "\(path)/dump.json"] + compared.filter { $0.contains("/json") })
  }

  /// Dumps of six versions of Django, in the syntax that they are in; skipped where the samples are not present.
  @Test(arguments: ["1.11", "2.2", "3.2", "4.2", "5.2", "6.0"]) func dumpsComeBackByteForByte(_ version: String) throws
  {
    guard let samples = sharedSamples else { return }
    let place = try TemporaryDirectory()
    // Before 3.2 Django escaped all that is not ASCII in JSON, and sorted the fields of YAML.
    let isOld = version == "1.11" || version == "2.2"
    // Arrays, hstores, ranges and shapes of PostgreSQL, too.
    let files: [(String, FixtureSyntax)] =
      (isOld ? [.xml] : FixtureSyntax.allCases).map { ("full", $0) } + (isOld ? [] : [("pg.geo", .yaml)])
    for (name, syntax) in files {
      let path = "\(samples)/django/dev/generated/dj\(version)/dj\(version).\(name).\(syntax)"
      guard let original = try? readFile(path) else { continue }
      let output = place.file("\(name).\(syntax)")
      _ = try convert(path, to: output, syntax, schema: nil)
      var written = try readFile(place.path + "/\(name).\(syntax)")
      // Versions before 6.0 end JSON without a line feed.
      if original.last == UInt8(ascii: "]") { written.removeLast() }
      let isSame = written == original
      #expect(isSame, "\(version) \(name) \(syntax)")
    }
  }

  /// YAML as PyYAML writes it, whatever the text.
  @Test(.enabled(if: hasDjango)) func yamlIsPyYAMLs() throws {
    var random = SplitMix(state: 7)
    let pieces =
      awkwardPieces
      + [
        "a", "b", " ", "  ", "\n", "\n\n", ":", ": ", "#", " #", "'", "\"", "-", "- ", "1", "0", "e+1", ".", "_", "é",
        "🙂",
      ]
    var texts: [[UInt8]] = pieces.map { Array($0.utf8) }
    for _ in 0..<4000 {
      var text = ""
      for _ in 0..<Int.random(in: 1...(Bool.random(using: &random) ? 6 : 60), using: &random) {
        text += pieces.randomElement(using: &random) ?? ""
      }
      texts.append(Array(text.utf8))
    }
    var json: [UInt8] = [], ours: [UInt8] = []
    for (i, text) in texts.enumerated() {
      var value: [UInt8] = []
      value.append(jsonString: text, isASCII: true)
      // Also in a list, an object, and as a key.
      let shapes = [
        value, Array("[".utf8) + value + Array(",[".utf8) + value + Array("]]".utf8),
        Array("{\"k\":{\"l\":".utf8) + value + Array("}}".utf8), Array("{".utf8) + value + Array(":[1]}".utf8),
      ]
      let shape = shapes[i % shapes.count]
      json += shape + [UInt8(ascii: "\n")]
      var yaml = YAMLText()
      yaml.put("- model: a.b\n  pk: 1\n  fields:")
      yaml.newLine(indent: 4)
      yaml.put("v:")
      yaml.append(json: shape, indent: 4)
      ours += yaml.bytes + [UInt8(ascii: "\n")]
    }
    let result = try TestSupport.run([Self.python, Self.oracle, "yaml"], input: json)
    #expect(result.exitCode == 0, "\(result.errorText)")
    let mine = ours.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let theirs = result.output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let different = zip(mine, theirs).first { $0 != $1 }
    #expect(different == nil && mine.count == theirs.count)
    if let different {
      Issue.record("\(String(decoding: different.0, as: UTF8.self)) is \(String(decoding: different.1, as: UTF8.self))")
    }
  }

  private var awkwardPieces: [String] {
    awkwardTexts.compactMap { if case .text(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil } }
  }
}
