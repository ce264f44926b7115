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
private let shopJSON = "shop_data_backup_\(stamp).json", shopCSV = "shop_data_backup_\(stamp).csv"
private let combinedJSON = "complete_backup_\(stamp).json"

@Suite struct ConvexDetectionTests {
  @Test func folderIsOneBackup() throws {
    var set = ScriptSet()
    set.files["notes.sql"] = "SELECT 1;\n"
    let found = try Surveyed(set).recognition
    #expect(found.backups.count == 1 && found.unclaimed.isEmpty)
    let backup = found.backups[0]
    #expect(backup.system == "convex" && backup.kind == "script set" && backup.confidence > 0.95)
    #expect(backup.projectName == "quiet-otter-12")
    #expect(backup.takenAt == TakenAt(microseconds: 1_772_360_430_456_000, hasZone: true, origin: "content"))
    #expect(
      backup.artifacts.map { "\(displayed($0.entry.path)) \($0.role) \(displayed($0.table ?? "-"))" } == [
        "README.md document -", "backup_summary_\(stamp).txt summary -", "complete_backup_\(stamp).json combined -",
        "notes.sql document -", "people_backup_\(stamp).csv twin people", "people_backup_\(stamp).json data people",
        "shop_data_backup_\(stamp).csv twin Shop_Data", "shop_data_backup_\(stamp).json data Shop_Data",
      ])
  }

  @Test func eachTimeIsABackupAndReadmesGoByTime() throws {
    let other = "2026-03-02_10-20-30-456Z"
    var set = ScriptSet()
    set.files["general.txt"] = "About both.\n"
    for (name, text) in ScriptSet(stamp: other).files where name != "README.md" { set.files[name] = text }
    let place = try set.write()
    let found = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(place.path.utf8)))
    #expect(found.backups.map { $0.artifacts.filter { $0.role == .data }.count } == [2, 2])
    #expect(found.unclaimed.isEmpty)
    let holdsReadme = found.backups.map { $0.artifacts.contains { displayed($0.entry.path) == "README.md" } }
    #expect(holdsReadme.filter { $0 }.count == 1)
    #expect(found.backups.allSatisfy { $0.artifacts.contains { displayed($0.entry.path) == "general.txt" } })
  }

  @Test func namesAndPlacesDoNotCount() throws {
    // Renamed without time and ending, the content is still Convex's.
    let place = try TemporaryDirectory()
    try writeFile(place.path + "/export", Array(try #require(ScriptSet().files[shopJSON]).utf8))
    let found = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(place.file("export")))
    #expect(found.backups.map(\.kind) == ["table export"])
    // And what is named like a backup but holds other ids is not.
    let text = try #require(ScriptSet().files[shopJSON])
    try writeFile(place.path + "/" + shopJSON, Array(text.replacing("_id", with: "_ID").utf8))
    let other = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(place.file(shopJSON)))
    #expect(other.backups.map(\.system) == ["generic"])
  }

  @Test func linesBeforeTheDataArePassedOver() throws {
    let place = try TemporaryDirectory(), text = try #require(ScriptSet().files[shopJSON])
    try writeFile(place.path + "/export", Array(("convex: ready\n{\"level\": 1}\n" + text).utf8))
    let found = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(place.file("export")))
    try #require(found.backups.map(\.kind) == ["table export"])
    let knowledge = try Convex().survey(Surveyed.input(found))
    #expect(knowledge.findings.first { $0.code == "noise-before-data" }?.count == 27)
    var reader = try Convex().openRecords(Surveyed.input(found), knowledge), batch = RecordBatch(), rows = 0
    while try reader.nextTable() != nil { while try reader.read(into: &batch) { rows += batch.rowCount } }
    #expect(rows == 12)
  }

  @Test(arguments: [89, 90]) func nineTenthsOfTheIdsMustDecode(_ good: Int) throws {
    let rows = (0..<100).map { i -> String in
      let id = ConvexID(tableNumber: 10_001, internalID: Array(repeating: UInt8(i), count: 16))
      return "{\"_id\":\"\(String(decoding: id.text, as: UTF8.self))\(i < good ? "" : "x")\",\"_creationTime\":1.5}"
    }
    #expect(ConvexHead(Array("[\(rows.joined(separator: ","))]".utf8))?.isConvex == (good == 90))
    #expect(ConvexHead(Array(rows.joined(separator: "\n").utf8))?.isConvex == (good == 90))
  }
}

@Suite struct ConvexSurveyTests {
  @Test func intactSetProvesItsClaims() throws {
    let seen = try Surveyed(ScriptSet())
    #expect(seen.knowledge.tables.map(\.name) == ["people", "Shop_Data"])
    let shops = try #require(seen.knowledge.tables.last)
    #expect(
      shops.columns.map { "\(displayed($0.name)) \($0.type.word)\($0.isNullable ? "" : "!")" } == [
        "_creationTime float64!", "_id text!", "Stage text", "shopName text", "outlets float64", "rating float64",
        "ownerId text",
      ])
    #expect(shops.primaryKey == ["_id"])
    #expect(shops.foreignKeys == [ForeignKey(["ownerId"], references: "people", ["_id"], isInferred: true)])
    #expect(try seen.rowCounts() == ["Shop_Data": 12, "people": 4])
    #expect(Set(seen.knowledge.claims.map(\.verdict)) == [.proved])
    for subject in [
      "records", "records of people", "deployment", "backup date", "CSV twin of Shop_Data", "combined file of people",
      "key field people.is_active", "file \(combinedJSON)", "internal fields in csv", "schema fields of Shop_Data",
    ] { #expect(seen.verdict(subject) == [.proved], "\(subject)") }
    #expect(
      seen.codes() == ["hostname-in-document", "hostname-in-document", "no-restore-path", "personal-path"])
    #expect(seen.knowledge.findings.first { $0.code == "no-restore-path" }?.table == "people")
    let attributes = Dictionary(seen.knowledge.attributes.map { ($0.name, displayed($0.value)) }) { first, _ in first }
    #expect(attributes["deployment"] == "quiet-otter-12.convex.cloud")
    #expect(attributes["producer"] == "create_table_backups.js")
    #expect(attributes["verification script"] == "verify_backups.js")
    #expect(attributes["verification"] == "node verify_backups.js")
    #expect(attributes["description of Shop_Data"] == "Shops and their owners")
    #expect(attributes["made by"] == "Convex backup script")
    #expect(attributes["contact"] == "Ask the development team.")
    #expect(attributes["trigger"] == "automatic")
    #expect(attributes["restore Shop_Data"] == "Shop_Data:bulkImport")
    #expect(
      seen.knowledge.documents.map { displayed($0.artifact) } == [
        combinedJSON, "README.md", "backup_summary_\(stamp).txt",
      ])
  }

  /// S0-10: the deployment is found without a README, and by its name alone.
  @Test func metadataIsADocument() throws {
    var set = ScriptSet()
    (set.files["README.md"], set.files["backup_summary_\(stamp).txt"]) = (nil, nil)
    let seen = try Surveyed(set)
    try #require(seen.knowledge.documents.map { displayed($0.artifact) } == [combinedJSON])
    let text = displayed(seen.knowledge.documents[0].text, multiline: true)
    #expect(text.contains("convex_deployment: quiet-otter-12.convex.cloud\n"))
    #expect(text.contains("tables: [\"Shop_Data\", \"people\"]"))
    #expect(seen.codes() == [])
    try set.replace(
      "\"total_records\": 16", by: "\"total_records\": 16, \"note\": \"postgres://a:Hunter22@h/x\"", in: combinedJSON)
    let risky = try Surveyed(set)
    try #require(risky.codes() == ["credential-in-document"])
    #expect(!displayed(risky.knowledge.documents[0].text, multiline: true).contains("Hunter22"))
  }

  @Test func falseFiguresAreRefuted() throws {
    var set = ScriptSet()
    try set.replace("**Records:** 12", by: "**Records:** 1,200", in: "README.md")
    try set.replace("March 1, 2026", by: "March 2, 2026", in: "README.md")
    try set.replace("email, is_active", by: "email, is_admin", in: "README.md")
    try set.replace("Total Records: 16", by: "Total Records: 17", in: "backup_summary_\(stamp).txt")
    try set.replace("quiet-otter-12", by: "loud-otter-12", in: "backup_summary_\(stamp).txt")
    try set.replace("2. people\n", by: "2. peoples\n", in: "backup_summary_\(stamp).txt")
    let seen = try Surveyed(set)
    for subject in [
      "records of Shop_Data", "backup date", "records", "deployment",
    ] { #expect(seen.verdict(subject) == [.proved, .refuted], "\(subject)") }
    #expect(seen.verdict("key field people.is_admin") == [.refuted])
    #expect(seen.verdict("table peoples") == [.refuted])
    #expect(seen.knowledge.findings.filter { $0.code == "claim-refuted" }.count == 7)
  }

  @Test(arguments: [
    ("1,389", 1389), ("61", 61), ("40+", nil), ("~1000", nil), ("1,38", nil), ("", nil), (",1", nil),
    ("9223372036854775807", .max),
    ("9,223,372,036,854,775,808", nil), ("99999999999999999999999", nil),
  ])
  func statedCounts(_ text: String, _ count: Int?) {
    #expect(statedCount(Array(text.utf8)) == count)
  }

  @Test(arguments: ["February 5, 2026", "5 Feb 2026", "2026-02-05", "2026-02-05T07:54:39.688Z", "Feb 5 2026"])
  func statedDays(_ text: String) {
    #expect(statedDay(Array(text.utf8)) == 20_489)
    #expect(statedDay(Array("soon".utf8)) == nil)
  }

  // MARK: Witnesses

  @Test func changedRowsOfATwinAreCounted() throws {
    var set = ScriptSet()
    try set.replace("Shop 7", by: "Shop 77", in: shopCSV)
    let seen = try Surveyed(set)
    #expect(seen.verdict("CSV twin of Shop_Data") == [.refuted])
    #expect(seen.verdict("CSV twin of people") == [.proved])
    let finding = try #require(seen.knowledge.findings.first { $0.code == "twin-differs" })
    #expect(finding.table == "Shop_Data" && finding.count == 1 && displayed(finding.artifact ?? []) == shopCSV)
  }

  @Test func rowsMissingFromTheCombinedFileAreCounted() throws {
    var set = ScriptSet()
    let text = try #require(set.files[combinedJSON])
    let start = try #require(text.firstRange(of: "      {\n"))
    let end = try #require(text[start.upperBound...].firstRange(of: "      },\n"))
    set.files[combinedJSON] = text.replacingCharacters(start.lowerBound..<end.upperBound)
    let seen = try Surveyed(set)
    #expect(seen.verdict("combined file of Shop_Data") == [.refuted])
    #expect(seen.verdict("records of Shop_Data") == [.proved, .refuted])
    let finding = try #require(seen.knowledge.findings.first { $0.code == "twin-differs" })
    #expect(finding.count == 1 && displayed(finding.artifact ?? []) == combinedJSON)
  }

  /// A number that became a text is the same in CSV, but not in JSON.
  @Test func kindsCountBetweenJSONFiles() throws {
    var set = ScriptSet()
    try set.replace("\"outlets\": 21", by: "\"outlets\": \"21\"", in: combinedJSON)
    #expect(try Surveyed(set).verdict("combined file of Shop_Data") == [.refuted])
  }

  /// Order of rows and columns, spaces and escapes do not matter.
  @Test func spellingDoesNotCount() throws {
    var set = ScriptSet()
    try set.replace("Shop 7", by: "\\u0053hop 7", in: combinedJSON)
    let lines = try #require(set.files[shopCSV]).split(separator: "\n")
    set.files[shopCSV] = ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\r\n") + "\r\n"
    let seen = try Surveyed(set)
    #expect(seen.verdict("CSV twin of Shop_Data") == [.proved])
    #expect(seen.verdict("combined file of Shop_Data") == [.proved])
  }

  @Test func schemaFieldsAreHeldAgainstRecords() throws {
    var set = ScriptSet()
    try set.replace("[\"Stage\", \"shopName\"", by: "[\"shopName\", \"ghost\"", in: combinedJSON)
    let seen = try Surveyed(set)
    #expect(seen.verdict("schema fields of Shop_Data") == [.refuted])
    #expect(seen.knowledge.findings.first { $0.code == "schema-field-unused" }?.column == "ghost")
    #expect(seen.knowledge.findings.first { $0.code == "schema-field-unlisted" }?.column == "Stage")
  }

  /// S0-06: the seed does not say where the tables are; what else there is, is kept.
  @Test(arguments: ["", "tables", "data"], [false, true])
  func combinedFileMayHoldTablesAnywhere(_ member: String, _ asObjects: Bool) throws {
    var set = ScriptSet()
    let metadata = """
      {"convex_deployment": "quiet-otter-12.convex.cloud", "created_at": "2026-03-01T10:20:30.456Z", "note": {"a": 1}}
      """
    let tables = try [("Shop_Data", shopJSON), ("people", "people_backup_\(stamp).json")].map { name, file in
      let rows = try #require(set.files[file])
      return "\"\(name)\": " + (asObjects ? "{\"record_count\": 12, \"records\": \(rows)}" : rows)
    }.joined(separator: ", ")
    let place = member.isEmpty ? tables : "\"\(member)\": {\(tables)}"
    set.files = [combinedJSON: "{\"backup_metadata\": \(metadata), \(place), \"kept\": \"yes\"}"]
    let seen = try Surveyed(set)
    #expect(try seen.rowCounts() == ["Shop_Data": 12, "people": 4])
    #expect(seen.recognition.backups[0].projectName == "quiet-otter-12")
    let attributes = Dictionary(seen.knowledge.attributes.map { ($0.name, displayed($0.value)) }) { first, _ in first }
    #expect(attributes["kept"] == "yes" && attributes["note"] == "{\"a\": 1}")
    #expect(seen.verdict("records of Shop_Data") == (asObjects ? [.proved] : []))
    #expect(seen.verdict("records of people") == (asObjects ? [.refuted] : []))
  }

  @Test func tableOnlyInTheCombinedFileIsReadFromIt() throws {
    var set = ScriptSet()
    set.files[shopJSON] = nil
    let seen = try Surveyed(set)
    #expect(try seen.rowCounts() == ["Shop_Data": 12, "people": 4])
    #expect(seen.verdict("CSV twin of Shop_Data") == [.proved])
    #expect(seen.verdict("file \(shopJSON)") == [.refuted])
    set.files["people_backup_\(stamp).json"] = nil
    #expect(try Surveyed(set).rowCounts() == ["Shop_Data": 12, "people": 4])
  }

  // MARK: Keys

  @Test func danglingReferencesAreLeftOutAndCounted() throws {
    var set = ScriptSet()
    let id = ConvexID(tableNumber: 10_007, internalID: Array(repeating: 9, count: 16))
    for name in [shopJSON, combinedJSON, shopCSV] {
      let text = try #require(set.files[name])
      let person = ConvexID(tableNumber: 10_007, internalID: (0..<16).map { UInt8($0 * 7) })
      let old = String(decoding: person.text, as: UTF8.self), new = String(decoding: id.text, as: UTF8.self)
      try #require(text.contains(old))
      set.files[name] = text.replacing("\"ownerId\": \"\(old)\"", with: "\"ownerId\": \"\(new)\"")
        .replacing(",\(old),", with: ",\(new),")
    }
    let seen = try Surveyed(set)
    #expect(seen.knowledge.tables.allSatisfy { $0.foreignKeys.isEmpty })
    #expect(seen.knowledge.unverifiedForeignKeys.map(\.count) == [3])
    #expect(seen.knowledge.unverifiedForeignKeys.map(\.reason) == [.dangling])
    #expect(seen.codes().contains("foreign-key-dangling"))
  }

  @Test func idsThatOccurTwiceAreNoKey() throws {
    var set = ScriptSet()
    set.files = set.files.filter { $0.key == shopJSON }
    let text = try #require(set.files[shopJSON])
    set.files[shopJSON] = "[" + text.dropFirst().dropLast() + "," + text.dropFirst()
    let seen = try Surveyed(set)
    #expect(seen.knowledge.tables[0].primaryKey.isEmpty)
    #expect(seen.knowledge.findings.first { $0.code == "duplicate-keys-in-table" }?.count == 12)
  }

  // MARK: Bad input

  @Test func cutFileKeepsTheOthers() throws {
    var set = ScriptSet()
    let text = try #require(set.files["people_backup_\(stamp).json"])
    set.files["people_backup_\(stamp).json"] = String(text.dropLast(20))
    #expect(throws: ReadError.self) { try Surveyed(set) }
    let seen = try Surveyed(set, keepsRows: true)
    #expect(seen.codes().contains("unreadable"))
    #expect(try seen.rowCounts(keepsRows: true) == ["Shop_Data": 12, "people": 3])
  }

  @Test func damagedTwinIsNamedAndTheRestRead() throws {
    var set = ScriptSet()
    try set.replace("Shop 7", by: "\"Shop 7", in: shopCSV)
    let seen = try Surveyed(set)
    #expect(seen.codes().contains("unreadable"))
    #expect(try seen.rowCounts() == ["Shop_Data": 12, "people": 4])
  }

  @Test func plaintextPasswordsAndCredentialsAreTheWorst() throws {
    var set = ScriptSet()
    let people = "people_backup_\(stamp).json"
    for i in 0..<4 {
      try set.replace(
        "\"email\": \"p\(i)@", by: "\"password\": \"Summer-20\(i)\",\n    \"email\": \"p\(i)@", in: people)
    }
    try set.replace(
      "## Contact\n", by: "## Contact\npostgres://admin:Hunter22@db.example.org/x\nAPI_KEY=abcd1234efgh\n",
      in: "README.md")
    let seen = try Surveyed(set)
    let worst = seen.knowledge.findings.filter { $0.severity == .critical }
    #expect(worst.map(\.code).sorted() == ["credential-in-document", "plaintext-passwords"])
    #expect(worst.first { $0.code == "credential-in-document" }?.count == 2)
    #expect(
      seen.knowledge.tables.first { $0.name == "people" }?.columns.first { $0.name == "password" }?.isSecret == true)
    let texts =
      seen.knowledge.documents.map { displayed($0.text, multiline: true) }
      + seen.knowledge.attributes.map { displayed($0.value) } + seen.knowledge.claims.map { displayed($0.stated) }
      + seen.knowledge.findings.map(\.message)
    #expect(texts.contains { $0.contains("postgres://admin:********@db.example.org/x") })
    #expect(!texts.contains { $0.contains("Hunter22") || $0.contains("abcd1234efgh") || $0.contains("Summer-20") })
  }
}

extension String {
  /// The text without a range.
  fileprivate func replacingCharacters(_ range: Range<String.Index>) -> String {
    String(self[..<range.lowerBound]) + String(self[range.upperBound...])
  }
}
