internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// The page beside a capture that people read: what is in it, in figures that were counted, and how it is restored.
struct CaptureSummary {
  private let manifest: CaptureManifest
  /// Objects of the application alone.
  private let application: [CaptureManifest.Count]
  private let place: CapturePlace
  private let zone: TimeZone

  init(
    _ manifest: CaptureManifest, _ application: [CaptureManifest.Count], _ place: CapturePlace, _ zone: TimeZone
  ) {
    self.manifest = manifest
    self.application = application
    self.place = place
    self.zone = zone
  }

  private static let contents: [(word: String, title: String, text: String)] = [
    ("_schema_", "Schema Backup", "Structure only"),
    ("_data_", "Data Backup", "All rows of all tables"),
    ("_complete_", "Complete Backup", "Schema + Data"),
  ]

  var text: [UInt8] {
    let name = displayed(manifest.project)
    var lines = ["# \(name) Database Backup Summary", ""]
    lines += [
      "**Backup Timestamp:** \(time)  ", "**Backup Type:** Schema, rows and both, of one snapshot  ",
      "**Connection:** \(displayed(manifest.source))  ", "", "## Backup Files Created", "",
    ]
    var complete = ""
    for (number, content) in Self.contents.enumerated() {
      guard let file = manifest.files.first(where: { displayed($0.path).contains(content.word) }) else { continue }
      complete = displayed(file.path)
      lines += [
        "### \(number + 1). \(content.title)", "- **File:** `\(complete)`",
        "- **Size:** \(grouped(file.byteCount)) bytes",
      ]
      // Of a database without rows a file holds no rows, whatever it is made for.
      if manifest.tables.contains(where: { $0.count > 0 }) { lines.append("- **Content:** \(content.text)") }
      lines.append("")
    }
    lines += ["## Database State Captured", ""] + figures
    lines += [
      "", "## Restore Instructions", "", "Into an empty database:", "", "```bash",
      "psql -X -v ON_ERROR_STOP=1 --single-transaction -d DATABASE -f \(shellPath(Array(complete.utf8)))", "```", "",
    ]
    if !manifest.losses.isEmpty {
      lines += ["## Not Captured", ""] + manifest.losses.map { "- \($0.message)" } + [""]
    }
    return Array(lines.map { $0 + "\n" }.joined().utf8)
  }

  /// The moment as the names of the files say it.
  private var time: String {
    let text = rfc3339(microseconds: manifest.takenAt, in: zone)
    return String(text.prefix(19)).replacing("T", with: " ")
  }

  private var figures: [String] {
    let tables = manifest.tables.filter { PlatformSchemas.isApplication(schema(of: $0.name)) }
    let records = tables.reduce(0) { $0 + $1.count }
    func count(_ kinds: [Name]) -> Int {
      application.filter { kinds.contains($0.name) }.reduce(0) { $0 + $1.count }
    }
    var lines = ["- **Total Tables:** \(tables.count)", "- **Total Records:** \(grouped(Int64(records)))"]
    if manifest.objects.isEmpty { return lines }
    lines.append("- **Total Policies:** \(count(["policy"]))")
    lines.append("- **Total Functions:** \(count(["function", "procedure"]))")
    return lines
  }

  private func schema(of table: Name) -> Name? {
    table.bytes.firstIndex(of: UInt8(ascii: ".")).map { Name(Array(table.bytes[..<$0])) }
  }

  /// With a comma between thousands.
  private func grouped(_ number: Int64) -> String {
    var digits = Array("\(number)".utf8), at = digits.count - 3
    while at > 0 {
      digits.insert(UInt8(ascii: ","), at: at)
      at -= 3
    }
    return String(decoding: digits, as: UTF8.self)
  }
}
