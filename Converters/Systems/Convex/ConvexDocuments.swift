internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// What documents and the combined file's metadata claim, held against the content.
struct ConvexDocuments {
  /// Documents longer than this are kept as artifacts only.
  private static let limit = 1 << 20

  private let survey: ConvexSurvey
  private var claims: [Claim] = []
  private var findings: [Finding] = []
  private var attributes: [(name: String, value: [UInt8])] = []
  /// Tables for which a way back is named, and whether any document explains restoring.
  private var restorable: Set<Name> = []
  private var restoration: [UInt8]?

  init(_ survey: ConvexSurvey) { self.survey = survey }

  private var backup: DetectedBackup { survey.content.input.backup }
  private var names: [Name] { survey.tables.map(\.name) }
  private func facts(_ table: Name) -> TableFacts? { survey.tables.first { $0.name == table } }
  private var total: Int { survey.tables.reduce(0) { $0 + $1.rowCount } }
  private var deployment: [UInt8]? { survey.combined?[metadata: "convex_deployment"] }

  consuming func add(to knowledge: inout Knowledge) throws(ReadError) {
    if let combined = survey.combined {
      take(combined)
      takeMetadata(of: combined, &knowledge)
    }
    for artifact in backup.artifacts where artifact.role == .document || artifact.role == .summary {
      try take(artifact, &knowledge)
    }
    reportRestoration()
    knowledge.claims += claims
    knowledge.findings += findings
    for attribute in attributes where !knowledge.attributes.contains(where: { $0 == attribute }) {
      knowledge.attributes.append(attribute)
    }
  }

  // MARK: Combined file

  private mutating func take(_ combined: CombinedFacts) {
    let path = combined.artifact.entry.path
    for (name, value) in combined.metadata where !["tables", "total_records"].contains(name) {
      attributes.append((name == "convex_deployment" ? "deployment" : displayed(name), value))
    }
    if let stated = combined[metadata: "created_at"] { claimDate(stated, path) }
    if let stated = combined[metadata: "total_records"] {
      claimCount("records", stated, combined.tables.reduce(0) { $0 + $1.digest.digest.count }, path)
    }
    for name in jsonTexts(combined[metadata: "tables"] ?? []) { claimTable(Name(name), path) }
    for table in combined.tables {
      if let stated = table.statedCount {
        claimCount("records of \(displayed(table.schema.name))", stated, table.digest.digest.count, path)
      }
      if let fields = table.statedFields { claimFields(fields, table, path) }
    }
  }

  /// The metadata is searched like a document: without a README nothing else names the deployment.
  private mutating func takeMetadata(of combined: CombinedFacts, _ knowledge: inout Knowledge) {
    guard !combined.metadata.isEmpty else { return }
    let lines = combined.metadata.map { $0.name.bytes + Array(": ".utf8) + $0.value }
    let path = combined.artifact.entry.path
    let risks = DocumentRisks(Array(lines.joined(separator: Array("\n".utf8))), artifact: path)
    findings += risks.findings.filter { $0.severity > .info }
    knowledge.documents.append((path, risks.maskedText))
  }

  /// `schema_fields` against the columns that records have.
  private mutating func claimFields(_ fields: [Name], _ table: CombinedFacts.Table, _ path: [UInt8]) {
    let name = table.schema.name, unused = fields.filter { !table.present.contains($0) }
    let unlisted = table.schema.columns.map(\.name).filter {
      table.present.contains($0) && !fields.contains($0) && !$0.hasPrefix("_")
    }
    claims.append(
      Claim(
        subject: "schema fields of \(displayed(name))",
        stated: Array(fields.map(\.bytes).joined(separator: Array(", ".utf8))),
        measured: "\(unused.count) of them in no record, \(unlisted.count) columns of records not among them",
        verdict: unused.isEmpty && unlisted.isEmpty ? .proved : .refuted, artifact: path))
    for field in unused {
      findings.append(
        Finding(
          "schema-field-unused", .warning,
          "schema_fields of '\(displayed(name))' lists '\(displayed(field))', which no record has",
          advice: "find out whether its values were lost or never existed", artifact: path, table: name, column: field))
    }
    for column in unlisted {
      findings.append(
        Finding(
          "schema-field-unlisted", .info,
          "records of '\(displayed(name))' have '\(displayed(column))', which schema_fields does not list",
          artifact: path,
          table: name, column: column))
    }
  }

  // MARK: Documents

  private mutating func take(_ artifact: DetectedArtifact, _ knowledge: inout Knowledge) throws(ReadError) {
    let path = artifact.entry.path
    let text: [UInt8]?
    do throws(ReadError) { text = try survey.content.text(of: artifact, limit: Self.limit) } catch {
      guard !error.isInterruption else { throw error }
      findings.append(
        Finding("unreadable", .error, error.message, advice: error.advice, artifact: path, offset: error.offset))
      return
    }
    guard let text else { return }
    let risks = DocumentRisks(text, artifact: path)
    findings += risks.findings
    knowledge.documents.append((path, risks.maskedText))
    // Only prose makes claims; code and configuration are kept and searched.
    guard artifact.format == "markdown" || artifact.format == "text" else { return }
    for statement in DocumentText(risks.maskedText, tables: names).statements { take(statement, path) }
  }

  private mutating func take(_ statement: Statement, _ path: [UInt8]) {
    switch statement {
    case .date(let stated): claimDate(stated, path)
    case .deployment(let stated): claimDeployment(stated, path)
    case .total(let stated): claimCount("records", stated, total, path)
    case .table(let table): claimTable(table, path)
    case .records(let table, let stated):
      claimCount("records of \(displayed(table))", stated, facts(table)?.rowCount, path)
    case .keyField(let table, let field): claimField(table, field, path)
    case .description(let table, let text): attributes.append(("description of \(displayed(table))", text))
    case .file(let name): claimFile(name, path)
    case .mutation(let table, let name):
      restorable.insert(table)
      attributes.append(("restore \(displayed(table))", name))
    case .script(let script, let about):
      attributes.append((isVerification(about) ? "verification script" : "producer", script))
    case .verification(let command): attributes.append(("verification", command))
    case .contact(let text): attributes.append(("contact", text))
    case .automatic(let by):
      attributes.append(("trigger", Array("automatic".utf8)))
      if !by.isEmpty { attributes.append(("made by", by)) }
    case .internals(let format, let included, let stated): claimInternals(format, included, stated, path)
    case .passwordHashes(let table, let stated): claimHashes(table, stated, path)
    case .restoration: restoration = path
    }
  }

  private func isVerification(_ about: [UInt8]) -> Bool { contains(about.map(asciiLower), Array("verif".utf8)) }

  // MARK: Claims

  private mutating func claim(
    _ subject: String, _ stated: [UInt8], _ measured: String?, _ holds: Bool?, _ path: [UInt8]
  ) {
    let verdict: Claim.Verdict = holds.map { $0 ? .proved : .refuted } ?? .open
    let claim = Claim(subject: subject, stated: stated, measured: measured, verdict: verdict, artifact: path)
    if !claims.contains(claim) { claims.append(claim) }
  }

  /// A figure that is no plain number, such as `40+`, stays open.
  private mutating func claimCount(_ subject: String, _ stated: [UInt8], _ measured: Int?, _ path: [UInt8]) {
    let count = statedCount(stated)
    let holds = measured == nil ? false : count.map { $0 == measured }
    claim(subject, stated, measured.map { String($0) } ?? "no such table", holds, path)
  }

  /// The time must be the one in the files' names: to the millisecond where it is stated so, else by the day.
  private mutating func claimDate(_ stated: [UInt8], _ path: [UInt8]) {
    guard let stamp = backup.artifacts.lazy.compactMap({ FileStamp(in: $0.entry.path.lastPathComponent.span) }).first
    else { return claim("backup date", stated, nil, nil, path) }
    let shown = rfc3339(microseconds: stamp.microseconds)
    if let date = DateText(stated.span), date.kind == .timestamp || date.kind == .timestamptz {
      return claim("backup date", stated, shown, date.microseconds == stamp.microseconds, path)
    }
    let day = Int(stamp.microseconds / 86_400_000_000)
    claim("backup date", stated, shown, statedDay(stated).map { $0 == day }, path)
  }

  private mutating func claimDeployment(_ stated: [UInt8], _ path: [UInt8]) {
    if deployment == nil { attributes.append(("deployment", stated)) }
    claim("deployment", stated, deployment.map { displayed($0) }, deployment.map { $0 == stated }, path)
  }

  private mutating func claimTable(_ table: Name, _ path: [UInt8]) {
    let found = facts(table)
    claim(
      "table \(displayed(table))", table.bytes, found.map { "\($0.rowCount) records" } ?? "no such table", found != nil,
      path)
  }

  private mutating func claimField(_ table: Name, _ field: Name, _ path: [UInt8]) {
    let profile = facts(table)?.profile[field]
    claim(
      "key field \(displayed(table)).\(displayed(field))", field.bytes,
      profile.map { "a value in \($0.valueCount) records" } ?? "no such column", profile != nil, path)
  }

  /// A file that a document names must be there. The folder's own structure is documented with it.
  private mutating func claimFile(_ name: [UInt8], _ path: [UInt8]) {
    let here = backup.artifacts.contains { $0.entry.path.lastPathComponent == name }
    guard survey.content.input.container.isDirectory || here else { return }
    claim("file \(displayed(name))", name, here ? "present" : "absent", here, path)
  }

  private mutating func claimInternals(_ format: String, _ included: Bool, _ stated: [UInt8], _ path: [UInt8]) {
    let internals: Set<Name> = ["_id", "_creationTime"]
    let columns: [Set<Name>] =
      format == "csv"
      ? survey.twins.map(\.columns)
      // A table without rows shows no fields.
      : survey.tables.filter { $0.rowCount > 0 }.map { Set($0.schema.columns.map(\.name)) }
    guard !columns.isEmpty else { return }
    let holds = columns.allSatisfy { included ? $0.isSuperset(of: internals) : $0.isDisjoint(with: internals) }
    let counts = columns.map { $0.intersection(internals).count }
    let measured =
      counts.allSatisfy { $0 == 2 } ? "in every table" : counts.allSatisfy { $0 == 0 } ? "in none" : "in some"
    claim("internal fields in \(format)", stated, measured, holds, path)
  }

  /// Whether a table holds hashes, by the forms of its values.
  private mutating func claimHashes(_ table: Name?, _ stated: [UInt8], _ path: [UInt8]) {
    let secrets = survey.tables.filter { table == nil || $0.name == table }.flatMap { $0.secrets.secrets }
    let hashes = secrets.filter { $0.kind == .passwordHash }.reduce(0) { $0 + $1.count }
    let plain = secrets.filter { $0.kind == .plaintextPassword }.reduce(0) { $0 + $1.count }
    claim(
      "password hashes" + (table.map { " in \(displayed($0))" } ?? ""), stated,
      "\(hashes) hashes, \(plain) plaintext passwords", hashes > 0 && plain == 0, path)
  }

  /// Tables that the documentation, though it explains restoring, names no way back for.
  private mutating func reportRestoration() {
    guard let restoration, !restorable.isEmpty else { return }
    for table in names where !restorable.contains(table) {
      findings.append(
        Finding(
          "no-restore-path", .warning, "the documentation names no function that restores '\(displayed(table))'",
          advice: "write one, or import the JSON with the Convex command line, before it is needed",
          artifact: restoration, table: table))
    }
  }
}
