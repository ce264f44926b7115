import BuiltIn
import Bytes
import Conversion
import ConvexValues
import Diagnostics
import Records
import TestSupport
import Testing

@testable import ConvexSystem

private let stamp = ScriptSet.stamp
private let peopleCSV = "people_backup_\(stamp).csv", peopleJSON = "people_backup_\(stamp).json"
private let shopCSV = "shop_data_backup_\(stamp).csv", shopJSON = "shop_data_backup_\(stamp).json"
private let combinedJSON = "complete_backup_\(stamp).json"

/// One file of a set, opened by its own path.
private struct Lone {
  let place: TemporaryDirectory
  let recognition: Recognition

  init(_ set: ScriptSet, _ name: String) throws {
    let place = try set.write()
    self.place = place
    recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(place.file(name)))
  }

  func job(_ format: String, _ name: String, keepsRows: Bool = false) throws -> ConversionJob {
    let format = try #require(BuiltIn.exportFormats.first { $0.id == format })
    let system = try #require(BuiltIn.recogniser.system(recognition.backups[0].system))
    var job = ConversionJob(input: Surveyed.input(recognition, keepsRows: keepsRows), system: system, format: format)
    job.outputPath = place.file(name)
    return job
  }
  func knowledge() throws -> Knowledge { try Convex().survey(Surveyed.input(recognition)) }
  func text(_ name: String) throws -> String { String(decoding: try readFile(place.path + "/" + name), as: UTF8.self) }
}

/// S0-20: a CSV twin named alone becomes JSON as it was, in the types of the JSON beside it.
@Suite struct LoneCSVTests {
  @Test func twinIsReadInTheTypesOfItsJSON() throws {
    let lone = try Lone(ScriptSet(), shopCSV)
    let backup = try #require(lone.recognition.backups.first)
    #expect(backup.system == "convex" && backup.kind == "table CSV" && backup.projectName == "quiet-otter-12")
    #expect(
      backup.artifacts.map { "\(displayed($0.entry.path)) \($0.role)" } == [
        "\(combinedJSON) combined", "\(shopCSV) data", "\(shopJSON) twin",
      ])
    let knowledge = try lone.knowledge()
    #expect(knowledge.tables.map(\.name) == ["Shop_Data"])
    #expect(
      knowledge.tables[0].columns.map { "\(displayed($0.name)) \($0.type.word)" } == [
        "Stage text", "outlets float64", "ownerId text", "rating float64", "shopName text",
      ])
    #expect(knowledge.claims.map(\.verdict) == [.proved])
    #expect(knowledge.findings.map(\.code) == ["retyped-by-twin"])
    #expect(knowledge.findings[0].message.contains(shopJSON))
  }

  @Test func jsonEqualsTheTwinWithoutInternalFields() throws {
    let lone = try Lone(ScriptSet(), shopCSV)
    let report = try lone.job("json", "out.json").run()
    #expect(report.records == 12 && report.losses.isEmpty && !report.isPartial)
    let script = """
      import json, sys
      load = lambda p: json.load(open(p), parse_int=str, parse_float=lambda t: "#" + t)
      twin = [{k: v for k, v in r.items() if k not in ("_id", "_creationTime")} for r in load(sys.argv[1])]
      print(twin == load(sys.argv[2]))
      """
    let result = try run(["python3", "-c", script, lone.place.path + "/" + shopJSON, lone.place.path + "/out.json"])
    #expect(result.text == "True\n", "\(result.errorText)")
  }

  /// Without the table's own JSON, or when that is damaged, the combined file tells the types.
  @Test(arguments: [false, true]) func combinedFileTellsTheTypesToo(_ isDamaged: Bool) throws {
    var set = ScriptSet()
    set.files[shopJSON] = isDamaged ? set.files[shopJSON].map { String($0.dropLast(30)) } : nil
    let lone = try Lone(set, shopCSV)
    let knowledge = try lone.knowledge()
    #expect(knowledge.tables[0].name == "Shop_Data")
    #expect(knowledge.tables[0].columns.first { $0.name == "outlets" }?.type == .float64)
    #expect(knowledge.findings.contains { $0.code == "retyped-by-twin" && $0.message.contains(combinedJSON) })
    #expect(knowledge.findings.contains { $0.code == "twin-unreadable" } == isDamaged)
    let report = try lone.job("json", "out.json").run()
    #expect(report.records == 12 && !report.isPartial)
    #expect(try lone.text("out.json").contains("\"outlets\":33"))
  }

  /// `note` is absent once and empty once: CSV shows both alike.
  @Test func emptyFieldsThatMayMeanTwoThingsAreNamed() throws {
    let lone = try Lone(ScriptSet(), peopleCSV)
    let doubt = try #require(try lone.knowledge().findings.first { $0.code == "twin-empty-fields" })
    #expect(doubt.column == "note" && doubt.count == 1)
    #expect(displayed(doubt.artifact ?? []) == peopleCSV)
  }

  @Test(arguments: [("null", "null"), ("\"\"", "\"\""), ("", "")])
  func emptyFieldsMeanWhatTheJSONHas(_ value: String, _ expected: String) throws {
    var set = ScriptSet()
    set.files = [
      "t.json": """
      [{"_creationTime": 1, "_id": "\(id(1))", "a": "x", "b": 1},
       {"_creationTime": 2, "_id": "\(id(2))"\(value.isEmpty ? "" : ", \"a\": " + value), "b": 2}]
      """, "t.csv": "a,b\nx,1\n,2\n",
    ]
    let lone = try Lone(set, "t.csv")
    #expect(try lone.knowledge().findings.map(\.code) == ["retyped-by-twin"])
    _ = try lone.job("jsonl", "out.jsonl").run()
    let second = expected.isEmpty ? "{\"b\":2}" : "{\"a\":\(expected),\"b\":2}"
    #expect(try lone.text("out.jsonl") == "{\"a\":\"x\",\"b\":1}\n\(second)\n")
  }

  @Test func valuesOfSeveralKindsAndChangedFieldsAreNamed() throws {
    var set = ScriptSet()
    set.files = [
      "t.json": """
      [{"_creationTime": 1, "_id": "\(id(1))", "a": "1", "n": 1, "o": {"k": [1, "x"]}},
       {"_creationTime": 2, "_id": "\(id(2))", "a": 2, "n": 2, "o": [3]}]
      """, "t.csv": "a,n,o,more\n1,1,\"{\"\"k\"\":[1,\"\"x\"\"]}\",new\n2,two,[3],\n",
    ]
    let lone = try Lone(set, "t.csv")
    let report = try lone.job("jsonl", "out.jsonl").run()
    let codes = report.findings.map(\.code)
    #expect(
      codes.contains("twin-mixed-kinds") && codes.contains("field-of-other-kind") && codes.contains("twin-differs"))
    #expect(report.findings.first { $0.code == "field-of-other-kind" }?.column == "n")
    #expect(
      try lone.text("out.jsonl") == """
        {"a":"1","n":1,"o":{"k":[1,"x"]},"more":"new"}
        {"a":"2","n":"two","o":[3]}

        """)
  }

  @Test func damagedCSVIsAnErrorOrSalvaged() throws {
    var set = ScriptSet()
    try set.replace("Shop 7", by: "\"Shop 7", in: shopCSV)
    let lone = try Lone(set, shopCSV)
    #expect { try lone.knowledge() } throws: { displayed(($0 as? ReadError)?.artifact ?? []) == shopCSV }
    let report = try lone.job("jsonl", "out.jsonl", keepsRows: true).run()
    #expect(report.records == 7 && report.isPartial && report.readError != nil)
  }

  /// What is not Convex's, or has a schema file of its own, is no business of this system.
  @Test func otherCSVIsLeftAlone() throws {
    var set = ScriptSet()
    try set.replace("_id", by: "_ID", in: shopJSON)
    set.files[combinedJSON] = nil
    #expect(try Lone(set, shopCSV).recognition.backups.map(\.system) == ["generic"])
    #expect(try Lone(set, peopleCSV).recognition.backups.map(\.system) == ["convex"])
    set.files[peopleCSV + ".schema.json"] = "{\"coffer_csv_schema\": 1}"
    #expect(try Lone(set, peopleCSV).recognition.backups.map(\.system) == ["generic"])
  }

  private func id(_ i: UInt8) -> String {
    String(decoding: ConvexID(tableNumber: 10_001, internalID: Array(repeating: i, count: 16)).text, as: UTF8.self)
  }
}
