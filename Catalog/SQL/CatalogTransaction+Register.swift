internal import Bytes
package import CatalogModel
package import CatalogStore
package import Diagnostics
internal import Records

extension CatalogTransaction {
  package mutating func register(_ registration: Registration) throws(CatalogError) -> RegistrationOutcome {
    try session.lock(projects: [registration.project])
    let project = try projectNumber(creating: registration.project, at: registration.registeredAt)
    let known = try session.integer(
      "SELECT id FROM backups WHERE project = ?1 AND content = ?2", [.integer(project), .blob(registration.content)])
    if let known { return try addLocations(of: registration, to: known) }

    let id = try freeID(registration)
    let environment: Int64? =
      if let name = registration.environment { try environmentNumber(creating: name, project: project) } else { nil }
    let lineage = try lineage(of: registration, project, environment)
    let number = try session.insert(
      """
      INSERT INTO backups (project, environment, backup_id, content, system, kind, taken_at, taken_at_origin,
        taken_at_has_zone, registered_at, label, note, indexing, lineage)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
      """,
      [
        .integer(project), .integer(environment), .text(id.description), .blob(registration.content),
        .text(registration.system), .text(registration.kind), .integer(registration.takenAt.moment.microseconds),
        .text(registration.takenAt.origin.rawValue), .boolean(registration.takenAt.hasZone),
        .integer(registration.registeredAt.microseconds), .text(registration.label), .text(registration.note),
        .text(registration.indexing.rawValue), .integer(lineage),
      ])
    try open(number, lineage, registration)
    try insert(registration.artifacts, backup: number, at: registration.registeredAt)
    try insert(registration.attributes, registration.objects, backup: number)
    try add(registration.claims, to: Key(number))
    try add(registration.findings, to: Key(number))
    try insert(registration.documents, backup: number)
    for tag in registration.tags { try set(tag, backup: number) }
    if let alias = registration.alias { try set(alias: alias, project: project, backup: number) }
    try append(
      CatalogEvent(
        at: registration.registeredAt, kind: .registered, project: registration.project, backup: id,
        detail: registration.alias?.bytes ?? []))
    return .added(Key(number))
  }

  /// An id for new content. It can be taken only by a backup that was registered here and moved away.
  private func freeID(_ registration: Registration) throws(CatalogError) -> BackupID {
    var attempt = 0
    while true {
      let id = BackupID(project: registration.project, content: registration.content, attempt: attempt)
      let taken = try session.integer("SELECT 1 FROM backups WHERE backup_id = ?1", [.text(id.description)])
      if taken == nil { return id }
      attempt += 1
    }
  }

  /// What registering known content comes to: its places, and what the user says of it this time.
  private mutating func addLocations(
    of registration: Registration, to number: Int64
  ) throws(CatalogError) -> RegistrationOutcome {
    var stored: [(id: Int64, path: [UInt8], checksum: [UInt8])] = try session.rows(
      "SELECT id, path, sha256 FROM artifacts WHERE backup = ?1 ORDER BY ordinal", [.integer(number)]
    ) { (row) throws(CatalogError) in (row.integer(0), row.bytes(1), row.bytes(2)) }
    var added = 0
    for artifact in registration.artifacts {
      let twins = stored.indices.filter { stored[$0].checksum == artifact.checksum }
      guard let match = twins.first(where: { stored[$0].path == artifact.path }) ?? twins.first else { continue }
      for location in artifact.locations {
        added += try see(location, artifact: stored[match].id, at: registration.registeredAt) ? 1 : 0
      }
      stored.remove(at: match)
    }
    let backup = try existing(Key(number))
    if added > 0 {
      try append(
        CatalogEvent(at: registration.registeredAt, kind: .located, project: backup.project, backup: backup.id))
    }
    for edit in Self.edits(of: registration, changing: backup) {
      try self.edit(backup.key, edit, at: registration.registeredAt)
    }
    return .known(backup.key, newLocations: added)
  }

  /// What a registration says about a backup that the catalog does not say yet.
  private static func edits(of registration: Registration, changing backup: Backup) -> [BackupEdit] {
    var edits: [BackupEdit] = []
    if let label = registration.label, label != backup.label { edits.append(.label(label)) }
    if let note = registration.note, note != backup.note { edits.append(.note(note)) }
    if let name = registration.environment, name != backup.environment { edits.append(.environment(name)) }
    if let alias = registration.alias, !backup.aliases.contains(alias) { edits.append(.alias(alias)) }
    return edits + registration.tags.filter { !backup.tags.contains($0) }.map { .tag($0) }
  }

  /// Notes that an artifact was seen somewhere; true when the place is new.
  private func see(_ location: Location, artifact: Int64, at moment: Moment) throws(CatalogError) -> Bool {
    let place: [Value] = [.integer(artifact), .text(location.path)]
    let isKnown = try session.integer("SELECT 1 FROM locations WHERE artifact = ?1 AND path = ?2", place) != nil
    let statement =
      isKnown
      ? """
      UPDATE locations SET byte_count = ?3, modified_ns = ?4, changed_ns = ?5, device = ?6, inode = ?7, last_seen = ?8
      WHERE artifact = ?1 AND path = ?2
      """
      : """
      INSERT INTO locations (artifact, path, byte_count, modified_ns, changed_ns, device, inode, first_seen, last_seen)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
      """
    try session.run(
      statement,
      place + [
        .integer(location.stamp.byteCount), .integer(location.stamp.modified), .integer(location.stamp.changed),
        .integer(Int64(bitPattern: location.stamp.device)), .integer(Int64(bitPattern: location.stamp.inode)),
        .integer(moment.microseconds),
      ])
    return !isKnown
  }

  private func insert(_ artifacts: [Artifact], backup: Int64, at moment: Moment) throws(CatalogError) {
    for (i, artifact) in artifacts.enumerated() {
      let number = try session.insert(
        """
        INSERT INTO artifacts (backup, ordinal, role, format, path, sha256, byte_count, modified_ns, mode, table_name)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """,
        [
          .integer(backup), .integer(i), .text(artifact.role), .text(artifact.format), .text(artifact.path),
          .blob(artifact.checksum), .integer(artifact.byteCount), .integer(artifact.modified),
          .integer(artifact.mode.map { Int64($0) }), .text(artifact.table),
        ])
      for location in artifact.locations { _ = try see(location, artifact: number, at: moment) }
    }
  }

  private func insert(
    _ attributes: [Attribute], _ objects: [SchemaObject], backup: Int64
  ) throws(CatalogError) {
    try session.run(
      "INSERT INTO attributes (backup, ordinal, name, value) VALUES (?1, ?2, ?3, ?4)",
      each: attributes.enumerated().map { i, attribute in
        [.integer(backup), .integer(i), .text(attribute.name), .text(attribute.value)]
      })
    try session.run(
      """
      INSERT INTO objects (backup, ordinal, kind, name, table_name, definition) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      """,
      each: objects.enumerated().map { i, object in
        [
          .integer(backup), .integer(i), .text(object.kind), .text(object.name), .text(object.table),
          .text(object.definition),
        ]
      })
    // One statement for all: the rows are made one object at a time.
    try session.run(
      "INSERT INTO object_attributes (backup, object, ordinal, name, value) VALUES (?1, ?2, ?3, ?4, ?5)",
      each: objects.indices.lazy.flatMap { i in
        objects[i].attributes.enumerated().map { j, attribute in
          [.integer(backup), .integer(i), .integer(j), .text(attribute.name), .text(attribute.value)]
        }
      })
  }

  package mutating func add(_ claims: [Claim], to backup: Key<Backup>) throws(CatalogError) {
    let first = try session.integer(
      "SELECT coalesce(max(ordinal), -1) + 1 FROM claims WHERE backup = ?1", [.integer(backup.number)])
    try session.run(
      """
      INSERT INTO claims (backup, ordinal, subject, stated, measured, verdict, artifact_path)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
      """,
      each: claims.enumerated().map { i, claim in
        [
          .integer(backup.number), .integer(Int(first ?? 0) + i), .text(claim.subject), .text(claim.stated),
          .text(claim.measured), .text(claim.verdict.rawValue), .text(claim.artifact),
        ]
      })
  }

  package mutating func add(_ findings: [Finding], to backup: Key<Backup>) throws(CatalogError) {
    let first = try session.integer(
      "SELECT coalesce(max(ordinal), -1) + 1 FROM findings WHERE backup = ?1", [.integer(backup.number)])
    try session.run(
      """
      INSERT INTO findings (backup, ordinal, code, severity, message, advice, artifact_path, table_name, column_name,
        byte_offset, count)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
      """,
      each: findings.enumerated().map { i, finding in
        [
          .integer(backup.number), .integer(Int(first ?? 0) + i), .text(finding.code), .text(finding.severity.word),
          .text(finding.message), .text(finding.advice), .text(finding.artifact), .text(finding.table),
          .text(finding.column), .integer(finding.offset), .integer(finding.count),
        ]
      })
  }

  private func insert(_ documents: [Document], backup: Int64) throws(CatalogError) {
    try session.run(
      "INSERT INTO documents (backup, ordinal, path, text) VALUES (?1, ?2, ?3, ?4)",
      each: documents.enumerated().map { i, document in
        [.integer(backup), .integer(i), .text(document.path), .text(document.text)]
      })
  }

  package mutating func add(_ table: CatalogTable, to backup: Key<Backup>) throws(CatalogError) -> Key<CatalogTable> {
    guard let open = openBackups[backup.number] else {
      throw CatalogError(.invalid("tables are added only while their backup is registered"))
    }
    let number = try session.insert(
      """
      INSERT INTO tables (backup, ordinal, name, record_count, digest, unsearchable_count)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      """,
      [
        .integer(backup.number), .integer(open.tableCount), .text(table.name), .integer(table.statistics.recordCount),
        .text(table.statistics.digest), .integer(table.statistics.unsearchableCount),
      ])
    openBackups[backup.number]?.tableCount += 1
    openTables[number] = OpenTable(table, backup: backup.number, open)
    try session.run(
      """
      INSERT INTO columns (table_id, ordinal, name, type, is_nullable, maximum_length, is_secret, is_identity, kinds,
        null_count, missing_count, shortest, longest, distinct_estimate)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
      """,
      each: table.columns.enumerated().map { i, column in
        [
          .integer(number), .integer(i), .text(column.name), .text(column.type), .boolean(column.isNullable),
          .integer(column.maximumLength), .boolean(column.isSecret), .boolean(column.isIdentity),
        ] + Self.values(column.statistics)
      })
    try insertKeys(of: table, number)
    return Key(number)
  }

  private static func values(_ statistics: ColumnStatistics) -> [Value] {
    [
      .text(statistics.kinds.map(\.word).joined(separator: ",")), .integer(statistics.nullCount),
      .integer(statistics.missingCount), .integer(statistics.shortest), .integer(statistics.longest),
      .integer(statistics.distinctEstimate),
    ]
  }

  private func insertKeys(of table: CatalogTable, _ number: Int64) throws(CatalogError) {
    var rows: [[Value]] = []
    func add(_ kind: String, _ i: Int, _ columns: [Name]) {
      for (j, column) in columns.enumerated() {
        rows.append([.integer(number), .text(kind), .integer(i), .integer(j), .text(column)])
      }
    }
    add("primary", 0, table.primaryKey)
    for (i, key) in table.uniqueKeys.enumerated() { add("unique", i, key) }
    for (i, index) in table.indexes.enumerated() { add("index", i, index) }
    try session.run(
      "INSERT INTO keys (table_id, kind, number, ordinal, column_name) VALUES (?1, ?2, ?3, ?4, ?5)", each: rows)

    rows = []
    for (i, foreign) in table.foreignKeys.enumerated() {
      for (j, column) in foreign.key.columns.enumerated() where j < foreign.key.referencedColumns.count {
        rows.append([
          .integer(number), .integer(i), .integer(j), .text(column), .text(foreign.key.table),
          .text(foreign.key.referencedColumns[j]), .boolean(foreign.key.isInferred), .boolean(foreign.isVerified),
          .integer(foreign.danglingCount),
        ])
      }
    }
    try session.run(
      """
      INSERT INTO foreign_keys (table_id, number, ordinal, column_name, referenced_table, referenced_column,
        is_inferred, is_verified, dangling_count)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
      """, each: rows)
  }

  package mutating func setStatistics(
    _ statistics: TableStatistics, columns: [ColumnStatistics], of table: Key<CatalogTable>
  ) throws(CatalogError) {
    try session.run(
      "UPDATE tables SET record_count = ?2, digest = ?3, unsearchable_count = ?4 WHERE id = ?1",
      [
        .integer(table.number), .integer(statistics.recordCount), .text(statistics.digest),
        .integer(statistics.unsearchableCount),
      ])
    try session.run(
      """
      UPDATE columns SET kinds = ?3, null_count = ?4, missing_count = ?5, shortest = ?6, longest = ?7,
        distinct_estimate = ?8
      WHERE table_id = ?1 AND ordinal = ?2
      """,
      each: columns.enumerated().map { i, column in
        [.integer(table.number), .integer(i)] + Self.values(column)
      })
  }

  package mutating func finish(_ backup: Key<Backup>) throws(CatalogError) {
    try finishRows(of: backup.number)
    try session.run(
      """
      UPDATE backups SET
        artifact_count = (SELECT count(*) FROM artifacts WHERE backup = ?1),
        byte_count = (SELECT coalesce(sum(byte_count), 0) FROM artifacts WHERE backup = ?1),
        table_count = (SELECT count(*) FROM tables WHERE backup = ?1),
        record_count = (SELECT coalesce(sum(record_count), 0) FROM tables WHERE backup = ?1),
        finding_count = (SELECT count(*) FROM findings WHERE backup = ?1)
      WHERE id = ?1
      """, [.integer(backup.number)])
  }
}
