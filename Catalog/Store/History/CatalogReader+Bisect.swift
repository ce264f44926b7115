internal import Bytes
internal import CatalogModel
internal import RowIndex

/// What backups have in common that follow each other.
private struct Source: Hashable {
  var project: Name
  var environment: Name?
  var system: String
}

extension CatalogReader where Self: ~Copyable {
  /// Where a condition begins and ceases to hold, for each source of backups in the scope by itself: each backup is looked at, since
  /// what comes and goes has no middle to begin with.
  package mutating func bisect(_ query: BisectQuery) throws(CatalogError) -> [Bisection] {
    var order: [Source] = [], series: [Source: [Backup]] = [:]
    for backup in try backups(query.scope).reversed() {
      let source = Source(project: backup.project, environment: backup.environment, system: backup.system)
      if series[source] == nil { order.append(source) }
      series[source, default: []].append(backup)
    }
    var bisections: [Bisection] = []
    for source in order {
      let steps = try steps(query.condition, series[source] ?? [])
      bisections.append(Bisection(steps, needsPresence: query.condition.needsPresence))
    }
    return bisections
  }

  private mutating func steps(
    _ condition: BisectQuery.Condition, _ backups: [Backup]
  ) throws(CatalogError) -> [Bisection.Step] {
    switch condition {
    case .missing(let table, let key): try missing(table, key, backups)
    case .changed(let table, let key, let column): try changed(table, key, column, backups)
    case .count(let table, let comparison, let limit):
      try each(backups) { (contents) throws(CatalogError) in
        guard let found = contents.tables.first(where: { $0.name == table }) else { return (nil, nil) }
        let count = found.statistics.recordCount
        return (comparison.holds(count, limit), .integer(count))
      }
    case .gone(let isThere):
      try each(backups, .objects) { (contents) throws(CatalogError) in (!isThere(contents.objects), nil) }
    }
  }

  private mutating func each(
    _ backups: [Backup], _ parts: ContentParts = .tables,
    _ body: (BackupContents) throws(CatalogError) -> (Bool?, KeptValue?)
  ) throws(CatalogError) -> [Bisection.Step] {
    var steps: [Bisection.Step] = []
    for backup in backups {
      let (holds, value) = try body(try contents(of: backup.key, parts))
      steps.append(Bisection.Step(backup: backup, holds: holds, value: value))
    }
    return steps
  }

  private mutating func missing(
    _ table: Name, _ key: [[UInt8]], _ backups: [Backup]
  ) throws(CatalogError) -> [Bisection.Step] {
    let held = try versions(table, key, backups)
    return backups.map { backup in
      Bisection.Step(backup: backup, holds: backup.lineage.map { _ in held[backup.key] == nil }, value: nil)
    }
  }

  private mutating func changed(
    _ table: Name, _ key: [[UInt8]], _ column: Name, _ backups: [Backup]
  ) throws(CatalogError) -> [Bisection.Step] {
    let held = try versions(table, key, backups)
    var first: KeptRow?, steps: [Bisection.Step] = []
    for backup in backups {
      var step = Bisection.Step(backup: backup, holds: nil, value: nil)
      defer { steps.append(step) }
      guard let row = held[backup.key], let lineage = backup.lineage, backup.indexing == .full else { continue }
      let index = try rowIndex(of: lineage), kept: KeptRow
      do throws(IndexError) { kept = try KeptRow(row, of: index) } catch { throw CatalogError(error) }
      step.value = kept.value(of: column) ?? .missing
      if let first {
        step.holds = kept.changes(since: first).contains { $0.column == column }
      } else {
        first = kept
        step.holds = false
      }
    }
    return steps
  }

  /// The version of a row that each backup holds, as far as rows are kept.
  private mutating func versions(
    _ table: Name, _ key: [[UInt8]], _ backups: [Backup]
  ) throws(CatalogError) -> [Key<Backup>: UInt32] {
    var held: [Key<Backup>: UInt32] = [:]
    for lineage in Set(backups.compactMap(\.lineage)) {
      let index = try rowIndex(of: lineage)
      do throws(IndexError) {
        for version in try index.history(of: table, key: key) {
          for backup in version.backups { held[Key(Int64(backup))] = version.version }
        }
      } catch { throw CatalogError(error) }
    }
    return held
  }
}
