package import Bytes
package import CatalogModel
package import CatalogStore
internal import Diagnostics

/// A condition in SQL with its values.
struct Condition {
  private var parts: [String] = []
  private(set) var values: [Value] = []

  /// The text after WHERE.
  var sql: String { parts.isEmpty ? "TRUE" : parts.joined(separator: " AND ") }

  /// Adds a condition in which each `?` stands for the next of the values.
  mutating func and(_ part: String, _ new: Value...) {
    var text = ""
    for character in part {
      text.append(character)
      if character == "?" {
        values.append(new[text.filter { $0 == "?" }.count - 1])
        text += String(values.count)
      }
    }
    parts.append(text)
  }
}

extension CatalogTransaction {
  package mutating func projects() throws(CatalogError) -> [Project] {
    var environments: [Int64: [Name]] = [:]
    try session.forEach("SELECT project, name FROM environments ORDER BY project, name") { (row) throws(CatalogError) in
      environments[row.integer(0), default: []].append(row.name(1))
    }
    return try session.rows(
      """
      SELECT p.id, p.name, p.created_at, p.note, count(b.id), max(b.taken_at), CAST(coalesce(sum(b.byte_count), 0) AS BIGINT)
      FROM projects p LEFT JOIN backups b ON b.project = p.id GROUP BY p.id ORDER BY p.name
      """
    ) { (row) throws(CatalogError) in
      Project(
        key: Key(row.integer(0)), name: row.name(1), createdAt: Moment(microseconds: row.integer(2)),
        note: row.optionalBytes(3), environments: environments[row.integer(0)] ?? [], backupCount: Int(row.integer(4)),
        newestBackup: row.optionalInteger(5).map { Moment(microseconds: $0) }, byteCount: row.integer(6))
    }
  }

  package mutating func backups(_ query: BackupQuery) throws(CatalogError) -> [Backup] {
    try loadBackups(keys: try keys(query))
  }

  package mutating func backup(_ key: Key<Backup>) throws(CatalogError) -> Backup? {
    try loadBackups(keys: [key.number]).first
  }

  package mutating func backup(content: [UInt8], project: Name) throws(CatalogError) -> Backup? {
    let number = try session.integer(
      "SELECT b.id FROM backups b JOIN projects p ON p.id = b.project WHERE p.name = ?1 AND b.content = ?2",
      [.text(project), .blob(content)])
    guard let number else { return nil }
    return try backup(Key(number))
  }

  /// The numbers of the backups that a query means, newest first.
  package func keys(_ query: BackupQuery) throws(CatalogError) -> [Int64] {
    if let project = query.project, try projectNumber(project) == nil {
      throw CatalogError(.notFound("project '\(displayed(project))'"))
    }
    let condition = Self.condition(query)
    var sql = "SELECT b.id FROM backups b JOIN projects p ON p.id = b.project LEFT JOIN environments e"
    sql += " ON e.id = b.environment WHERE \(condition.sql) ORDER BY b.taken_at DESC, b.id DESC"
    if query.newestOnly {
      // The window counts within what the conditions leave.
      sql = """
        SELECT id FROM (SELECT b.id AS id, b.taken_at AS taken_at, row_number() OVER (
          PARTITION BY b.project, b.environment, b.system, b.kind ORDER BY b.taken_at DESC, b.id DESC) AS place
        FROM backups b JOIN projects p ON p.id = b.project LEFT JOIN environments e ON e.id = b.environment
        WHERE \(condition.sql)) AS placed WHERE place = 1 ORDER BY taken_at DESC, id DESC
        """
    }
    if let latest = query.latest { sql += " LIMIT \(max(0, latest))" }
    return try session.rows(sql, condition.values) { (row) throws(CatalogError) in row.integer(0) }
  }

  private static func condition(_ query: BackupQuery) -> Condition {
    var condition = Condition()
    if let project = query.project { condition.and("p.name = ?", .text(project)) }
    if let environment = query.environment { condition.and("e.name = ?", .text(environment)) }
    if let system = query.system { condition.and("b.system = ?", .text(system)) }
    if let kind = query.kind { condition.and("b.kind = ?", .text(kind)) }
    if let since = query.since { condition.and("b.taken_at >= ?", .integer(since.microseconds)) }
    if let until = query.until { condition.and("b.taken_at <= ?", .integer(until.microseconds)) }
    if let tag = query.tag, tag.value.isEmpty {
      condition.and("b.id IN (SELECT backup FROM tags WHERE name = ?)", .text(tag.key))
    } else if let tag = query.tag {
      condition.and("b.id IN (SELECT backup FROM tags WHERE name = ? AND value = ?)", .text(tag.key), .text(tag.value))
    }
    if let keys = query.keys {
      condition.and(keys.isEmpty ? "FALSE" : "b.id " + Self.list(keys.map(\.number)))
    }
    return condition
  }

  /// A condition on a number: it is one of these, of which there is at least one.
  static func list(_ numbers: [Int64]) -> String { "IN (" + numbers.map { String($0) }.joined(separator: ", ") + ")" }

  /// Loads backups in the order of their numbers given.
  package func loadBackups(keys: [Int64]) throws(CatalogError) -> [Backup] {
    guard !keys.isEmpty else { return [] }
    let list = Self.list(keys)
    var byKey: [Int64: Backup] = [:]
    try session.forEach(
      """
      SELECT b.id, b.backup_id, p.name, e.name, b.content, b.system, b.kind, b.taken_at, b.taken_at_origin,
        b.taken_at_has_zone, b.registered_at, b.label, b.note, b.indexing, b.artifact_count, b.table_count,
        b.record_count, b.byte_count, b.finding_count, b.lineage
      FROM backups b JOIN projects p ON p.id = b.project LEFT JOIN environments e ON e.id = b.environment
      WHERE b.id \(list)
      """
    ) { (row) throws(CatalogError) in byKey[row.integer(0)] = try Self.makeBackup(row) }
    try session.forEach("SELECT backup, name FROM aliases WHERE backup \(list) ORDER BY backup, name") {
      (row) throws(CatalogError) in byKey[row.integer(0)]?.aliases.append(row.name(1))
    }
    try session.forEach("SELECT backup, name, value FROM tags WHERE backup \(list) ORDER BY backup, name") {
      (row) throws(CatalogError) in byKey[row.integer(0)]?.tags.append(Tag(row.name(1), row.bytes(2)))
    }
    try session.forEach("SELECT backup, name, value FROM attributes WHERE backup \(list) ORDER BY backup, ordinal") {
      (row) throws(CatalogError) in byKey[row.integer(0)]?.attributes.append(Attribute(row.string(1), row.bytes(2)))
    }
    return keys.compactMap { byKey[$0] }
  }

  private static func makeBackup(_ row: any SQLRow) throws(CatalogError) -> Backup {
    guard let origin = BackupTime.Origin(rawValue: row.string(8)), let indexing = Indexing(rawValue: row.string(13))
    else { throw CatalogError(.damaged("a backup has an unknown origin or kind of index")) }
    var counts = BackupCounts()
    counts.artifacts = Int(row.integer(14))
    counts.tables = Int(row.integer(15))
    counts.records = row.integer(16)
    counts.bytes = row.integer(17)
    counts.findings = Int(row.integer(18))
    var backup = Backup(
      key: Key(row.integer(0)), id: BackupID(stored: row.string(1)), project: row.name(2),
      environment: row.optionalName(3), content: row.bytes(4), system: row.string(5), kind: row.string(6),
      takenAt: BackupTime(Moment(microseconds: row.integer(7)), origin: origin, hasZone: row.boolean(9)),
      registeredAt: Moment(microseconds: row.integer(10)), label: row.optionalBytes(11), note: row.optionalBytes(12),
      indexing: indexing, counts: counts)
    backup.lineage = row.optionalInteger(19).map { Key($0) }
    return backup
  }

  package mutating func resolve(_ address: BackupAddress, project: Name?) throws(CatalogError) -> Backup {
    var scope = BackupQuery()
    scope.project = address.project ?? project
    let found: [Int64]
    switch address.selector {
    case .latest(let count): found = Array(try keys(scope).dropFirst(count).prefix(1))
    case .first(let count): found = Array(try keys(scope).reversed().dropFirst(count).prefix(1))
    case .asOf(let moment):
      scope.until = moment
      scope.latest = 1
      found = try keys(scope)
    case .named(let name): found = try named(name, in: scope)
    }
    if found.count > 1 {
      throw CatalogError(.ambiguous(address: Self.words(address), candidates: try loadBackups(keys: found).map(\.id)))
    }
    guard let backup = try loadBackups(keys: found).first else {
      throw CatalogError(.notFound("backup '\(Self.words(address))'"))
    }
    return backup
  }

  /// The backups of an alias; those of an id's beginning when no alias has that name.
  private func named(_ name: Name, in scope: BackupQuery) throws(CatalogError) -> [Int64] {
    let inScope = Set(try keys(scope))
    let aliased = try session.rows("SELECT backup FROM aliases WHERE name = ?1", [.text(name)]) {
      (row) throws(CatalogError) in row.integer(0)
    }.filter { inScope.contains($0) }
    if !aliased.isEmpty { return aliased }
    guard BackupAddress.isIDPrefix(name.bytes) else { return [] }
    let prefix = name.lowercased.bytes
    return try session.rows(
      "SELECT id FROM backups WHERE backup_id >= ?1 AND backup_id < ?2 ORDER BY backup_id",
      [.text(prefix), .text(prefix + [UInt8(ascii: "g")])]
    ) { (row) throws(CatalogError) in row.integer(0) }.filter { inScope.contains($0) }
  }

  private static func words(_ address: BackupAddress) -> String {
    let project = address.project.map { displayed($0) + "@" } ?? ""
    return switch address.selector {
    case .latest(let count): project + "latest" + (count > 0 ? "~\(count)" : "")
    case .first(let count): project + "first" + (count > 0 ? "~\(count)" : "")
    case .asOf(let moment): project + moment.description
    case .named(let name): project + displayed(name)
    }
  }

  package mutating func events(project: Name?, limit: Int) throws(CatalogError) -> [CatalogEvent] {
    var condition = Condition()
    if let project { condition.and("project = ?", .text(project)) }
    return try session.rows(
      """
      SELECT at, kind, project, backup_id, detail FROM events WHERE \(condition.sql)
      ORDER BY id DESC LIMIT \(max(0, limit))
      """, condition.values
    ) { (row) throws(CatalogError) in
      guard let kind = CatalogEvent.Kind(rawValue: row.string(1)) else {
        throw CatalogError(.damaged("an event has an unknown kind"))
      }
      return CatalogEvent(
        at: Moment(microseconds: row.integer(0)), kind: kind, project: row.name(2),
        backup: row.optionalString(3).map { BackupID(stored: $0) }, detail: row.bytes(4))
    }
  }
}
