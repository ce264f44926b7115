internal import Bytes
internal import Diagnostics
internal import Records

/// Reads rows of a Django backup as rows of its tables.
///
/// Batches of the inner reader are handed on as they are, but for models with columns that need work: lists of
/// many-to-many fields become rows of join tables, natural keys become primary keys, rows without a key get one. Join rows
/// gather while their parents pass and follow in runs of their own.
struct DjangoReader: RecordReader, ~Copyable {
  /// Join rows are handed out when they take this many bytes together.
  static let joinLimit = 1 << 20

  private enum Run {
    case none
    case synthetic(Int)
    case rows(Int)
    case join(Int)
  }

  private var raw: any RecordReader & ~Copyable
  private let plan: DjangoPlan
  private var run = Run.none
  private var nextSynthetic = 0
  private var isDelivered = false
  /// Rows and new keys of each model so far.
  private var rowCounts: [Int]
  private var newKeys: [Int64]
  private var joins: [JoinRows]
  private var joinBytes = 0
  /// The run of rows that was interrupted to hand out join rows.
  private var suspended: Int?
  private var isFlushing = false
  private var isOver = false
  private var failure: ReadError?

  init(_ raw: consuming any RecordReader & ~Copyable, _ plan: DjangoPlan) {
    self.raw = raw
    self.plan = plan
    rowCounts = Array(repeating: 0, count: plan.tables.count)
    newKeys = plan.tables.map(\.firstNewKey)
    joins = Array(repeating: JoinRows(), count: plan.joins.count)
  }

  /// What the inner reader noticed; taken over at the end of each of its runs.
  private(set) var findings: [Finding] = []

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    isDelivered = false
    if nextSynthetic < plan.synthetic.count {
      run = .synthetic(nextSynthetic)
      nextSynthetic += 1
      return plan.synthetic[nextSynthetic - 1].schema
    }
    while true {
      if isFlushing {
        if let next = joins.firstIndex(where: { $0.rowCount > 0 }) {
          run = .join(next)
          return plan.joins[next]
        }
        isFlushing = false
        joinBytes = 0
        if let failure { throw failure }
        if isOver { return nil }
        if let table = suspended {
          suspended = nil
          run = .rows(table)
          return plan.tables[table].schema
        }
      }
      if let failure { throw failure }
      if isOver { return nil }
      do throws(ReadError) {
        while let table = try raw.nextTable() {
          guard let index = plan.byName[table.name] else {
            try skipRun()
            continue
          }
          run = .rows(index)
          return plan.tables[index].schema
        }
        isOver = true
      } catch { failure = error }
      note()
      isFlushing = true
    }
  }

  /// Takes over what the inner reader noticed, and says where.
  private mutating func note() {
    findings = raw.findings
    for i in findings.indices { findings[i].artifact = plan.artifact }
    if failure?.artifact == nil { failure?.artifact = plan.artifact }
  }

  /// Passes over a run that is no table, such as the scalars of an envelope.
  private mutating func skipRun() throws(ReadError) {
    var batch = RecordBatch(capacity: 1 << 12)
    while try raw.read(into: &batch) {}
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    switch run {
    case .none: break
    case .synthetic(let index):
      if isDelivered { break }
      isDelivered = true
      plan.synthetic[index].fill(&batch)
      return true
    case .join(let index):
      if joins[index].rowCount == 0 { break }
      joins[index].move(to: &batch)
      return true
    case .rows(let index):
      if isFlushing || failure != nil { break }
      do throws(ReadError) {
        guard try raw.read(into: &batch) else { break }
      } catch {
        failure = error
        isFlushing = true
        note()
        break
      }
      if !plan.tables[index].isDirect { map(&batch, index) }
      if joinBytes > Self.joinLimit {
        isFlushing = true
        suspended = index
      }
      return true
    }
    batch.removeAll(columnCount: 0)
    return false
  }

  // MARK: Mapping

  private mutating func map(_ batch: inout RecordBatch, _ index: Int) {
    let table = plan.tables[index]
    let kept = keptRows(batch, table, firstRow: rowCounts[index])
    rowCounts[index] += batch.rowCount
    if let column = table.keyColumn { complete(&batch, table, column, index, kept) }
    for (column, step) in table.steps.enumerated() {
      switch step {
      case .join(let join, let natural, let asText):
        let keys = natural.map { NaturalKeys(index: plan.indexes[$0], asText: asText) }
        split(batch, table, column, join, keys, kept)
      case .natural(let natural, let asText):
        resolve(&batch, column, NaturalKeys(index: plan.indexes[natural], asText: asText))
      case .json: batch.markJSON(column: column)
      case .postgres(let field): batch.undo(field, column: column)
      default: continue
      }
    }
    batch.keep(columns: table.steps.map(\.isKept), rows: kept)
  }

  /// Which rows stay; nil when all do. Of rows with one key the last stays, as when Django loads them.
  private func keptRows(_ batch: borrowing RecordBatch, _ table: TablePlan, firstRow: Int) -> [Bool]? {
    guard !table.lastRows.isEmpty, let column = table.keyColumn else { return nil }
    var kept = Array(repeating: true, count: batch.rowCount)
    for row in 0..<batch.rowCount {
      let cell = batch[row, column]
      guard cell.kind == .number || cell.kind == .text || cell.kind == .json else { continue }
      if let last = table.lastRows[Hash128.of(batch.bytes(of: cell), seed: 0)] { kept[row] = last == firstRow + row }
    }
    return kept
  }

  /// Gives keys to rows without one, or the parts of composite keys to their columns.
  private mutating func complete(
    _ batch: inout RecordBatch, _ table: TablePlan, _ column: Int, _ index: Int, _ kept: [Bool]?
  ) {
    switch table.steps[column] {
    case .numberedKey:
      for row in 0..<batch.rowCount where batch[row, column].isAbsent {
        batch.cells[row * batch.columnCount + column] = .integer(newKeys[index])
        newKeys[index] += 1
      }
    case .compositeKey:
      for row in 0..<batch.rowCount where batch[row, column].kind == .json { batch.spread(row, column, table.members) }
    default: return
    }
  }

  /// Makes join rows of a column of lists.
  private mutating func split(
    _ batch: borrowing RecordBatch, _ table: TablePlan, _ column: Int, _ join: Int, _ natural: NaturalKeys?,
    _ kept: [Bool]?
  ) {
    guard let keyColumn = table.keyColumn else { return }
    let before = joins[join].byteCount
    for row in 0..<batch.rowCount where kept?[row] ?? true {
      let cell = batch[row, column]
      guard cell.kind == .json else { continue }
      joins[join].append(batch, key: batch[row, keyColumn], list: batch.bytes(of: cell), natural: natural)
    }
    joinBytes += joins[join].byteCount - before
  }

  /// Puts primary keys in the place of natural keys.
  private func resolve(_ batch: inout RecordBatch, _ column: Int, _ natural: NaturalKeys) {
    for row in 0..<batch.rowCount {
      let at = row * batch.columnCount + column, cell = batch.cells[at]
      guard cell.kind == .json else { continue }
      switch natural.key(batch.bytes(of: cell)) {
      case .number(let number): batch.cells[at] = .integer(number)
      case .text(let text): batch.cells[at] = batch.cell(.text, text.span)
      case nil: batch.cells[at] = Cell(.text, offset: cell.offset, count: cell.count)
      }
    }
  }
}

/// Natural keys as a column needs them.
struct NaturalKeys {
  let index: NaturalIndex
  let asText: Bool

  /// The primary key that an array or object of scalars stands for.
  func key(_ bytes: Span<UInt8>) -> NaturalIndex.Key? {
    let tuple = bytes[0] == UInt8(ascii: "[") ? scalarTuple(bytes)?.tuple.hash : objectTuple(bytes)?.tuple.hash
    guard let tuple, let key = index.key(tuple) else { return nil }
    if asText, case .number(let number) = key { return .text(Array(String(number).utf8)) }
    return key
  }
}

extension TablePlan.Step {
  /// Whether Django keeps the values as JSON within text.
  var isJSONText: Bool {
    switch self {
    case .json, .postgres: true
    default: false
    }
  }
  /// Whether the column is one of the table's.
  var isKept: Bool {
    switch self {
    case .keep, .numberedKey, .natural, .json, .postgres: true
    case .drop, .compositeKey, .join: false
    }
  }
}
