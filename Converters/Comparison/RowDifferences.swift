internal import Bytes
internal import Records

/// The rows in which the tables of one pair differ.
struct RowDifferences: Sendable {
  /// Rows of a table that are named.
  private static let exampleLimit = 20
  /// Bytes of a value that are shown.
  private static let shownLimit = 200

  private let pair: TablePair
  private var changed = 0
  private var removed = 0
  private var added = 0
  /// Whether there are more than were counted.
  var isAtLeast = false
  private var examples: [Example] = []
  /// Rows that are named, by the hashes of their keys.
  private var places: [Hash128: [Int]] = [:]

  private struct Example: Sendable {
    var difference: RowDifference
    var entry: RowEntry
    /// Of the values of the first row.
    var hashes: [Hash128] = []
  }

  private var changedColumns: ChangedColumns

  init(_ pair: TablePair) {
    self.pair = pair
    changedColumns = ChangedColumns(columnCount: pair.columns.count)
  }

  /// Counts the rows that have no equal on the other side. They are put into the order of their keys.
  mutating func match(_ rows: inout [RowEntry]) {
    rows.sort {
      ($0.key.high, $0.key.low, $0.row.high, $0.row.low) < ($1.key.high, $1.key.low, $1.row.high, $1.row.low)
    }
    var at = 0
    while at < rows.count {
      var left: (first: [RowEntry], second: [RowEntry]) = ([], []), end = at
      while end < rows.count, rows[end].key == rows[at].key {
        // As many rows as the one side has more than the other of those that are equal.
        var next = end, balance = 0
        while next < rows.count, rows[next].key == rows[end].key, rows[next].row == rows[end].row {
          balance += rows[next].isSecond ? -1 : 1
          next += 1
        }
        let surplus = rows[end..<next].filter { $0.isSecond == (balance < 0) }.prefix(abs(balance))
        if balance > 0 { left.first += surplus } else { left.second += surplus }
        end = next
      }
      let both = min(left.first.count, left.second.count)
      changedColumns.note(rows[at].key, Array(left.first.prefix(both)), Array(left.second.prefix(both)))
      for entry in left.first.prefix(both) { add(.changed, entry) }
      for entry in left.first.dropFirst(both) { add(.removed, entry) }
      for entry in left.second.dropFirst(both) { add(.added, entry) }
      at = end
    }
    // The first rows of the table are named.
    examples.sort { $0.entry.number < $1.entry.number }
    for (i, example) in examples.enumerated() { places[example.entry.key, default: []].append(i) }
  }

  private mutating func add(_ kind: RowDifference.Kind, _ entry: RowEntry) {
    switch kind {
    case .changed: changed += 1
    case .removed: removed += 1
    case .added: added += 1
    }
    if examples.count == Self.exampleLimit {
      guard let last = examples.indices.max(by: { examples[$0].entry.number < examples[$1].entry.number }),
        entry.number < examples[last].entry.number
      else { return }
      examples.remove(at: last)
    }
    examples.append(
      Example(difference: RowDifference(kind: kind, key: [], number: entry.number, columns: []), entry: entry))
  }

  /// Whether a row's values are needed: it is named, or has changed, or is the other one of such a row.
  func wants(_ entry: RowEntry) -> Bool { places[entry.key] != nil || changedColumns.wants(entry) }

  /// Learns which columns of a row have changed, the key of a row that is named, and in which columns it differs from the other one.
  mutating func take(
    _ entry: RowEntry, _ row: Int, _ batch: borrowing RecordBatch, _ digester: inout RowDigester
  ) throws(IOError) {
    var hashes: [Hash128] = []
    for column in pair.columns.indices { hashes.append(try digester.hash(of: row, column, in: batch)) }
    changedColumns.take(entry, hashes)
    for i in places[entry.key] ?? [] {
      let isItself = examples[i].entry.row == entry.row && examples[i].entry.isSecond == entry.isSecond
      let isOther = examples[i].difference.kind == .changed && entry.isSecond && examples[i].entry.row != entry.row
      guard isItself || isOther else { continue }
      if isItself {
        examples[i].hashes = hashes
        examples[i].difference.key = (0..<pair.keyCount).map { shown(batch[row, $0], $0, batch) }
      } else if examples[i].difference.columns.isEmpty, !examples[i].hashes.isEmpty {
        let differing = pair.columns.indices.filter { hashes[$0] != examples[i].hashes[$0] }
        examples[i].difference.columns = differing.map { pair.columns[$0].name }
      }
    }
  }

  /// A value as text; never that of a secret.
  private func shown(_ cell: Cell, _ column: Int, _ batch: borrowing RecordBatch) -> [UInt8] {
    let schema = pair.first.columns[pair.columns[column].first]
    if schema.isSecret { return Array("••••".utf8) }
    switch cell.kind {
    case .null, .missing: return Array("null".utf8)
    case .boolean: return Array((cell.boolean ? "true" : "false").utf8)
    case .integer: return Array(String(cell.integer).utf8)
    case .double: return Array(cell.double.description.utf8)
    case .external: return Array("…".utf8)
    case .text, .number, .json, .bytes:
      let bytes = batch.bytes(of: cell), count = min(bytes.count, Self.shownLimit)
      return Array(bytes.extracting(0..<count))
    }
  }

  /// Puts what was found into a result.
  func give(to table: inout ComparedTable) {
    table.changed = changed
    table.removed = removed
    table.addedRows = added
    table.isAtLeast = isAtLeast
    table.examples = examples.map(\.difference)
    table.changedColumns = zip(pair.columns, changedColumns.counts).filter { $1 > 0 }.map { ($0.name, $1) }
    table.isColumnCountAtLeast = changedColumns.isAtLeast || isAtLeast
  }
}
