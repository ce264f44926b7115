internal import Bytes
internal import Conversion
internal import Diagnostics
internal import PrismaSchema
internal import Records

// Models, migrations, and what the envelope says.
extension PrismaSurvey {
  /// Migrations longer than this are not kept.
  private static let migrationLimit = 16 << 20

  mutating func addObjects(_ knowledge: inout Knowledge) {
    let backedUp = Set(tables.compactMap(\.known))
    var positions: [Name: Int] = [:]
    for (i, table) in known.enumerated() where table.origin != .link { positions[table.model] = i }
    for model in schema.models where model.kind != .type {
      let place = positions[model.name]
      var object = SchemaObject(
        kind: "model", name: model.name, table: place.map { known[$0].schema.name }, definition: model.definition)
      object.attributes = [
        SchemaAttribute("form", Array(model.kind.rawValue.utf8)),
        SchemaAttribute("backed-up", Array((place.map { backedUp.contains($0) } ?? false ? "yes" : "no").utf8)),
      ]
      if model.isIgnored { object.attributes.append(SchemaAttribute("ignored", Array("yes".utf8))) }
      knowledge.objects.append(object)
    }
    let names = Set(knowledge.tables.map(\.name))
    knowledge.objects += schema.objects(known).filter { object in object.table.map { names.contains($0) } ?? true }
    addMigrations(&knowledge)
    guard !backedUp.isEmpty else { return }
    noteLinks(backedUp)
    noteModels(backedUp)
  }

  /// Links between many and many are in no result of a query that does not ask for them.
  private mutating func noteLinks(_ backedUp: Set<Int>) {
    let lost = known.indices.filter { known[$0].origin == .link && !backedUp.contains($0) }
    guard !lost.isEmpty else { return }
    findings.append(
      Finding(
        "links-not-included", .warning,
        "links between many and many are not in the backup: \(list(lost.map { known[$0].schema.name }))",
        advice: "back them up with 'include', or from the database", count: lost.count))
  }

  private mutating func noteModels(_ backedUp: Set<Int>) {
    let lost = known.indices.filter {
      known[$0].origin == .model && !known[$0].isHidden && !backedUp.contains($0)
    }
    guard !lost.isEmpty else { return }
    findings.append(
      Finding(
        "models-not-backed-up", .warning,
        "\(lost.count) models of the schema are not in the backup: \(list(lost.map { known[$0].model }))",
        advice: "'coffer coverage' lists them all", count: lost.count))
  }

  private mutating func addMigrations(_ knowledge: inout Knowledge) {
    let entries = input.backup.artifacts.filter { $0.format == "sql" }.map(\.entry)
    for (order, entry) in entries.enumerated() {
      let folder = entry.path.directoryPath.lastPathComponent
      var text: [UInt8] = []
      if let content = try? input.toolbox.open(entry, in: input.container, options: input.options) {
        var source = content.text()
        if let read = try? readAll(&source, limit: Self.migrationLimit) { text = read } else { noteUnread(entry) }
      }
      var object = SchemaObject(kind: "migration", name: Name(folder), definition: text)
      let version = folder.prefix { isDigit($0) }
      object.attributes = [
        SchemaAttribute("version", Array(version)), SchemaAttribute("order", Array("\(order + 1)".utf8)),
        SchemaAttribute("file", entry.path),
      ].filter { !$0.value.isEmpty }
      knowledge.objects.append(object)
    }
  }

  private mutating func noteUnread(_ entry: ContainerEntry) {
    findings.append(
      Finding(
        "migration-unread", .warning, "a migration cannot be read or is longer than \(Self.migrationLimit) bytes",
        artifact: entry.path))
  }

  // MARK: The envelope

  mutating func addEnvelope(_ knowledge: inout Knowledge) {
    let artifact = content.files.first?.entry.path ?? []
    knowledge.attributes = envelope.attributes + knowledge.attributes
    addClaims(&knowledge, artifact)
    noteEmptySections(artifact)
    noteFetches(artifact)
    judge(&knowledge, artifact)
    if knowledge.tables.isEmpty {
      findings.append(
        Finding(
          "no-rows", .warning,
          content.files.isEmpty ? "a schema and migrations, and no rows" : "the backup holds configuration and no rows",
          advice: "back up the rows as well", artifact: artifact.isEmpty ? nil : artifact))
    }
  }

  private func addClaims(_ knowledge: inout Knowledge, _ artifact: [UInt8]) {
    func claim(_ subject: String, _ stated: [UInt8], _ measured: Int) {
      let isRight = Int64(digits: stated.span) == Int64(measured)
      knowledge.claims.append(
        Claim(
          subject: subject, stated: stated, measured: "\(measured)", verdict: isRight ? .proved : .refuted,
          artifact: artifact))
      guard !isRight else { return }
      knowledge.findings.append(
        Finding(
          "claim-refuted", .warning, "\(subject): stated as '\(displayed(stated))', the backup shows \(measured)",
          advice: "trust the backup, not what it says of itself", artifact: artifact))
    }
    let own = raws.filter { $0.table != nil && !$0.isNested }
    let rows = own.reduce(0) { $0 + $1.rowCount }
    for key in ["total_records", "totalRecords", "total"] as [Name] {
      if let stated = envelope.value(key), Int64(digits: stated.span) != nil { claim("records", stated, rows) }
    }
    if let stated = envelope.value("tables"), Int64(digits: stated.span) != nil { claim("tables", stated, own.count) }
    if let stated = envelope.value("successCount"), Int64(digits: stated.span) != nil {
      claim("embedded files", stated, files.count { $0.place == nil && $0.hasBody })
    }
    var counts: [Name: Int] = [:]
    for raw in own { counts[raw.section, default: 0] += raw.rowCount }
    for (table, count) in envelope.stated {
      claim("records of \(displayed(table))", count, counts[table] ?? 0)
    }
  }

  /// A query that failed leaves an array without rows, like one that found none.
  private mutating func noteEmptySections(_ artifact: [UInt8]) {
    let empty = raws.filter { $0.table != nil && !$0.isNested && $0.rowCount == 0 }.map(\.section)
    guard !empty.isEmpty else { return }
    findings.append(
      Finding(
        "sections-empty", .info, "sections are written without rows: \(list(empty))",
        advice: "scripts write the same when a query fails: compare with earlier backups", artifact: artifact,
        count: empty.count))
  }

  private mutating func noteFetches(_ artifact: [UInt8]) {
    let failed = max(envelope.failedFiles, Int(clamping: envelope.number("failedCount") ?? 0))
    let skipped = max(envelope.skippedFiles, Int(clamping: envelope.number("skippedCount") ?? 0))
    if failed > 0 {
      findings.append(
        Finding(
          "files-failed", .error, "the backup says that \(failed) files could not be fetched",
          advice: "take them from where they are stored", artifact: artifact, count: failed))
    }
    if skipped > 0 {
      findings.append(
        Finding(
          "files-skipped", .warning,
          "the backup says that \(skipped) files were passed over, as too large or for another reason",
          advice: "take them from where they are stored", artifact: artifact, count: skipped))
    }
  }

  /// Whether it is a Safe or a Complete backup by what it holds, and why.
  private mutating func judge(_ knowledge: inout Knowledge, _ artifact: [UInt8]) {
    guard !content.files.isEmpty else { return }
    var reasons: [String] = []
    let secretCodes: Set<String> = Set(SecretKind.allCases.map(\.rawValue))
    let secrets = findings.filter { secretCodes.contains($0.code) }
    for finding in secrets {
      reasons.append("\(Self.words(finding.code)) in '\(displayed(finding.table ?? ""))' (\(finding.count))")
    }
    let embedded = files.count { $0.hasBody }
    if embedded > 0 { reasons.append("the content of \(embedded) files") }
    let isComplete = !reasons.isEmpty
    if !isComplete { reasons.append("no passwords, no tokens and no content of files") }
    knowledge.attributes.append(("backup_contents", Array((isComplete ? "complete" : "safe").utf8)))
    knowledge.attributes.append(("backup_contents_reasons", Array(reasons.prefix(20).joined(separator: "; ").utf8)))
    if !secrets.isEmpty, envelope.isTrue("includes_passwords") == false || input.backup.kind == "Safe backup" {
      findings.append(
        Finding(
          "safe-backup-holds-secrets", .error, "the backup passes for a safe one, but holds passwords or tokens",
          advice: "treat it as a complete backup: do not share it", artifact: artifact, count: secrets.count))
    }
    if envelope.isTrue("includes_files") == true, embedded == 0 {
      findings.append(
        Finding(
          "files-not-included", .error, "the backup says that it includes files, but holds none", artifact: artifact))
    }
  }

  private static func words(_ code: String) -> String {
    (SecretKind(rawValue: code) ?? .token).words
  }
}
