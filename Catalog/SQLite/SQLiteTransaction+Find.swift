internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import Records
internal import SQLiteClient

extension SQLiteTransaction {
  mutating func find(_ query: FindQuery) throws(CatalogError) -> [Found] {
    let scope = try keys(query.scope)
    let order = Dictionary(uniqueKeysWithValues: scope.enumerated().map { ($1, $0) })
    var hits: [Hit] = []
    let (sql, values) = Self.statement(query)
    try session.forEach(sql, values) { (row) throws(CatalogError) in
      guard order[row.integer(0)] != nil else { return }
      hits.append(
        Hit(
          backup: row.integer(0), kind: row.string(1), name: row.bytes(2), table: row.optionalName(3),
          detail: row.string(4), object: row.optionalInteger(5)))
    }
    try loadAttributes(of: &hits)
    let wanted = Set(hits.map(\.backup))
    let loaded = try loadBackups(keys: scope.filter { wanted.contains($0) })
    let byKey = Dictionary(uniqueKeysWithValues: loaded.map { ($0.key.number, $0) })
    return hits.enumerated().sorted { a, b in
      (order[a.element.backup] ?? 0, a.offset) < (order[b.element.backup] ?? 0, b.offset)
    }.compactMap { hit in byKey[hit.element.backup].map { hit.element.found(in: $0) } }
  }

  /// What was found, before its backup is loaded.
  private struct Hit {
    var backup: Int64
    var kind: String
    var name: [UInt8]
    var table: Name?
    var detail: String
    /// Number of a schema object within its backup.
    var object: Int64?
    var attributes: [SchemaAttribute] = []

    func found(in backup: Backup) -> Found {
      Found(backup: backup, kind: kind, name: name, table: table, detail: detail, attributes: attributes)
    }
  }

  /// Adds what the definitions of found objects say.
  private func loadAttributes(of hits: inout [Hit]) throws(CatalogError) {
    guard hits.contains(where: { $0.object != nil }) else { return }
    var statement = try session.prepare(
      "SELECT name, value FROM object_attributes WHERE backup = ?1 AND object = ?2 ORDER BY ordinal")
    do throws(SQLiteError) {
      for i in hits.indices {
        guard let object = hits[i].object else { continue }
        try statement.bind([.integer(hits[i].backup), .integer(object)])
        while try statement.step() {
          hits[i].attributes.append(SchemaAttribute(statement.string(0), statement.bytes(1)))
        }
      }
    } catch { throw CatalogError(error) }
  }

  /// Files within backups with their checksums.
  private static let embeddedFiles = """
    SELECT o.backup, o.kind, o.name, o.table_name, coalesce(s.value, ''), o.ordinal, 1, o.ordinal FROM objects o
    LEFT JOIN object_attributes s ON s.backup = o.backup AND s.object = o.ordinal AND s.name = 'sha256'
    WHERE o.kind = 'embedded-file'
    """

  /// A query for backup, kind, name, table, detail and an object's number, and the values of its parameters.
  private static func statement(_ query: FindQuery) -> (sql: String, values: [Value]) {
    let like: Value = .text(query.name.like)
    switch query.subject {
    case .table:
      return (
        """
        SELECT backup, 'table', name, NULL, record_count || CASE record_count WHEN 1 THEN ' record' ELSE ' records' END,
          NULL
        FROM tables WHERE name LIKE ?1 ESCAPE '\\' ORDER BY backup, ordinal
        """, [like]
      )
    case .column:
      return (
        """
        SELECT t.backup, 'column', c.name, t.name, c.type || CASE c.is_secret WHEN 1 THEN ', secret' ELSE '' END,
          NULL
        FROM columns c JOIN tables t ON t.id = c.table_id
        WHERE c.name LIKE ?1 ESCAPE '\\' ORDER BY t.backup, t.ordinal, c.ordinal
        """, [like]
      )
    case .object(let kind):
      return (
        """
        SELECT backup, kind, name, table_name, '', ordinal FROM objects
        WHERE \(kind == nil ? "" : "kind = ?2 AND ")name LIKE ?1 ESCAPE '\\' ORDER BY backup, ordinal
        """, [like] + (kind.map { [.text($0)] } ?? [])
      )
    case .file:
      // The last part of a path fits, or the whole path; artifacts by what they are called and by where they were seen.
      return (
        """
        SELECT a.backup, 'file', a.path, a.table_name, lower(hex(a.sha256)), NULL, 0, a.ordinal FROM artifacts a
        WHERE a.path LIKE ?1 ESCAPE '\\' OR a.path LIKE '%/' || ?1 ESCAPE '\\' OR EXISTS (
          SELECT 1 FROM locations l WHERE l.artifact = a.id
            AND (l.path LIKE ?1 ESCAPE '\\' OR l.path LIKE '%/' || ?1 ESCAPE '\\'))
        UNION ALL
        \(embeddedFiles) AND (o.name LIKE ?1 ESCAPE '\\' OR EXISTS (
          SELECT 1 FROM object_attributes n WHERE n.backup = o.backup AND n.object = o.ordinal AND n.name = 'file-name'
            AND n.value LIKE ?1 ESCAPE '\\'))
        ORDER BY 1, 7, 8
        """, [like]
      )
    case .hash:
      let digits = query.name.bytes.filter { $0 != UInt8(ascii: "*") }
      return (
        """
        SELECT a.backup, 'file', a.path, a.table_name, lower(hex(a.sha256)), NULL, 0, a.ordinal FROM artifacts a
        WHERE lower(hex(a.sha256)) LIKE ?1 || '%' ESCAPE '\\'
        UNION ALL
        \(embeddedFiles) AND s.value LIKE ?1 || '%' ESCAPE '\\'
        ORDER BY 1, 7, 8
        """, [.text(NamePattern(digits).like)]
      )
    }
  }
}
