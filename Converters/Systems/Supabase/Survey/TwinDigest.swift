internal import Bytes
internal import Records

/// The digest of a table's rows as one witness shows them, in the columns that both have.
struct TwinDigest {
  private let compared: Set<Name>
  private let types: [Name: LogicalType]
  private let keepsHashes: Bool
  private var digester: RowDigester?
  private var columns: [Name] = []
  private var finished = TableDigest()
  /// A hash of each row, in any order, when they were asked for.
  private(set) var hashes: [UInt64] = []

  init(_ table: TableSchema, _ compared: Set<Name>, keepsHashes: Bool = false) {
    self.compared = compared
    types = Dictionary(table.columns.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
    self.keepsHashes = keepsHashes
  }

  /// Of all rows so far.
  var digest: TableDigest { finished + (digester?.digest ?? TableDigest()) }

  /// Adds the rows of a batch in the columns of `schema`. Cells that are not compared become missing.
  mutating func add(_ batch: inout RecordBatch, _ schema: TableSchema) throws(ReadError) {
    let names = schema.columns.map(\.name)
    if names != columns {
      finished = digest
      columns = names
      digester = RowDigester(TableSchema(schema.name, names.map { Column($0, types[$0] ?? .text) }))
    }
    for (column, name) in names.enumerated() where column < batch.columnCount && !compared.contains(name) {
      for row in 0..<batch.rowCount { batch.cells[row * batch.columnCount + column] = .missing }
    }
    do throws(IOError) { try digester?.add(batch) } catch { throw ReadError(.io(error)) }
    if keepsHashes, let digester { hashes += digester.rowHashes.map(\.low) }
  }

  /// How many rows each of two witnesses has that the other has not.
  static func difference(_ a: [UInt64], _ b: [UInt64]) -> (onlyInA: Int, onlyInB: Int) {
    let a = a.sorted(), b = b.sorted()
    var i = 0, j = 0, shared = 0
    while i < a.count, j < b.count {
      if a[i] == b[j] { shared += 1 }
      let step = (a[i] <= b[j] ? 1 : 0, b[j] <= a[i] ? 1 : 0)
      i += step.0
      j += step.1
    }
    return (a.count - shared, b.count - shared)
  }
}
