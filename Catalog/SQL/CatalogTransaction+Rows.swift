package import Bytes
package import CatalogModel
package import CatalogStore
package import Records
package import RowIndex

/// A table that is being filled.
final class OpenTable {
  let backup: Int64
  let schema: TableSchema
  /// Columns of which the values are left out.
  let leftOut: [Int]
  /// Rows that are left out.
  let erased: ErasedRowsOfTable?

  init(_ table: CatalogTable, backup: Int64, _ open: OpenBackup) {
    self.backup = backup
    schema = TableSchema(
      table.name,
      table.columns.map { Column($0.name, LogicalType(word: $0.type) ?? .text, isSecret: $0.isSecret) },
      primaryKey: table.primaryKey)
    erased = open.erased.inTable(schema)
    leftOut = open.keysOnly ? table.columns.indices.filter { !table.primaryKey.contains(table.columns[$0].name) } : []
  }
}

/// A backup that is being filled.
struct OpenBackup {
  /// What takes up its rows, and those of which lineage; nil when they are not kept.
  var rows: (lineage: Int64, registration: RowRegistration)?
  var keysOnly: Bool
  /// Rows of the project that were erased.
  var erased: ErasedRows
  var tableCount = 0
}

extension CatalogTransaction {
  package mutating func lineages() throws(CatalogError) -> [Lineage] {
    try session.rows(
      """
      SELECT l.id, p.name, e.name, l.system, l.indexing FROM lineages l LEFT JOIN projects p ON p.id = l.project
      LEFT JOIN environments e ON e.id = l.environment ORDER BY l.id
      """
    ) { (row) throws(CatalogError) in
      guard let indexing = Indexing(rawValue: row.string(4)) else {
        throw CatalogError(.damaged("a lineage has an unknown kind of index"))
      }
      return Lineage(
        key: Key(row.integer(0)), project: row.optionalName(1) ?? Name(""), environment: row.optionalName(2),
        system: row.string(3), indexing: indexing)
    }
  }

  package mutating func members(_ query: BackupQuery) throws(CatalogError) -> [LineageMember] {
    let keys = try keys(query)
    var known: [Int64: LineageMember] = [:]
    try session.forEach(
      """
      SELECT b.id, b.lineage, b.taken_at, b.indexing,
        (SELECT CAST(coalesce(sum(unsearchable_count), 0) AS BIGINT) FROM tables t WHERE t.backup = b.id)
      FROM backups b
      """
    ) { (row) throws(CatalogError) in
      guard let indexing = Indexing(rawValue: row.string(3)) else {
        throw CatalogError(.damaged("a backup has an unknown kind of index"))
      }
      known[row.integer(0)] = LineageMember(
        backup: Key(row.integer(0)), lineage: row.optionalInteger(1).map { Key($0) },
        takenAt: Moment(microseconds: row.integer(2)), indexing: indexing, unsearchableCount: row.integer(4))
    }
    return keys.compactMap { known[$0] }
  }

  package mutating func rowIndex(of lineage: Key<Lineage>) throws(CatalogError) -> RowIndex {
    try index(of: lineage.number)
  }

  private func index(of lineage: Int64) throws(CatalogError) -> RowIndex {
    let generation = try session.integer("SELECT generation FROM lineages WHERE id = ?1", [.integer(lineage)])
    guard let generation, let number = UInt32(exactly: generation) else {
      throw CatalogError(.notFound("such lineage"))
    }
    return try session.rows.index(lineage, generation: number, session)
  }

  /// The index of a lineage that nobody else changes until the transaction ends.
  private func lockedIndex(of lineage: Int64) throws(CatalogError) -> RowIndex {
    try session.run("UPDATE lineages SET generation = generation WHERE id = ?1", [.integer(lineage)])
    return try index(of: lineage)
  }

  package mutating func changeRowIndex<R>(
    of lineage: Key<Lineage>, _ change: (RowIndex) throws(IndexError) -> R
  ) throws(CatalogError) -> R {
    let index = try lockedIndex(of: lineage.number), result: R
    do throws(IndexError) { result = try change(index) } catch { throw CatalogError(error) }
    try remember(index, lineage.number)
    return result
  }

  private func remember(_ index: RowIndex, _ lineage: Int64) throws(CatalogError) {
    try session.run(
      "UPDATE lineages SET generation = ?2 WHERE id = ?1", [.integer(lineage), .integer(Int64(index.generation))])
  }

  // MARK: Registering

  /// The lineage of a new backup, begun when it is the first; nil when its rows are not kept.
  func lineage(of registration: Registration, _ project: Int64, _ environment: Int64?) throws(CatalogError) -> Int64? {
    guard registration.indexing != .none else { return nil }
    let source: [Value] = [
      .integer(project), .text(registration.system), .text(registration.indexing.rawValue),
    ]
    let known = try session.integer(
      "SELECT id FROM lineages WHERE project = ?1 AND system = ?2 AND indexing = ?3 AND environment "
        + (environment == nil ? "IS NULL" : "= ?4"),
      source + (environment.map { [.integer($0)] } ?? []))
    if let known { return known }
    return try session.insert(
      "INSERT INTO lineages (project, system, indexing, environment, generation) VALUES (?1, ?2, ?3, ?4, 0)",
      source + [.integer(environment)])
  }

  /// Begins to fill a backup; its documents are rows of a table of their own.
  mutating func open(_ backup: Int64, _ lineage: Int64?, _ registration: Registration) throws(CatalogError) {
    var opened = OpenBackup(
      rows: nil, keysOnly: registration.indexing == .keys,
      erased: ErasedRows(try knownErasures(project: registration.project), key: session.rows.secretKey))
    if let lineage {
      try checkKey()
      let index = try lockedIndex(of: lineage)
      do throws(IndexError) {
        let rows = try index.register(UInt64(backup), time: registration.takenAt.moment.microseconds)
        if !opened.keysOnly, !registration.documents.isEmpty {
          let batch = DocumentTable.batch(registration.documents)
          try rows.add(batch, of: DocumentTable.schema)
        }
        opened.rows = (lineage, rows)
      } catch { throw CatalogError(error) }
    }
    openBackups[backup] = opened
  }

  /// Rows of one catalog are all told by the same key: with another one nothing would be known again.
  private func checkKey() throws(CatalogError) {
    try session.rememberKey()
    guard try session.knownKey() == session.keyMark else { throw CatalogError(.otherKey) }
  }

  package mutating func index(
    _ batch: borrowing RecordBatch, of table: Key<CatalogTable>, hashes: [Hash128]?
  ) throws(CatalogError) {
    guard let open = openTables[table.number] else {
      throw CatalogError(.invalid("records are indexed only while their backup is registered"))
    }
    guard let rows = openBackups[open.backup]?.rows?.registration, batch.rowCount > 0 else { return }
    guard batch.columnCount == open.schema.columns.count else {
      throw CatalogError(.invalid("a batch has \(batch.columnCount) columns; its table \(open.schema.columns.count)"))
    }
    do throws(IndexError) {
      guard !open.leftOut.isEmpty || open.erased != nil else { return try rows.add(batch, of: open.schema, hashes) }
      var kept = RecordBatch(capacity: batch.heap.count), hashes = open.leftOut.isEmpty ? hashes : nil
      kept.replace(by: batch, withoutValuesOf: open.leftOut)
      _ = open.erased?.remove(from: &kept, &hashes)
      if kept.rowCount > 0 { try rows.add(kept, of: open.schema, hashes) }
    } catch { throw CatalogError(error) }
  }

  /// Makes the rows of a backup part of its lineage.
  func finishRows(of backup: Int64) throws(CatalogError) {
    guard let (lineage, rows) = openBackups[backup]?.rows else { return }
    do throws(IndexError) { try rows.finish() } catch { throw CatalogError(error) }
    for (number, table) in openTables where table.backup == backup {
      // Of the rows that were known, what was known: at most so many.
      let before = try session.integer(
        """
        SELECT t.unsearchable_count FROM tables t JOIN backups b ON b.id = t.backup
        WHERE b.lineage = ?1 AND t.name = ?2 AND b.id <> ?3 AND b.taken_at <= (SELECT taken_at FROM backups WHERE id = ?3)
        ORDER BY b.taken_at DESC, b.id DESC LIMIT 1
        """, [.integer(lineage), .text(table.schema.name), .integer(backup)])
      let new = rows.unsearchableCounts[table.schema.name] ?? 0
      try session.run(
        "UPDATE tables SET unsearchable_count = ?2 WHERE id = ?1 AND unsearchable_count < ?2",
        [.integer(number), .integer((before ?? 0) + new)])
    }
    try remember(try session.rows.current(lineage), lineage)
  }

  /// Takes the rows of a backup out of its lineage.
  func forgetRows(of backup: Int64) throws(CatalogError) {
    guard let lineage = try session.integer("SELECT lineage FROM backups WHERE id = ?1", [.integer(backup)]) else {
      return
    }
    let index = try lockedIndex(of: lineage)
    guard index.backups.contains(UInt64(backup)) else { return }
    do throws(IndexError) { try index.forget(UInt64(backup)) } catch { throw CatalogError(error) }
    try remember(index, lineage)
  }
}

extension SQLSession {
  /// What the key of secret values is known by.
  fileprivate var keyMark: [UInt8] {
    rows.secretKey.map { $0.mark.flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] } } ?? []
  }

  /// What the key is known by that the catalog is filled with; nil when there is none yet.
  package func knownKey() throws(CatalogError) -> [UInt8]? {
    try rows("SELECT value FROM settings WHERE name = 'secret_key'") {
      (row) throws(CatalogError) in row.bytes(0)
    }.first
  }

  /// Remembers the key that the catalog is filled with, unless one is remembered: best in a transaction of its own, for others
  /// that want to do the same wait until it ends.
  package func rememberKey() throws(CatalogError) {
    guard try knownKey() == nil else { return }
    try run(
      "INSERT INTO settings (name, value) VALUES ('secret_key', ?1) ON CONFLICT (name) DO NOTHING", [.text(keyMark)])
  }
}

extension RowRegistration {
  /// Takes up rows whose hashes may be known.
  fileprivate func add(
    _ batch: borrowing RecordBatch, of table: TableSchema, _ hashes: [Hash128]?
  ) throws(IndexError) {
    if let hashes { try add(batch, of: table, hashes: hashes) } else { try add(batch, of: table) }
  }
}
