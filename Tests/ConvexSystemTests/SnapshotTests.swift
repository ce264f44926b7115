import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@testable import ConvexSystem

private let fixtures = packageRoot + "/Tests/Fixtures/convex/snapshot_brave-heron-208_"
private let uniform = fixtures + "1780000000123456789.zip", legacy = fixtures + "1765000000123456789.zip"

/// A bundled export as a directory that can be changed.
private struct Exploded {
  let place: TemporaryDirectory
  let path: String

  init(_ archive: String, below folder: String = "") throws {
    place = try TemporaryDirectory()
    path = place.path + "/export"
    let script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])"
    let result = try run(["python3", "-c", script, archive, path + "/" + folder])
    try #require(result.exitCode == 0, "\(result.errorText)")
  }

  func text(_ file: String) throws -> String { String(decoding: try readFile(path + "/" + file), as: UTF8.self) }
  func write(_ text: String, to file: String) throws { try writeFile(path + "/" + file, Array(text.utf8)) }
  func replace(_ old: String, by new: String, in file: String) throws {
    let text = try text(file)
    try #require(text.contains(old))
    try write(text.replacing(old, with: new), to: file)
  }

  /// The same files in a zip as other programs make it: directories, no compression for some, dates.
  func zipped() throws -> String {
    let script = """
      import os, sys, zipfile
      with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as z:
          for folder, _, names in sorted(os.walk(sys.argv[1]), reverse=True):
              where = os.path.relpath(folder, sys.argv[1])
              if where != ".": z.write(folder, where)
              for i, name in enumerate(sorted(names)):
                  z.write(os.path.join(folder, name), os.path.join(where, name), zipfile.ZIP_STORED if i % 2 else None)
          z.writestr("__MACOSX/notes/._documents.jsonl", b"x")
      """
    let result = try run(["python3", "-c", script, path, place.path + "/again.zip"])
    try #require(result.exitCode == 0, "\(result.errorText)")
    return place.path + "/again.zip"
  }
}

@Suite struct SnapshotDetectionTests {
  @Test(arguments: [uniform, legacy]) func exportIsOneBackup(_ path: String) throws {
    let snapshot = try Snapshot(path)
    #expect(snapshot.recognition.backups.count == 1 && snapshot.recognition.unclaimed.isEmpty)
    #expect(snapshot.backup.system == "convex" && snapshot.backup.kind == "snapshot")
    #expect(snapshot.backup.confidence == 0.99 && snapshot.backup.projectName == "brave-heron-208")
    let time: Int64 = path == uniform ? 1_780_000_000_123_456 : 1_765_000_000_123_456
    #expect(snapshot.backup.takenAt == TakenAt(microseconds: time, hasZone: true, origin: "name"))
    #expect(snapshot.backup.evidence.contains { $0.contains(path == uniform ? "uniform kind" : "legacy kind") })
  }

  /// Whatever is missing, something else tells what it is.
  @Test(arguments: [
    (["README.md"], 0.97), (["README.md", "_tables/documents.jsonl"], 0.95),
    (["README.md", "_tables/documents.jsonl", "generated_schema.jsonl"], 0.95),
    (["README.md", "_tables/documents.jsonl", "generated_schema.jsonl", "_storage/documents.jsonl"], 0.95),
  ]) func partsAreEnough(_ missing: [String], _ confidence: Double) throws {
    let export = try Exploded(uniform)
    let script = "cd \"$1\" && shift && for name; do find . -path \"*/$name\" -delete; done"
    #expect(try run(["sh", "-ec", script, "sh", export.path] + missing).exitCode == 0)
    let snapshot = try Snapshot(export.path)
    #expect(snapshot.backup.kind == "snapshot" && snapshot.backup.confidence == confidence)
  }

  @Test func othersAreLeftAlone() throws {
    let place = try TemporaryDirectory()
    #expect(try run(["mkdir", place.path + "/people", place.path + "/_tables"]).exitCode == 0)
    try writeFile(
      place.path + "/people/documents.jsonl", Array("{\"_id\":\"507f1f77bcf86cd799439011\",\"a\":1}\n".utf8))
    try writeFile(place.path + "/_tables/documents.jsonl", Array("{\"name\":\"people\"}\n".utf8))
    let found = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(place.path.utf8)))
    #expect(found.backups.allSatisfy { $0.system != "convex" })
  }
}

@Suite struct SnapshotSurveyTests {
  @Test(arguments: [uniform, legacy]) func valuesEqualTheOracle(_ path: String) throws {
    try expectSameValues(path, as: snapshotOracle("export", path))
  }

  /// One content, whatever it is in.
  @Test func containersAndGenerationsAreOneDigest() throws {
    let digests = try Snapshot(uniform).digests()
    #expect(digests.count == 6 && digests["mailer/queue.jobs"]?.count == 2)
    #expect(try Snapshot(legacy).digests() == digests)
    let export = try Exploded(legacy), below = try Exploded(uniform, below: "a/snapshot_1780000000123456789")
    for path in [export.path, try export.zipped(), below.path, try below.zipped()] {
      #expect(try Snapshot(path).digests() == digests, "\(path)")
      #expect(try Snapshot(path).recognition.unclaimed.isEmpty)
    }
  }

  @Test(arguments: [uniform, legacy]) func typesAreConvexsOwn(_ path: String) throws {
    let snapshot = try Snapshot(path)
    func type(_ table: Name, _ column: Name) throws -> LogicalType { try snapshot.column(column, of: table).type }
    #expect(try type("people", "visits") == .int64 && type("people", "_creationTime") == .float64)
    #expect(try type("notes", "weight") == .float64 && type("notes", "digest") == .bytes)
    #expect(try type("notes", "place") == .json && type("settings", "value") == .json)
    #expect(try type("people", "joined") == .timestamptz && type("mailer.outbox", "tries") == .int64)
    #expect(try snapshot.table("mailer.outbox").namespace == "mailer")
    #expect(try snapshot.table("tags").columns.map(\.name) == ["_creationTime", "_id"])
    #expect(snapshot.knowledge.tables.count == 7)
    let shape = try snapshot.column("place", of: "notes").sourceType.map { String(decoding: $0, as: UTF8.self) }
    #expect(shape == "{\"floor\": int64, \"heights\": array<float64>}")
  }

  @Test(arguments: [uniform, legacy]) func referencesFollowFromIDs(_ path: String) throws {
    let snapshot = try Snapshot(path)
    let author = ForeignKey(["author"], references: "people", ["_id"], isInferred: true)
    #expect(try snapshot.table("notes").foreignKeys == [author])
    // The number of a table counts within its component, but ids travel between components.
    #expect(try snapshot.table("mailer/queue.jobs").foreignKeys.map(\.table) == ["mailer.outbox"])
    #expect(snapshot.knowledge.unverifiedForeignKeys.isEmpty)
    #expect(try snapshot.table("people").foreignKeys.map(\.table) == ["_storage"])
    #expect(snapshot.knowledge.tables.allSatisfy { $0.primaryKey == ["_id"] })
    let mixed = snapshot.findings("polymorphic-reference")
    #expect(mixed.map(\.column) == ["about"] && mixed[0].message.contains("people") && mixed[0].count == 9)
  }

  @Test func whatNoExportHoldsIsTold() throws {
    let snapshot = try Snapshot(uniform)
    #expect(snapshot.findings("not-in-export").first?.message.contains("environment variables") == true)
    let attributes = snapshot.knowledge.attributes
    #expect(attributes.contains { $0 == ("generation", Array("uniform".utf8)) })
    #expect(attributes.contains { $0 == ("deployment", Array("brave-heron-208".utf8)) })
    let notes = snapshot.knowledge.objects.first { $0.kind == "document-shape" && $0.table == "notes" }
    #expect(notes?.attribute("number") == Array("10002".utf8))
  }

  @Test func programsWithoutIntegersAreNoticed() throws {
    let export = try Exploded(uniform)
    let rows = try export.text("people/documents.jsonl").split(separator: "\n").map {
      $0.replacing(".0,", with: ",").replacing(".25,", with: ",").replacing(".75,", with: ",").replacing(
        ".5,", with: ",")
    }
    try export.write(rows.joined(separator: "\n") + "\n", to: "people/documents.jsonl")
    let snapshot = try Snapshot(export.path)
    #expect(snapshot.findings("numbers-without-kinds").first?.table == "people")
    #expect(try snapshot.column("visits", of: "people").type == .float64)
  }

  @Test func integersBesideFloatsStayApart() throws {
    let export = try Exploded(uniform)
    try export.replace("\"weight\":1.0", by: "\"weight\":1", in: "notes/documents.jsonl")
    #expect(try Snapshot(export.path).column("weight", of: "notes").type == .json)
    try expectSameValues(export.path, as: snapshotOracle("export", export.path))
  }

  @Test func withoutShapesNumbersAreFloats() throws {
    let export = try Exploded(uniform)
    #expect(try run(["rm", export.path + "/people/generated_schema.jsonl"]).exitCode == 0)
    let snapshot = try Snapshot(export.path)
    #expect(try snapshot.column("visits", of: "people").type == .float64)
    #expect(snapshot.findings("mixed-generations").count == 1)
    try expectSameValues(export.path, as: snapshotOracle("export", export.path))
  }

  @Test func wrongIDsAndNumbersAreFound() throws {
    let export = try Exploded(uniform)
    let first = try #require(try export.text("people/documents.jsonl").split(separator: "\"_id\":\"").dropFirst().first)
    let id = String(first.prefix(32))
    let wrong = String(id.dropLast(4)) + (id.hasSuffix("0000") ? "1111" : "0000")
    for file in ["people", "notes"] {
      let text = try export.text("\(file)/documents.jsonl")
      // One of the authors stays as it was.
      try export.write(
        file == "people" ? text.replacing("\"_id\":\"\(id)", with: "\"_id\":\"\(wrong)") : text,
        to: "\(file)/documents.jsonl")
    }
    try export.replace("\"notes\",\"id\":10002", by: "\"notes\",\"id\":10009", in: "_tables/documents.jsonl")
    let snapshot = try Snapshot(export.path)
    #expect(snapshot.findings("table-number-differs").map(\.table) == ["notes"])
    #expect(snapshot.findings("foreign-key-dangling").contains { $0.table == "notes" && $0.column == "author" })
  }

  @Test func listsAreHeldAgainstTables() throws {
    let export = try Exploded(uniform)
    #expect(try run(["rm", "-r", export.path + "/people"]).exitCode == 0)
    #expect(try run(["mv", export.path + "/settings", export.path + "/options"]).exitCode == 0)
    let snapshot = try Snapshot(export.path)
    #expect(Set(snapshot.findings("table-without-documents").map(\.table)) == ["people", "settings"])
    #expect(snapshot.findings("table-not-listed").map(\.table) == ["options"])
    #expect(snapshot.findings("foreign-key-missing-table").contains { $0.message.contains("'people'") })
  }

  @Test(arguments: [
    ("people/generated_schema.jsonl", "\"{\\\"_id\\\": id<1}\"\n", "wrong-shape"),
    ("people/generated_schema.jsonl", "{}\n", "wrong-shape"), ("people/generated_schema.jsonl", "", "wrong-shape"),
    ("people/generated_schema.jsonl", "\"\(String(repeating: "array<", count: 5000))int64\"", "wrong-shape"),
    ("people/generated_schema.jsonl", "\"unknown\"\n{\"a\":[\(String(repeating: "[", count: 5000))", "wrong-shape"),
    ("_tables/documents.jsonl", "{\"name\":\"people\",\"id\":-1}\n", "wrong-table-list"),
  ]) func damagedDescriptionsAreNamed(_ file: String, _ text: String, _ code: String) throws {
    let export = try Exploded(legacy)
    try export.write(text, to: file)
    let snapshot = try Snapshot(export.path)
    #expect(!snapshot.findings(code).isEmpty)
    #expect(try snapshot.digests()["people"]?.count == 6)
  }

  @Test func damagedDocumentsKeepTheirRows() throws {
    let export = try Exploded(legacy)
    let text = try export.text("notes/documents.jsonl")
    try export.write(String(text.dropLast(60)), to: "notes/documents.jsonl")
    #expect(throws: ReadError.self) { try Snapshot(export.path) }
    let kept = try Snapshot(export.path, keepsRows: true)
    #expect(kept.findings("unreadable").map(\.artifact) == [Array("notes/documents.jsonl".utf8)])
  }

  @Test func valuesThatAreNotWhatTheyShouldBeAreCounted() throws {
    let export = try Exploded(legacy)
    try export.replace("\"visits\":\"42\"", by: "\"visits\":\"forty\"", in: "people/documents.jsonl")
    try export.replace("\"floor\":\"3\"", by: "\"floor\":\"3.5\"", in: "notes/documents.jsonl")
    let snapshot = try Snapshot(export.path)
    #expect(snapshot.findings("value-unfit").reduce(0) { $0 + $1.count } == 2)
    #expect(try snapshot.column("visits", of: "people").type == .json)
  }
}

/// Documents of one table outside of an export: what `npx convex data` prints, and files for `npx convex import`.
@Suite struct ConvexTableFileTests {
  @Test(arguments: [("people.jsonl", false), ("people.json", true)]) func documentsOfOneTable(
    _ name: String, _ isArray: Bool
  ) throws {
    let export = try Exploded(uniform), place = try TemporaryDirectory()
    let lines = try export.text("people/documents.jsonl")
    let text = isArray ? "[" + lines.split(separator: "\n").joined(separator: ",\n") + "]\n" : lines
    try writeFile(place.path + "/" + name, Array(text.utf8))
    let snapshot = try Snapshot(place.path + "/" + name)
    #expect(snapshot.backup.system == "convex" && snapshot.backup.kind == "table export")
    #expect(snapshot.knowledge.tables.map(\.name) == ["people"] && snapshot.knowledge.tables[0].primaryKey == ["_id"])
  }
}

/// What `npx convex data` prints.
@Suite struct PrintedDocumentTests {
  /// The program's own rules, in Python.
  private static let printer = """
    import base64, json, math, struct, sys
    class Float(str): pass
    def js(x):
        x = float(x)
        if math.isnan(x): return "NaN"
        if math.isinf(x): return "Infinity" if x > 0 else "-Infinity"
        if x == int(x) and abs(x) < 1e21: return str(int(x))
        text = repr(x)
        if "e" in text:
            digits, exponent = text.split("e")
            return digits.removesuffix(".0") + ("e" + ("+" if int(exponent) > 0 else "")) + str(int(exponent))
        return text
    def show(v):
        if v is None: return "null"
        if isinstance(v, bool): return "true" if v else "false"
        if isinstance(v, Float): return js(v)
        if isinstance(v, int): return f"{v}n"
        if isinstance(v, str): return json.dumps(v, ensure_ascii=False)
        if isinstance(v, list): return "[" + ", ".join(map(show, v)) + "]"
        if list(v) == ["$bytes"]: return f'Bytes("{v["$bytes"]}")'
        if list(v) == ["$float"]: return js(struct.unpack("<d", base64.b64decode(v["$float"]))[0])
        return "{ " + ", ".join(f'"{k}": {show(x)}' for k, x in v.items()) + " }"
    rows = [show(json.loads(line, parse_float=Float)) for line in open(sys.argv[1], encoding="utf-8")]
    text = "[\\n  " + ",\\n  ".join(rows) + "\\n]\\n" if sys.argv[3] == "array" else "".join(r + "\\n" for r in rows)
    open(sys.argv[2], "w", encoding="utf-8").write(text)
    """

  /// Integers, floats, bytes and special numbers stay what they are: the rows are those of the export.
  @Test(arguments: ["people", "notes", "settings"], ["array", "lines"])
  func rowsAreThoseOfTheExport(_ table: String, _ shape: String) throws {
    let export = try Exploded(uniform)
    // What a special number is beside one is not printed.
    try export.replace("AAAAAAAA+P8=", by: "AAAAAAAA+H8=", in: "settings/documents.jsonl")
    let whole = try Snapshot(export.path)
    let path = export.place.path + "/\(table).\(shape == "array" ? "json" : "jsonl")"
    let documents = export.path + "/\(table)/documents.jsonl"
    let result = try run(["python3", "-c", Self.printer, documents, path, shape])
    try #require(result.exitCode == 0, "\(result.errorText)")
    let printed = try Snapshot(path)
    #expect(printed.backup.system == "convex" && printed.backup.kind == "printed documents")
    #expect(try printed.digests()[Name(table)] == whole.digests()[Name(table)])
    let types = try whole.table(Name(table)).columns.map { [$0.name, Name($0.type.word)] }
    #expect(try printed.table(Name(table)).columns.map { [$0.name, Name($0.type.word)] } == types)
  }

  private static let start = #"{ "_creationTime": 1700000000000.5, "_id": "%", "#

  /// What is printed otherwise than Convex prints it is an error with its place.
  @Test(arguments: [
    (#""a": 9223372036854775808n }"#, "the integer does not fit 64 bits", 0), (#""a": 1.5n }"#, "no integer", 0),
    (#""a": 01 }"#, "no value of Convex", 0), (#""a": undefined }"#, "no value of Convex", 0),
    (#""a": Bytes(5) }"#, "'\"' expected", 6), (#""a": Bytes("QQ==" }"#, "')' expected", 12),
    (#""a": [1n} }"#, "no bracket is open", 3), (##""a": #1 }"##, "a value expected", 0),
    (#""a": { "b\\": 1 } }"#, "a backslash in a key", 4), (#""a": 12345n 5 }"#, "expected", 7),
  ]) func whatIsNotExactIsRefused(_ rest: String, _ message: String, _ within: Int) throws {
    let export = try Exploded(uniform), place = try TemporaryDirectory()
    let line = try #require(try export.text("people/documents.jsonl").split(separator: "\n").first)
    let id = try #require(line.firstMatch(of: /"_id":"([a-z0-9]+)"/)).1
    let start = Self.start.replacing("%", with: id)
    let text = start + "\"a\": 5n }\n" + start + rest + "\n"
    try writeFile(place.path + "/people.jsonl", Array(text.utf8))
    let before = start.utf8.count * 2 + "\"a\": 5n }\n".utf8.count + "\"a\": ".utf8.count
    #expect {
      _ = try Snapshot(place.path + "/people.jsonl")
    } throws: { error in
      let error = error as? ReadError
      #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
      #expect(error?.offset == before + within, "\(error?.offset ?? -1) instead of \(before + within)")
      return true
    }
  }
}

@Suite struct SnapshotStorageTests {
  @Test func missingBodiesAreFoundAndOthersProved() throws {
    let snapshot = try Snapshot(uniform)
    #expect(snapshot.findings("storage-body-missing").map(\.count) == [1])
    #expect(snapshot.findings("storage-body-differs").isEmpty && snapshot.findings("storage-body-unlisted").isEmpty)
    let states = snapshot.knowledge.objects.filter { $0.kind == "storage-object" }.map {
      $0.attribute("body").map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(states == ["present", "present", "present", "absent"])
  }

  @Test func changedAndUnlistedBodiesAreFound() throws {
    let export = try Exploded(uniform)
    let names = try directoryNames(Array((export.path + "/_storage").utf8)).map { String(decoding: $0, as: UTF8.self) }
    let png = try #require(names.first { $0.hasSuffix(".png") }),
      txt = try #require(names.first { $0.hasSuffix(".txt") })
    var bytes = try readFile(export.path + "/_storage/" + png)
    bytes[100] ^= 1
    try writeFile(export.path + "/_storage/" + png, bytes)
    try writeFile(export.path + "/_storage/extra.bin", [1])
    try writeFile(export.path + "/_storage/" + txt, Array("short".utf8))
    let snapshot = try Snapshot(export.path)
    #expect(
      Set(snapshot.findings("storage-body-differs").map(\.artifact)) == [
        Array("_storage/\(png)".utf8), Array("_storage/\(txt)".utf8),
      ])
    #expect(snapshot.findings("storage-body-unlisted").count == 1)
  }

  @Test func hexadecimalDigestsAreUnderstood() throws {
    let bytes = (0..<32).map { UInt8($0) }
    #expect(SnapshotStorage.digest(encodeBase64(bytes.span)) == bytes)
    #expect(SnapshotStorage.digest(Array(hexadecimal(bytes).utf8)) == bytes)
    #expect(SnapshotStorage.digest(Array("AAAA".utf8)) == nil)
  }
}

@Suite struct ConvexShapeTests {
  private func states(_ text: String) -> ShapeStates? { ConvexShape(Array(text.utf8)).flatMap { ShapeStates($0) } }

  @Test(arguments: [
    "never", "null | int64", "{}", "{\"a\"?: -0 | NaN, \"b\": record<string, array<id<10001> | \"x\">>}",
    "set<int64> | map<string, float64>", "normalfloat64 | -inf | inf", "field_name", "{\"a\": {\"a\": {}}} | null",
  ]) func grammarIsRead(_ text: String) { #expect(states(text) != nil) }

  @Test(arguments: [
    "", " ", "int65", "int64 |", "int64|null", "{\"a\":int64}", "{\"a\": int64,\"b\": null}", "array<>", "array<int64",
    "id<>", "id<x>", "record<int64>", "{\"a: int64}", "int64 ", "{", "\"", "set<int64, null>",
  ]) func everythingElseIsNone(_ text: String) { #expect(states(text) == nil) }

  @Test func unionsCountTogether() throws {
    let found = try #require(
      states("{\"a\": int64 | null, \"b\": int64} | {\"a\": string, \"c\": record<string, bytes>}"))
    func meaning(_ path: [Name]) -> ShapeStates.Meaning? {
      var state = 0
      for name in path { state = found.field(name.bytes.span, of: state) }
      return state < 0 ? nil : found.states[state].meaning
    }
    #expect(meaning(["a"]) == .text && meaning(["b"]) == .int64 && meaning(["c", "anything"]) == .bytes)
    #expect(meaning(["d"]) == nil)
  }

  /// Shapes of hostile size are refused or read in a moment.
  @Test func hostileShapesTakeLinearTime() {
    let wide = (0..<50_000).map { "\"f\($0)\": int64 | null" }.joined(separator: ", ")
    let deep = String(repeating: "{\"a\": ", count: 100_000)
    let union = Array(repeating: "{\"a\": {\"a\": {\"a\": int64}}}", count: 10_000).joined(separator: " | ")
    let spent = ContinuousClock().measure {
      for text in ["{\(wide)}", deep, union] { _ = states(text) }
    }
    #expect(spent < .seconds(20), "\(spent)")
  }
}

/// The bundled exports are what their generator makes.
@Suite struct ConvexFixtureTests {
  @Test func generatedAnewTheyAreTheSame() throws {
    let place = try TemporaryDirectory()
    let made = try run(["python3", packageRoot + "/Tests/Fixtures/convex/generate", place.path])
    #expect(made.exitCode == 0, "\(made.errorText)")
    for path in [uniform, legacy] {
      let name = path.split(separator: "/").last.map(String.init) ?? ""
      let isEqual = try readFile(path) == readFile(place.path + "/" + name)
      #expect(isEqual, "\(name)")
    }
  }
}
