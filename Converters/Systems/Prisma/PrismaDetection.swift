internal import Bytes
internal import Conversion
internal import Diagnostics
internal import JSONStream
internal import PrismaSchema
internal import Records

/// Finds the backups of applications with Prisma in a container.
struct PrismaDetection {
  private let container: any BackupContainer
  private let toolbox: Toolbox
  private let files: SchemaFiles
  /// Of each schema: its tables' names and the names of their fields.
  private var indexes: [(sections: SectionIndex, fields: [Set<Name>])] = []

  /// Files of one folder that are looked at.
  private static let fileLimit = 20_000

  init(_ container: any BackupContainer, _ toolbox: Toolbox) {
    self.container = container
    self.toolbox = toolbox
    files = SchemaFiles(container, toolbox)
    for schema in files.schemas {
      guard let read = try? SchemaFiles.read(schema.entries, container, toolbox) else { continue }
      let tables = read.tables()
      let fields = tables.map { (table: PrismaTable) -> Set<Name> in
        var names = Set<Name>(table.columns.map { $0.field })
        for column in table.schema.columns { names.insert(column.name) }
        for relation in table.relations { names.insert(relation.field) }
        return names
      }
      indexes.append((SectionIndex(tables), fields))
    }
  }

  /// A JSON file and what its first bytes show.
  private struct Sighting {
    var entry: ContainerEntry
    var envelope: PrismaEnvelope
    var confidence: Double
    var evidence: [String]
  }

  func backups() -> [DetectedBackup] {
    var sightings: [Sighting] = [], perModel: [[UInt8]: [Sighting]] = [:], order: [[UInt8]] = []
    for entry in container.entries.prefix(Self.fileLimit) where !isSchemaPart(entry) {
      // What cannot be opened is none of ours as far as we can see; whoever opens it later says why.
      guard let head = head(of: entry), let envelope = PrismaEnvelope(head) else { continue }
      let sighting = look(entry, envelope)
      // Rows may look like another program's, unless a schema beside them has their models.
      if envelope.isForeign, sighting.confidence < 0.98 { continue }
      if envelope.shape == .rows {
        let folder = Array(entry.path.dropLast(entry.path.lastPathComponent.count))
        if perModel[folder] == nil { order.append(folder) }
        perModel[folder, default: []].append(sighting)
      } else if sighting.confidence > 0 {
        sightings.append(sighting)
      }
    }
    var backups = sightings.map(backup)
    for folder in order { backups += perModelBackups(perModel[folder] ?? []) }
    if backups.isEmpty, let schema = schemaBackup() { backups = [schema] }
    return backups
  }

  private func isSchemaPart(_ entry: ContainerEntry) -> Bool {
    let name = entry.path.lastPathComponent
    return [".prisma", ".sql", ".toml", ".md", ".csv"].contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) }
  }

  private func head(of entry: ContainerEntry) -> [UInt8]? {
    guard let content = try? toolbox.open(entry, in: container, options: ReadOptions(), headCount: 1 << 16) else {
      return nil
    }
    let first = content.head.first { $0 > 0x20 }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? content.head : nil
  }

  // MARK: Envelopes

  private func look(_ entry: ContainerEntry, _ envelope: PrismaEnvelope) -> Sighting {
    var sighting = Sighting(entry: entry, envelope: envelope, confidence: 0, evidence: [])
    func note(_ confidence: Double, _ evidence: String) {
      sighting.confidence = max(sighting.confidence, confidence)
      sighting.evidence.append(evidence)
    }
    if let best = bestMatch(envelope.sections, named: entry), best.matched > 0, best.share >= 0.6 {
      note(0.98, "\(best.matched) of \(best.all) sections are models of the schema beside it")
    }
    let marks = envelope.marks
    if !marks.isEmpty { note(marks[0].hasPrefix("members ") ? 0.9 : 0.95, marks.joined(separator: ", ")) }
    let accessors = envelope.accessorCount
    if accessors > 0 { note(0.9, "\(accessors) sections are named as Prisma's client names models") }
    let rows = envelope.clientRowCount
    if rows > 0 { note(0.6, "rows have ids of cuid and times of JavaScript") }
    if let tag = envelope.tag, sighting.confidence > 0 {
      sighting.evidence.append("each record names its table by '\(displayed(tag))'")
    }
    if envelope.isConfiguration { note(0.7, "type 'simple': configuration and no rows") }
    return sighting
  }

  /// How many sections are models, by the schema that knows most of them.
  private func bestMatch(
    _ sections: [PrismaEnvelope.Section], named entry: ContainerEntry
  ) -> (matched: Int, all: Int, share: Double)? {
    guard !sections.isEmpty else { return nil }
    var best: (matched: Int, all: Int, share: Double)?
    for index in indexes {
      let matched = sections.count { section in
        let name = section.name.isEmpty ? ModelFileName(entry.path, toolbox).table : section.name
        guard let table = index.sections.table(name) else {
          return section.name.isEmpty && index.fields.contains { fits(section.row, $0) }
        }
        return section.row.isEmpty || fits(section.row, index.fields[table])
      }
      let share = Double(matched) / Double(sections.count)
      if share > best?.share ?? -1 { best = (matched, sections.count, share) }
    }
    return best
  }

  /// Whether most keys of a row are fields of a model.
  private func fits(_ row: [JSONOutline.Member], _ fields: Set<Name>) -> Bool {
    guard !row.isEmpty else { return false }
    return row.count { fields.contains($0.key) } * 10 >= row.count * 6
  }

  private func backup(_ sighting: Sighting) -> DetectedBackup {
    let envelope = sighting.envelope
    let includes = ["includes_files", "includes_passwords"].map { key in
      envelope.member(Name(key))?.text.elementsEqual("true".utf8)
    }
    var kind = "JSON backup"
    if envelope.shape == .tagged {
      kind = TaggedRecords.kind
    } else if envelope.isConfiguration {
      kind = "configuration backup"
    } else if includes.contains(true) {
      kind = "Complete backup"
    } else if includes.contains(false) || !envelope.marks.isEmpty {
      kind = "Safe backup"
    }
    return backup([sighting], kind)
  }

  private func backup(_ sightings: [Sighting], _ kind: String) -> DetectedBackup {
    var artifacts = sightings.map { sighting in
      DetectedArtifact(
        sighting.entry, .data, format: "json",
        table: sighting.envelope.shape == .rows ? ModelFileName(sighting.entry.path, toolbox).table : nil)
    }
    artifacts += files.artifacts
    let surest = sightings.max { $0.confidence < $1.confidence }
    return DetectedBackup(
      system: "prisma", kind: kind, confidence: surest?.confidence ?? 0, evidence: surest?.evidence ?? [],
      artifacts: artifacts.sorted { $0.entry.path.lexicographicallyPrecedes($1.entry.path) },
      takenAt: sightings.first.flatMap(takenAt))
  }

  private func takenAt(_ sighting: Sighting) -> TakenAt? {
    if let text = sighting.envelope.takenAt, let date = DateText(text.span),
      date.kind == .timestamp || date.kind == .timestamptz
    {
      return TakenAt(microseconds: date.microseconds, hasZone: date.kind == .timestamptz, origin: "content")
    }
    if let stamp = FileStamp(in: sighting.entry.path.lastPathComponent.span) {
      return TakenAt(microseconds: stamp.microseconds, hasZone: stamp.hasZone, origin: "name")
    }
    return sighting.entry.modified.map { TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified") }
  }

  // MARK: Files per model

  /// The files of a folder that hold the rows of one model each are one backup.
  private func perModelBackups(_ all: [Sighting]) -> [DetectedBackup] {
    let known = all.filter { $0.confidence >= 0.98 }
    if known.count >= 2 {
      // Empty ones beside them are tables without rows.
      let members = all.filter { sighting in
        sighting.confidence >= 0.98
          || sighting.envelope.sections.isEmpty
            && indexes.contains { $0.sections.table(ModelFileName(sighting.entry.path, toolbox).table) != nil }
      }
      guard known.count * 10 >= members.count * 6 else { return known.map { backup([$0], "JSON rows") } }
      return [backup(members, "model files")]
    }
    let sure = all.filter { $0.confidence >= 0.6 }
    if sure.count >= 2, sure.count * 2 >= all.count { return [backup(all, "model files")] }
    return sure.map { backup([$0], "JSON rows") }
  }

  // MARK: Schemas

  /// A schema or migrations without any rows.
  private func schemaBackup() -> DetectedBackup? {
    let hasLock = files.lock != nil
    guard
      !files.schemas.isEmpty && container.entries.contains(where: { isOwn($0) }) || hasLock && !files.migrations.isEmpty
    else { return nil }
    var artifacts = files.artifacts
    for i in artifacts.indices { artifacts[i].role = .part }
    var evidence: [String] = []
    if !files.schemas.isEmpty { evidence.append("a schema of Prisma") }
    if !files.migrations.isEmpty { evidence.append("\(files.migrations.count) migrations") }
    return DetectedBackup(
      system: "prisma", kind: "schema and migrations", confidence: hasLock || files.migrations.isEmpty ? 0.95 : 0.8,
      evidence: evidence,
      artifacts: artifacts.sorted { $0.entry.path.lexicographicallyPrecedes($1.entry.path) },
      takenAt: artifacts.compactMap(\.entry.modified).max().map {
        TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified")
      })
  }

  /// Whether an entry of the container itself, and no file beside it, is a schema.
  private func isOwn(_ entry: ContainerEntry) -> Bool { files.schemas.contains { $0.entries.contains(entry) } }
}

/// What the name of a file with the rows of one model says: `User.json`, `backup_users.json.gz`.
struct ModelFileName {
  let table: Name

  init(_ path: [UInt8], _ toolbox: Toolbox) {
    var name = path.lastPathComponent
    for ending in toolbox.decoders.flatMap(\.endings) + ["json"] {
      let suffix = [UInt8(ascii: ".")] + Array(ending.utf8)
      if name.count > suffix.count, name.suffix(suffix.count).map(asciiLower) == suffix {
        name.removeLast(suffix.count)
      }
    }
    table = Name(name)
  }
}
