internal import Conversion
package import Records

extension Comparison {
  /// Counts tables as explained whose differences are losses that a conversion from the first side to the second has named: rows that
  /// it rejected, and values that it changed.
  package mutating func explain(by losses: [Loss]) {
    for i in tables.indices where tables[i].isDifferent && !tables[i].isAtLeast {
      let table = tables[i], named = losses.filter { $0.table == table.name }
      let rejected = named.filter(\.isReject).reduce(0) { $0 + $1.count }
      if table.verdict == .missing {
        if table.first.count <= rejected { tables[i].verdict = .explained }
        continue
      }
      let changed = named.filter { !$0.isReject && $0.column != nil }
      let columns = Set(changed.compactMap(\.column))
      let isExplained =
        table.addedRows == 0 && table.removed <= rejected
        && table.changed <= changed.reduce(0) { $0 + $1.count }
        && table.examples.allSatisfy { $0.columns.allSatisfy(columns.contains) }
        && table.missingColumns.allSatisfy { columns.contains($0.name) }
      if isExplained { tables[i].verdict = .explained }
    }
  }
}
