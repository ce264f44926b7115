internal import Bytes
package import Diagnostics
package import Records

/// Hands out tables and rows as a mapping has them.
package struct MappedReader: RecordReader, ~Copyable {
  private var reader: any RecordReader & ~Copyable
  private let plan: MappingPlan
  private let log: MappingLog
  private var caster = CellCaster()
  private var table: TablePlan?
  /// By row of the batch at hand: whether it is left out.
  private var isRejected: [Bool] = []
  private var rejectedCount = 0

  package init(_ reader: consuming any RecordReader & ~Copyable, _ plan: MappingPlan, _ log: MappingLog) {
    if let nested = plan.nested { self.reader = NestedReader(reader, nested) } else { self.reader = reader }
    self.plan = plan
    self.log = log
  }

  package private(set) var findings: [Finding] = []

  package mutating func nextTable() throws(ReadError) -> TableSchema? {
    defer { noteFindings() }
    while let schema = try reader.nextTable() {
      guard let table = plan.plan(of: schema.name), schema.columns.count >= table.kept.count else {
        throw ReadError(.syntax("table '\(displayed(schema.name))' is not as surveyed"))
      }
      guard table.isSkipped else {
        self.table = table
        return table.output
      }
      try skip(table)
    }
    return nil
  }

  /// Counts the rows of a table that is left out.
  private mutating func skip(_ table: TablePlan) throws(ReadError) {
    var batch = RecordBatch()
    while try reader.read(into: &batch) {
      var tally = MappingLog.Tally()
      tally.changed = batch.rowCount
      log.add(tally, to: table.skipRule)
    }
  }

  package mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    do throws(ReadError) {
      while try reader.read(into: &batch) {
        guard let table, !table.isIdentity else { return true }
        map(&batch, table)
        if batch.rowCount > 0 { return true }
      }
      batch.removeAll(columnCount: table?.kept.count ?? batch.columnCount)
      return false
    } catch {
      noteFindings()
      throw error
    }
  }

  private mutating func map(_ batch: inout RecordBatch, _ table: TablePlan) {
    isRejected.removeAll(keepingCapacity: true)
    isRejected.append(contentsOf: repeatElement(false, count: batch.rowCount))
    rejectedCount = 0
    for column in table.casts { cast(column, &batch) }
    for (position, rule) in table.dropped {
      var tally = MappingLog.Tally(), at = position
      for _ in 0..<batch.rowCount {
        if !batch.cells[at].isAbsent { tally.changed += 1 }
        at &+= batch.columnCount
      }
      log.add(tally, to: rule)
    }
    guard rejectedCount > 0 || table.kept.count < batch.columnCount else { return }
    var to = 0
    for row in 0..<batch.rowCount where !isRejected[row] {
      let from = row &* batch.columnCount
      for position in table.kept {
        batch.cells[to] = batch.cells[from &+ position]
        to &+= 1
      }
    }
    batch.cells.removeLast(batch.cells.count - to)
    batch.columnCount = table.kept.count
    batch.rowCount -= rejectedCount
  }

  private mutating func cast(_ column: ColumnPlan, _ batch: inout RecordBatch) {
    var tally = MappingLog.Tally(), at = column.position
    caster.cutCount = 0
    for row in 0..<batch.rowCount {
      defer { at &+= batch.columnCount }
      if isRejected[row] { continue }
      let cell = batch.cells[at]
      guard var result = caster.cast(cell, column.steps, &batch) else {
        if tally.refused == 0 { tally.firstRefused = batch.firstRecord + row + 1 }
        tally.refused += 1
        isRejected[row] = true
        rejectedCount += 1
        continue
      }
      if result.isAbsent, let fallback = column.fallback { result = caster.cell(of: fallback, &batch) }
      guard !result.isSame(as: cell) else { continue }
      batch.cells[at] = result
      tally.changed += 1
    }
    tally.cut = caster.cutCount
    log.add(tally, to: column.rule)
  }

  /// Findings of the reader, by the names of the mapping.
  private mutating func noteFindings() {
    findings = reader.findings
    for i in findings.indices {
      if let table = findings[i].table { findings[i].table = plan.plan(of: table)?.output.name ?? table }
    }
  }
}

extension Cell {
  /// Whether it holds the same value in the same place.
  fileprivate func isSame(as other: Cell) -> Bool {
    kind == other.kind && offset == other.offset && count == other.count
  }
}
