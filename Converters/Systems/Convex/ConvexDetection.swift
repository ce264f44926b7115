internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Finds the backups of Convex scripts in a container: the files of one folder and one time are one backup.
struct ConvexDetection {
  private let container: any BackupContainer
  private let toolbox: Toolbox
  private let names: [ConvexFileName]
  /// What the file's JSON says; nil for what is not Convex's.
  private var heads: [ConvexHead?] = []
  private let snapshots: SnapshotDetection

  init(_ container: any BackupContainer, _ toolbox: Toolbox) {
    self.container = container
    self.toolbox = toolbox
    names = container.entries.map { ConvexFileName($0.path, toolbox) }
    snapshots = SnapshotDetection(container, toolbox)
    for entry in container.entries {
      guard !snapshots.claimed.contains(entry.path) else {
        heads.append(nil)
        continue
      }
      // What cannot be opened is nothing of Convex's as far as we can see; whoever opens it later says why.
      let head = Self.head(of: entry, container, toolbox).flatMap { ConvexHead($0) }
      heads.append(head.flatMap { $0.isConvex ? $0 : nil })
    }
  }

  static func head(
    of entry: ContainerEntry, _ container: any BackupContainer, _ toolbox: Toolbox
  ) -> [UInt8]? {
    do throws(ReadError) {
      let content = try toolbox.open(entry, in: container, options: ReadOptions(), headCount: 1 << 16)
      return content.skippingNoise(in: entry.path, ConvexHead.isConvex).head
    } catch { return nil }
  }

  func backups() -> [DetectedBackup] {
    if let lone = ConvexLoneCSV(container, toolbox) { return [lone.backup] }
    var backups = snapshots.backups
    var sets: [(directory: [UInt8], stamp: [UInt8])] = []
    var stamps: [[UInt8]: Set<[UInt8]>] = [:]
    let combined = combinedDirectories
    for i in names.indices {
      guard let head = heads[i] else { continue }
      if head.isPrinted {
        backups.append(printedTable(i, head))
        continue
      }
      if names[i].stamp.isEmpty && head.shape != .combined {
        if !combined.contains(names[i].directory) { backups.append(singleTable(i, head)) }
      } else if stamps[names[i].directory, default: []].insert(names[i].stamp).inserted {
        sets.append((names[i].directory, names[i].stamp))
      }
    }
    for set in sets {
      let rivals = (stamps[set.directory] ?? []).subtracting([set.stamp])
      backups.append(scriptSet(set.directory, set.stamp, rivals))
    }
    return backups
  }

  /// Directories with a combined file without a time; files of tables without a time beside it belong to it.
  private var combinedDirectories: Set<[UInt8]> {
    Set(names.indices.filter { heads[$0]?.shape == .combined && names[$0].stamp.isEmpty }.map { names[$0].directory })
  }

  /// JSON of one table that stands alone.
  private func singleTable(_ i: Int, _ head: ConvexHead) -> DetectedBackup {
    let entry = container.entries[i]
    var artifacts = [DetectedArtifact(entry, .data, format: format(of: head), table: names[i].stem)]
    artifacts += twins(of: [names[i].stem], in: names[i].directory, stamp: [])
    return DetectedBackup(
      system: "convex", kind: "table export", confidence: 0.95, evidence: [evidence(i, head)],
      artifacts: sorted(artifacts), takenAt: names[i].takenAt ?? modified(entry))
  }

  /// What `npx convex data` printed of one table.
  private func printedTable(_ i: Int, _ head: ConvexHead) -> DetectedBackup {
    let entry = container.entries[i]
    return DetectedBackup(
      system: "convex", kind: ConvexHead.printedKind, confidence: 0.95,
      evidence: [evidence(i, head), "values are printed as npx convex data does"],
      artifacts: [DetectedArtifact(entry, .data, format: format(of: head), table: names[i].stem)],
      takenAt: names[i].takenAt ?? modified(entry))
  }

  private func scriptSet(_ directory: [UInt8], _ stamp: [UInt8], _ rivals: Set<[UInt8]>) -> DetectedBackup {
    let members = names.indices.filter {
      names[$0].directory == directory && names[$0].stamp == stamp && heads[$0]?.isPrinted != true
    }
    let combined = members.filter { heads[$0]?.shape == .combined }
    let data = members.filter { heads[$0] != nil && heads[$0]?.shape != .combined }
    let metadata = combined.compactMap { heads[$0] }.first
    var artifacts = data.map { i in
      DetectedArtifact(
        container.entries[i], .data, format: format(of: heads[i]), table: exactName(names[i].stem, metadata))
    }
    artifacts += combined.map {
      DetectedArtifact(container.entries[$0], data.isEmpty ? .data : .combined, format: "json")
    }
    artifacts += twins(of: data.map { names[$0].stem } + (metadata?.tableNames ?? []), in: directory, stamp: stamp)
      .map { twin in
        var twin = twin
        twin.table = twin.table.map { exactName($0, metadata) }
        return twin
      }
    let taken = Set(artifacts.map(\.entry.path))
    artifacts += documents(directory, stamp, rivals).filter { !taken.contains($0.entry.path) }
    let deployment = metadata?.deployment
    var evidence = (data + combined).compactMap { i in heads[i].map { self.evidence(i, $0) } }
    if let deployment { evidence.append("its metadata names the deployment \(displayed(deployment))") }
    if members.count > 1 && !stamp.isEmpty {
      evidence.append("\(members.count) files bear the time \(displayed(stamp))")
    }
    let holdsRecords = (data + combined).contains { heads[$0]?.holdsConvexRecords == true }
    return DetectedBackup(
      system: "convex", kind: "script set", confidence: holdsRecords && deployment != nil ? 0.98 : 0.95,
      evidence: evidence, artifacts: sorted(artifacts),
      takenAt: metadata?.takenAt ?? members.first.flatMap { names[$0].takenAt }
        ?? members.first.flatMap { modified(container.entries[$0]) },
      projectName: metadata?.projectName)
  }

  // MARK: Files beside the rows

  /// CSV files of the same folder and time that are named like a table.
  private func twins(of stems: [Name], in directory: [UInt8], stamp: [UInt8]) -> [DetectedArtifact] {
    let known = Set(stems.map(\.lowercased))
    return names.indices.compactMap { i in
      let name = names[i]
      guard name.directory == directory, name.stamp == stamp, name.ending == "csv" || name.ending == "tsv",
        known.contains(name.stem.lowercased)
      else { return nil }
      let table = stems.first { $0.lowercased == name.stem.lowercased }
      return DetectedArtifact(container.entries[i], .twin, format: displayed(name.ending), table: table)
    }
  }

  /// Everything else in the folder. What names the time of one set of several is that set's alone.
  private func documents(_ directory: [UInt8], _ stamp: [UInt8], _ rivals: Set<[UInt8]>) -> [DetectedArtifact] {
    names.indices.compactMap { i in
      let name = names[i], entry = container.entries[i]
      guard name.directory == directory, !rivals.contains(name.stamp), rivals.isEmpty || isOf(stamp, rivals, i)
      else { return nil }
      let isSummary = name.stamp == stamp && !stamp.isEmpty && name.ending == "txt"
      return DetectedArtifact(entry, isSummary ? .summary : .document, format: Self.format(name.ending))
    }
  }

  /// Whether a document speaks of the time, or of none of the rivals.
  private func isOf(_ stamp: [UInt8], _ rivals: Set<[UInt8]>, _ i: Int) -> Bool {
    if names[i].stamp == stamp { return true }
    guard let head = Self.head(of: container.entries[i], container, toolbox) else { return true }
    return contains(head, stamp) || !rivals.contains { contains(head, $0) }
  }

  private static func format(_ ending: Name) -> String {
    switch ending {
    case "md", "markdown": "markdown"
    case "txt", "": "text"
    default: displayed(ending)
    }
  }

  // MARK: Words

  private func format(of head: ConvexHead?) -> String { head?.shape == .lines ? "jsonl" : "json" }

  private func evidence(_ i: Int, _ head: ConvexHead) -> String {
    let file = displayed(container.entries[i].path.lastPathComponent)
    return head.records == 0
      ? "\(file) holds backup_metadata"
      : "\(head.convexRecords) of the first \(head.records) records of \(file) have Convex ids and creation times"
  }

  /// The name as the combined file writes it; file names are in small letters.
  private func exactName(_ stem: Name, _ metadata: ConvexHead?) -> Name { metadata?.exactName(of: stem) ?? stem }

  private func modified(_ entry: ContainerEntry) -> TakenAt? {
    entry.modified.map { TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified") }
  }

  private func sorted(_ artifacts: [DetectedArtifact]) -> [DetectedArtifact] {
    artifacts.sorted { $0.entry.path.lexicographicallyPrecedes($1.entry.path) }
  }
}
