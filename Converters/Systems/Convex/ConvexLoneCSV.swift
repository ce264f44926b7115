internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// A CSV file of a script's folder that was named alone, and the JSON files beside it that say what its fields are: the table's
/// own, which bears its name and time, and the combined file of that time.
struct ConvexLoneCSV {
  /// What such a backup is called.
  static let kind = "table CSV"

  private let entry: ContainerEntry
  private let name: ConvexFileName
  private let container: any BackupContainer
  private let toolbox: Toolbox
  private var witnesses: [(artifact: DetectedArtifact, head: ConvexHead)] = []

  /// Looks beside a lone file; nil when it is no CSV file, when it has a schema file of its own, which says more, or when no
  /// Convex JSON of its table lies there.
  init?(_ container: any BackupContainer, _ toolbox: Toolbox) {
    guard !container.isDirectory, container.entries.count == 1, let entry = container.entries.first else { return nil }
    name = ConvexFileName(entry.path, toolbox)
    guard name.ending == "csv" || name.ending == "tsv", container.schemaFile(of: entry) == nil else { return nil }
    self.entry = entry
    self.container = container
    self.toolbox = toolbox
    for ending in ["json", "jsonl"] {
      guard witnesses.isEmpty, let (entry, head) = look(name.base, ending), head.shape != .combined else { continue }
      witnesses.append((DetectedArtifact(entry, .twin, format: ending, table: name.stem), head))
    }
    if !name.stamp.isEmpty, let (entry, head) = look(Array("complete_backup_".utf8) + name.stamp, "json"),
      head.shape == .combined, head.tableNames.contains(where: { $0.lowercased == name.stem.lowercased })
    {
      witnesses.append((DetectedArtifact(entry, .combined, format: "json"), head))
    }
    if witnesses.isEmpty { return nil }
  }

  /// The Convex JSON of a name beside the file, perhaps compressed.
  private func look(_ base: [UInt8], _ ending: String) -> (ContainerEntry, ConvexHead)? {
    for compression in [""] + toolbox.decoders.flatMap(\.endings).map({ ".\($0)" }) {
      guard let found = container.sibling(named: base + Array(".\(ending)\(compression)".utf8)),
        let head = ConvexDetection.head(of: found, container, toolbox).flatMap({ ConvexHead($0) }), head.isConvex
      else { continue }
      return (found, head)
    }
    return nil
  }

  /// The backup that the file is.
  var backup: DetectedBackup {
    let metadata = witnesses.first { $0.head.shape == .combined }?.head
    let table = metadata?.exactName(of: name.stem) ?? name.stem
    var artifacts = [DetectedArtifact(entry, .data, format: displayed(name.ending), table: table)]
    for (witness, _) in witnesses {
      artifacts.append(witness)
      if witness.table != nil { artifacts[artifacts.count - 1].table = table }
    }
    return DetectedBackup(
      system: "convex", kind: Self.kind, confidence: 0.95,
      evidence: witnesses.map { "\(displayed($0.artifact.entry.path)) beside it holds the same table with Convex ids" },
      artifacts: artifacts.sorted { $0.entry.path.lexicographicallyPrecedes($1.entry.path) },
      takenAt: metadata?.takenAt ?? name.takenAt
        ?? entry.modified.map { TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified") },
      projectName: metadata?.projectName)
  }
}
