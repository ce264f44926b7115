internal import Bytes
internal import Diagnostics
internal import Records

/// Hands out tables with their columns of JSON taken apart; rows of tables of their own come behind each batch of those that they belong
/// to.
struct NestedReader: RecordReader, ~Copyable {
  /// Cells of a batch that is handed out.
  private static let cellLimit = 1 << 18

  private var reader: any RecordReader & ~Copyable
  private let plan: NestedPlan
  private var table: NestedPlan.Table?
  /// Rows of the source, and how many of them have been handed out.
  private var source = RecordBatch()
  private var row = 0
  private var children: [ChildRows] = []
  /// The child whose rows are handed out; nil: the table itself.
  private var child: Int?
  /// Whether the table's rows go on behind those of its children.
  private var isInterrupted = false
  private var found: [(number: Int, cell: Cell)] = []

  init(_ reader: consuming any RecordReader & ~Copyable, _ plan: NestedPlan) {
    self.reader = reader
    self.plan = plan
  }

  private(set) var findings: [Finding] = []

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    defer { findings = reader.findings }
    if let table {
      child = children.firstIndex { !$0.isEmpty }
      if let child { return table.children[child].output }
      if isInterrupted {
        isInterrupted = false
        return table.output
      }
    }
    child = nil
    guard let schema = try reader.nextTable() else {
      table = nil
      return nil
    }
    table = plan.tables[schema.name]
    children = (table?.children ?? []).map { ChildRows($0) }
    source.removeAll(columnCount: 0)
    row = 0
    return table?.output ?? schema
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    do throws(ReadError) { return try readRows(into: &batch) } catch {
      findings = reader.findings
      throw error
    }
  }

  private mutating func readRows(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    guard let table else { return try reader.read(into: &batch) }
    if let child { return children[child].read(into: &batch, limit: Self.cellLimit) }
    if children.contains(where: { !$0.isEmpty }) {
      isInterrupted = true
      batch.removeAll(columnCount: table.output.columns.count)
      return false
    }
    while row == source.rowCount {
      row = 0
      guard try reader.read(into: &source) else {
        source.removeAll(columnCount: 0)
        batch.removeAll(columnCount: table.output.columns.count)
        return false
      }
    }
    fill(&batch, table)
    return true
  }

  /// Hands out rows of the source.
  private mutating func fill(_ batch: inout RecordBatch, _ table: NestedPlan.Table) {
    let width = table.output.columns.count
    batch.removeAll(columnCount: width)
    batch.firstRecord = source.firstRecord + row
    let end = min(source.rowCount, row + max(1, Self.cellLimit / max(width, 1)))
    while row < end {
      let start = batch.cells.count
      for position in table.kept { batch.cells.append(batch.copy(source[row, position], from: source)) }
      for _ in table.kept.count..<width { batch.cells.append(.missing) }
      for part in table.flattened {
        let cell = source[row, part.position]
        guard !cell.isAbsent else { continue }
        spread(cell, part)
        for (number, cell) in found {
          if let place = part.places[number] { batch.cells[start + place] = batch.copy(cell, from: source) }
        }
      }
      for i in children.indices { take(children[i], table.children[i]) }
      batch.rowCount += 1
      row += 1
    }
  }

  private mutating func spread(_ cell: Cell, _ part: NestedPlan.Part) {
    found.removeAll(keepingCapacity: true)
    var tree = part.tree
    tree.spread(cell, depth: part.depth, &source, learns: false, into: &found)
  }

  /// Keeps the elements of a list until the rows before them have been handed out.
  private mutating func take(_ rows: ChildRows, _ child: NestedPlan.Child) {
    let cell = source[row, child.part.position]
    guard !cell.isAbsent else { return }
    rows.begin(source, row, child.keys)
    guard var parts = JSONParts(cell, in: source), !parts.isObject else {
      spread(cell, child.part)
      rows.append(found, child.part, source)
      return
    }
    while let part = parts.next(in: &source) {
      spread(part, child.part)
      rows.append(found, child.part, source)
    }
  }
}

/// Rows of a table that is made of lists, with nothing in place of what they have not.
private final class ChildRows {  // owned by its reader
  private let width: Int
  private let keyCount: Int
  private var bytes = RecordBatch(capacity: 1 << 12)
  /// The keys of the rows that they belong to.
  private var keys: [Cell] = []
  private var rows: [(keys: Int, position: Int, end: Int)] = []
  private var values: [(place: Int, cell: Cell)] = []
  private var position = 0
  private var next = 0

  init(_ child: NestedPlan.Child) {
    width = child.output.columns.count
    keyCount = child.keys.count
  }

  var isEmpty: Bool { rows.isEmpty }

  /// Begins the rows that belong to one.
  func begin(_ batch: borrowing RecordBatch, _ row: Int, _ positions: [Int]) {
    for key in positions { keys.append(bytes.copy(batch[row, key], from: batch)) }
    position = 0
  }

  func append(_ found: [(number: Int, cell: Cell)], _ part: NestedPlan.Part, _ batch: borrowing RecordBatch) {
    for (number, cell) in found {
      if let place = part.places[number] { values.append((place, bytes.copy(cell, from: batch))) }
    }
    rows.append((keys.count - keyCount, position, values.count))
    position += 1
  }

  /// Hands rows out; false when all have been.
  func read(into batch: inout RecordBatch, limit: Int) -> Bool {
    batch.removeAll(columnCount: width)
    guard next < rows.count else {
      clear()
      return false
    }
    batch.firstRecord = next
    let end = min(rows.count, next + max(1, limit / width))
    for row in next..<end {
      let start = batch.cells.count
      for i in 0..<keyCount { batch.cells.append(batch.copy(keys[rows[row].keys + i], from: bytes)) }
      batch.cells.append(.integer(Int64(rows[row].position)))
      for _ in keyCount + 1..<width { batch.cells.append(.missing) }
      for i in (row == 0 ? 0 : rows[row - 1].end)..<rows[row].end {
        batch.cells[start + values[i].place] = batch.copy(values[i].cell, from: bytes)
      }
      batch.rowCount += 1
    }
    next = end
    return true
  }

  private func clear() {
    bytes.removeAll(columnCount: 0)
    keys.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    next = 0
  }
}
