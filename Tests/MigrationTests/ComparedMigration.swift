import Bytes
import Conversion
import Diagnostics
import Records
import TestSupport
import Testing

@testable import Comparison

extension Migration {
  /// The source and the output, or another backup that was made of that.
  func compared(with other: OpenBackup? = nil) throws -> Comparison {
    var comparison = Comparison(
      source.compared, (other ?? output).compared, lineage: report.lineage, losses: report.losses)
    try comparison.run()
    comparison.explain(by: report.losses)
    return comparison
  }

  /// The names that tables and columns have in the output.
  var names: [Name: (table: Name, columns: [Name: Name])] {
    let own = source.knowledge.tables, others = output.knowledge.tables
    let places = SimilarNames(others.map(\.name)).positions(
      of: own.map(\.name), known: report.lineage.tables.mapValues(\.names))
    var names: [Name: (table: Name, columns: [Name: Name])] = [:]
    for (table, place) in zip(own, places) {
      guard let place else { continue }
      let other = others[place], columns = table.columns.map(\.name)
      let found = SimilarNames(other.columns.map(\.name)).positions(
        of: columns, known: report.lineage.tables[table.name]?.columns ?? [:])
      let pairs = zip(columns, found).compactMap { column, at in at.map { (column, other.columns[$0].name) } }
      names[table.name] = (other.name, Dictionary(uniqueKeysWithValues: pairs))
    }
    return names
  }

  /// The source and what became of it on a second way, which began with the output.
  func compared(through second: Migration) throws -> Comparison {
    let way = names, wayBack = second.names
    var lineage = Lineage(), losses = report.losses
    for (table, to) in way {
      for var loss in second.report.losses where loss.table == to.table {
        loss.table = table
        loss.column = loss.column.map { name in to.columns.first { $0.value == name }?.key ?? name }
        losses.append(loss)
      }
      guard let back = wayBack[to.table] else { continue }
      var found = Lineage.Table([back.table])
      for column in source.knowledge.tables.first(where: { $0.name == table })?.columns ?? [] {
        found.columns[column.name] = (to.columns[column.name].flatMap { back.columns[$0] }).map { [$0] } ?? []
      }
      found.references = report.lineage.tables[table]?.references ?? [:]
      lineage.tables[table] = found
    }
    var comparison = Comparison(
      source.compared, second.output.compared, lineage: lineage, losses: losses)
    try comparison.run()
    comparison.explain(by: losses)
    return comparison
  }
}

extension Comparison {
  /// Every difference is one that a loss names, and every loss of rows and values is a difference, in their exact numbers.
  func expectNothingUnnamed(_ losses: [Loss], _ what: String) {
    // These change a value once, and what it means.
    let exact: Set<String> = ["special-float", "time-precision", "json-null"]
    for table in tables {
      let named = losses.filter { $0.table == table.name }
      #expect(
        !table.isDifferent,
        "\(what): \(table.told) \(named.map { "\($0.code) \($0.column as Name?, default: "") \($0.count)" })")
      guard table.verdict != .added else { continue }
      let rejected = named.filter { $0.isReject || $0.code == "no-place" }.reduce(0) { $0 + $1.count }
      #expect(table.first.count - table.second.count == rejected, "\(what): \(table.told)")
      for loss in named where exact.contains(loss.code) {
        guard let column = loss.column, named.count(where: { $0.column == column }) == 1 else { continue }
        let changed = table.changedColumns.first { $0.name == column }?.rows ?? 0
        #expect(changed == loss.count, "\(what): \(table.told) \(loss.code) \(displayed(column)) \(loss.count)")
      }
      for loss in named where loss.code == "reference-as-id" && rejected == 0 {
        let count = table.coercions.first { $0.kind == .reference && $0.column == loss.column }?.count
        #expect(count == loss.count || table.changed > 0, "\(what): \(table.told) \(String(describing: count)) ids")
      }
    }
  }
}

extension ComparedTable {
  /// What is to be known of it when it is not as it should be.
  var told: String {
    "\(displayed(name)) \(verdict) \(first.count) \(second.count) changed \(changed) removed \(removed) added \(addedRows) "
      + "columns \(changedColumns.map { "\(displayed($0.name)) \($0.rows)" }) "
      + "missing \(missingColumns.map { "\(displayed($0.name)) \($0.values)" })"
  }
}
