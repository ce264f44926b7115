import BuiltIn
import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@testable import ConvexSystem

/// What Coffer makes of a snapshot export.
struct Snapshot {
  let recognition: Recognition
  let knowledge: Knowledge

  init(_ path: String, keepsRows: Bool = false) throws {
    recognition = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(Array(path.utf8)))
    knowledge = try Convex().survey(Surveyed.input(recognition, keepsRows: keepsRows))
  }

  var backup: DetectedBackup { recognition.backups[0] }
  func findings(_ code: String) -> [Finding] { knowledge.findings.filter { $0.code == code } }
  func table(_ name: Name) throws -> TableSchema { try #require(knowledge.tables.first { $0.name == name }) }
  func column(_ name: Name, of table: Name) throws -> Column {
    try #require(try self.table(table).columns.first { $0.name == name })
  }

  /// All values with the types of their columns and their kinds, as the oracle takes them.
  func cells() throws -> [UInt8] {
    var reader = try Convex().openRecords(Surveyed.input(recognition), knowledge)
    var batch = RecordBatch(), output = ""
    while let table = try reader.nextTable() {
      while try reader.read(into: &batch) {
        for row in 0..<batch.rowCount {
          let cells = table.columns.indices.compactMap { column -> String? in
            guard let value = Self.text(batch, row, column) else { return nil }
            let type = table.columns[column].type.word
            return "\(quoted(table.columns[column].name.bytes)): [\"\(type)\", \(value)]"
          }
          output += "{\"table\": \(quoted(table.name.bytes)), \"cells\": {\(cells.joined(separator: ", "))}}\n"
        }
      }
    }
    return Array(output.utf8)
  }

  /// Kind and text of a value; nil when it is missing.
  private static func text(_ batch: borrowing RecordBatch, _ row: Int, _ column: Int) -> String? {
    let cell = batch[row, column]
    switch cell.kind {
    case .missing: return nil
    case .null: return "\"null\", \"\""
    case .boolean: return "\"boolean\", \"\(cell.boolean)\""
    case .integer: return "\"integer\", \"\(cell.integer)\""
    case .double:
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: cell.double.bitPattern >> UInt64(8 * $0)) }
      return "\"double\", \"\(hexadecimal(bytes))\""
    case .bytes: return "\"bytes\", \"\(hexadecimal(Array(batch.bytes(of: cell))))\""
    case .number, .text, .json: return "\"\(cell.kind)\", \(quoted(Array(batch.bytes(of: cell))))"
    case .external: return "\"external\", \"\""
    }
  }

  /// Digest of each table's rows.
  func digests() throws -> [Name: TableDigest] {
    var reader = try Convex().openRecords(Surveyed.input(recognition), knowledge)
    var batch = RecordBatch(), digests: [Name: TableDigest] = [:]
    while let table = try reader.nextTable() {
      var digester = RowDigester(table)
      while try reader.read(into: &batch) { try digester.add(batch) }
      digests[table.name] = digester.digest
    }
    return digests
  }
}

/// A text as JSON.
private func quoted(_ bytes: [UInt8]) -> String {
  var text = "\""
  for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
    switch scalar {
    case "\"", "\\": text += "\\\(scalar)"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text + "\""
}

/// Runs the independent reading.
func snapshotOracle(_ arguments: String...) throws -> String {
  let result = try run(["python3", packageRoot + "/Tests/oracles/convex_snapshot.py"] + arguments)
  try #require(result.exitCode == 0, "\(result.errorText)")
  return result.text
}

/// Whether Coffer and the oracle read the same values.
func expectSameValues(_ path: String, as expected: String) throws {
  let place = try TemporaryDirectory()
  try writeFile(place.path + "/cells", try Snapshot(path).cells())
  let found = try snapshotOracle("cells", place.path + "/cells")
  let isEqual = found == expected
  #expect(isEqual, "\(path)\n--- found\n\(found)--- expected\n\(expected)")
}

/// Real exports, and synthetic ones with known values.
@Suite(.enabled(if: sharedSamples != nil)) struct SnapshotConformanceTests {
  private static let folder = (sharedSamples ?? "") + "/convex/dev/"

  @Test(arguments: [
    "anouk-app_convex-backup.zip", "audiophile-store_convex-export.zip", "badminton_convex-backup.zip",
    "deep-stortinget_seed_data.zip", "praxisplaner_seed_data.zip", "praxisplaner_seed_data_preview",
    "synthetic/synthetic_legacy_edge.zip", "synthetic/synthetic_uniform_edge.zip",
    "synthetic/synthetic_uniform_prefixed.zip",
  ]) func valuesEqualThePythonReading(_ name: String) throws {
    let snapshot = try Snapshot(Self.folder + name)
    #expect(snapshot.recognition.backups.count == 1 && snapshot.recognition.unclaimed.isEmpty)
    #expect(snapshot.backup.kind == "snapshot" && snapshot.backup.confidence >= 0.95)
    #expect(snapshot.findings("value-unfit").isEmpty && snapshot.findings("wrong-shape").isEmpty)
    #expect(snapshot.findings("not-in-export").count == 1)
    try expectSameValues(Self.folder + name, as: snapshotOracle("export", Self.folder + name))
  }

  @Test(arguments: ["legacy_edge", "uniform_edge", "uniform_prefixed"])
  func valuesEqualTheTruth(_ name: String) throws {
    let path = Self.folder + "synthetic/synthetic_\(name)"
    let place = try TemporaryDirectory()
    // The truth leaves out the table whose ids have a number of one byte.
    let cells = try Snapshot(path + ".zip").cells().split(separator: UInt8(ascii: "\n")).filter {
      firstOffset(of: Array("{\"table\": \"one_byte_ids\"".utf8).span, in: Array($0).span) == nil
    }
    try writeFile(place.path + "/cells", Array(cells.joined(separator: [UInt8(ascii: "\n")])))
    #expect(try snapshotOracle("cells", place.path + "/cells") == snapshotOracle("truth", path + ".truth.json"))
  }

  /// Files for `convex import` have no ids yet: they are plain tables.
  @Test func importFilesArePlainTables() throws {
    let path = Array((Self.folder + "audiophile-store_import_data.jsonl").utf8)
    let found = try BuiltIn.recogniser.recognise(BuiltIn.recogniser.open(path))
    #expect(found.backups.map(\.system) == ["generic"])
    let knowledge = try BuiltIn.fallback.survey(Surveyed.input(found))
    #expect(knowledge.tables.map(\.columns.count) == [2])
  }
}
