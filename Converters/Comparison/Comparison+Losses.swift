internal import Bytes
internal import Conversion
package import Records

extension Comparison {
  /// Counts tables as explained whose differences are losses that a conversion from the first side to the second has named: rows that
  /// it left out, and values that it changed, no more of a column than were counted.
  package mutating func explain(by losses: [Loss]) {
    let byTable = Dictionary(grouping: losses, by: \.table)
    for i in tables.indices where tables[i].isDifferent && !tables[i].isAtLeast {
      let named = byTable[tables[i].name] ?? []
      if tables[i].isExplained(by: named) { tables[i].verdict = .explained }
    }
  }
}

extension ComparedTable {
  fileprivate func isExplained(by losses: [Loss]) -> Bool {
    let leftOut = losses.filter(\.leavesRowsOut).reduce(0) { $0 + $1.count }
    if verdict == .missing { return first.count <= leftOut }
    var changes: [Name: Int] = [:]
    for loss in losses where LossKind.countsChanges(loss.code) {
      if let column = loss.column { changes[column, default: 0] += loss.count }
    }
    guard addedRows == 0, removed <= leftOut else { return false }
    guard missingColumns.allSatisfy({ $0.values <= changes[$0.name] ?? 0 }) else { return false }
    guard !isColumnCountAtLeast else {
      return changed <= changes.values.reduce(0, +)
        && examples.allSatisfy { $0.columns.allSatisfy { changes[$0] != nil } }
    }
    return changedColumns.allSatisfy { $0.rows <= changes[$0.name] ?? 0 }
  }
}

extension Loss {
  /// Whether it counts rows that are not there: rejected ones, and those that have no place in the target.
  fileprivate var leavesRowsOut: Bool { isReject || code == "no-place" }
}
