internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Finds snapshot exports of Convex in a container: zips as they were downloaded, re-made ones, and directories.
struct SnapshotDetection {
  static let kind = "snapshot"

  /// What belongs to one export.
  private struct Export {
    var entries: [(entry: ContainerEntry, path: SnapshotPath)] = []
    var evidence: [String] = []
    var confidence = 0.0

    mutating func note(_ confidence: Double, _ evidence: String) {
      self.confidence = max(self.confidence, confidence)
      self.evidence.append(evidence)
    }
  }

  private let container: any BackupContainer
  private let toolbox: Toolbox
  private(set) var backups: [DetectedBackup] = []
  /// Paths of the entries that belong to exports.
  private(set) var claimed: Set<[UInt8]> = []

  init(_ container: any BackupContainer, _ toolbox: Toolbox) {
    self.container = container
    self.toolbox = toolbox
    var exports: [[UInt8]: Export] = [:]
    for entry in container.entries {
      guard let path = SnapshotPath(entry.path) else { continue }
      exports[path.root, default: Export()].entries.append((entry, path))
    }
    for (root, export) in exports.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      var export = export
      look(&export, root)
      if export.confidence > 0 { backups.append(backup(export, root)) }
    }
    for backup in backups { claimed.formUnion(backup.artifacts.map(\.entry.path)) }
  }

  private func head(_ entry: ContainerEntry) -> [UInt8] {
    ConvexDetection.head(of: entry, container, toolbox) ?? []
  }

  /// Holds the export's files against what the server writes.
  private func look(_ export: inout Export, _ root: [UInt8]) {
    let lists = export.entries.filter { $0.path.part == .tables }
    let listsTables = lists.contains { SnapshotHead.listsTables(head($0.entry)) }
    if listsTables { export.note(0.97, "_tables lists tables and their numbers") }
    let readme = root.isEmpty ? Array("README.md".utf8) : root.appending(path: Array("README.md".utf8))
    if !lists.isEmpty, let entry = container.entry(at: readme), SnapshotHead.isGreeting(head(entry)) {
      export.note(0.99, "README.md is the one that Convex writes into its exports")
    }
    let shapes = export.entries.filter { $0.path.part == .shape }
    if let shape = shapes.first(where: { SnapshotHead.isShape(head($0.entry)) }) {
      let isUniform = SnapshotHead.shape(head(shape.entry)).map { Name($0) } == "uniform"
      export.note(
        0.95,
        "\(shapes.count) tables have a generated_schema.jsonl, the first of the \(isUniform ? "uniform" : "legacy") kind"
      )
    }
    let documents = export.entries.filter { $0.path.part == .documents }
    if let files = documents.first(where: { $0.path.table == "_storage" }), SnapshotHead.listsFiles(head(files.entry)) {
      export.note(0.95, "_storage lists files with their SHA-256")
    }
    guard export.confidence == 0 else { return }
    for (entry, path) in documents where path.table != "_storage" {
      guard let found = ConvexHead(head(entry)), found.shape == .lines, found.holdsConvexRecords else { continue }
      export.note(
        0.95,
        "\(found.convexRecords) of the first \(found.records) records of \(displayed(entry.path)) have Convex ids and creation times"
      )
      break
    }
  }

  private func backup(_ export: Export, _ root: [UInt8]) -> DetectedBackup {
    var artifacts = export.entries.map { entry, path in
      switch path.part {
      case .documents: DetectedArtifact(entry, .data, format: "jsonl", table: path.tableName)
      case .shape, .tables: DetectedArtifact(entry, .part, format: "jsonl")
      case .body: DetectedArtifact(entry, .part, format: "stored file")
      }
    }
    artifacts += documents(root)
    artifacts.sort { $0.entry.path.lexicographicallyPrecedes($1.entry.path) }
    let name = SnapshotName(root, container)
    let modified = export.entries.compactMap(\.entry.modified).max()
    return DetectedBackup(
      system: "convex", kind: Self.kind, confidence: export.confidence, evidence: export.evidence, artifacts: artifacts,
      takenAt: name.takenAt
        ?? modified.map { TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified") },
      projectName: name.deployment)
  }

  /// Texts beside the tables.
  private func documents(_ root: [UInt8]) -> [DetectedArtifact] {
    container.entries.compactMap { entry in
      let directory = entry.path.contains(UInt8(ascii: "/")) ? entry.path.directoryPath : []
      guard directory == root else { return nil }
      let name = Name(entry.path.map(asciiLower))
      if name.hasSuffix(".md") { return DetectedArtifact(entry, .document, format: "markdown") }
      return name.hasSuffix(".txt") ? DetectedArtifact(entry, .document, format: "text") : nil
    }
  }
}

/// What the name of an export says: `snapshot_<deployment>_<time>.zip`, time in digits since 1970.
struct SnapshotName {
  private(set) var takenAt: TakenAt?
  private(set) var deployment: Name?

  init(_ root: [UInt8], _ container: any BackupContainer) {
    for name in [root.isEmpty ? [] : root.lastPathComponent, container.path.lastPathComponent] {
      read(name)
      if takenAt != nil { return }
    }
  }

  private mutating func read(_ name: [UInt8]) {
    var base = name
    if base.count > 4, Name(base.suffix(4).map(asciiLower)) == ".zip" { base.removeLast(4) }
    if let stamp = FileStamp(in: base.span) {
      takenAt = TakenAt(microseconds: stamp.microseconds, hasZone: stamp.hasZone, origin: "name")
      return
    }
    let parts = base.split(separator: UInt8(ascii: "_"))
    guard parts.count >= 2, parts[0].elementsEqual("snapshot".utf8), let last = parts.last,
      last.allSatisfy({ isDigit($0) }), let time = Int64(digits: Array(last).span)
    else { return }
    // Nanoseconds, microseconds or milliseconds.
    switch last.count {
    case 19: takenAt = TakenAt(microseconds: time / 1000, hasZone: true, origin: "name")
    case 16: takenAt = TakenAt(microseconds: time, hasZone: true, origin: "name")
    case 13: takenAt = TakenAt(microseconds: time * 1000, hasZone: true, origin: "name")
    default: return
    }
    if parts.count > 2 {
      deployment = Name(Array(parts[1..<(parts.count - 1)].joined(separator: [UInt8(ascii: "_")])))
    }
  }
}
