internal import Bytes
internal import CatalogModel
package import CatalogStore
internal import Records

extension CatalogTransaction {
  package mutating func find(_ query: FindQuery) throws(CatalogError) -> [Found] {
    let scope = try keys(query.scope)
    let order = Dictionary(uniqueKeysWithValues: scope.enumerated().map { ($1, $0) })
    var hits: [Hit] = []
    let (sql, values) = Self.statement(query, session.dialect)
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
    var places: [Int64: [Int64: [Int]]] = [:]
    for (i, hit) in hits.enumerated() {
      if let object = hit.object { places[hit.backup, default: [:]][object, default: []].append(i) }
    }
    for (backup, objects) in places {
      // So many of them by one statement.
      let numbers = Array(objects.keys)
      for start in stride(from: 0, to: numbers.count, by: 500) {
        try session.forEach(
          """
          SELECT object, name, value FROM object_attributes
          WHERE backup = ?1 AND object \(Self.list(Array(numbers[start..<min(start + 500, numbers.count)])))
          ORDER BY object, ordinal
          """, [.integer(backup)]
        ) { (row) throws(CatalogError) in
          for i in objects[row.integer(0)] ?? [] {
            hits[i].attributes.append(SchemaAttribute(row.string(1), row.bytes(2)))
          }
        }
      }
    }
  }

  /// Files within backups with their checksums.
  private static let embeddedFiles = """
    SELECT o.backup, o.kind, o.name, o.table_name, coalesce(s.value, ''), o.ordinal, 1 AS place, o.ordinal AS number
    FROM objects o LEFT JOIN object_attributes s ON s.backup = o.backup AND s.object = o.ordinal AND s.name = 'sha256'
    WHERE o.kind = 'embedded-file'
    """

  /// A query for backup, kind, name, table, detail and an object's number, and the values of its parameters.
  private static func statement(_ query: FindQuery, _ dialect: any CatalogDialect) -> (sql: String, values: [Value]) {
    func fits(_ expression: String, _ part: PatternPart = .whole) -> String { dialect.matches(expression, "?1", part) }
    let pattern = dialect.value(of: query.name)
    switch query.subject {
    case .table:
      return (
        """
        SELECT backup, 'table', name, NULL, record_count || CASE record_count WHEN 1 THEN ' record' ELSE ' records' END,
          NULL
        FROM tables WHERE \(fits("name")) ORDER BY backup, ordinal
        """, [pattern]
      )
    case .column:
      return (
        """
        SELECT t.backup, 'column', c.name, t.name, c.type || CASE c.is_secret WHEN 1 THEN ', secret' ELSE '' END,
          NULL
        FROM columns c JOIN tables t ON t.id = c.table_id
        WHERE \(fits("c.name")) ORDER BY t.backup, t.ordinal, c.ordinal
        """, [pattern]
      )
    case .object(let kind):
      return (
        """
        SELECT backup, kind, name, table_name, '', ordinal FROM objects
        WHERE \(kind == nil ? "" : "kind = ?2 AND ")\(fits("name")) ORDER BY backup, ordinal
        """, [pattern] + (kind.map { [.text($0)] } ?? [])
      )
    case .file:
      // The last part of a path fits, or the whole path; artifacts by what they are called and by where they were seen.
      return (
        """
        \(artifacts(dialect))
        WHERE \(fits("a.path")) OR \(fits("a.path", .behindSlash)) OR EXISTS (SELECT 1 FROM locations l
          WHERE l.artifact = a.id AND (\(fits("l.path")) OR \(fits("l.path", .behindSlash))))
        UNION ALL
        \(embeddedFiles) AND (\(fits("o.name")) OR EXISTS (
          SELECT 1 FROM object_attributes n WHERE n.backup = o.backup AND n.object = o.ordinal AND n.name = 'file-name'
            AND \(fits("n.value"))))
        ORDER BY 1, 7, 8
        """, [pattern]
      )
    case .hash:
      let digits = NamePattern(query.name.bytes.filter { $0 != UInt8(ascii: "*") })
      return (
        """
        \(artifacts(dialect)) WHERE \(fits(dialect.hexadecimal("a.sha256"), .beginning))
        UNION ALL
        \(embeddedFiles) AND \(fits("s.value", .beginning))
        ORDER BY 1, 7, 8
        """, [dialect.value(of: digits)]
      )
    }
  }

  /// Artifacts with their checksums, in the columns of `embeddedFiles`.
  private static func artifacts(_ dialect: any CatalogDialect) -> String {
    """
    SELECT a.backup, 'file', a.path, a.table_name, \(dialect.hexadecimal("a.sha256")), NULL, 0 AS place,
      a.ordinal AS number FROM artifacts a
    """
  }
}
