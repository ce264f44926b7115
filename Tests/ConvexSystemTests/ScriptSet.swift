import BuiltIn
import Bytes
import Conversion
import ConvexValues
import Diagnostics
import Records
import TestSupport
import Testing

@testable import ConvexSystem

/// An invented folder as a backup script of a Convex project writes it: two tables, their twins, a combined file and
/// documents.
struct ScriptSet {
  static let stamp = "2026-03-01_10-20-30-456Z"
  var files: [String: String] = [:]

  init(stamp: String = Self.stamp) {
    let shops = (0..<12).map { i in
      [
        ("_creationTime", "\(1_770_000_000_000 + i).25"), ("_id", text(id(10_008, i))), ("Stage", text("Open")),
        ("shopName", text(i == 3 ? "Tea \"&\" Co, Ltd" : "Shop \(i)")), ("outlets", i == 5 ? nil : "\(i * 3)"),
        ("rating", "\(i).5"), ("ownerId", text(id(10_007, i % 4))),
      ]
    }
    let people = (0..<4).map { i in
      [
        ("_creationTime", "1770000000500"), ("_id", text(id(10_007, i))), ("email", text("p\(i)@example.org")),
        ("is_active", i == 2 ? "false" : "true"), ("note", i == 1 ? text("") : i == 2 ? nil : text("line\none")),
      ]
    }
    let names = ["Shop_Data", "people"]
    for (name, rows) in zip(names, [shops, people]) {
      let stem = "\(name.lowercased())_backup_\(stamp)"
      files[stem + ".json"] = array(rows, indent: 0)
      files[stem + ".csv"] = csv(rows)
    }
    files["complete_backup_\(stamp).json"] = """
      {
        "backup_metadata": {
          "created_at": "2026-03-01T10:20:30.456Z",
          "convex_deployment": "quiet-otter-12.convex.cloud",
          "backup_type": "full_table_export",
          "tables": ["Shop_Data", "people"],
          "total_records": 16
        },
        "Shop_Data": {
          "table_name": "Shop_Data",
          "record_count": 12,
          "schema_fields": ["Stage", "shopName", "outlets", "rating", "ownerId"],
          "records": \(array(shops, indent: 4))
        },
        "people": {
          "table_name": "people",
          "record_count": 4,
          "schema_fields": ["email", "is_active", "note"],
          "records": \(array(people, indent: 4))
        }
      }
      """
    files["backup_summary_\(stamp).txt"] = summary(stamp)
    files["README.md"] = readme(stamp)
  }

  /// Changes a file's text.
  mutating func replace(_ old: String, by new: String, in name: String) throws {
    let text = try #require(files[name])
    try #require(text.contains(old))
    files[name] = text.replacing(old, with: new)
  }

  private func id(_ table: UInt32, _ i: Int) -> String {
    let id = ConvexID(tableNumber: table, internalID: (0..<16).map { UInt8(truncatingIfNeeded: i * 31 + $0 * 7) })
    return String(decoding: id.text, as: UTF8.self)
  }
  private func text(_ value: String) -> String {
    "\"" + value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
  }

  private func array(_ rows: [[(String, String?)]], indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    let objects = rows.map { row in
      let members = row.compactMap { key, value in value.map { "\(margin)    \"\(key)\": \($0)" } }
      return "\(margin)  {\n" + members.joined(separator: ",\n") + "\n\(margin)  }"
    }
    return "[\n" + objects.joined(separator: ",\n") + "\n\(margin)]"
  }

  private func csv(_ rows: [[(String, String?)]]) -> String {
    func field(_ value: String?) -> String {
      guard let value else { return "" }
      guard value.hasPrefix("\"") else { return value }
      let plain = value.dropFirst().dropLast().replacing("\\\"", with: "\"").replacing("\\n", with: "\n")
      guard plain.contains(where: { ",\"\n".contains($0) }) else { return String(plain) }
      return "\"" + plain.replacing("\"", with: "\"\"") + "\""
    }
    let columns = rows[0].map(\.0).filter { !$0.hasPrefix("_") }.sorted()
    let lines = rows.map { row in
      columns.map { column in field(row.first { $0.0 == column }?.1) }.joined(separator: ",")
    }
    return ([columns.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }

  private func summary(_ stamp: String) -> String {
    """

    CONVEX TABLE BACKUP SUMMARY
    ============================
    Backup Date: 2026-03-01T10:20:30.456Z
    Convex Deployment: quiet-otter-12.convex.cloud

    TABLES BACKED UP:
    -----------------
    1. Shop_Data
       - Records: 12
       - Files: shop_data_backup_\(stamp).json, shop_data_backup_\(stamp).csv

    2. people
       - Records: 4
       - Files: people_backup_\(stamp).json, people_backup_\(stamp).csv

    COMBINED BACKUP:
    ----------------
    - File: complete_backup_\(stamp).json
    - Total Records: 16

    BACKUP LOCATION:
    ----------------
    Directory: C:\\Users\\someone\\Desktop\\project\\convex_backups
    """
  }

  private func readme(_ stamp: String) -> String {
    """
    # Convex Table Backups

    ## Overview
    **Backup Date:** March 1, 2026
    **Convex Deployment:** quiet-otter-12.convex.cloud
    **Total Records Backed Up:** 16

    ## Tables Backed Up

    ### 1. Shop_Data Table
    - **Records:** 12
    - **Description:** Shops and their owners
    - **Key Fields:** shopName, outlets

    ### 2. people Table
    - **Records:** 4
    - **Key Fields:** email, is_active

    ## File Formats

    ### JSON Files
    - Includes Convex internal fields (_id, _creationTime)

    ### CSV Files
    - Excludes Convex internal fields

    ## Restoration Instructions
    ```javascript
    const data = require('./shop_data_backup_\(stamp).json');
    await client.mutation("Shop_Data:bulkImport", { records: data });
    ```

    ## Verification
    ```bash
    node verify_backups.js
    ```

    ## Backup Scripts
    - `create_table_backups.js` - Main backup creation script
    - `verify_backups.js` - Backup verification and integrity check

    ## Contact
    Ask the development team.

    ---
    *Backup created automatically by Convex backup script*
    """
  }

  /// Writes the files into a directory of their own.
  func write() throws -> TemporaryDirectory {
    let place = try TemporaryDirectory()
    for (name, text) in files { try writeFile(place.path + "/" + name, Array(text.utf8)) }
    return place
  }
}

/// What the system makes of a folder.
struct Surveyed {
  let place: TemporaryDirectory
  let recognition: Recognition
  let knowledge: Knowledge

  init(_ set: ScriptSet, keepsRows: Bool = false) throws {
    let place = try set.write()
    let container = try BuiltIn.recogniser.open(Array(place.path.utf8))
    let recognition = try BuiltIn.recogniser.recognise(container)
    self.place = place
    self.recognition = recognition
    knowledge = try Convex().survey(Self.input(recognition, keepsRows: keepsRows))
  }

  static func input(_ recognition: Recognition, _ backup: Int = 0, keepsRows: Bool = false) -> BackupInput {
    var options = ReadOptions()
    options.keepsRowsBeforeError = keepsRows
    return BackupInput(
      backup: recognition.backups[backup], container: recognition.container, toolbox: BuiltIn.toolbox, options: options)
  }

  /// Number of rows of each table that the reader hands out.
  func rowCounts(keepsRows: Bool = false) throws -> [Name: Int] {
    var reader = try Convex().openRecords(Self.input(recognition, keepsRows: keepsRows), knowledge)
    var counts: [Name: Int] = [:]
    var batch = RecordBatch()
    do {
      while let table = try reader.nextTable() {
        #expect(knowledge.tables.contains { $0.name == table.name && $0.columns == table.columns })
        counts[table.name] = counts[table.name] ?? 0
        while try reader.read(into: &batch) { counts[table.name, default: 0] += batch.rowCount }
      }
    } catch { if !keepsRows { throw error } }
    return counts
  }
  func codes() -> [String] { knowledge.findings.map(\.code).sorted() }
  func verdict(_ subject: String) -> Set<Claim.Verdict> {
    Set(knowledge.claims.filter { $0.subject == subject }.map(\.verdict))
  }
}
