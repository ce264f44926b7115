internal import Bytes
internal import CatalogModel
internal import CatalogStore

/// What `read` and `write` hand out: the catalog within one transaction. Its parts are in the files beside this one.
package struct CatalogTransaction: ~Copyable {
  package let session: any SQLSession
  /// Backups that are being registered in this transaction, by their numbers.
  var openBackups: [Int64: OpenBackup] = [:]
  /// Their tables.
  var openTables: [Int64: OpenTable] = [:]
  package init(_ session: any SQLSession) { self.session = session }

  /// The number of a project; nil when there is none of that name.
  func projectNumber(_ name: Name) throws(CatalogError) -> Int64? {
    try session.integer("SELECT id FROM projects WHERE name = ?1", [.text(name)])
  }

  /// The same, created when there is none.
  func projectNumber(creating name: Name, at moment: Moment) throws(CatalogError) -> Int64 {
    if let number = try projectNumber(name) { return number }
    guard !name.isEmpty, name.bytes.count <= 500 else {
      throw CatalogError(.invalid("a project needs a name of 1 to 500 bytes"))
    }
    return try session.insert(
      "INSERT INTO projects (name, created_at) VALUES (?1, ?2)", [.text(name), .integer(moment.microseconds)])
  }

  /// The number of a project's environment, created when there is none.
  func environmentNumber(creating name: Name, project: Int64) throws(CatalogError) -> Int64 {
    let known = try session.integer(
      "SELECT id FROM environments WHERE project = ?1 AND name = ?2", [.integer(project), .text(name)])
    if let known { return known }
    return try session.insert(
      "INSERT INTO environments (project, name) VALUES (?1, ?2)", [.integer(project), .text(name)])
  }

  /// Appends an event.
  func append(_ event: CatalogEvent) throws(CatalogError) {
    try session.run(
      "INSERT INTO events (at, kind, project, backup_id, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
      [
        .integer(event.at.microseconds), .text(event.kind.rawValue), .text(event.project),
        .text(event.backup?.description), .text(event.detail),
      ])
  }

  /// The backup of a key; throws `notFound` when it was forgotten.
  mutating func existing(_ key: Key<Backup>) throws(CatalogError) -> Backup {
    guard let backup = try backup(key) else { throw CatalogError(.notFound("such backup")) }
    return backup
  }
}

extension CatalogTransaction: CatalogReader, CatalogWriter {}
