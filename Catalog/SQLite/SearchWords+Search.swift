internal import Bytes
internal import CatalogModel
internal import CatalogSQL
internal import CatalogStore
internal import SQLiteClient

/// The part of the index that belongs to a backup.
private struct BackupRows {
  var backup: Int64
  var rows: ClosedRange<Int64>?
}

/// What is known of the tables of the backup that is being searched.
private struct SearchedTables {
  /// Names and columns by table number.
  var names: [Int64: Name] = [:]
  var columns: [Int64: [Name]] = [:]
  /// Columns that count, by table number; absent: all.
  var filters: [Int64: [Bool]] = [:]
}

extension SearchWords {
  func search(
    _ query: SearchQuery, _ transaction: inout CatalogTransaction
  ) throws(CatalogError) -> SearchResult {
    let plan = try SearchPlan(query)
    var result = SearchResult()
    result.scanned = plan.scans
    let scope = try searchedBackups(query, &result, transaction)
    var search = RecordSearch(query: query, verifier: RecordVerifier(plan), result: result)
    var statement = try candidates(plan)
    for part in try narrowed(scope, plan) {
      guard let rows = part.rows, try search.isWanted else { continue }
      try searchBackup(part.backup, rows, &search, &statement, &transaction)
      if search.isOver { break }
    }
    return search.finished()
  }

  /// The backups of the scope, newest first, from the cursor on; counts what the index does not hold of them.
  private func searchedBackups(
    _ query: SearchQuery, _ result: inout SearchResult, _ transaction: borrowing CatalogTransaction
  ) throws(CatalogError) -> [BackupRows] {
    let order = try transaction.keys(query.scope)
    var rows: [Int64: ClosedRange<Int64>] = [:]
    var partly = Set<Int64>()
    try session.forEach("SELECT id, first_row, last_row, indexing FROM backups") { (row) throws(CatalogError) in
      if let first = row.optionalInteger(1), let last = row.optionalInteger(2), first <= last {
        rows[row.integer(0)] = first...last
      }
      if row.string(3) != Indexing.full.rawValue { partly.insert(row.integer(0)) }
    }
    let inScope = Set(order)
    result.partlyIndexedBackups = partly.intersection(inScope).count
    var unsearchable: Int64 = 0
    try session.forEach(
      "SELECT backup, sum(unsearchable_count) FROM tables WHERE unsearchable_count > 0 GROUP BY backup"
    ) {
      (row) throws(CatalogError) in if inScope.contains(row.integer(0)) { unsearchable += row.integer(1) }
    }
    result.unsearchableValues = unsearchable
    var parts = order.map { BackupRows(backup: $0, rows: rows[$0]) }
    guard let cursor = query.cursor else { return parts }
    guard let start = order.firstIndex(of: cursor.backup.number) else {
      throw CatalogError(.invalid("the cursor's backup is not among those searched"))
    }
    parts.removeFirst(start)
    if let range = parts[0].rows {
      parts[0].rows = cursor.row < range.upperBound ? max(range.lowerBound, cursor.row + 1)...range.upperBound : nil
    }
    return parts
  }

  /// The backups in which the index has candidates. Asking once for the first of all candidates is cheaper than asking for
  /// those of each backup; where there are too many of them, the newest backups soon fill the result.
  private func narrowed(_ parts: [BackupRows], _ plan: SearchPlan) throws(CatalogError) -> [BackupRows] {
    guard parts.count > 4, !plan.scans else { return parts }
    let limit = 20_000
    let numbers = try session.rows(
      "SELECT rowid FROM search_words WHERE search_words MATCH ?1 ORDER BY rowid LIMIT \(limit)",
      [.text(expression(plan))]
    ) { (row) throws(CatalogError) in row.integer(0) }
    guard numbers.count < limit else { return parts }
    let sorted = parts.indices.filter { parts[$0].rows != nil }.sorted {
      (parts[$0].rows?.lowerBound ?? 0) < (parts[$1].rows?.lowerBound ?? 0)
    }
    var hits = Set<Int>()
    var next = 0
    for number in numbers {
      while next < sorted.count, let rows = parts[sorted[next]].rows, rows.upperBound < number { next += 1 }
      if next < sorted.count, let rows = parts[sorted[next]].rows, rows.contains(number) { hits.insert(sorted[next]) }
    }
    return parts.indices.filter { hits.contains($0) }.map { parts[$0] }
  }

  /// The index's own query for the words of a plan. They hold no quotes.
  private func expression(_ plan: SearchPlan) -> [UInt8] {
    var text: [UInt8] = []
    for word in plan.words {
      if !text.isEmpty { text += Array(" AND ".utf8) }
      text += [UInt8(ascii: "\"")] + word.bytes + [UInt8(ascii: "\"")] + (word.isPrefix ? [UInt8(ascii: "*")] : [])
    }
    return text
  }

  /// A statement for the rows between ?1 and ?2 that may match, in order.
  private func candidates(_ plan: SearchPlan) throws(CatalogError) -> Statement {
    do throws(SQLiteError) {
      guard !plan.scans else {
        return try session.connection.prepare(
          "SELECT id, table_id, number, key, cells FROM search_rows WHERE id BETWEEN ?1 AND ?2 ORDER BY id")
      }
      var statement = try session.connection.prepare(
        """
        SELECT r.id, r.table_id, r.number, r.key, r.cells FROM search_words w CROSS JOIN search_rows r ON r.id = w.rowid
        WHERE w.search_words MATCH ?3 AND w.rowid BETWEEN ?1 AND ?2 ORDER BY w.rowid
        """)
      try statement.bind(text: expression(plan), at: 3)
      return statement
    } catch { throw CatalogError(error) }
  }

  private func searchBackup(
    _ number: Int64, _ rows: ClosedRange<Int64>, _ search: inout RecordSearch, _ statement: inout Statement,
    _ transaction: inout CatalogTransaction
  ) throws(CatalogError) {
    var tables = SearchedTables()
    var range = rows
    if search.query.table != nil || search.query.column != nil {
      guard let narrowed = try select(&tables, of: number, search.query, rows) else { return }
      range = narrowed
    }
    var backup: Backup?
    do throws(SQLiteError) {
      statement.reset()
      try statement.bind(range.lowerBound, at: 1)
      try statement.bind(range.upperBound, at: 2)
    } catch { throw CatalogError(error) }
    defer { statement.reset() }
    while true {
      do throws(SQLiteError) { if try !statement.step() { return } } catch { throw CatalogError(error) }
      search.result.examined += 1
      if search.result.examined & 1023 == 0, Interruption.isRequested { throw CatalogError(.interrupted) }
      let table = statement.optionalInteger(1)
      var filter: [Bool]?
      if search.query.table != nil || search.query.column != nil {
        guard let table, let columns = tables.filters[table] else { continue }
        filter = columns
      }
      guard search.verifier.matches(statement.span(4), columns: filter) else { continue }
      if !search.wantsHit() {
        if search.isOver { return }
        continue
      }
      if backup == nil { backup = try transaction.backup(Key(number)) }
      guard let backup else { return }
      try load(&tables, table)
      let names = table.flatMap { tables.columns[$0] } ?? []
      search.add(
        SearchHit(
          backup: backup, place: try place(statement, tables),
          matches: search.verifier.fieldMatches(statement.span(4), columns: filter, names: names)),
        SearchCursor(backup: backup.key, row: statement.integer(0)))
    }
  }

  /// Chooses the tables and columns that the filters leave; the rows they lie in, nil when there are none.
  private func select(
    _ tables: inout SearchedTables, of backup: Int64, _ query: SearchQuery, _ rows: ClosedRange<Int64>
  ) throws(CatalogError) -> ClosedRange<Int64>? {
    var range: ClosedRange<Int64>?
    let known: [(id: Int64, name: Name, first: Int64?, last: Int64?)] = try session.rows(
      "SELECT id, name, first_row, last_row FROM tables WHERE backup = ?1", [.integer(backup)]
    ) { (row) throws(CatalogError) in (row.integer(0), row.name(1), row.optionalInteger(2), row.optionalInteger(3)) }
    for table in known {
      guard let first = table.first, let last = table.last, first <= last,
        query.table.map({ $0.matches(table.name) }) ?? true
      else { continue }
      try load(&tables, table.id)
      let columns = tables.columns[table.id] ?? []
      let filter = columns.map { name in query.column.map { $0.matches(name) } ?? true }
      guard filter.contains(true) else { continue }
      tables.filters[table.id] = filter
      range.include(first...last)
    }
    guard let range, range.overlaps(rows) else { return nil }
    return range.clamped(to: rows)
  }

  /// Loads the names of a table and its columns unless they are known.
  private func load(_ tables: inout SearchedTables, _ table: Int64?) throws(CatalogError) {
    guard let table, tables.names[table] == nil else { return }
    tables.names[table] =
      try session.rows("SELECT name FROM tables WHERE id = ?1", [.integer(table)]) { (row) throws(CatalogError) in
        row.name(0)
      }.first
    tables.columns[table] = try session.rows(
      "SELECT name FROM columns WHERE table_id = ?1 ORDER BY ordinal", [.integer(table)]
    ) { (row) throws(CatalogError) in row.name(0) }
  }

  private func place(
    _ row: borrowing Statement, _ tables: SearchedTables
  ) throws(CatalogError) -> SearchHit.Place {
    guard let table = row.optionalInteger(1) else {
      let path = try session.rows("SELECT path FROM documents WHERE id = ?1", [.integer(row.integer(2))]) {
        (row) throws(CatalogError) in row.bytes(0)
      }.first
      return .document(path: path ?? [])
    }
    return .record(table: tables.names[table] ?? Name(""), key: row.optionalBytes(3), number: row.integer(2))
  }
}

/// A search under way.
private struct RecordSearch: ~Copyable {
  let query: SearchQuery
  var verifier: RecordVerifier
  var result: SearchResult
  private var last: SearchCursor?
  private var total = 0
  /// Whether nothing more has to be looked at.
  private(set) var isOver = false

  init(query: SearchQuery, verifier: consuming RecordVerifier, result: SearchResult) {
    self.query = query
    self.verifier = verifier
    self.result = result
  }

  /// Whether another backup is to be searched; throws when the user has asked to stop.
  var isWanted: Bool {
    get throws(CatalogError) {
      if Interruption.isRequested { throw CatalogError(.interrupted) }
      return !isOver
    }
  }

  /// Counts a record that matches; true when it is to be shown. One match beyond the limit tells that there are more.
  mutating func wantsHit() -> Bool {
    total += 1
    guard let limit = query.limit, result.hits.count >= limit else { return true }
    result.isComplete = false
    if !query.countsAll { isOver = true }
    return false
  }

  mutating func add(_ hit: SearchHit, _ cursor: SearchCursor) {
    result.hits.append(hit)
    last = cursor
  }

  consuming func finished() -> SearchResult {
    if query.countsAll { result.total = total }
    if !result.isComplete { result.next = last ?? query.cursor }
    return result
  }
}
