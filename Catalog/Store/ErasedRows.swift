package import Bytes
package import CatalogModel
package import Records
package import RowIndex

/// Knows the rows of a project that were erased.
package struct ErasedRows: Sendable {
  private let marks: [Name: Set<[UInt8]>]
  private let key: SecretKey?

  /// `key`: the key of secret values; without it no row is known.
  package init(_ erasures: [Erasure], key: SecretKey?) {
    var marks: [Name: Set<[UInt8]>] = [:]
    for erasure in erasures { marks[erasure.table, default: []].insert(erasure.mark) }
    self.marks = marks
    self.key = key
  }

  /// Whether rows of any table were erased.
  package var isEmpty: Bool { marks.isEmpty }

  /// Those of a table; nil when there are none.
  package func inTable(_ table: TableSchema) -> ErasedRowsOfTable? {
    let columns = table.primaryKey.compactMap { table.index(of: $0) }
    guard let marks = marks[table.name], let key, !columns.isEmpty, columns.count == table.primaryKey.count else {
      return nil
    }
    return ErasedRowsOfTable(table: table.name, columns: columns, marks: marks, key: key)
  }
}

/// Knows the rows of a table that were erased.
package struct ErasedRowsOfTable: Sendable {
  let table: Name
  let columns: [Int]
  let marks: Set<[UInt8]>
  let key: SecretKey

  /// Takes the erased rows out of a batch; returns their number.
  package func remove(from batch: inout RecordBatch) -> Int {
    var hashes: [Hash128]?
    return remove(from: &batch, &hashes)
  }

  /// The same; their hashes are taken out, too.
  package func remove(from batch: inout RecordBatch, _ hashes: inout [Hash128]?) -> Int {
    var kept = 0
    for row in 0..<batch.rowCount {
      if let values = values(row, of: batch), marks.contains(key.mark(of: values, in: table)) { continue }
      if let hash = hashes?[row] { hashes?[kept] = hash }
      if kept < row {
        for column in 0..<batch.columnCount {
          batch.cells[kept &* batch.columnCount &+ column] = batch.cells[row &* batch.columnCount &+ column]
        }
      }
      kept += 1
    }
    let removed = batch.rowCount - kept
    batch.cells.removeLast(removed * batch.columnCount)
    batch.rowCount = kept
    hashes?.removeLast(removed)
    return removed
  }

  /// The values of a row's key as people write them; nil when one is missing.
  private func values(_ row: Int, of batch: borrowing RecordBatch) -> [[UInt8]]? {
    var values: [[UInt8]] = []
    for column in columns {
      guard let value = shownValue(batch[row, column], of: batch) else { return nil }
      values.append(value)
    }
    return values
  }
}
