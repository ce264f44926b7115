internal import BuiltIn
internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// What is known of one backup: from the catalog, or found out on the spot.
struct SurveyedBackup: Sendable {
  var backup: Backup
  var contents: BackupContents
  /// Whether it is in the catalog.
  var isRegistered: Bool
}

extension Session {
  /// What is known of the backup that a word means; a path is surveyed without the catalog.
  func survey(_ word: [UInt8], _ parts: ContentParts) throws(Failure) -> SurveyedBackup {
    switch try address(word) {
    case .registered(let backup, _):
      let catalog = try openCatalog()
      let contents = try telling { () throws(CatalogError) in
        try catalog.read { reader throws(CatalogError) in try reader.contents(of: backup.key, parts) }
      }
      return SurveyedBackup(backup: backup, contents: contents, isRegistered: true)
    case .path(let path):
      let catalog = try PassingCatalog()
      let backup = try register(path, in: catalog, indexing: .none)
      let contents = try telling { () throws(CatalogError) in
        try catalog.store.read { reader throws(CatalogError) in try reader.contents(of: backup.key, parts) }
      }
      return SurveyedBackup(backup: backup, contents: contents, isRegistered: false)
    }
  }

  /// Registers the one backup at a path in a catalog that passes away.
  func register(
    _ path: [UInt8], in catalog: PassingCatalog, indexing: Indexing, keepsSecrets: Bool = true
  ) throws(Failure) -> Backup {
    let progress = Progress()
    let display = show("reading", progress)
    defer { display?.end() }
    let opened = try coffer.openBackup(path, invocation, ReadOptions(), progress)
    let container = opened.metered(progress, passes: 3).input.container
    var options = RegisterOptions()
    options.indexing = indexing
    options.keepsSecrets = keepsSecrets
    options.zone = zone
    options.system = ReadingFlags.system(invocation)
    let registrar = Registrar(
      BuiltIn.recogniser, catalog: catalog.store, now: Moment(microseconds: currentMicroseconds()))
    do throws(RegisterError) {
      guard let report = try registrar.register(container, options: options).reports.first else {
        throw RegisterError.read(.init(.unrecognised("nothing that is known"), artifact: path))
      }
      return report.backup
    } catch {
      switch error {
      case .read(let error): throw Failure(error)
      case .catalog(let error): throw Failure(error)
      }
    }
  }
}
