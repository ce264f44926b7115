import Bytes
import Diagnostics
import Records
import SQLText
import TestSupport
import Testing

/// The project's own attacks in SQL, each met as the list of attacks asks for: refused, named, or read as the data that it is.
@Suite(.enabled(if: sharedSamples != nil, "the shared samples are not beside this checkout")) struct OwnAttackTests {
  private static let folder = (sharedSamples ?? "") + "/adversarial/dev/own-attacks/sql/"

  /// What comes of a script.
  private func meet(_ name: String) throws -> (
    read: Transcript, codes: [String], objects: [SchemaObject], tables: [TableSchema]
  ) {
    let bytes = try readFile(Self.folder + name + ".sql"), outcome = SQLDumpOutcome()
    var reader = SQLDumpReader(MemorySource(bytes), .postgres, outcome: outcome), batch = RecordBatch()
    do {
      while try reader.nextTable() != nil { while try reader.read(into: &batch) {} }
    } catch {}
    let schema = try #require(outcome.schema)
    let (tables, objects, findings) = schema.finish()
    return (FormatSuite(reads: DumpFormat()).read(bytes), findings.map(\.code), objects, tables)
  }

  @Test(arguments: [
    ("meta-shell", "suspicious-meta-command"), ("meta-comment", "suspicious-meta-command"),
    ("unrestrict", "suspicious-meta-command"), ("copy-program", "forbidden-statement"),
    ("copy-file", "forbidden-statement"), ("ext", "forbidden-statement"), ("do-block", "code-block"),
  ]) func whatReachesOutIsNamed(_ name: String, _ code: String) throws {
    let found = try meet(name)
    #expect(found.codes.contains(code), "\(found.codes)")
    // The comment of one is cut in two by the command, and what is left of it is no statement.
    #expect(found.read.rows.isEmpty && (found.read.error == nil || name == "meta-comment"))
  }

  @Test(arguments: ["copy-trunc", "copy-cols", "dollar-open"]) func whatIsDamagedIsRefused(_ name: String) throws {
    #expect(try meet(name).read.error != nil)
  }

  @Test func whatLooksLikeAnAttackIsData() throws {
    #expect(try meet("copy-missing-table").read.rows == [["DROP TABLE victim;"]])
    #expect(
      try meet("copy-escapes").read.rows == [
        [nil, "\\N"], ["\u{8}\u{C}\n\r\t\u{B}", "AAq"], ["", ""], ["\\.", ".x"],
      ])
    #expect(try meet("estring").read.rows == [["'); DROP TABLE x; --"]])
    let names = try meet("ident")
    #expect(names.tables.map(\.name) == ["a\";DROP TABLE x;--"] && names.codes == [])
    #expect(try meet("meta-in-name").tables.map(\.name) == ["x\n\\! touch /tmp/yygc\n"])
    #expect(try meet("meta-in-name").codes == [])
    let sequence = try meet("setval").objects.first { $0.kind == "sequence" }
    #expect(sequence?.attribute("last-value").map(text) == "6488671413720202895")
    // Bytes that are none of UTF-8 are said.
    #expect(try meet("encoding").read.findings.map(\.code) == ["not-utf8"])
  }

  @Test func codeIsListedAndNotRun() throws {
    #expect(try meet("event-trigger").objects.map(\.kind) == ["event-trigger"])
    #expect(try meet("check-fn").objects.contains { $0.kind == "function" })
    #expect(try meet("dollar").objects.contains { $0.kind == "function" })
    #expect(try meet("schema-only").read.rows.isEmpty)
    #expect(try meet("no-trailer").read.rows == [[.number("1")]])
  }

  /// None is left out.
  @Test func everyAttackHasItsTest() throws {
    let names = try directoryNames(Array(Self.folder.utf8)).map { String(decoding: $0.dropLast(4), as: UTF8.self) }
    let own = text(try readFile(packageRoot + "/Tests/SQLTextTests/OwnAttackTests.swift"))
    #expect(names.count == 23 && names.filter { !own.contains("\"\($0)\"") && $0 != "search-path" } == [])
  }
}
