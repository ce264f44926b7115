internal import Bytes
package import CatalogModel
package import CatalogStore
internal import Diagnostics
internal import Records

extension CatalogTransaction {
  package mutating func contents(of backup: Key<Backup>, _ parts: ContentParts) throws(CatalogError) -> BackupContents {
    var contents = BackupContents()
    let number: [Value] = [.integer(backup.number)]
    if parts.contains(.artifacts) { contents.artifacts = try artifacts(of: backup.number) }
    if parts.contains(.tables) { contents.tables = try tables(of: backup.number, parts.contains(.columns)) }
    if parts.contains(.objects) { contents.objects = try objects(of: number) }
    if parts.contains(.claims) { contents.claims = try claims(of: number) }
    if parts.contains(.findings) { contents.findings = try findings(of: number) }
    if parts.contains(.documents) {
      contents.documents = try session.rows(
        "SELECT path, text FROM documents WHERE backup = ?1 ORDER BY ordinal", number
      ) { (row) throws(CatalogError) in Document(path: row.bytes(0), text: row.bytes(1)) }
    }
    return contents
  }

  private func objects(of number: [Value]) throws(CatalogError) -> [SchemaObject] {
    var objects: [SchemaObject] = [], positions: [Int64: Int] = [:]
    try session.forEach(
      "SELECT ordinal, kind, name, table_name, definition FROM objects WHERE backup = ?1 ORDER BY ordinal", number
    ) { (row) throws(CatalogError) in
      positions[row.integer(0)] = objects.count
      objects.append(
        SchemaObject(
          kind: row.string(1), name: row.name(2), table: row.optionalName(3), definition: row.bytes(4)))
    }
    try session.forEach(
      "SELECT object, name, value FROM object_attributes WHERE backup = ?1 ORDER BY object, ordinal", number
    ) { (row) throws(CatalogError) in
      guard let position = positions[row.integer(0)] else { return }
      objects[position].attributes.append(SchemaAttribute(row.string(1), row.bytes(2)))
    }
    return objects
  }

  private func artifacts(of backup: Int64) throws(CatalogError) -> [Artifact] {
    var locations: [Int64: [Location]] = [:]
    try session.forEach(
      """
      SELECT artifact, path, byte_count, modified_ns, changed_ns, device, inode, first_seen, last_seen FROM locations
      WHERE artifact IN (SELECT id FROM artifacts WHERE backup = ?1) ORDER BY artifact, path
      """, [.integer(backup)]
    ) { (row) throws(CatalogError) in locations[row.integer(0), default: []].append(Self.location(row, from: 1)) }
    return try session.rows(
      """
      SELECT id, role, format, path, sha256, byte_count, modified_ns, mode, table_name FROM artifacts
      WHERE backup = ?1 ORDER BY ordinal
      """, [.integer(backup)]
    ) { (row) throws(CatalogError) in
      Artifact(
        key: Key(row.integer(0)), role: row.string(1), format: row.string(2), path: row.bytes(3),
        checksum: row.bytes(4), byteCount: row.integer(5), modified: row.optionalInteger(6),
        mode: row.optionalInteger(7).map { UInt32(truncatingIfNeeded: $0) }, table: row.optionalName(8),
        locations: locations[row.integer(0)] ?? [])
    }
  }

  /// Reads a location from eight columns.
  static func location(_ row: any SQLRow, from column: Int) -> Location {
    let stamp = FileStamp(
      byteCount: row.integer(column + 1), modified: row.integer(column + 2), changed: row.integer(column + 3),
      device: UInt64(bitPattern: row.integer(column + 4)), inode: UInt64(bitPattern: row.integer(column + 5)))
    return Location(
      path: row.bytes(column), stamp: stamp, firstSeen: Moment(microseconds: row.integer(column + 6)),
      lastSeen: Moment(microseconds: row.integer(column + 7)))
  }

  private func tables(of backup: Int64, _ withColumns: Bool) throws(CatalogError) -> [CatalogTable] {
    var tables: [CatalogTable] = try session.rows(
      "SELECT id, name, record_count, digest, unsearchable_count FROM tables WHERE backup = ?1 ORDER BY ordinal",
      [.integer(backup)]
    ) { (row) throws(CatalogError) in
      var table = CatalogTable(key: Key(row.integer(0)), name: row.name(1), columns: [])
      table.statistics.recordCount = row.integer(2)
      table.statistics.digest = row.optionalString(3)
      table.statistics.unsearchableCount = row.integer(4)
      return table
    }
    guard withColumns else { return tables }
    for i in tables.indices {
      guard let key = tables[i].key else { continue }
      tables[i].columns = try columns(of: key.number)
      try loadKeys(of: &tables[i], key.number)
      tables[i].foreignKeys = try foreignKeys(of: key.number)
    }
    return tables
  }

  private func columns(of table: Int64) throws(CatalogError) -> [CatalogColumn] {
    try session.rows(
      """
      SELECT name, type, is_nullable, maximum_length, is_secret, is_identity, kinds, null_count, missing_count,
        shortest, longest, distinct_estimate
      FROM columns WHERE table_id = ?1 ORDER BY ordinal
      """, [.integer(table)]
    ) { (row) throws(CatalogError) in
      var statistics = ColumnStatistics()
      statistics.kinds = row.string(6).split(separator: ",").compactMap { Cell.Kind(word: String($0)) }
      statistics.nullCount = row.integer(7)
      statistics.missingCount = row.integer(8)
      statistics.shortest = row.optionalInteger(9)
      statistics.longest = row.optionalInteger(10)
      statistics.distinctEstimate = row.optionalInteger(11)
      return CatalogColumn(
        name: row.name(0), type: row.string(1), isNullable: row.boolean(2),
        maximumLength: row.optionalInteger(3).map { Int($0) }, isSecret: row.boolean(4), isIdentity: row.boolean(5),
        statistics: statistics)
    }
  }

  private func loadKeys(of table: inout CatalogTable, _ number: Int64) throws(CatalogError) {
    var keys: [(kind: String, number: Int64, columns: [Name])] = []
    try session.forEach(
      "SELECT kind, number, column_name FROM keys WHERE table_id = ?1 ORDER BY kind, number, ordinal",
      [.integer(number)]
    ) { (row) throws(CatalogError) in
      if keys.last?.kind != row.string(0) || keys.last?.number != row.integer(1) {
        keys.append((row.string(0), row.integer(1), []))
      }
      keys[keys.count - 1].columns.append(row.name(2))
    }
    table.primaryKey = keys.first { $0.kind == "primary" }?.columns ?? []
    table.uniqueKeys = keys.filter { $0.kind == "unique" }.map(\.columns)
    table.indexes = keys.filter { $0.kind == "index" }.map(\.columns)
  }

  private func foreignKeys(of table: Int64) throws(CatalogError) -> [CatalogForeignKey] {
    var keys: [CatalogForeignKey] = []
    var last: Int64?
    try session.forEach(
      """
      SELECT number, column_name, referenced_table, referenced_column, is_inferred, is_verified, dangling_count
      FROM foreign_keys WHERE table_id = ?1 ORDER BY number, ordinal
      """, [.integer(table)]
    ) { (row) throws(CatalogError) in
      if last != row.integer(0) {
        last = row.integer(0)
        keys.append(
          CatalogForeignKey(
            ForeignKey([], references: row.name(2), [], isInferred: row.boolean(4)),
            isVerified: row.optionalInteger(5).map { $0 != 0 }, danglingCount: row.optionalInteger(6)))
      }
      keys[keys.count - 1].key.columns.append(row.name(1))
      keys[keys.count - 1].key.referencedColumns.append(row.name(3))
    }
    return keys
  }

  private func claims(of number: [Value]) throws(CatalogError) -> [Claim] {
    try session.rows(
      "SELECT subject, stated, measured, verdict, artifact_path FROM claims WHERE backup = ?1 ORDER BY ordinal", number
    ) { (row) throws(CatalogError) in
      guard let verdict = Claim.Verdict(rawValue: row.string(3)) else {
        throw CatalogError(.damaged("a claim has an unknown verdict"))
      }
      return Claim(
        subject: row.string(0), stated: row.bytes(1), measured: row.optionalString(2), verdict: verdict,
        artifact: row.bytes(4))
    }
  }

  private func findings(of number: [Value]) throws(CatalogError) -> [Finding] {
    try session.rows(
      """
      SELECT code, severity, message, advice, artifact_path, table_name, column_name, byte_offset, count FROM findings
      WHERE backup = ?1 ORDER BY ordinal
      """, number
    ) { (row) throws(CatalogError) in
      guard let severity = Severity(word: row.string(1)) else {
        throw CatalogError(.damaged("a finding has an unknown severity"))
      }
      return Finding(
        row.string(0), severity, row.string(2), advice: row.optionalString(3), artifact: row.optionalBytes(4),
        table: row.optionalName(5), column: row.optionalName(6), offset: row.optionalInteger(7).map { Int($0) },
        count: Int(row.integer(8)))
    }
  }

  package mutating func knownFiles(at path: [UInt8]) throws(CatalogError) -> [KnownFile] {
    try session.rows(
      """
      SELECT b.id, p.name, a.path, a.sha256, l.path, l.byte_count, l.modified_ns, l.changed_ns, l.device, l.inode,
        l.first_seen, l.last_seen
      FROM locations l JOIN artifacts a ON a.id = l.artifact JOIN backups b ON b.id = a.backup
        JOIN projects p ON p.id = b.project
      WHERE l.path = ?1 ORDER BY l.last_seen DESC, b.id DESC, a.ordinal
      """, [.text(path)]
    ) { (row) throws(CatalogError) in
      KnownFile(
        backup: Key(row.integer(0)), project: row.name(1), artifact: row.bytes(2), checksum: row.bytes(3),
        location: Self.location(row, from: 4))
    }
  }
}
