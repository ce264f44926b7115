package import Bytes
package import CatalogModel
package import CatalogStore
internal import Diagnostics

extension CatalogTransaction {
  package mutating func touch(_ backup: Key<Backup>, at moment: Moment) throws(CatalogError) {
    try session.run(
      """
      UPDATE locations SET last_seen = ?2
      WHERE last_seen < ?2 AND artifact IN (SELECT id FROM artifacts WHERE backup = ?1)
      """, [.integer(backup.number), .integer(moment.microseconds)])
  }

  package mutating func edit(_ key: Key<Backup>, _ edit: BackupEdit, at moment: Moment) throws(CatalogError) {
    let backup = try locked(key)
    let number: Value = .integer(key.number)
    var event = CatalogEvent(at: moment, kind: .labelled, project: backup.project, backup: backup.id)
    switch edit {
    case .label(let label):
      try session.run("UPDATE backups SET label = ?2 WHERE id = ?1", [number, .text(label)])
      event.detail = label ?? []
    case .note(let note):
      try session.run("UPDATE backups SET note = ?2 WHERE id = ?1", [number, .text(note)])
      event.kind = .noted
    case .environment(let name):
      try setEnvironment(name, of: key, project: backup.project)
      event.kind = .environmentSet
      event.detail = name?.bytes ?? []
    case .tag(let tag):
      try set(tag, backup: key.number)
      event.kind = .tagged
      event.detail = tag.key.bytes
    case .untag(let name):
      guard backup.tags.contains(where: { $0.key == name }) else {
        throw CatalogError(.notFound("tag '\(displayed(name))'"))
      }
      try session.run("DELETE FROM tags WHERE backup = ?1 AND name = ?2", [number, .text(name)])
      event.kind = .untagged
      event.detail = name.bytes
    case .alias(let alias):
      guard let project = try projectNumber(backup.project) else { return }
      try set(alias: alias, project: project, backup: key.number)
      event.kind = .aliased
      event.detail = alias.bytes
    case .unalias(let alias):
      guard backup.aliases.contains(alias) else { throw CatalogError(.notFound("alias '\(displayed(alias))'")) }
      try session.run("DELETE FROM aliases WHERE backup = ?1 AND name = ?2", [number, .text(alias)])
      event.kind = .unaliased
      event.detail = alias.bytes
    case .exported(let reason):
      event.kind = .exported
      event.detail = reason
    }
    try append(event)
  }

  private func setEnvironment(_ name: Name?, of key: Key<Backup>, project: Name) throws(CatalogError) {
    var environment: Int64?
    if let name, let number = try projectNumber(project) {
      environment = try environmentNumber(creating: name, project: number)
    }
    try session.run(
      "UPDATE backups SET environment = ?2 WHERE id = ?1", [.integer(key.number), .integer(environment)])
    if let number = try projectNumber(project) { try removeUnused(in: number) }
  }

  /// Sets a tag of a backup.
  func set(_ tag: Tag, backup: Int64) throws(CatalogError) {
    guard !tag.key.isEmpty else { throw CatalogError(.invalid("a tag needs a name")) }
    let place: [Value] = [.integer(backup), .text(tag.key)]
    let isKnown = try session.integer("SELECT 1 FROM tags WHERE backup = ?1 AND name = ?2", place) != nil
    try session.run(
      isKnown
        ? "UPDATE tags SET value = ?3 WHERE backup = ?1 AND name = ?2"
        : "INSERT INTO tags (backup, name, value) VALUES (?1, ?2, ?3)", place + [.text(tag.value)])
  }

  /// Gives an alias of a project to a backup.
  func set(alias: Name, project: Int64, backup: Int64) throws(CatalogError) {
    guard BackupAddress.isAlias(alias) else {
      throw CatalogError(
        .invalid("'\(displayed(alias))' cannot be an alias: it would mean something else, or has a space or slash"))
    }
    let place: [Value] = [.integer(project), .text(alias)]
    let isKnown = try session.integer("SELECT 1 FROM aliases WHERE project = ?1 AND name = ?2", place) != nil
    try session.run(
      isKnown
        ? "UPDATE aliases SET backup = ?3 WHERE project = ?1 AND name = ?2"
        : "INSERT INTO aliases (project, name, backup) VALUES (?1, ?2, ?3)", place + [.integer(backup)])
  }

  package mutating func move(_ key: Key<Backup>, to project: Name, at moment: Moment) throws(CatalogError) {
    let backup = try locked(key, and: project)
    guard backup.project != project else { return }
    let target = try projectNumber(creating: project, at: moment)
    let twin = try session.integer(
      "SELECT 1 FROM backups WHERE project = ?1 AND content = ?2", [.integer(target), .blob(backup.content)])
    guard twin == nil else {
      throw CatalogError(.exists("the same backup in project '\(displayed(project))'"))
    }
    for alias in backup.aliases {
      let taken = try session.integer(
        "SELECT 1 FROM aliases WHERE project = ?1 AND name = ?2", [.integer(target), .text(alias)])
      guard taken == nil else {
        throw CatalogError(.exists("alias '\(displayed(alias))' in project '\(displayed(project))'"))
      }
    }
    var environment: Int64?
    if let name = backup.environment { environment = try environmentNumber(creating: name, project: target) }
    try session.run(
      "UPDATE backups SET project = ?2, environment = ?3 WHERE id = ?1",
      [.integer(key.number), .integer(target), .integer(environment)])
    try session.run("UPDATE aliases SET project = ?2 WHERE backup = ?1", [.integer(key.number), .integer(target)])
    // What was erased in one project stays erased in the other.
    try session.run(
      """
      INSERT INTO erasures (project, mark, table_name, at, reason)
      SELECT ?1, e.mark, e.table_name, e.at, e.reason FROM erasures e JOIN projects p ON p.id = e.project
      WHERE p.name = ?2 ON CONFLICT (project, mark) DO NOTHING
      """, [.integer(target), .text(backup.project)])
    if let source = try projectNumber(backup.project) { try removeUnused(in: source) }
    try append(
      CatalogEvent(at: moment, kind: .moved, project: backup.project, backup: backup.id, detail: project.bytes))
  }

  package mutating func renameProject(_ name: Name, to newName: Name, at moment: Moment) throws(CatalogError) {
    try session.lock(projects: [name, newName])
    guard let number = try projectNumber(name) else {
      throw CatalogError(.notFound("project '\(displayed(name))'"))
    }
    guard name != newName else { return }
    guard try projectNumber(newName) == nil else { throw CatalogError(.exists("project '\(displayed(newName))'")) }
    guard !newName.isEmpty, newName.bytes.count <= 500 else {
      throw CatalogError(.invalid("a project needs a name of 1 to 500 bytes"))
    }
    try session.run("UPDATE projects SET name = ?2 WHERE id = ?1", [.integer(number), .text(newName)])
    try append(CatalogEvent(at: moment, kind: .projectRenamed, project: name, detail: newName.bytes))
  }

  package mutating func setProjectNote(_ name: Name, _ note: [UInt8]?, at moment: Moment) throws(CatalogError) {
    try session.lock(projects: [name])
    guard let number = try projectNumber(name) else {
      throw CatalogError(.notFound("project '\(displayed(name))'"))
    }
    try session.run("UPDATE projects SET note = ?2 WHERE id = ?1", [.integer(number), .text(note)])
    try append(CatalogEvent(at: moment, kind: .projectNoted, project: name))
  }

  package mutating func forget(_ key: Key<Backup>, at moment: Moment) throws(CatalogError) {
    let backup = try locked(key)
    // What is deleted is overwritten, so that nothing of a backup that was registered by mistake stays in the file.
    try session.setErasing(true)
    defer { try? session.setErasing(false) }
    try forgetRows(of: key.number)
    let project = try projectNumber(backup.project)
    try session.run("DELETE FROM backups WHERE id = ?1", [.integer(key.number)])
    if let project { try removeUnused(in: project) }
    try append(CatalogEvent(at: moment, kind: .forgotten, project: backup.project, backup: backup.id))
  }

  /// The backup of a key, whose project nobody else changes until the transaction ends; the same for another project.
  private mutating func locked(_ key: Key<Backup>, and other: Name? = nil) throws(CatalogError) -> Backup {
    var backup = try existing(key)
    while true {
      try session.lock(projects: [backup.project] + (other.map { [$0] } ?? []))
      // It may have moved, or its project may have another name, since it was read.
      let now = try existing(key)
      if now.project == backup.project { return now }
      backup = now
    }
  }

  /// Removes environments of a project, and the project itself, that were made for backups that are gone. A project with a note
  /// stays.
  private func removeUnused(in project: Int64) throws(CatalogError) {
    try session.run(
      """
      DELETE FROM environments WHERE project = ?1
        AND id NOT IN (SELECT environment FROM backups WHERE project = ?1 AND environment IS NOT NULL)
      """, [.integer(project)])
    // With erased rows it stays, too, so that they are known if it comes again.
    try session.run(
      """
      DELETE FROM projects WHERE id = ?1 AND note IS NULL AND id NOT IN (SELECT project FROM backups)
        AND id NOT IN (SELECT project FROM erasures)
      """, [.integer(project)])
    // Numbers may be given again: a lineage goes on only where it was begun.
    try session.run(
      """
      UPDATE lineages SET project = NULL WHERE project = ?1 AND (NOT EXISTS (SELECT 1 FROM projects WHERE id = ?1)
        OR environment IS NOT NULL AND environment NOT IN (SELECT id FROM environments))
      """, [.integer(project)])
  }
}
