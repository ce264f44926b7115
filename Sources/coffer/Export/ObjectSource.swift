internal import Bytes
internal import CatalogIngest
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
  /// The objects of the backup that a word means: from the catalog, or surveyed without reading the rows unless their secrets,
  /// which may be values of the rows, are to be masked.
  func objects(of word: [UInt8], masked: Bool) throws(Failure) -> ObjectSource {
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
      let objects = masked ? try maskedObjects(path) : knowledge.objects
      return ObjectSource(objects: objects, tables: knowledge.tables.map(\.name), origin: origin(opened, path))
    }
  }

  private func maskedObjects(_ path: [UInt8]) throws(Failure) -> [SchemaObject] {
    let catalog = try PassingCatalog()
    let backup = try register(path, in: catalog, indexing: .none, keepsSecrets: false)
    return try telling { () throws(CatalogError) in
      try catalog.store.read { reader throws(CatalogError) in try reader.contents(of: backup.key, .objects).objects }
    }
  }

  /// The same objects with their secrets, which are only in the files of the backup.
  func unmasked(_ objects: [SchemaObject], of word: [UInt8]) throws(Failure) -> [SchemaObject] {
    guard objects.contains(where: \.isMasked) else { return objects }
    let knowledge = try openBackup(word, ReadOptions()).survey()
    let originals = Dictionary(grouping: knowledge.objects, by: \.address)
    let namesakes = Dictionary(grouping: objects, by: \.address)
    var taken: [[UInt8]: Int] = [:], result: [SchemaObject] = []
    for object in objects {
      let address = object.address, position = taken[address, default: 0]
      taken[address] = position + 1
      let found = originals[address] ?? []
      // Objects of one name keep their order.
      guard found.count == namesakes[address]?.count else {
        throw Failure(.failure, "'\(displayed(address))' is not in the files of the backup as it was")
      }
      result.append(found[position])
    }
    return result
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
