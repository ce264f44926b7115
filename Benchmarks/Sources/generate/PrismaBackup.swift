/// A Complete backup of an application with Prisma: an envelope with dozens of tables of small rows, and files as JSON texts
/// within the JSON.
///
/// Size 1 is about 11 MB: four tenths of rows, the rest files of 10 KB to 460 KB. From size 10 on one file in 300 is of 5 MB, and
/// from size 100 on one of 50 MB.
struct PrismaBackup {
  let size: Int
  private var random = Random(seed: 28)

  init(size: Int) { self.size = size }

  /// Client accessors of the tables and how many rows of size 1 each has.
  private static let tables: [(name: String, rows: Int)] =
    [
      ("user", 20), ("account", 20), ("session", 40), ("organization", 2), ("project", 40), ("room", 160),
      ("stage", 800),
      ("asset", 30), ("comment", 700), ("activity", 1300), ("notification", 1100), ("fFEItem", 500),
      ("fFEItemStatus", 20),
      ("timeEntry", 700), ("issue", 250), ("task", 250), ("taskComment", 250), ("chatMessage", 400), ("tag", 30),
    ]
    + ["design", "rendering", "drawing", "client", "contractor", "phase", "spec", "vendor", "order", "payment"].flatMap
  {
    [($0, 40), ($0 + "Section", 20), ($0 + "Version", 40), ($0 + "AccessLog", 50)]
  }

  mutating func write(to path: String) {
    var out = Output(path)
    out.write(
      "{\n  \"timestamp\": \"2026-02-14T08:15:00.482Z\",\n  \"version\": \"2.0\",\n  \"type\": \"complete\",\n"
        + "  \"environment\": \"production\",\n  \"includes_files\": true,\n  \"includes_passwords\": true,\n"
        + "  \"created_by\": {\n    \"id\": \"\(cuid(0, 0))\",\n    \"email\": \"mira.okafor@harbourlight.example\",\n"
        + "    \"role\": \"OWNER\"\n  },\n  \"data\": {")
    for (i, table) in Self.tables.enumerated() {
      out.write((i == 0 ? "" : ",") + "\n    \"\(table.name)\": [")
      for row in 0..<(table.name == "asset" ? fileCount : table.rows * size) {
        self.row(i, table.name, row, &out)
      }
      out.write("\n    ]")
    }
    out.write("\n  },\n  \"files\": {")
    for i in 0..<fileCount { file(i, &out) }
    out.write("\n  }\n}\n")
    out.close()
  }

  private var fileCount: Int { 30 * size }

  /// Bytes of a file: most are small, some are not.
  private func fileSize(_ i: Int) -> Int {
    if size >= 10, i % 300 == 150 { return size >= 100 && i == 150 ? 50_000_000 : 5_000_000 }
    return i % 3 == 0 ? 10_000 + i * 7919 % 40_000 : 60_000 + i * 104_729 % 400_000
  }

  private func cuid(_ table: Int, _ row: Int) -> String {
    var mixed = Random(seed: UInt64(table * 1_000_003 + row) &* 0x9E37_79B9_7F4A_7C15)
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return "c" + String((0..<24).map { _ in mixed.pick(letters) })
  }

  private mutating func row(_ table: Int, _ name: String, _ row: Int, _ out: inout Output) {
    let created = Moment(&random), project = cuid(4, random.below(40 * size)), user = cuid(0, random.below(20 * size))
    var text =
      "\(row == 0 ? "" : ",")\n      {\n        \"id\": \"\(cuid(table, row))\",\n        \"createdAt\": "
      + "\"\(iso(created))\",\n        \"updatedAt\": \"\(iso(Moment(&random)))\","
    switch name {
    case "user":
      text +=
        "\n        \"email\": \"user\(row)@atelier.example\",\n        \"name\": "
        + quoted(random.pick(Words.given) + " " + random.pick(Words.family))
        + ",\n        \"password\": \"$2b$12$\(hex(random.bytes(26)))\",\n        \"role\": \"DESIGNER\""
    case "asset":
      text +=
        "\n        \"filename\": \"photo_\(row).jpg\",\n        \"mimeType\": \"image/jpeg\",\n        \"size\": "
        + "\(fileSize(row)),\n        \"url\": \"https://files.atelier.example/photo_\(row).jpg\",\n        "
        + "\"projectId\": \"\(project)\""
    default:
      text +=
        "\n        \"projectId\": \"\(project)\",\n        \"createdById\": "
        + (random.oneIn(6) ? "null" : "\"\(user)\"") + ",\n        \"title\": "
        + quoted(random.pick(Words.adjective) + " " + random.pick(Words.noun)) + ",\n        \"note\": "
        + (random.oneIn(4) ? "null" : quoted(Words.sentence(&random, 4 + random.below(18))))
        + ",\n        \"order\": \(random.below(500)),\n        \"isVisible\": \(random.oneIn(2)),\n        \"price\": "
        + (random.oneIn(3) ? "null" : "\"\(random.below(9000)).\(1 + random.below(9))\"") + ",\n        \"settings\": "
        + "{\n          \"color\": \"\(random.pick(Words.adjective))\",\n          \"pinned\": \(random.oneIn(5))\n        }"
    }
    out.write(text + "\n      }")
  }

  private func iso(_ moment: Moment) -> String {
    "\(moment.date)T\(moment.clock).\(padded(moment.millisecond, 3))Z"
  }

  private mutating func file(_ i: Int, _ out: inout Output) {
    out.write("\(i == 0 ? "" : ",")\n    \"\(cuid(7, i))\": \"{\\\"content\\\":\\\"")
    var left = fileSize(i), isFirst = true
    while left > 0 {
      var piece = random.bytes(min(left, 49_152))
      if isFirst { piece.replaceSubrange(0..<4, with: [0xFF, 0xD8, 0xFF, 0xE0]) }
      isFirst = false
      out.write(base64(piece))
      left -= piece.count
    }
    out.write(
      "\\\",\\\"originalUrl\\\":\\\"https://files.atelier.example/photo_\(i).jpg\\\",\\\"mimeType\\\":\\\"image/jpeg\\\","
        + "\\\"size\\\":\(fileSize(i)),\\\"downloadedAt\\\":\\\"2026-02-14T08:15:00.482Z\\\"}\"")
  }
}
