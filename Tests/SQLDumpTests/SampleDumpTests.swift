import Bytes
import Conversion
import Records
import TestSupport
import Testing

/// The shared samples: the same databases dumped in every form there is. They are no part of the repository.
@Suite(.enabled(if: sharedSamples != nil, "the shared samples are not beside the package")) struct SampleDumpTests {
  static let generated = (sharedSamples ?? "") + "/postgres/dev/generated/"

  /// All dumps of one database that hold its data.
  static func dumps(of database: String) throws -> [String] {
    let without = [
      "schema-only", "section", "exclude-data", "statistics-only", ".stderr", ".list", "native", "stderr-mixed",
      "quote-all",
      "via-root",
    ]
    return try ["pg15", "pg16", "pg17", "pg18", "versions", "derived"].flatMap { folder in
      try directoryNames(Array((generated + folder).utf8)).map { String(decoding: $0, as: UTF8.self) }
        .filter { name in name.hasPrefix(database + ".") && !without.contains { name.contains($0) } }
        .map { "\(folder)/\($0)" }
    }.sorted()
  }

  @Test(arguments: ["alltypes", "circular", "shop", "noscs", "sqlascii", "latin1"])
  func everyFormHasTheSameRows(_ database: String) throws {
    var first: (name: String, run: DumpRun)?
    for name in try Self.dumps(of: database) {
      let run: DumpRun
      do { run = try DumpRun(Self.generated + name) } catch {
        Issue.record("\(name): \(error)")
        continue
      }
      guard let (_, expected) = first else {
        first = (name, run)
        continue
      }
      // A dump of the data alone knows of no types, and INSERT writes some numbers otherwise.
      guard !name.contains("data-only") else { continue }
      for (table, digest) in expected.digests {
        #expect(run.digests[table] == digest, "\(name): \(table) against \(first?.name ?? "")")
      }
      #expect(run.digests.count == expected.digests.count, "\(name)")
    }
    #expect(first != nil)
  }

  @Test func countsAreThoseOfTheServer() throws {
    let truth = try readFile(Self.generated + "truth/alltypes.counts.tsv")
    let run = try DumpRun(Self.generated + "pg15/alltypes.fc-z6.dump")
    for line in truth.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: "\t")).map { String(decoding: $0, as: UTF8.self) }
      let name = fields[1].replacing("\"", with: "")
      #expect(run.counts[name] == Int(fields[2]), "\(name)")
    }
  }
}
