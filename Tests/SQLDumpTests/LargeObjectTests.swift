import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

/// Large objects are files within a dump: measured, printed and written byte for byte, whatever the dump's form.
@Suite struct LargeObjectTests {
  static let generated = (sharedSamples ?? "") + "/postgres/dev/generated/"

  /// All dumps that hold the large objects of `alltypes`.
  private static func dumps() -> [String] {
    guard sharedSamples != nil else { return [] }
    let forms = (try? SampleDumpTests.dumps(of: "alltypes")) ?? []
    return forms + ["pg15/lo-only.fd"]
  }

  @Test(.enabled(if: sharedSamples != nil, "the shared samples are not beside the package"), arguments: dumps())
  func contentIsThatOfTheServer(_ name: String) throws {
    let truth = String(decoding: try readFile(Self.generated + "truth/alltypes.largeobjects.md5"), as: UTF8.self)
    let expected = truth.split(separator: "\n").sorted().map(String.init)
    let run = try DumpRun(Self.generated + name, salvage: true)
    let found = try run.largeObjects.map { object in
      let bytes = try #require(try run.content(object))
      guard var digest = MD5() else { return "no MD5" }
      digest.update(bytes.span)
      return "\(String(decoding: object.name.bytes, as: UTF8.self)) \(hexadecimal(digest.finish()))"
    }
    #expect(found.sorted() == expected)
    #expect(expected.count == 3)
  }

  @Test(
    .enabled(if: sharedSamples != nil, "the shared samples are not beside the package"),
    arguments: ["pg15/manylo.fc.dump", "pg16/manylo.fc.dump", "pg17/manylo.ft.tar", "pg18/manylo.fc.dump"])
  func manyAreWritten(_ name: String) throws {
    let place = try TemporaryDirectory()
    let stage = try FileStage(place.file("files"), replaces: false)
    let run = try DumpRun(Self.generated + name, files: stage)
    #expect(run.largeObjects.count == 2300)
    #expect(try stage.commit(run.knowledge.tables).files == 2300)
    for i in 1...2300 {
      let text = try readFile(place.path + "/files/large_objects/\(90000 + i)")
      #expect(text == Array("lo number \(i)".utf8))
    }
    #expect(try run.content(run.largeObjects[1776]) != nil)
  }

  /// Pieces end at 16 KiB.
  private static let sizes = [0, 1, 3, 16_383, 16_384, 16_385, 300_000]

  @Test(.enabled(if: ThrowAwayPostgres.isAvailable, "needs PostgreSQL")) func everyFormGivesTheServersBytes() throws {
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    let made = try server.psql(
      """
      CREATE ROLE keeper; SELECT setseed(0.5);
      CREATE TABLE t (id integer); INSERT INTO t SELECT generate_series(1, 1000);
      """
        + Self.sizes.enumerated().map { i, size in
          """
          SELECT lo_from_bytea(\(5000 + i), (SELECT coalesce(string_agg(set_byte('x', 0, (random() * 255)::int), ''), '')
            FROM generate_series(1, \(size))));
          ALTER LARGE OBJECT \(5000 + i) OWNER TO keeper;
          """
        }.joined(separator: "\n"))
    try #require(made.exitCode == 0, "\(made.errorText)")
    let truth = try server.psql(
      "SELECT oid, octet_length(lo_get(oid)), encode(sha256(lo_get(oid)), 'hex') FROM pg_largeobject_metadata ORDER BY 1"
    ).text.split(separator: "\n").map(String.init)
    for (number, options) in [
      [], ["--inserts"], ["-O", "-x"], ["--data-only"], ["-Fc"], ["-Fc", "-Z0"], ["-Fc", "-a"], ["-Fd"], ["-Ft"],
    ].enumerated() {
      let path = place.path + "/dump\(number)"
      let dumped = try server.dump(options + ["--file", path, "--blobs"])
      try #require(dumped.exitCode == 0, "\(dumped.errorText)")
      let stage = try FileStage(place.file("files\(number)"), replaces: false)
      let run = try DumpRun(path, files: stage)
      func line(_ object: SchemaObject, _ bytes: [UInt8]) -> String {
        var digest = SHA256()
        digest.update(bytes.span)
        return "\(String(decoding: object.name.bytes, as: UTF8.self))|\(bytes.count)|\(hexadecimal(digest.finish()))"
      }
      let objects = run.largeObjects.sorted { $0.name < $1.name }
      #expect(try objects.map { line($0, try #require(try run.content($0))) } == truth, "\(options)")
      #expect(
        objects.map {
          [$0.name.bytes, $0.attribute("bytes") ?? [], $0.attribute("sha256") ?? []].map {
            String(decoding: $0, as: UTF8.self)
          }.joined(separator: "|")
        } == truth)
      let isOwned = !options.contains("-O")
      #expect(objects.allSatisfy { ($0.attribute("owner") == Array("keeper".utf8)) == isOwned }, "\(options)")
      #expect(try stage.commit(run.knowledge.tables).files == Self.sizes.count)
      let written = try objects.map { object in
        let name = String(decoding: object.name.bytes, as: UTF8.self)
        let folder = place.path + "/files\(number)/large_objects"
        let file = everyFile(folder).first { $0.hasSuffix("/\(name)") || $0.contains("/\(name).") }
        return line(object, try readFile(try #require(file)))
      }
      #expect(written == truth, "\(options)")
    }
  }

  /// Forms of old dumps, what hands write, and what is none of it.
  @Test func otherForms() throws {
    let place = try TemporaryDirectory()
    let script = #"""
      --
      -- PostgreSQL database dump
      --
      SET standard_conforming_strings = off;
      SELECT lo_open(lo_create('11'), 131072);
      SELECT lowrite(0, 'a\\000\\377\\\\z');
      SELECT lowrite(0, '\\x00ff');
      SELECT lo_close(0);
      SET standard_conforming_strings = on;
      SELECT pg_catalog.lo_create('12');
      SELECT pg_catalog.lo_open('12', 131072);
      SELECT pg_catalog.lowrite(0, '\x0g');
      SELECT pg_catalog.lo_close(0);
      SELECT pg_catalog.lo_open('13', 131072);
      SELECT pg_catalog.lowrite(0, '\x41');
      SELECT pg_catalog.lo_open('14', 131072);
      SELECT pg_catalog.lo_close(0);
      SELECT lo_from_bytea(15, '\x3c737667'::bytea);
      SELECT lo_create('4294967296'), lo_create('-1'), lo_create('x');
      SELECT lowrite(0, '\x42');
      SELECT lo_open('16', 131072);
      SELECT lowrite(0, '\x41');
      SELECT lo_close(0);
      SELECT lo_open('16', 131072);
      SELECT lowrite(0, E'\\x42');
      SELECT lo_close(0);
      SELECT lo_open('17', 131072);
      SELECT lowrite(0, '\x42');
      """#
    try writeFile(place.path + "/dump.sql", Array(script.utf8))
    let stage = try FileStage(place.file("files"), replaces: false)
    let run = try DumpRun(place.path + "/dump.sql", files: stage)
    let all = run.knowledge.objects.filter { $0.kind == "large-object" }
    #expect(all.map(\.name) == ["11", "12", "13", "14", "15", "16", "17"])
    var found: [Name: [UInt8]] = [:]
    for object in all { found[object.name] = try run.content(object) }
    #expect(
      found == [
        "11": Array("a".utf8) + [0, 0xFF] + Array("\\z".utf8) + [0, 0xFF], "14": [], "15": Array("<svg".utf8),
        "16": Array("B".utf8),
      ])
    #expect(Set(run.largeObjects.map(\.name)) == Set(found.keys))
    #expect(run.codes.contains("large-object-undecodable"))
    #expect(try stage.commit([]).files == 4)
    #expect(try readFile(place.path + "/files/large_objects/15.svg") == Array("<svg".utf8))
    #expect(try readFile(place.path + "/files/large_objects/16") == Array("B".utf8))
    #expect(try directoryNames(place.file("files")).count == 2)
  }

  /// What is cut off or damaged is not taken for whole.
  @Test(.enabled(if: ThrowAwayPostgres.isAvailable, "needs PostgreSQL"), arguments: [[], ["-Fc", "-Z0"], ["-Fc"]])
  func whatIsNotWholeIsNotThere(_ options: [String]) throws {
    let server = try ThrowAwayPostgres(), place = try TemporaryDirectory()
    _ = try server.psql(
      "SELECT lo_from_bytea(21, decode(repeat('4a', 50000), 'hex')), lo_from_bytea(22, sha256('x') || decode(repeat('4b', 50000), 'hex'))"
    )
    try writeFile(place.path + "/whole", try server.dump(options).output)
    let bytes = try readFile(place.path + "/whole"), whole = try DumpRun(place.path + "/whole")
    let contents = try whole.largeObjects.map { try whole.content($0) }
    #expect(contents.count == 2)
    var random = SplitMix(state: 3), partCount = 0
    for _ in 0..<60 {
      let cut = Int.random(in: bytes.count / 8..<bytes.count, using: &random)
      try writeFile(place.path + "/cut", Array(bytes[..<cut]))
      guard let part = try? DumpRun(place.path + "/cut", salvage: true) else { continue }
      for (number, object) in part.knowledge.objects.filter({ $0.kind == "large-object" }).enumerated() {
        let content = object.attribute("bytes") == nil ? nil : try part.content(object)
        #expect(content == nil || content == contents[number], "\(object.name) cut at \(cut)")
        if content == nil {
          partCount += 1
          #expect(part.error != nil || part.knowledge.findings.contains { $0.severity >= .error }, "cut at \(cut)")
          // Asked for all the same, it is refused or not there.
          #expect((try? part.content(object)) ?? nil == nil)
        }
      }
    }
    #expect(partCount > 5)
  }
}
