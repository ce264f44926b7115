internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Reads the rows of a backup as rows of its tables: columns in their order and under their names in the database, values as the
/// database holds them.
struct PrismaReader: RecordReader, ~Copyable {
  private let plan: PrismaPlan
  private var documents: ChainedReader
  private var table: PrismaPlan.Table?
  /// The cells of the batch before, to be filled again.
  private var spare: [Cell] = []

  init(_ content: PrismaContent, _ plan: PrismaPlan) {
    self.plan = plan
    let parts = plan.documents.map { document in
      ChainedReader.Part(only: Set(document.tables.keys)) { (findings: inout [Finding]) throws(ReadError) in
        try content.open(document.source, document.rawTables, &findings)
      }
    }
    documents = ChainedReader(parts, keepsRowsBeforeError: content.input.options.keepsRowsBeforeError)
  }

  var findings: [Finding] { documents.findings }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    table = nil
    if let raw = try documents.nextTable() { table = plan.documents[documents.position].tables[raw.name] }
    return table?.schema
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    guard try documents.read(into: &batch) else { return false }
    if let table, !table.isDirect { map(&batch, table) }
    return true
  }

  private mutating func map(_ batch: inout RecordBatch, _ table: PrismaPlan.Table) {
    let width = table.sources.count, rawWidth = batch.columnCount
    spare.removeAll(keepingCapacity: true)
    spare.reserveCapacity(batch.rowCount * width)
    for row in 0..<batch.rowCount {
      let start = row &* rawWidth
      for source in table.sources { spare.append(source < 0 ? .missing : batch.cells[start &+ source]) }
    }
    swap(&spare, &batch.cells)
    batch.columnCount = width
    for (column, decoding) in table.decodings.enumerated() { batch.decode(column: column, decoding) }
  }
}
