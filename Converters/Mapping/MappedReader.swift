internal import Bytes
internal import Conversion
package import Diagnostics
package import Records

/// Hands out tables and rows as a mapping has them.
package struct MappedReader: RecordReader, ~Copyable {
  private var reader: any RecordReader & ~Copyable
  private let plan: MappingPlan
  /// Nil: rows are handed out as they are before, with what becomes of them behind.
  private let log: MappingLog?
  private var caster = CellCaster()
  private var table: TablePlan?
  /// By row of the batch at hand: the rule by which it is left out; negative: none.
  private var refusedBy: [Int] = []
  private var refusedCount = 0
  /// Keys before they are cast, and what is noted of them.
  private var keys: [Cell] = []
  private var notes = ByteHeap(capacity: 256)

  package init(_ reader: consuming any RecordReader & ~Copyable, _ plan: MappingPlan, _ log: MappingLog?) {
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
        guard log == nil else { return table.output }
        var original = schema
        original.columns.append(Column("coffer:rule", .int64))
        return original
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
      log?.add(tally, to: table.skipRule)
    }
  }

  package mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    do throws(ReadError) {
      while try reader.read(into: &batch) {
        guard let table else { return true }
        guard let log else {
          mark(&batch, table)
          return true
        }
        guard !table.isIdentity else { return true }
        try map(&batch, table, log)
        try log.bear(refusedBy, of: table, from: batch.firstRecord)
        if batch.rowCount > 0 { return true }
      }
      batch.removeAll(columnCount: log == nil ? batch.columnCount : table?.kept.count ?? batch.columnCount)
      return false
    } catch {
      noteFindings()
      throw error
    }
  }

  private mutating func cast(_ batch: inout RecordBatch, _ table: TablePlan) {
    refusedBy.removeAll(keepingCapacity: true)
    refusedBy.append(contentsOf: repeatElement(-1, count: batch.rowCount))
    refusedCount = 0
    for column in table.casts { cast(column, &batch) }
  }

  /// Finds out what becomes of rows, and leaves them as they are.
  private mutating func mark(_ batch: inout RecordBatch, _ table: TablePlan) {
    let cells = batch.cells, externals = batch.externals
    cast(&batch, table)
    batch.externals = externals
    batch.cells.removeAll(keepingCapacity: true)
    for row in 0..<batch.rowCount {
      let start = row &* batch.columnCount
      batch.cells += cells[start..<start &+ batch.columnCount]
      batch.cells.append(refusedBy[row] < 0 ? .null : .integer(Int64(refusedBy[row])))
    }
    batch.columnCount += 1
  }

  private mutating func map(_ batch: inout RecordBatch, _ table: TablePlan, _ log: MappingLog) throws(ReadError) {
    if let lineage = log.lineage(of: table), let (position, number) = table.key {
      keys.removeAll(keepingCapacity: true)
      for row in 0..<batch.rowCount { keys.append(batch[row, position]) }
      cast(&batch, table)
      do throws(IOError) { try note(position, number, batch, lineage) } catch { throw ReadError(.io(error)) }
    } else {
      cast(&batch, table)
    }
    for (position, rule) in table.dropped {
      var tally = MappingLog.Tally(), at = position
      for _ in 0..<batch.rowCount {
        if !batch.cells[at].isAbsent { tally.changed += 1 }
        at &+= batch.columnCount
      }
      log.add(tally, to: rule)
    }
    guard refusedCount > 0 || table.kept.count < batch.columnCount else { return }
    var to = 0
    for row in 0..<batch.rowCount where refusedBy[row] < 0 {
      let from = row &* batch.columnCount
      for position in table.kept {
        batch.cells[to] = batch.cells[from &+ position]
        to &+= 1
      }
    }
    batch.cells.removeLast(batch.cells.count - to)
    batch.columnCount = table.kept.count
    batch.rowCount -= refusedCount
  }

  /// Notes keys that are others than before.
  private mutating func note(
    _ position: Int, _ number: Int, _ batch: borrowing RecordBatch, _ lineage: KeyLineage
  ) throws(IOError) {
    notes.removeAll()
    for row in 0..<batch.rowCount where refusedBy[row] < 0 {
      let before = keys[row], after = batch[row, position]
      guard !before.isSame(as: after), !after.isAbsent else { continue }
      note(number, before, after, batch)
    }
    if notes.count > 0 { try lineage.append(notes.span) }
  }

  private mutating func note(_ number: Int, _ before: Cell, _ after: Cell, _ batch: borrowing RecordBatch) {
    if before.isKeyText, after.isKeyText {
      return KeyLineage.note(number, batch.bytes(of: before), batch.bytes(of: after), in: &notes)
    }
    guard let old = before.keyText(in: batch), let new = after.keyText(in: batch), old != new else { return }
    KeyLineage.note(number, old.span, new.span, in: &notes)
  }

  private mutating func cast(_ column: ColumnPlan, _ batch: inout RecordBatch) {
    var tally = MappingLog.Tally(), at = column.position
    caster.cutCount = 0
    for row in 0..<batch.rowCount {
      defer { at &+= batch.columnCount }
      if refusedBy[row] >= 0 { continue }
      let cell = batch.cells[at]
      guard var result = caster.cast(cell, column.steps, &batch) else {
        if tally.refused == 0 { tally.firstRefused = batch.firstRecord + row + 1 }
        tally.refused += 1
        refusedBy[row] = column.rule
        refusedCount += 1
        continue
      }
      if result.isAbsent, let fallback = column.fallback { result = caster.cell(of: fallback, &batch) }
      guard !result.isSame(as: cell) else { continue }
      batch.cells[at] = result
      tally.changed += 1
    }
    tally.cut = caster.cutCount
    log?.add(tally, to: column.rule)
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
  /// Whether it holds text that is short enough for a key.
  fileprivate var isKeyText: Bool { (kind == .text || kind == .number) && count <= 8192 }
  /// The text of a key; nil: it is none.
  fileprivate func keyText(in batch: borrowing RecordBatch) -> [UInt8]? {
    if kind == .integer { return Array("\(integer)".utf8) }
    return isKeyText ? Array(batch.bytes(of: self)) : nil
  }
  /// Whether it holds the same value in the same place.
  fileprivate func isSame(as other: Cell) -> Bool {
    kind == other.kind && offset == other.offset && count == other.count
  }
}
