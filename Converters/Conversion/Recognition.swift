package import Bytes
package import Records

/// What a path turned out to hold.
package struct Recognition: Sendable {
  package var container: any BackupContainer
  /// In the order of their first artifacts.
  package var backups: [DetectedBackup]
  /// Entries that no system claims and no format recognises.
  package var unclaimed: [ContainerEntry]
}

/// Opens paths and asks every system what it sees there.
package struct Recogniser: Sendable {
  private let systems: [any SourceSystem]
  /// Takes what no system claims.
  private let fallback: any SourceSystem
  package let toolbox: Toolbox

  /// `systems` in the order in which ties are decided; `fallback` reads any known format as plain tables.
  package init(systems: [any SourceSystem], fallback: any SourceSystem, toolbox: Toolbox) {
    self.systems = systems
    self.fallback = fallback
    self.toolbox = toolbox
  }

  /// The system of an id.
  package func system(_ id: String) -> (any SourceSystem)? { (systems + [fallback]).first { $0.id == id } }

  /// Opens a directory, archive or file.
  package func open(_ path: [UInt8]) throws(ReadError) -> any BackupContainer {
    for format in toolbox.containers {
      if let container = try format.open(path) { return container }
    }
    throw ReadError(.unrecognised("neither a file nor a directory"), artifact: path)
  }

  /// Opens what was read from standard input.
  package func open(standardInput file: SharedFile) throws(ReadError) -> any BackupContainer {
    for format in toolbox.containers {
      if let container = try format.open(standardInput: file) { return container }
    }
    throw ReadError(.unrecognised("standard input cannot be read"))
  }

  /// Finds the backups in a container; `only` asks a single system.
  package func recognise(_ container: any BackupContainer, only: String? = nil) throws(ReadError) -> Recognition {
    var claimed = Set<[UInt8]>(), documents = Set<[UInt8]>(), backups: [DetectedBackup] = []
    let asked = systems.filter { only == nil || $0.id == only }
    // Whoever captured them said what they are.
    var candidates = CaptureManifest.backups(in: container).filter { backup in
      asked.contains { $0.id == backup.system } || fallback.id == backup.system && only == nil
    }
    for system in asked { candidates += try system.detect(container, toolbox) }
    // The surest first; among equals the order of the systems, which a stable sort keeps.
    for candidate in candidates.enumerated().sorted(by: {
      ($1.element.confidence, $0.offset) < ($0.element.confidence, $1.offset)
    })
    .map(\.element) {
      // What holds rows belongs to one backup and is no other's document; a document may belong to several.
      guard !candidate.artifacts.contains(where: { $0.role == .data && claimed.contains($0.entry.path) }) else {
        continue
      }
      // A sure backup's documents stay so, whatever an unsure one would make of them.
      guard candidate.confidence >= Self.unsure || !isDocumentOfOthers(candidate, backups) else { continue }
      var candidate = candidate
      candidate.artifacts.removeAll { $0.role != .document && claimed.contains($0.entry.path) }
      for artifact in candidate.artifacts where artifact.role != .document { claimed.insert(artifact.entry.path) }
      backups.append(candidate)
    }
    for i in backups.indices {
      backups[i].artifacts.removeAll { $0.role == .document && claimed.contains($0.entry.path) }
      for artifact in backups[i].artifacts { documents.insert(artifact.entry.path) }
    }
    claimed.formUnion(documents)
    if only == nil || only == fallback.id {
      for candidate in try fallback.detect(container, toolbox)
      where !candidate.artifacts.contains(where: { claimed.contains($0.entry.path) }) {
        for artifact in candidate.artifacts { claimed.insert(artifact.entry.path) }
        backups.append(candidate)
      }
    }
    backups.sort { a, b in
      (a.artifacts.first?.entry.path ?? []).lexicographicallyPrecedes(b.artifacts.first?.entry.path ?? [])
    }
    let unclaimed = container.entries.filter { !claimed.contains($0.path) }
    return Recognition(container: container, backups: backups, unclaimed: unclaimed)
  }

  /// Confidence below which a backup is a guess by a few statements or values.
  private static let unsure = 0.6

  /// Whether all that would hold a guess's rows are documents of sure backups.
  private func isDocumentOfOthers(_ guess: DetectedBackup, _ backups: [DetectedBackup]) -> Bool {
    let documents = Set(
      backups.filter { $0.confidence > 0.9 }.flatMap(\.artifacts).filter { $0.role == .document }.map(\.entry.path))
    return guess.artifacts.filter { $0.role == .data }.allSatisfy { documents.contains($0.entry.path) }
  }
}
