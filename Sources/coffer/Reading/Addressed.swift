internal import BuiltIn
internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// What a word that names a backup turned out to mean.
enum Addressed: Sendable {
  /// A backup of the catalog and its files.
  case registered(Backup, [Artifact])
  /// A file or directory, or standard input for `-`.
  case path([UInt8])
}

extension Session {
  /// Finds out what a word means: a path when it has a slash in it, else a backup of the catalog, else a path.
  func address(_ word: [UInt8]) throws(Failure) -> Addressed {
    if word == Array("-".utf8) || word.contains(UInt8(ascii: "/")) || BuiltIn.isLive(word) { return .path(word) }
    let isFile = try telling { () throws(IOError) in try fileStatus(word) != nil }
    let place = try CatalogPlace(settings)
    do throws(CatalogError) {
      let catalog = try place.open(nil)
      let (backup, contents) = try catalog.read { reader throws(CatalogError) in
        let backup = try reader.resolve(word, in: zone)
        return (backup, try reader.contents(of: backup.key, .artifacts))
      }
      return .registered(backup, contents.artifacts)
    } catch {
      switch error.code {
      case .notFound, .absent, .invalid: if isFile { return .path(word) }
      default: break
      }
      var failure = Failure(error)
      if case .absent(let path) = error.code {
        failure.message = "'\(displayed(word))' is no file, and there is no catalog at '\(displayed(path))'"
      } else if failure.code == .failure, case .notFound = error.code {
        failure.message += ", and no file of that name"
      }
      throw failure
    }
  }

  /// Opens the backup that a word means, to read its rows.
  func openBackup(
    _ word: [UInt8], _ options: ReadOptions, _ progress: Progress? = nil
  ) throws(Failure) -> OpenedBackup {
    switch try address(word) {
    case .path(let path): return try coffer.openBackup(path, invocation, options, progress)
    case .registered(let backup, let artifacts):
      var options = options
      options.takeOver(from: backup.attributes)
      return try withoutErasedRows(try reopen(backup, artifacts, options), of: backup)
    }
  }

  /// The same; all backups of a path that holds several.
  func openBackups(
    _ word: [UInt8], _ options: ReadOptions, _ progress: Progress? = nil
  ) throws(Failure) -> [OpenedBackup] {
    guard case .path(let path) = try address(word) else { return [try openBackup(word, options, progress)] }
    let recognition = try recognise(path, invocation, progress)
    guard !recognition.backups.isEmpty else { throw unrecognised(path, recognition.container) }
    var all: [OpenedBackup] = []
    for backup in recognition.backups { all.append(try opened(backup, in: recognition.container, options)) }
    return all
  }

  /// Opens the files of a registered backup where they were last seen.
  func reopen(_ backup: Backup, _ artifacts: [Artifact], _ options: ReadOptions) throws(Failure) -> OpenedBackup {
    let wanted = Set(artifacts.map(\.path))
    for place in places(of: artifacts) {
      guard try telling({ () throws(IOError) in try fileStatus(place) }) != nil else { continue }
      let container = try openContainer(place)
      let recognition = try telling { () throws(ReadError) in
        try BuiltIn.recogniser.recognise(container, only: backup.system)
      }
      guard let found = recognition.backups.first(where: { Set($0.artifacts.map(\.entry.path)) == wanted }) else {
        continue
      }
      if try hasChanged(artifacts, in: container) {
        throw Failure(
          .failure,
          "the files of backup \(backup.id.short) have changed since it was registered: '\(displayed(place))'",
          advice: "register them again: coffer register PATH")
      }
      return try opened(found, in: container, options)
    }
    let last = artifacts.first?.locations.last?.path
    throw Failure(
      .failure,
      "the files of backup \(backup.id.short) are not where they were"
        + (last.map { ": '\(displayed($0))'" } ?? ""),
      advice: "bring them back, or register the place where they are now: coffer register PATH")
  }

  /// The files and directories that may hold all artifacts, the most likely first.
  func places(of artifacts: [Artifact]) -> [[UInt8]] {
    var places: [[UInt8]] = []
    guard let first = artifacts.first else { return [] }
    for location in first.locations.sorted(by: { $0.lastSeen > $1.lastSeen }) {
      // A lone file, or the container that holds the artifacts.
      let endsInPath = location.path.suffix(first.path.count + 1) == [UInt8(ascii: "/")] + first.path
      if !endsInPath || artifacts.count == 1 { places.append(location.path) }
      if endsInPath { places.append(Array(location.path.dropLast(first.path.count + 1))) }
    }
    // A lone file with what describes it beside it.
    for artifact in artifacts where artifact.role == ArtifactRole.data.rawValue && artifacts.count <= 3 {
      places += artifact.locations.map(\.path).filter { !places.contains($0) }
    }
    return places
  }

  /// Whether the files differ in size or time from what was registered.
  private func hasChanged(_ artifacts: [Artifact], in container: any BackupContainer) throws(Failure) -> Bool {
    for artifact in artifacts {
      let path = container.file(of: ContainerEntry(path: artifact.path))
      let status = try telling { () throws(IOError) in try fileStatus(path) }
      guard let status else { return true }
      let known = artifact.locations.filter { $0.path == path }
      if !known.contains(where: { $0.stamp.byteCount == status.byteCount && $0.stamp.modified == status.modified }) {
        return true
      }
    }
    return false
  }
}
