internal import Bytes
internal import Records

/// The digest of a table's rows as one witness shows them, made so that two witnesses of the same rows agree.
///
/// Between JSON files the kinds of values count. Beside CSV all values count as the text they are printed as, and only the
/// columns that the CSV has; CSV cannot tell an absent value, a null and an empty text apart, so they count as one.
struct WitnessDigest {
  enum Comparison {
    /// With another JSON file.
    case exact
    /// With CSV that has these columns; those among `structures` hold JSON.
    case text(columns: Set<Name>, structures: Set<Name>)
  }
  private let comparison: Comparison
  private let keepsHashes: Bool
  private var digester: RowDigester?
  private var schema: TableSchema?
  private var finished = TableDigest()
  /// A hash of each row, in any order, when they were asked for.
  private(set) var hashes: [UInt64] = []

  init(_ comparison: Comparison, keepsHashes: Bool = false) {
    self.comparison = comparison
    self.keepsHashes = keepsHashes
  }

  /// The digest of all rows so far.
  var digest: TableDigest { finished + (digester?.digest ?? TableDigest()) }

  /// Adds the rows of a batch in the columns of `schema`, which may have grown. Cells of the batch may be changed.
  mutating func add(_ batch: inout RecordBatch, _ schema: TableSchema) throws(ReadError) {
    if schema.columns.map(\.name) != self.schema?.columns.map(\.name) {
      finished = digest
      self.schema = schema
      digester = RowDigester(TableSchema(schema.name, schema.columns.map { Column($0.name, type(of: $0.name)) }))
    }
    if case .text(let columns, let structures) = comparison {
      blank(&batch, schema, columns)
      if !structures.isEmpty { loosen(&batch, schema, structures) }
    }
    do throws(IOError) { try digester?.add(batch) } catch { throw ReadError(.io(error)) }
    if keepsHashes, let digester { hashes += digester.rowHashes.map(\.low) }
  }

  private func type(of column: Name) -> LogicalType {
    switch comparison {
    case .exact: .json
    case .text(_, let structures): structures.contains(column) ? .json : .text
    }
  }

  /// Makes texts of numbers and truth values that stand among objects and arrays, as which CSV shows them.
  private func loosen(_ batch: inout RecordBatch, _ schema: TableSchema, _ structures: Set<Name>) {
    for (column, facts) in schema.columns.enumerated() where structures.contains(facts.name) {
      for row in 0..<batch.rowCount {
        let at = row * batch.columnCount + column, cell = batch.cells[at]
        switch cell.kind {
        case .number: batch.cells[at] = Cell(.text, offset: cell.offset, count: cell.count)
        case .boolean: batch.cells[at] = batch.text(cell.boolean ? "true" : "false")
        default: break
        }
      }
    }
    batch.heap.clearPadding()
  }

  /// Takes away what CSV cannot say: a missing value counts for nothing.
  private func blank(_ batch: inout RecordBatch, _ schema: TableSchema, _ columns: Set<Name>) {
    let isCompared = schema.columns.map { columns.contains($0.name) }
    var at = 0
    for _ in 0..<batch.rowCount {
      for column in 0..<batch.columnCount {
        let cell = batch.cells[at]
        if !isCompared[column] || cell.kind == .null || cell.kind == .text && cell.count == 0 {
          batch.cells[at] = .missing
        }
        at += 1
      }
    }
  }
}

/// How many rows each of two witnesses has that the other has not.
func difference(_ a: [UInt64], _ b: [UInt64]) -> (onlyInA: Int, onlyInB: Int) {
  let a = a.sorted(), b = b.sorted()
  var i = 0, j = 0, shared = 0
  while i < a.count, j < b.count {
    if a[i] == b[j] {
      shared += 1
      i += 1
      j += 1
    } else if a[i] < b[j] {
      i += 1
    } else {
      j += 1
    }
  }
  return (a.count - shared, b.count - shared)
}
