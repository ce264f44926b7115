internal import Bytes
internal import CatalogModel
internal import RowIndex

extension CatalogReader where Self: ~Copyable {
  /// The versions of a row in all backups of a scope, lineage by lineage.
  package mutating func history(_ query: HistoryQuery) throws(CatalogError) -> RowHistory {
    var history = RowHistory(), members: [Key<Lineage>: Set<UInt64>] = [:]
    for member in try self.members(query.scope) {
      guard let lineage = member.lineage else {
        history.unindexedBackups += 1
        continue
      }
      members[lineage, default: []].insert(UInt64(member.backup.number))
    }
    for lineage in try lineages() {
      guard let backups = members[lineage.key] else { continue }
      let index = try rowIndex(of: lineage.key), names = Set(index.shapes.map(\.table))
      guard let table = query.tables.first(where: { names.contains($0.name) }) else {
        history.knownTables.formUnion(names.filter { $0 != DocumentTable.name })
        continue
      }
      for shape in index.shapes where shape.table == table.name {
        let key = shape.key.map { shape.columns[$0].name }
        if !history.keys.contains(key) { history.keys.append(key) }
      }
      let runs = try runs(of: table, query, index, index.backups.filter(backups.contains))
      if !runs.isEmpty {
        history.lineages.append(LineageHistory(lineage: lineage, table: table.name, runs: runs))
      }
    }
    try join(&history, query)
    return history
  }

  /// Runs of versions in one lineage; none when no backup holds the row. `backups` are in the order of their times.
  private mutating func runs(
    of table: HistoryQuery.Table, _ query: HistoryQuery, _ index: RowIndex, _ backups: [UInt64]
  ) throws(CatalogError) -> [HistoryRun] {
    var held: [UInt64: [UInt32]] = [:], rows: [UInt32: KeptRow] = [:]
    do throws(IndexError) {
      for version in try index.history(of: table.name, key: query.key) {
        rows[version.version] = try KeptRow(version.version, of: index)
        for backup in version.backups { held[backup, default: []].append(version.version) }
      }
    } catch { throw CatalogError(error) }
    guard backups.contains(where: { held[$0] != nil }) else { return [] }
    var runs: [HistoryRun] = [], last: (versions: [UInt32], row: KeptRow)?
    for number in backups {
      let backup = Key<Backup>(Int64(number)), versions = held[number] ?? []
      guard let row = versions.last.flatMap({ rows[$0] }) else {
        // Before the row was first seen there is nothing to tell.
        guard last != nil else { continue }
        let isTable = try contents(of: backup, .tables).tables.contains { $0.name == table.name }
        extend(&runs, HistoryRun(kind: isTable ? .gone : .noTable, since: backup, until: backup))
        continue
      }
      var run = HistoryRun(kind: .changed, since: backup, until: backup, row: row, copies: versions.count)
      if let last {
        run.changes = versions == last.versions ? [] : table.changes(of: row, since: last.row, query)
        if runs.last?.row == nil {
          run.kind = .back
        } else if run.changes.isEmpty && runs[runs.count - 1].copies == run.copies {
          runs[runs.count - 1].until = backup
          runs[runs.count - 1].backupCount += 1
          runs[runs.count - 1].row = row
          continue
        }
      } else {
        run.kind = .first
      }
      last = (versions, row)
      runs.append(run)
    }
    return runs
  }

  private func extend(_ runs: inout [HistoryRun], _ run: HistoryRun) {
    guard let last = runs.indices.last, runs[last].kind == run.kind else { return runs.append(run) }
    runs[last].until = run.until
    runs[last].backupCount += 1
  }

  /// Puts the lineages in order, and tells a row that came from another system from one that is new.
  private mutating func join(_ history: inout RowHistory, _ query: HistoryQuery) throws(CatalogError) {
    var scope = BackupQuery()
    scope.keys = Array(Set(history.lineages.flatMap { $0.runs.flatMap { [$0.since, $0.until] } }))
    for backup in scope.keys == [] ? [] : try backups(scope) { history.backups[backup.key] = backup }
    let known = history.backups
    func time(_ run: HistoryRun) -> Moment { known[run.since]?.takenAt.moment ?? Moment(microseconds: 0) }
    history.lineages.sort { (time($0.runs[0]), $0.lineage.key.number) < (time($1.runs[0]), $1.lineage.key.number) }
    for i in history.lineages.indices {
      let own = history.lineages[i], start = time(own.runs[0])
      let earlier = history.lineages[..<i].filter {
        $0.lineage.project == own.lineage.project && $0.lineage.environment == own.lineage.environment
          && $0.lineage.system != own.lineage.system
      }
      var newest: (time: Moment, row: KeptRow, table: Name)?
      for other in earlier {
        for run in other.runs where time(run) < start {
          if let row = run.row, newest.map({ $0.time <= time(run) }) ?? true {
            newest = (time(run), row, other.table)
          }
        }
      }
      guard let newest, let row = own.runs[0].row else { continue }
      history.lineages[i].runs[0].kind = .moved
      history.lineages[i].runs[0].changes = query.filtered(
        row.changes(since: newest.row, oldNames: query.names(of: newest.table), newNames: query.names(of: own.table)))
    }
  }
}

extension HistoryQuery {
  /// What the columns of a table are called in all systems.
  fileprivate func names(of table: Name) -> (Name) -> Name {
    let columns = tables.first { $0.name == table }?.columns ?? [:]
    return { columns[$0] ?? $0 }
  }

  fileprivate func filtered(_ changes: [ColumnChange]) -> [ColumnChange] {
    columns.isEmpty ? changes : changes.filter { columns.contains($0.column) }
  }
}

extension HistoryQuery.Table {
  fileprivate func changes(of row: KeptRow, since old: KeptRow, _ query: HistoryQuery) -> [ColumnChange] {
    func name(_ column: Name) -> Name { columns[column] ?? column }
    return query.filtered(row.changes(since: old, oldNames: name, newNames: name))
  }
}
