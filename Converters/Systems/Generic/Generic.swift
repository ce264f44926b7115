internal import Bytes
package import Conversion
internal import Diagnostics
package import Records

/// Files that no other system claims but whose format is known: each is a backup of plain tables.
package struct Generic: SourceSystem {
  package init() {}
  package var id: String { "generic" }
  package var title: String { "Generic tables" }
  package var summary: String {
    "any JSON, JSON Lines or CSV file as tables of its own; the CSV files of a directory as one backup"
  }

  /// Least confidence at which content alone decides, and with a fitting file name beside it.
  private static let sureConfidence = 0.5, namedConfidence = 0.05

  package func detect(_ container: any BackupContainer, _ toolbox: Toolbox) throws(ReadError) -> [DetectedBackup] {
    var backups: [DetectedBackup] = []
    for entry in container.entries where !isSchemaFile(entry, container, toolbox) {
      let schema = SchemaFile.entry(of: entry, in: container, toolbox)
      guard var backup = look(at: entry, isDescribed: schema != nil, container, toolbox) else { continue }
      if backup.artifacts[0].isText, let schema {
        backup.artifacts.append(DetectedArtifact(schema, .document, format: "json"))
        backup.evidence.append("a schema file lies beside it")
      }
      backups.append(backup)
    }
    return joined(backups)
  }

  /// The CSV files of a directory are one backup, unless they hold tables of one name or are of different times.
  private func joined(_ backups: [DetectedBackup]) -> [DetectedBackup] {
    let groups = Dictionary(grouping: backups.indices.filter { Self.csvKinds.contains(backups[$0].kind) }) { i in
      Array(backups[i].artifacts[0].entry.path.dropLast(backups[i].artifacts[0].entry.path.lastPathComponent.count))
    }
    var sets: [Int: DetectedBackup] = [:]
    for group in groups.values where group.count > 1 {
      let names = Set(group.compactMap { backups[$0].artifacts[0].table?.lowercased })
      let times = Set(group.map { backups[$0].takenAt?.microseconds })
      guard names.count == group.count, times.count == 1 else { continue }
      var set = backups[group[0]]
      set.kind = "csv directory"
      set.confidence = group.map { backups[$0].confidence }.min() ?? 0
      set.evidence = ["first bytes of \(group.count) files are csv"]
      set.artifacts = group.flatMap { backups[$0].artifacts }
      sets[group[0]] = set
    }
    // Each is also one alone, should another system have claimed a file of the set.
    return backups.indices.flatMap { i in (sets[i].map { [$0] } ?? []) + [backups[i]] }
  }
  private static let csvKinds: Set<String> = ["csv file", "tsv file"]

  /// Whether the entry describes the columns of another one.
  private func isSchemaFile(_ entry: ContainerEntry, _ container: any BackupContainer, _ toolbox: Toolbox) -> Bool {
    guard entry.path.count > schemaFileSuffix.count, entry.path.suffix(schemaFileSuffix.count) == schemaFileSuffix[...],
      let described = container.entry(at: Array(entry.path.dropLast(schemaFileSuffix.count)))
    else { return false }
    return SchemaFile.entry(of: described, in: container, toolbox) != nil
  }

  /// The backup that an entry is; nil when no format recognises it.
  private func look(
    at entry: ContainerEntry, isDescribed: Bool, _ container: any BackupContainer, _ toolbox: Toolbox
  ) -> DetectedBackup? {
    let name = PlainName(entry.path, toolbox)
    let head = (try? GenericText.open(entry, in: container, toolbox, ReadOptions()))?.head
    guard let head, head.contains(where: { $0 > 0x20 }) else {
      // Empty, or its bytes cannot be had: kept all the same where it should hold rows, so that the survey can say why.
      guard name.format != nil || !container.isDirectory else { return nil }
      return backup(entry, name, kind: "unreadable file", 0, "no text can be read from it", format: name.format ?? "")
    }
    if isDescribed, name.format == "csv" {
      // Its header may look like anything.
      return backup(entry, name, kind: "csv file", 0.5, "a schema file says so", format: "csv")
    }
    let candidates = toolbox.importFormats.map { (format: $0, confidence: $0.confidence(head)) }
    var best = candidates.max { $0.confidence < $1.confidence }.map { best in
      candidates.first { $0.confidence == best.confidence } ?? best
    }
    if let own = candidates.first(where: { $0.format.id == name.format }), own.confidence >= Self.namedConfidence,
      (best?.confidence ?? 0) < Self.sureConfidence
    {
      best = own
    }
    guard let best, best.confidence >= Self.sureConfidence || best.format.id == name.format, best.confidence > 0
    else { return nil }
    return backup(
      entry, name, kind: "\(best.format.id) file", min(best.confidence, 0.5), "first bytes are \(best.format.id)",
      format: best.format.id)
  }

  private func backup(
    _ entry: ContainerEntry, _ name: PlainName, kind: String, _ confidence: Double, _ evidence: String, format: String
  ) -> DetectedBackup {
    DetectedBackup(
      system: id, kind: kind, confidence: confidence, evidence: [evidence],
      artifacts: [DetectedArtifact(entry, .data, format: format, table: name.table)],
      takenAt: FileStamp(in: entry.path.lastPathComponent.span).map {
        TakenAt(microseconds: $0.microseconds, hasZone: $0.hasZone, origin: "name")
      })
  }

  package func survey(_ input: BackupInput) throws(ReadError) -> Knowledge {
    try GenericContent(input).survey()
  }

  package func openRecords(
    _ input: BackupInput, _ knowledge: Knowledge
  ) throws(ReadError) -> any RecordReader & ~Copyable {
    try GenericContent(input).openRecords(knowledge.tables)
  }
}

extension Generic: ApartReading {
  package func readsApart(_ input: BackupInput) -> Bool {
    input.backup.artifacts.count { $0.role == .data } > 1
  }
}

extension SourceSystem where Self == Generic {
  /// Files of known formats that no other system claims.
  package static var generic: Self { Generic() }
}
