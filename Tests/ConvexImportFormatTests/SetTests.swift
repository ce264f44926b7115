import Bytes
import Comparison
import Conversion
import ConvexImportFormat
import Diagnostics
import Records
import TestSupport
import Testing

private let fixtures = packageRoot + "/Tests/Fixtures/"

@Suite struct ConvexSetTests {
  /// What a set says of itself holds, and its witnesses agree, whatever it was made of.
  @Test(arguments: [
    "convex/snapshot_brave-heron-208_1780000000123456789.zip",
    "convex/snapshot_brave-heron-208_1765000000123456789.zip",
    "demo/harbourlight/convex_backups", "django/library.json",
    "prisma/atelier/backups/atelier-backup-2025-10-30T10-00-00.json",
  ]) func setsProveThemselves(_ path: String) throws {
    let set = try SetRun(fixtures + path)
    #expect(set.knowledge.claims.count > 20 && set.refuted.isEmpty)
    #expect(!set.knowledge.findings.contains { $0.code.hasPrefix("twin-") || $0.code == "claim-refuted" })
    #expect(!set.losses.contains { $0.isReject })
    _ = try set.checked()
    for table in set.comparison.tables where table.missingColumns.isEmpty && table.verdict == .different {
      let named = Set(set.losses.filter { $0.table == table.name }.compactMap(\.column))
      #expect(Set(table.examples.flatMap(\.columns)).isSubset(of: named), "\(table.name)")
    }
  }

  /// A set that becomes a set again has the same files, but for what its script says of itself.
  @Test func setsOfScriptsComeBackByteForByte() throws {
    let source = fixtures + "demo/harbourlight/convex_backups", set = try SetRun(source)
    #expect(set.comparison.tables.map(\.verdict) == [.same, .same] && set.losses.isEmpty)
    let names = try directoryNames(Array(set.path.utf8)).map { String(decoding: $0, as: UTF8.self) }
    let expected = try directoryNames(Array(source.utf8)).map { String(decoding: $0, as: UTF8.self) }
    #expect(names.sorted() == expected.sorted())
    for name in names where name.contains("_2026") && !name.hasPrefix("complete") && !name.hasPrefix("backup_summary") {
      let isSame = try readFile(set.path + "/" + name) == readFile(source + "/" + name)
      #expect(isSame, "\(name)")
    }
    // The script lists a field that no record has; what we write is held by the rows.
    let written = String(
      decoding: try readFile(set.path + "/complete_backup_2026-02-05_07-54-39-688Z.json"), as: UTF8.self)
    let original = String(
      decoding: try readFile(source + "/complete_backup_2026-02-05_07-54-39-688Z.json"), as: UTF8.self)
    #expect(
      original.split(separator: "\n").filter { !$0.contains("kamNameSecondary") }.count
        == written.split(separator: "\n").count)
  }

  // MARK: Values

  private let odd = TestTable(
    TableSchema(
      "odd",
      [
        Column("id", .int64), Column("price", .float64), Column("data", .bytes), Column("more", .json),
        Column("name", .text), Column("gone", .text),
      ], primaryKey: ["id"]),
    [
      [
        .integer(9_007_199_254_740_993), .double((5.0 as Double).bitPattern), .bytes([1, 2]),
        .json(#"{"b":[1.0,{}],"a":[]}"#),
        "a \"b\",\nc\u{1}", .missing,
      ],
      [.number("2"), .number("NaN"), nil, .json("[NaN]"), "", .missing],
      [.integer(3), .number("1.50"), .missing, nil, "é", .missing],
    ])

  private func write(_ tables: [TestTable], batchSize: Int = 2, externalAbove: Int = .max) throws -> Written {
    var options = WriteOptions()
    options.takenAt = 1_770_278_079_688_999
    return try TestSupport.write(
      tables, as: ConvexSet(), options: options, toDirectory: true, batchSize: batchSize, externalAbove: externalAbove)
  }

  @Test func valuesAreWhatJavaScriptPrints() throws {
    let set = try write([odd])
    #expect(
      set.files.keys.sorted() == [
        "README.md", "backup_summary_2026-02-05_07-54-39-688Z.txt", "complete_backup_2026-02-05_07-54-39-688Z.json",
        "odd_backup_2026-02-05_07-54-39-688Z.csv", "odd_backup_2026-02-05_07-54-39-688Z.json",
      ])
    let json = set["odd_backup_2026-02-05_07-54-39-688Z.json"]
    let rows = json.split(separator: "\n").map { $0.drop { $0 == " " } }
    #expect(rows[4] == "\"data\": \"AQI=\"," && rows[5] == "\"id\": 9007199254740993," && rows[6] == "\"more\": {")
    #expect(
      json.contains("\n    \"more\": {\n      \"b\": [\n        1,\n        {}\n      ],\n      \"a\": []\n    },\n"))
    #expect(json.contains("\n    \"price\": 5\n  },") && json.contains("\n    \"price\": null\n  },"))
    #expect(json.contains("\n    \"more\": [\n      null\n    ],") && json.contains("\n    \"price\": 1.50\n  }\n]"))
    #expect(json.contains(#""name": "a \"b\",\nc\u0001""#))
    #expect(
      set["odd_backup_2026-02-05_07-54-39-688Z.csv"] == """
        data,gone,id,more,name,price
        AQI=,,9007199254740993,"{""b"":[1,{}],""a"":[]}","a ""b"",
        c\u{1}",5
        ,,2,[null],,
        ,,3,,é,1.50

        """)
    let codes = set.losses.map { "\($0.code) \($0.column.map { displayed($0) } ?? "") \($0.count)" }
    #expect(codes.sorted() == ["integer-beyond-float id 1", "special-float more 1", "special-float price 1"])
    #expect(
      set["complete_backup_2026-02-05_07-54-39-688Z.json"].contains(
        "\"schema_fields\": [\n      \"data\",\n      \"id\","))
  }

  /// Neither batches nor values kept aside change a byte.
  @Test func batchesNeverShow() throws {
    let whole = try write([odd], batchSize: 10).files
    for (size, external) in [(1, Int.max), (2, .max), (10, 1 << 20)] {
      let isSame = try write([odd], batchSize: size, externalAbove: external).files == whole
      #expect(isSame)
    }
  }

  /// One field that is empty makes no empty line, and tables without fields have no CSV.
  @Test func linesOfCSVAreRecords() throws {
    let set = try write([
      TestTable("one", ["a"], [[""], [.missing], ["x"]]), TestTable(TableSchema("none", []), [[], []]),
      TestTable("empty", ["b"], []),
    ])
    #expect(set["one_backup_2026-02-05_07-54-39-688Z.csv"] == "a\n\"\"\n\"\"\nx\n")
    #expect(set.files["none_backup_2026-02-05_07-54-39-688Z.csv"] == nil)
    #expect(set["empty_backup_2026-02-05_07-54-39-688Z.json"] == "[]")
    #expect(
      set["complete_backup_2026-02-05_07-54-39-688Z.json"].contains(
        "\"schema_fields\": [],\n    \"records\": []\n  }\n}"))
  }

  // MARK: Names

  /// Names of files tell tables apart in small letters; what they cannot tell gets another name, which is said.
  @Test(arguments: [
    (["Users", "users"], 1), (["complete"], 1), (["users_"], 1), (["log_20240101_120000"], 0), (["User_Profiles"], 0),
    (["x_backup", "x"], 0), (["größe"], 1),
  ]) func tablesAreToldByTheirFiles(_ names: [String], _ renamed: Int) throws {
    let place = try TemporaryDirectory()
    let set = try write(names.map { TestTable(Name($0), ["a"], [["1"], ["2"]]) })
    #expect(set.losses.filter { $0.code == "name-changed" }.count == renamed && set.losses.count == renamed)
    for (name, bytes) in set.files { try writeFile(place.path + "/" + name, bytes) }
    let again = try SetRun(place.path)
    #expect(again.comparison.tables.count == names.count && again.comparison.tables.allSatisfy { $0.verdict == .same })
    #expect(again.refuted.isEmpty)
  }

  /// A moment that names of files cannot tell is not stated.
  @Test(arguments: [nil, Int64.min / 2, 1 << 60]) func momentsAreToldByNames(_ moment: Int64?) throws {
    var options = WriteOptions()
    options.takenAt = moment
    let set = try TestSupport.write([odd], as: ConvexSet(), options: options, toDirectory: true)
    for name in set.files.keys where name != "README.md" {
      #expect(FileStamp(in: Array(name.utf8).span)?.hasTime == true, "\(name)")
    }
  }

  @Test func oneStreamIsRefused() {
    #expect(throws: WriteError.self) { _ = try TestSupport.write([odd], as: ConvexSet()) }
  }
}
