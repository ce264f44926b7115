internal import Bytes
internal import CatalogModel
internal import Records

/// Puts what `masked` says of a secret in its place.
struct MaskSecrets: Transform {
  /// Positions of the secret columns of the table at hand.
  private var positions: [Int] = []

  mutating func begin(_ table: inout TableSchema) -> Bool {
    positions = table.columns.indices.filter { table.columns[$0].isSecret }
    for position in positions {
      table.columns[position].type = .text
      table.columns[position].maximumLength = nil
    }
    // Two secrets may look the same behind their masks.
    let names = Set(positions.map { table.columns[$0].name })
    func isShown(_ columns: [Name]) -> Bool { !columns.contains(where: names.contains) }
    if !isShown(table.primaryKey) { table.primaryKey = [] }
    table.uniqueKeys.removeAll { !isShown($0) }
    table.foreignKeys.removeAll { !isShown($0.columns) }
    return true
  }

  mutating func apply(to batch: inout RecordBatch) {
    for row in 0..<batch.rowCount {
      for position in positions {
        let cell = batch[row, position]
        guard !cell.isAbsent else { continue }
        let text = maskedText(of: cell, in: batch)
        batch.cells[row * batch.columnCount + position] = batch.text(text)
      }
    }
  }
}

/// What stands for a secret: its family, or about how long it is.
func maskedText(of cell: Cell, in batch: borrowing RecordBatch) -> String {
  switch cell.kind {
  case .text, .number, .json, .bytes: masked(batch.bytes(of: cell))
  default: "••••"
  }
}
