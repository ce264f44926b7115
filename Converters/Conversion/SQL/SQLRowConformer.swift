internal import Bytes
package import Records

/// Sees to it that records can be stored in a table of a dialect, one row at a time.
///
/// Nearly all rows can be written as they are, and finding that out costs a look at each cell. A row with a value that has to be
/// spelled differently (base64 in a bytes column, an offset where there are only UTC times) is copied, values and all. A row
/// with a value that the target would refuse is rejected, so that it does not end the whole load.
///
/// What a writer may rely on, by form: boolean cells for `boolean`; integers or their canonical digits for `int32` and `int64`;
/// digits, integers or a double that the dialect has for `decimal` and `float`; JSON text, or an external text that stands for
/// a JSON string, for `json`; bytes, or an external text of base64, for `bytes`; text for all others.
package struct SQLRowConformer: Sendable {
  package enum Fate: Sendable {
    /// The row can be written as it stands in its batch.
    case asIs
    /// Row 0 of the copy is to be written instead.
    case rewritten
    /// The row is left out, and counted.
    case rejected
  }

  let rules: [SQLColumnRule]
  private var tally: TableLosses
  /// Losses of the row at hand, which count only when it is written.
  var pending: [(kind: LossKind, column: Int)] = []
  private var cells: [Cell] = []
  /// What the last row was rejected for, and the position of the column.
  private var lastRejection: (kind: LossKind, column: Int) = (.constraint, 0)

  package init(_ table: SQLTable, _ dialect: SQLDialect) {
    rules = table.columns.map { SQLColumnRule($0, dialect) }
    tally = TableLosses(table.source)
  }

  /// What could not be carried so far.
  package var losses: [Loss] { tally.losses }

  /// Why the last row that was rejected was.
  package func lastRefusal(of table: SQLTable) -> Refusal {
    Refusal(lastRejection.kind, column: table.source.columns[lastRejection.column].name)
  }

  /// Counts a row that the target itself refused.
  package mutating func countRefusal(_ kind: LossKind, column: Int) { tally.count(kind, column: column) }

  /// Looks at one row; one that cannot be written as it is comes to stand alone in `copy`.
  package mutating func conform(
    row: Int, of batch: borrowing RecordBatch, copyingTo copy: inout RecordBatch
  ) throws(WriteError) -> Fate {
    precondition(batch.columnCount == rules.count, "batch and table have the same columns")
    var missing = 0
    for column in rules.indices {
      let cell = batch[row, column]
      if cell.kind.rawValue <= Cell.Kind.missing.rawValue {
        if rules[column].requiresValue { return reject(.constraint, column) }
        if cell.kind == .missing { missing &+= 1 } else { tally.noteNull(column: column) }
        continue
      }
      if try !rules[column].takes(cell, batch) { return try rewrite(row: row, of: batch, to: &copy) }
    }
    if missing > 0 { countMissing(row: row, of: batch) }
    return .asIs
  }

  private mutating func reject(_ kind: LossKind, _ column: Int) -> Fate {
    tally.count(kind, column: column)
    lastRejection = (kind, column)
    return .rejected
  }

  private mutating func countMissing(row: Int, of batch: borrowing RecordBatch) {
    for column in rules.indices where batch[row, column].kind == .missing {
      tally.count(.missingAsNull, column: column)
    }
  }

  /// Copies the row, spelling values as the dialect wants them.
  private mutating func rewrite(
    row: Int, of batch: borrowing RecordBatch, to copy: inout RecordBatch
  ) throws(WriteError) -> Fate {
    copy.removeAll(columnCount: rules.count)
    copy.firstRecord = batch.firstRecord + row
    pending.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
    for column in rules.indices {
      let cell = batch[row, column], rule = rules[column]
      if cell.isAbsent {
        if rule.requiresValue { return reject(.constraint, column) }
        cells.append(cell)
      } else if try rule.takes(cell, batch) {
        cells.append(copy.take(cell, from: batch))
      } else {
        switch respell(cell, of: batch, by: rule, in: &copy) {
        case .value(let cell): cells.append(cell)
        case .changed(let cell, let kind):
          if cell.isAbsent && rule.requiresValue { return reject(kind, column) }
          pending.append((kind, column))
          cells.append(cell)
        case .rejected(let kind): return reject(kind, column)
        }
      }
    }
    copy.append(row: cells)
    for (kind, column) in pending { tally.count(kind, column: column) }
    for column in rules.indices where batch[row, column].kind == .null { tally.noteNull(column: column) }
    countMissing(row: row, of: batch)
    return .rewritten
  }
}
