internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

/// The objects of a backup, and what it is.
struct ObjectSource: Sendable {
  var objects: [SchemaObject]
  /// Names of its tables.
  var tables: [Name]
  /// Lines that say where it comes from: how it is named, then what it is.
  var origin: [String]
}

extension Session {
  /// The objects of the backup that a word means: from the catalog, or surveyed without reading the rows.
  func objects(of word: [UInt8]) throws(Failure) -> ObjectSource {
    switch try address(word) {
    case .registered(let backup, _):
      let catalog = try openCatalog()
      let contents = try telling { () throws(CatalogError) in
        try catalog.read { reader throws(CatalogError) in try reader.contents(of: backup.key, [.tables, .objects]) }
      }
      return ObjectSource(objects: contents.objects, tables: contents.tables.map(\.name), origin: origin(backup))
    case .path(let path):
      let opened = try coffer.openBackup(path, invocation, ReadOptions())
      let knowledge = try opened.survey()
      return ObjectSource(
        objects: knowledge.objects, tables: knowledge.tables.map(\.name), origin: origin(opened, path))
    }
  }

  /// Lines that say where a backup comes from, for the heads of scripts.
  func origin(_ word: [UInt8]) throws(Failure) -> [String] {
    switch try address(word) {
    case .registered(let backup, _): return origin(backup)
    case .path(let path): return ["'\(displayed(path))'", "written by coffer \(version)"]
    }
  }

  private func origin(_ backup: Backup) -> [String] {
    [
      backup.id.short,
      "project \(displayed(backup.project)), \(backup.system) \(backup.kind), taken \(shown(backup.takenAt.moment))",
      "written by coffer \(version)",
    ]
  }

  private func origin(_ opened: OpenedBackup, _ path: [UInt8]) -> [String] {
    let backup = opened.input.backup
    return ["'\(displayed(path))'", "\(backup.system) \(backup.kind)", "written by coffer \(version)"]
  }
}
