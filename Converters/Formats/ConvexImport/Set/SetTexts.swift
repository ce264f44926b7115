internal import Bytes
internal import Records

/// What a set says of itself: metadata, summary and README.
struct SetTexts: Sendable {
  /// A table and its files.
  struct Table: Sendable {
    let name: Name
    /// Names of the files without their endings.
    let base: Name
    let count: Int
    /// Fields in the order of the files, and whether some document has them.
    let fields: [(name: Name, isPresent: Bool)]
    /// Whether there are fields beside id and time, which CSV has not.
    var hasCSV: Bool { !fields.isEmpty }
  }

  private let names: SetNames
  private let tables: [Table]
  private let deployment: [UInt8]?
  /// What the names of the files with rows end with.
  private let compression: [UInt8]

  init(_ names: SetNames, _ tables: [Table], deployment: [UInt8]?, compression: [UInt8]) {
    self.names = names
    self.tables = tables
    self.deployment = deployment
    self.compression = compression
  }

  private var total: Int { tables.reduce(0) { $0 + $1.count } }

  // MARK: The combined file

  /// The combined file up to its first table.
  var metadata: [UInt8] {
    var text = ByteHeap(capacity: 1 << 10)
    text.append("{\n  \"backup_metadata\": {\n    \"created_at\": ")
    text.append(jsonString: names.time)
    if let deployment {
      text.append(",\n    \"convex_deployment\": ")
      text.append(jsonString: deployment)
    }
    text.append(",\n    \"backup_type\": \"full_table_export\",\n    \"tables\": ")
    Self.append(tables.map(\.name), indent: "    ", to: &text)
    text.append(Array(",\n    \"total_records\": \(total)\n  }".utf8))
    return Array(text.span)
  }

  /// What stands between the rows of one table and those of the next.
  func head(of table: Table) -> [UInt8] {
    var text = ByteHeap(capacity: 1 << 10)
    text.append(",\n  ")
    text.append(jsonString: table.name.bytes)
    text.append(": {\n    \"table_name\": ")
    text.append(jsonString: table.name.bytes)
    text.append(Array(",\n    \"record_count\": \(table.count),\n    \"schema_fields\": ".utf8))
    Self.append(table.fields.filter(\.isPresent).map(\.name), indent: "    ", to: &text)
    text.append(",\n    \"records\": [")
    return Array(text.span)
  }

  private static func append(_ names: [Name], indent: String, to text: inout ByteHeap) {
    text.append("[")
    for (i, name) in names.enumerated() {
      text.append(Array("\(i > 0 ? "," : "")\n\(indent)  ".utf8))
      text.append(jsonString: name.bytes)
    }
    text.append(Array((names.isEmpty ? "]" : "\n\(indent)]").utf8))
  }

  // MARK: Documents

  private func files(of table: Table) -> [[UInt8]] {
    (table.hasCSV ? ["json", "csv"] : ["json"]).map { file(table.base, $0) }
  }
  private func file(_ base: Name, _ ending: String) -> [UInt8] { base.bytes + Array(".\(ending)".utf8) + compression }
  private var summaryFile: [UInt8] { names.summary.bytes + Array(".txt".utf8) }

  /// The text of the summary.
  var summary: [UInt8] {
    var text = Array("\nCONVEX TABLE BACKUP SUMMARY\n============================\nBackup Date: ".utf8) + names.time
    if let deployment { text += Array("\nConvex Deployment: ".utf8) + deployment }
    text += Array("\n\nTABLES BACKED UP:\n-----------------\n".utf8)
    for (i, table) in tables.enumerated() {
      text += Array("\(i + 1). ".utf8) + table.name.bytes + Array("\n   - Records: \(table.count)\n   - Files: ".utf8)
      text += files(of: table).joined(separator: Array(", ".utf8)) + Array("\n\n".utf8)
    }
    text += Array("COMBINED BACKUP:\n----------------\n- File: ".utf8) + file(names.combined, "json")
    text += Array("\n- Total Records: \(total)\n\nFILES CREATED:\n--------------\n".utf8)
    for name in tables.flatMap({ files(of: $0) }) + [file(names.combined, "json"), summaryFile] {
      text += Array("- ".utf8) + name + Array("\n".utf8)
    }
    return text
  }

  /// The text of the README.
  var readme: [UInt8] {
    var text = Array("# Convex Table Backups\n\n## Overview\n".utf8)
    text += Array("This directory contains backups of \(tables.count) tables of a Convex database.\n\n".utf8)
    text += Array("**Backup Date:** \(day)  \n".utf8)
    if let deployment { text += Array("**Convex Deployment:** ".utf8) + deployment + Array("  \n".utf8) }
    text += Array("**Total Records Backed Up:** \(Self.grouped(total))\n\n## Tables Backed Up\n".utf8)
    for (i, table) in tables.enumerated() {
      text += Array("\n### \(i + 1). ".utf8) + table.name.bytes
      text += Array(" Table\n- **Records:** \(Self.grouped(table.count))\n".utf8)
      let keys = table.fields.filter { $0.isPresent && ImportNames.allowsTable($0.name) }.prefix(6).map(\.name.bytes)
      if keys.isEmpty { continue }
      text += Array("- **Key Fields:** ".utf8) + keys.joined(separator: Array(", ".utf8)) + Array("\n".utf8)
    }
    text += Array("\n## File Structure\n\n```\n".utf8)
    for name in tables.flatMap({ files(of: $0) }) + [file(names.combined, "json"), summaryFile] {
      text += Array("├── ".utf8) + name + Array("\n".utf8)
    }
    return text + Array("└── README.md\n```\n\n".utf8) + Array(Self.formats.utf8) + restoration
  }

  private static let formats = """
    ## File Formats

    ### JSON Files
    - One array of documents for each table, with all fields
    - Includes Convex internal fields (_id, _creationTime)
    - Bytes are text in base64; NaN and infinities are null; integers beyond 2^53 have all their digits

    ### CSV Files
    - One line for each document, for spreadsheets
    - Excludes Convex internal fields
    - Absent values, nulls and empty texts are all empty fields

    ### Combined Backup
    - All tables in one file, with metadata and the names of fields

    ## Restoration Instructions

    The JSON of each table can be imported; references stay what they are as long as ids are imported with them:

    ```bash

    """

  private var restoration: [UInt8] {
    var text: [UInt8] = []
    for table in tables where table.name != "_storage" {
      text += Array("npx convex import --table ".utf8) + table.name.bytes + [UInt8(ascii: " ")]
      text += file(table.base, "json") + Array("\n".utf8)
    }
    return text + Array("```\n".utf8)
  }

  /// Such as `February 5, 2026`.
  private var day: String {
    let months = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December",
    ]
    let date = civilDate(daysSince1970: names.day)
    return "\(months[date.month - 1]) \(date.day), \(date.year)"
  }

  /// Digits in groups of three.
  private static func grouped(_ count: Int) -> String {
    var text = ""
    for (i, digit) in String(count).reversed().enumerated() {
      if i > 0, i % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}
