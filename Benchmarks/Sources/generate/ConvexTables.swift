import Glibc

/// A folder as a script leaves it that backs up Convex tables: per table JSON and CSV, one combined file, a summary, a README.
struct ConvexTables {
  private let stamp = "2026-02-05_07-54-39-688Z", time = "2026-02-05T07:54:39.688Z"
  private let deployment = "gentle-otter-417.convex.cloud"
  private let size: Int
  private var random = Random(seed: 1_000)
  private typealias Record = [(key: String, value: String)]

  init(size: Int) { self.size = size }

  mutating func write(to directory: String) {
    mkdir(directory, 0o755)
    let tables = [("Master_Data", masterData(1_389 * size)), ("user_profiles", userProfiles(61 * size))]
    for (name, records) in tables {
      let file = "\(directory)/\(name.lowercased())_backup_\(stamp)"
      var json = Output(file + ".json")
      json.write("[\n" + records.map { object($0, indent: "  ") }.joined(separator: ",\n") + "\n]")
      json.close()
      var csv = Output(file + ".csv")
      csv.write(table(records))
      csv.close()
    }
    combined(tables, "\(directory)/complete_backup_\(stamp).json")
    documents(directory, tables.map { ($0.0, $0.1.count) })
  }

  private mutating func masterData(_ count: Int) -> [Record] {
    (0..<count).map { i in
      let kam = random.below(40)
      var record: Record = [
        ("_creationTime", "\(1_770_277_577_080.25 + Double(i) / 4_096)"),
        ("_id", quoted(convexID(table: 10_008, &random))),
        ("brandEmailId", quoted("brand\(i)@kitchen.example")),
        (
          "brandName",
          quoted(
            random.pick(Words.adjective).capitalizedFirst + " " + random.pick(Words.noun).capitalizedFirst
              + (random.oneIn(50) ? ", \"The\" Original" : ""))
        ),
        ("brandState", quoted(random.pick(Words.states))), ("created_at", quoted("2026-02-05T07:45:47.086903")),
        ("kamEmailId", quoted(kam == 7 ? Persona.email : "kam\(kam)@harbourlight.example")),
        (
          "kamName",
          quoted(
            kam == 7 ? "\(Persona.given) \(Persona.family)" : Words.given[kam % 26] + " " + Words.family[(kam * 7) % 26]
          )
        ),
        ("outlet_counts", "\(1 + random.below(60))"), ("updated_at", quoted("2026-02-05T07:45:47.086903")),
        ("zone", quoted(random.pick(Words.zones))),
      ]
      if random.oneIn(8) { record.removeAll { $0.key == "brandEmailId" } }
      return record
    }
  }

  private mutating func userProfiles(_ count: Int) -> [Record] {
    (0..<count).map { i in
      let isPersona = i == 16
      var record: Record = [
        ("_creationTime", "\(1_769_586_071_928.25 + Double(i) / 4_096)"),
        ("_id", quoted(convexID(table: 10_007, &random))),
        ("contact_number", quoted("09\(padded(random.below(100_000_000), 8))")),
        ("created_at", quoted("2026-01-28T07:40:33.628184Z")),
        (
          "email",
          quoted(isPersona ? Persona.email : i < 40 ? "kam\(i)@harbourlight.example" : "agent\(i)@harbourlight.example")
        ),
        ("employee_code", quoted(padded(random.below(1_000), 3))),
        (
          "full_name",
          quoted(
            isPersona
              ? "\(Persona.given) \(Persona.family)" : random.pick(Words.given) + " " + random.pick(Words.family))
        ),
        ("is_active", "\(!random.oneIn(12))"),
        ("password", quoted(random.pick(Words.noun).prefix(4) + "\(padded(random.below(10_000), 4))")),
        ("role", quoted(random.pick(["Admin", "Team Lead", "Agent"]))),
        ("team_name", quoted(random.pick(Words.zones) + " Team")),
        ("updated_at", quoted("2026-01-28T07:40:33.628184Z")),
      ]
      if random.oneIn(6) { record.removeAll { $0.key == "team_name" } }
      return record
    }
  }

  private func object(_ record: Record, indent: String) -> String {
    "\(indent){\n" + record.map { "\(indent)  \"\($0.key)\": \($0.value)" }.joined(separator: ",\n") + "\n\(indent)}"
  }

  /// CSV without the system's own fields; what is absent is an empty field.
  private func table(_ records: [Record]) -> String {
    let keys = Set(records.flatMap { $0.map(\.key) }).filter { !$0.hasPrefix("_") }.sorted()
    var text = keys.joined(separator: ",") + "\n"
    for record in records {
      let values = Dictionary(uniqueKeysWithValues: record.map { ($0.key, $0.value) })
      text += keys.map { field(values[$0] ?? "") }.joined(separator: ",") + "\n"
    }
    return text
  }

  private func field(_ json: String) -> String {
    guard json.hasPrefix("\"") else { return json }
    let text = json.dropFirst().dropLast().replacing("\\\"", with: "\"")
    return text.contains { $0 == "," || $0 == "\"" || $0 == "\n" }
      ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : String(text)
  }

  private func combined(_ tables: [(String, [Record])], _ path: String) {
    var out = Output(path)
    let total = tables.reduce(0) { $0 + $1.1.count }
    out.write(
      """
      {
        "backup_metadata": {
          "created_at": "\(time)",
          "convex_deployment": "\(deployment)",
          "backup_type": "full_table_export",
          "tables": [
      \(tables.map { "      \"\($0.0)\"" }.joined(separator: ",\n"))
          ],
          "total_records": \(total)
        }
      """)
    for (name, records) in tables {
      var fields = Set(records.flatMap { $0.map(\.key) }).filter { !$0.hasPrefix("_") }.sorted()
      // The script's own list names a field that no record has.
      if name == "Master_Data" { fields.append("kamNameSecondary") }
      out.write(
        """
        ,
          "\(name)": {
            "table_name": "\(name)",
            "record_count": \(records.count),
            "schema_fields": [
        \(fields.map { "      \"\($0)\"" }.joined(separator: ",\n"))
            ],
            "records": [

        """)
      out.write(records.map { object($0, indent: "      ") }.joined(separator: ",\n"))
      out.write("\n    ]\n  }")
    }
    out.write("\n}")
    out.close()
  }

  private func documents(_ directory: String, _ tables: [(String, Int)]) {
    let total = tables.reduce(0) { $0 + $1.1 }
    let files = tables.flatMap {
      ["\($0.0.lowercased())_backup_\(stamp).json", "\($0.0.lowercased())_backup_\(stamp).csv"]
    }
    var summary = Output("\(directory)/backup_summary_\(stamp).txt")
    summary.write(
      """
      CONVEX TABLE BACKUP SUMMARY
      ============================
      Backup Date: \(time)
      Convex Deployment: \(deployment)

      TABLES BACKED UP:
      -----------------

      """)
    for (i, table) in tables.enumerated() {
      summary.write(
        "\(i + 1). \(table.0)\n   - Records: \(table.1)\n   - Files: \(files[2 * i]), \(files[2 * i + 1])\n\n")
    }
    summary.write(
      """
      COMBINED BACKUP:
      ----------------
      - File: complete_backup_\(stamp).json
      - Total Records: \(total)

      BACKUP LOCATION:
      ----------------
      Directory: C:\\Users\\kitchen\\Desktop\\backups\\convex_backups

      FILES CREATED:
      --------------
      \(files.map { "- " + $0 }.joined(separator: "\n"))
      - complete_backup_\(stamp).json
      - backup_summary_\(stamp).txt

      """)
    summary.close()
    var readme = Output("\(directory)/README.md")
    readme.write(
      """
      # Convex Table Backups

      ## Overview
      This directory contains backups of the Master_Data and user_profiles tables from the Convex database.

      **Backup Date:** February 5, 2026
      **Convex Deployment:** \(deployment)
      **Total Records Backed Up:** \(grouped(total))

      ## Tables Backed Up

      ### 1. Master_Data Table
      - **Records:** \(grouped(tables[0].1))
      - **Description:** Kitchens and their outlets, with the key account manager of each brand
      - **Key Fields:** brandName, kamName, kamEmailId, zone, brandState, outlet_counts

      ### 2. user_profiles Table
      - **Records:** \(grouped(tables[1].1))
      - **Description:** User profiles with roles, teams and contact information
      - **Key Fields:** email, full_name, role, team_name, is_active

      ## Restoration Instructions

      ```javascript
      const masterData = require('./\(files[0])');
      await client.mutation("Master_Data:bulkImportMasterData", { records: masterData });
      // Note: user_profiles restoration would need a similar bulk import function
      ```

      ## Data Security Notes
      - user_profiles backup contains password hashes
      - Backup files should be stored securely

      ## Verification
      ```bash
      node verify_backups.js
      ```

      ## Backup Scripts
      - `create_table_backups.js` - Main backup creation script
      - `verify_backups.js` - Backup verification and integrity check

      ## Contact
      For questions about these backups, contact the development team.

      ---
      *Backup created automatically by Convex backup script*

      """)
    readme.close()
  }

  private func grouped(_ number: Int) -> String {
    number < 1_000 ? "\(number)" : "\(number / 1_000),\(padded(number % 1_000, 3))"
  }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

/// A valid Convex document id: table number, 16 random bytes and a Fletcher checksum in Crockford's base 32.
func convexID(table: Int, _ random: inout Random) -> String {
  var payload: [UInt8] = [], number = table
  while number >= 0x80 {
    payload.append(UInt8(number & 0x7F | 0x80))
    number >>= 7
  }
  payload.append(UInt8(number))
  payload += random.bytes(16)
  var a: UInt8 = 0, b: UInt8 = 0
  for byte in payload {
    a &+= byte
    b &+= a
  }
  payload += [a, b]
  let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  var text: [UInt8] = [], buffer: UInt32 = 0, bits = 0
  for byte in payload {
    buffer = buffer << 8 | UInt32(byte)
    bits += 8
    while bits >= 5 {
      bits -= 5
      text.append(alphabet[Int(buffer >> UInt32(bits) & 31)])
    }
  }
  if bits > 0 { text.append(alphabet[Int(buffer << UInt32(5 - bits) & 31)]) }
  return String(decoding: text, as: UTF8.self)
}
