internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import SQLiteClient

extension SQLiteTransaction {
  mutating func find(_ query: FindQuery) throws(CatalogError) -> [Found] {
    let scope = try keys(query.scope)
    let order = Dictionary(uniqueKeysWithValues: scope.enumerated().map { ($1, $0) })
    var hits: [(backup: Int64, make: (Backup) -> Found)] = []
    let (sql, pattern) = Self.statement(query)
    try session.forEach(sql, [pattern]) { (row) throws(CatalogError) in
      let backup = row.integer(0)
      guard order[backup] != nil else { return }
      let kind = row.string(1), name = row.bytes(2), table = row.optionalName(3), detail = row.string(4)
      hits.append((backup, { Found(backup: $0, kind: kind, name: name, table: table, detail: detail) }))
    }
    let wanted = Set(hits.map(\.backup))
    let loaded = try loadBackups(keys: scope.filter { wanted.contains($0) })
    let byKey = Dictionary(uniqueKeysWithValues: loaded.map { ($0.key.number, $0) })
    return hits.enumerated().sorted { a, b in
      (order[a.element.backup] ?? 0, a.offset) < (order[b.element.backup] ?? 0, b.offset)
    }.compactMap { hit in byKey[hit.element.backup].map { hit.element.make($0) } }
  }

  /// A query for backup, kind, name, table and detail, and the value of its parameter.
  private static func statement(_ query: FindQuery) -> (sql: String, pattern: Value) {
    let like: Value = .text(query.name.like)
    switch query.subject {
    case .table:
      return (
        """
        SELECT backup, 'table', name, NULL, record_count || ' records' FROM tables
        WHERE name LIKE ?1 ESCAPE '\\' ORDER BY backup, ordinal
        """, like
      )
    case .column:
      return (
        """
        SELECT t.backup, 'column', c.name, t.name, c.type || CASE c.is_secret WHEN 1 THEN ', secret' ELSE '' END
        FROM columns c JOIN tables t ON t.id = c.table_id
        WHERE c.name LIKE ?1 ESCAPE '\\' ORDER BY t.backup, t.ordinal, c.ordinal
        """, like
      )
    case .object(let kind):
      // The kind is one of our own words.
      let condition = kind.map { "kind = '\($0.filter { $0 != "'" })' AND " } ?? ""
      return (
        """
        SELECT backup, kind, name, table_name, '' FROM objects
        WHERE \(condition)name LIKE ?1 ESCAPE '\\' ORDER BY backup, ordinal
        """, like
      )
    case .file:
      // The last part of a path fits, or the whole path; artifacts by what they are called and by where they were seen.
      return (
        """
        SELECT a.backup, 'file', a.path, a.table_name, lower(hex(a.sha256)) FROM artifacts a
        WHERE a.path LIKE ?1 ESCAPE '\\' OR a.path LIKE '%/' || ?1 ESCAPE '\\' OR EXISTS (
          SELECT 1 FROM locations l WHERE l.artifact = a.id
            AND (l.path LIKE ?1 ESCAPE '\\' OR l.path LIKE '%/' || ?1 ESCAPE '\\'))
        ORDER BY a.backup, a.ordinal
        """, like
      )
    case .hash:
      let digits = query.name.bytes.filter { $0 != UInt8(ascii: "*") }
      return (
        """
        SELECT a.backup, 'file', a.path, a.table_name, lower(hex(a.sha256)) FROM artifacts a
        WHERE lower(hex(a.sha256)) LIKE ?1 || '%' ESCAPE '\\' ORDER BY a.backup, a.ordinal
        """, .text(NamePattern(digits).like)
      )
    }
  }
}
