package import Bytes
package import Records

/// Keeps some tables and leaves the others out.
package struct SelectTables: Transform {
  /// Names to keep; empty keeps all.
  private let included: Set<Name>
  private let excluded: Set<Name>

  package init(included: [Name], excluded: [Name]) {
    self.included = Set(included)
    self.excluded = Set(excluded)
  }

  package mutating func begin(_ table: inout TableSchema) -> Bool {
    (included.isEmpty || included.contains(table.name)) && !excluded.contains(table.name)
  }
  package mutating func apply(to batch: inout RecordBatch) {}
}

/// Leaves columns of some names out of every table.
package struct DropColumns: Transform {
  private let names: Set<Name>
  /// Positions to keep in the table at hand; nil keeps all.
  private var kept: [Int]?

  package init(names: [Name]) { self.names = Set(names) }

  package mutating func begin(_ table: inout TableSchema) -> Bool {
    let positions = table.columns.indices.filter { !names.contains(table.columns[$0].name) }
    kept = positions.count == table.columns.count ? nil : positions
    guard let kept else { return true }
    table.columns = kept.map { table.columns[$0] }
    let left = Set(table.columns.map(\.name))
    func isWhole(_ columns: [Name]) -> Bool { columns.allSatisfy(left.contains) }
    if !isWhole(table.primaryKey) { table.primaryKey = [] }
    table.uniqueKeys.removeAll { !isWhole($0) }
    table.indexes.removeAll { !isWhole($0) }
    table.foreignKeys.removeAll { !isWhole($0.columns) }
    return true
  }

  package mutating func apply(to batch: inout RecordBatch) {
    guard let kept else { return }
    var to = 0
    for row in 0..<batch.rowCount {
      let from = row &* batch.columnCount
      for column in kept {
        batch.cells[to] = batch.cells[from &+ column]
        to &+= 1
      }
    }
    batch.cells.removeLast(batch.cells.count - to)
    batch.columnCount = kept.count
  }
}
