internal import BuiltIn
internal import Bytes
internal import CatalogModel
internal import CatalogSource
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// The flag of verbs that can read rows out of the catalog.
enum CatalogFlags {
  static let at = Flag(
    "at", .text("WHEN"), "rows out of the catalog, of the backup that was the newest then; 'catalog': of BACKUP itself")
}

extension Session {
  /// The backup that a word means under --at, and whether its rows are asked for out of the catalog.
  func atWord(_ word: [UInt8]) throws(Failure) -> (word: [UInt8], isFromCatalog: Bool) {
    guard let when = invocation.bytes(CatalogFlags.at) else { return (word, false) }
    guard case .registered(let backup, _) = try address(word) else {
      throw .usage("--at takes a backup of the catalog", advice: "'\(displayed(word))' is a path")
    }
    if when == Array("catalog".utf8) { return (word, true) }
    // A day stands for the whole of it.
    let age = TimeArgument(parsing: when)?.microseconds(now: currentMicroseconds(), in: zone)
    let upperBound = Moment.range(parsing: when, in: zone)?.upperBound ?? age.map { Moment(microseconds: $0) }
    guard let moment = upperBound else {
      throw .usage("--at takes a point in time, an age, or the word catalog", advice: "such as --at 2026-02-05")
    }
    var query = BackupQuery()
    query.project = backup.project
    query.system = backup.system
    query.until = moment
    let catalog = try openCatalog()
    let found = try telling { () throws(CatalogError) in
      try catalog.read { [query] reader throws(CatalogError) in try reader.backups(query) }
    }
    guard let newest = found.first(where: { $0.environment == backup.environment && $0.kind == backup.kind }) else {
      throw Failure(
        .failure, "project '\(displayed(backup.project))' has no \(backup.system) backup from before that",
        advice: "'coffer list --project \(displayed(backup.project))' shows what there is")
    }
    note("backup \(newest.id.short), taken \(shown(newest.takenAt.moment))")
    return (Array(newest.id.description.utf8), true)
  }

  /// Opens a backup to read its rows: its files, or the catalog when it is asked for or they are not where they were.
  func openRows(
    _ word: [UInt8], isFromCatalog: Bool, _ options: ReadOptions, _ progress: Progress? = nil
  ) throws(Failure) -> OpenedBackup {
    guard case .registered(let backup, let artifacts) = try address(word) else {
      return try openBackup(word, options, progress)
    }
    if isFromCatalog { return try catalogBackup(backup) }
    guard backup.indexing == .full, backup.lineage != nil, try isOffline(artifacts) else {
      return try openBackup(word, options, progress)
    }
    note("the files of backup \(backup.id.short) are not where they were: its rows are read out of the catalog")
    return try catalogBackup(backup)
  }

  /// Whether a file of a backup is at none of the places where it was seen.
  private func isOffline(_ artifacts: [Artifact]) throws(Failure) -> Bool {
    for artifact in artifacts {
      var isThere = false
      for location in artifact.locations where !isThere {
        isThere = try telling { () throws(IOError) in try fileStatus(location.path) != nil }
      }
      if !isThere { return true }
    }
    return artifacts.isEmpty
  }

  /// A registered backup out of the catalog.
  func catalogBackup(
    _ backup: Backup, unknowns: CatalogSystem.Unknowns = .missing, without base: Key<Backup>? = nil
  ) throws(Failure) -> OpenedBackup {
    let catalog = try openCatalog()
    let fields = BuiltIn.recogniser.system(backup.system)?.internalFields ?? []
    let system = try telling { () throws(CatalogError) in
      try CatalogSystem(catalog, backup, internalFields: fields, unknowns: unknowns, without: base)
    }
    return OpenedBackup(input: system.input(BuiltIn.recogniser.toolbox, ReadOptions()), system: system)
  }
}

extension OpenedBackup {
  /// What of some tables the catalog did not hold when they were read last; none for files.
  func catalogLosses(of tables: Set<Name>) -> [Loss] {
    ((system as? CatalogSystem)?.log.losses ?? []).filter { tables.contains($0.table) }
  }
}

extension Session {
  /// Tells people what is not there.
  func note(losses: [Loss]) {
    for loss in losses {
      let place = displayed(loss.table) + (loss.column.map { ".\(displayed($0))" } ?? "")
      note("loss: \(place): \(loss.message) (\(loss.count) \(loss.count == 1 ? "time" : "times"))")
    }
  }
}
