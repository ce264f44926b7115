internal import Bytes
internal import Conversion

/// Finds the backups of Supabase projects in a container: folders that scripts made, sets of dumps by time or folder, single dumps,
/// and project trees.
struct SupabaseDetection {
  private let container: any BackupContainer
  private let toolbox: Toolbox
  private let names: [DumpName]
  /// By entry; nil for what is no dump.
  private var heads: [DumpHead?]
  private var companions = Companions()
  /// Folders that hold a whole backup with everything below them, in byte order.
  private var folders: [[UInt8]] = []

  init(_ container: any BackupContainer, _ toolbox: Toolbox) {
    self.container = container
    self.toolbox = toolbox
    names = container.entries.map { DumpName($0.path, toolbox) }
    heads = []
    companions = Companions(container.entries, names)
    for (i, entry) in container.entries.enumerated() {
      // Migrations are many and looked at where they belong.
      let isAsked =
        (names[i].mayBeDump || DumpName.isContents(entry.path))
        && (MigrationName.root(of: entry.path) == nil || !container.isDirectory)
      heads.append(isAsked ? Self.head(of: entry, container, toolbox) : nil)
    }
    folders = wholeFolders()
  }

  private static func head(
    of entry: ContainerEntry, _ container: any BackupContainer, _ toolbox: Toolbox
  ) -> DumpHead? {
    // What cannot be opened is nothing of Supabase's as far as we can see; whoever opens it later says why.
    guard let content = try? toolbox.open(entry, in: container, options: ReadOptions(), headCount: 1 << 16) else {
      return nil
    }
    return DumpHead(content.head)
  }

  // MARK: Folders

  private static let parts = ["migrations", "edge_functions", "functions", "data_records", "storage"]
  private static let manifest = Array("BACKUP_MANIFEST.md".utf8)

  /// Folders with dumps of Supabase beside a manifest or folders of a script, and project trees.
  private func wholeFolders() -> [[UInt8]] {
    var dumps = Set<[UInt8]>(), companions: [[UInt8]: Int] = [:], marks: [[UInt8]: Set<String>] = [:]
    for (i, entry) in container.entries.enumerated() {
      if let head = heads[i], head.kind != .printed, head.weight >= 0.5 { dumps.insert(names[i].directory) }
      if entry.path.lastPathComponent == Self.manifest { companions[names[i].directory, default: 0] += 2 }
      for part in Self.parts {
        if let above = folder(above: part, entry.path) { marks[above, default: []].insert(part) }
      }
      if entry.path.lastPathComponent.elementsEqual("config.toml".utf8) {
        marks[names[i].directory, default: []].insert("config")
      }
    }
    var found = dumps.filter { companions[$0] != nil || marks[$0] != nil }
    for (place, parts) in marks where !found.contains(place) {
      let isNamed =
        place.lastPathComponent.elementsEqual("supabase".utf8)
        || place.isEmpty && container.path.lastPathComponent.elementsEqual("supabase".utf8)
      let isTree = parts.contains("config") || isNamed
      if isTree && (parts.contains("migrations") || parts.contains("functions")) { found.insert(place) }
      if companions[place] != nil, parts.contains("migrations") || parts.contains("edge_functions") {
        found.insert(place)
      }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The innermost whole folder that a path lies in.
  private func owner(of path: [UInt8], _ places: [[UInt8]: Int]) -> Int? {
    var path = path
    while path.contains(UInt8(ascii: "/")) {
      path = path.directoryPath
      if let place = places[path] { return place }
    }
    return places[[]]
  }

  // MARK: Backups

  func backups() -> [DetectedBackup] {
    let places = Dictionary(folders.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var inside: [[Int]] = Array(repeating: [], count: folders.count), texts = Texts(), loose: [Int] = []
    for (i, entry) in container.entries.enumerated() {
      if let place = owner(of: entry.path, places) { inside[place].append(i) } else { loose.append(i) }
      if places[names[i].directory] == nil, names[i].ending == "md" || names[i].ending == "txt" {
        texts.add(i, names[i])
      }
    }
    let whole = zip(folders, inside).compactMap { wholeFolder($0, $1, texts) }
    return whole + sets(loose, texts)
  }

  /// What belongs to dumps that it lies beside, by directory.
  private struct Companions {
    /// Bundles of one directory that go with every dump in it, at most.
    static let limit = 10
    /// Of dumps in directory format.
    var members: [[UInt8]: [Int]] = [:]
    var bundles: [[UInt8]: [Int]] = [:]
    init() {}
    init(_ entries: [ContainerEntry], _ names: [DumpName]) {
      let directories = Set(entries.filter { DumpName.isContents($0.path) }.map(\.path.directoryPath))
      for (i, entry) in entries.enumerated() {
        if StorageBundle.isNamed(entry.path) { bundles[names[i].directory, default: []].append(i) }
        guard !directories.isEmpty, DumpName.isMember(entry.path) else { continue }
        let directory = entry.path.directoryPath
        if directories.contains(directory) { members[directory, default: []].append(i) }
      }
    }
  }

  /// Texts that speak of the sets in their folder, by time.
  private struct Texts {
    /// Those of one folder that go with every set in it, at most.
    static let limit = 100
    var byTime: [[UInt8]: [[UInt8]: [Int]]] = [:]
    mutating func add(_ i: Int, _ name: DumpName) {
      byTime[name.directory, default: [:]][name.stamp, default: []].append(i)
    }
    subscript(directory: [UInt8], stamp: [UInt8]) -> ArraySlice<Int> {
      byTime[directory]?[stamp]?.prefix(Self.limit) ?? []
    }
  }

  /// Sets of dumps by folder and time. Dumps that say neither a time nor what part of a set they are stand alone.
  private func sets(_ loose: [Int], _ texts: Texts) -> [DetectedBackup] {
    var sets: [[Int]] = [], places: [[UInt8]: [[UInt8]: Int]] = [:]
    for i in loose {
      guard let head = heads[i], head.weight >= 0.5 || head.kind == .printed else { continue }
      let name = names[i]
      // Two files of one part are no set: each would repeat the other's rows.
      if let part = name.part, let place = places[name.directory]?[name.stamp],
        !sets[place].contains(where: { names[$0].part == part && heads[$0]?.kind == head.kind })
      {
        sets[place].append(i)
      } else {
        if name.part != nil { places[name.directory, default: [:]][name.stamp] = sets.count }
        sets.append([i])
      }
    }
    return sets.compactMap { members in
      guard members.contains(where: { (heads[$0]?.weight ?? 0) >= 0.5 }) else { return nil }
      return dumpSet(names[members[0]].directory, names[members[0]].stamp, members, texts)
    }
  }

  private func wholeFolder(_ folder: [UInt8], _ members: [Int], _ texts: Texts) -> DetectedBackup? {
    if members.isEmpty { return nil }
    let dumps = members.filter { heads[$0] != nil && heads[$0]?.kind != .printed && names[$0].directory == folder }
    let isTree = dumps.isEmpty
    let roles = SupabaseRoles(folder, members.map { (container.entries[$0], names[$0], heads[$0]) })
    var evidence = dumps.compactMap { phrase($0) }
    for part in Self.parts {
      let count = members.count {
        Array(container.entries[$0].path.dropFirst(folder.isEmpty ? 0 : folder.count + 1)).starts(with: "\(part)/".utf8)
      }
      if count > 0 { evidence.append("\(count) files in \(part)") }
    }
    if members.contains(where: { container.entries[$0].path.lastPathComponent == Self.manifest }) {
      evidence.append("it has a backup manifest")
    }
    let weight = dumps.compactMap { heads[$0]?.weight }.max() ?? (evidence.count > 1 ? 0.8 : 0.7)
    var artifacts = roles.artifacts
    // A README above the folder speaks of all of them.
    if !folder.isEmpty {
      let above = folder.contains(UInt8(ascii: "/")) ? folder.directoryPath : []
      for i in texts[above, []] {
        artifacts.append(DetectedArtifact(container.entries[i], .document, format: "markdown"))
      }
    }
    return DetectedBackup(
      system: "supabase", kind: isTree ? "project tree" : "script folder", confidence: weight, evidence: evidence,
      artifacts: sorted(artifacts), takenAt: takenAt(folder, dumps), projectName: projectName(folder))
  }

  private func dumpSet(
    _ directory: [UInt8], _ stamp: [UInt8], _ members: [Int], _ texts: Texts
  ) -> DetectedBackup {
    let roles = SupabaseRoles(directory, members.map { (container.entries[$0], names[$0], heads[$0]) })
    var artifacts = roles.artifacts + members.flatMap { besides($0) }
    for i in texts[directory, []] {
      artifacts.append(DetectedArtifact(container.entries[i], .document, format: SupabaseRoles.format(names[i].ending)))
    }
    for i in stamp.isEmpty ? [] : texts[directory, stamp] {
      artifacts.append(DetectedArtifact(container.entries[i], .summary, format: SupabaseRoles.format(names[i].ending)))
    }
    let kind =
      members.count > 1
      ? "dump set"
      : heads[members[0]]?.kind == .cluster ? "cluster dump" : heads[members[0]]?.kind == .archive ? "archive" : "dump"
    var evidence = members.compactMap { phrase($0) }
    if members.count > 1, !stamp.isEmpty {
      evidence.append("\(members.count) files bear the time \(String(decoding: stamp, as: UTF8.self))")
    }
    return DetectedBackup(
      system: "supabase", kind: kind, confidence: members.compactMap { heads[$0]?.weight }.max() ?? 0,
      evidence: evidence,
      artifacts: sorted(artifacts), takenAt: takenAt(directory, members))
  }

  /// The files of a dump in directory format, and the bundles of the stored files beside any dump.
  private func besides(_ i: Int) -> [DetectedArtifact] {
    let path = container.entries[i].path
    let members = DumpName.isContents(path) ? companions.members[path.directoryPath] ?? [] : []
    let bundles = companions.bundles[names[i].directory] ?? []
    return members.map { DetectedArtifact(container.entries[$0], .part, format: "pg_dump") }
      + bundles.prefix(Companions.limit).map { DetectedArtifact(container.entries[$0], .part, format: "zip") }
  }

  private func phrase(_ i: Int) -> String? {
    guard let head = heads[i], !head.evidence.isEmpty else { return nil }
    return "\(displayedName(container.entries[i].path)): \(head.evidence)"
  }

  // MARK: Time and name

  private func takenAt(_ folder: [UInt8], _ members: [Int]) -> TakenAt? {
    if let named = members.lazy.compactMap({ names[$0].takenAt }).first { return named }
    let place = folder.isEmpty ? container.path.lastPathComponent : folder.lastPathComponent
    if let named = DumpName.time(place).1 { return named }
    let times = members.compactMap { container.entries[$0].modified }
    return times.max().map { TakenAt(microseconds: $0 / 1000, hasZone: true, origin: "modified") }
  }

  /// What the project's own configuration calls it.
  private func projectName(_ folder: [UInt8]) -> Name? {
    for path in ["config.toml", "config/config.toml", "supabase/config.toml"] {
      let full = folder.isEmpty ? Array(path.utf8) : folder + Array("/\(path)".utf8)
      guard let entry = container.entry(at: full),
        let content = try? toolbox.open(entry, in: container, options: ReadOptions(), headCount: 1 << 16)
      else { continue }
      if let id = ProjectConfiguration(content.head).projectID { return id }
    }
    return nil
  }

  private func sorted(_ artifacts: [DetectedArtifact]) -> [DetectedArtifact] {
    artifacts.sorted { $0.entry.path.lexicographicallyPrecedes($1.entry.path) }
  }
}
