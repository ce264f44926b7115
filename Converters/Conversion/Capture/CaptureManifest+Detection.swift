internal import Bytes
internal import Records

extension CaptureManifest {
  /// The manifest that an entry is; nil when it is none.
  package init?(_ entry: ContainerEntry, in container: any BackupContainer) {
    guard entry.path.lastPathComponent == Self.fileName, (entry.byteCount ?? 0) <= Self.limit,
      var source = try? container.open(entry), let bytes = try? readAll(&source, limit: Self.limit)
    else { return nil }
    self.init(parsing: bytes)
  }

  /// The manifest among the artifacts of a backup.
  package init?(of input: BackupInput) {
    guard let artifact = input.backup.artifacts.first(where: { $0.entry.path.lastPathComponent == Self.fileName })
    else { return nil }
    self.init(artifact.entry, in: input.container)
  }

  /// The backups whose manifests lie in a container.
  static func backups(in container: any BackupContainer) -> [DetectedBackup] {
    container.entries.compactMap { entry in
      CaptureManifest(entry, in: container).flatMap { $0.backup(entry, in: container) }
    }
  }

  private func backup(_ manifest: ContainerEntry, in container: any BackupContainer) -> DetectedBackup? {
    let folder = Array(manifest.path.dropLast(Self.fileName.count))
    var artifacts = files.compactMap { file in
      container.entry(at: folder + file.path).map {
        DetectedArtifact($0, file.role, format: file.format, table: file.table)
      }
    }
    guard !artifacts.isEmpty else { return nil }
    artifacts.append(DetectedArtifact(manifest, .summary, format: "json"))
    artifacts.sort { $0.entry.path.lexicographicallyPrecedes($1.entry.path) }
    return DetectedBackup(
      system: system, kind: kind, confidence: 1, evidence: ["the manifest of a capture lies beside its files"],
      artifacts: artifacts, takenAt: TakenAt(microseconds: takenAt, hasZone: true, origin: "content"),
      projectName: project)
  }
}
