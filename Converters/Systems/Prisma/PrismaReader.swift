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
  /// Rows of each array of the current document so far.
  private var rowCounts: [Name: Int] = [:]
  private var document = -1
  private var rawName: Name = ""
  /// The cells of the batch before, to be filled again.
  private var spare: [Cell] = []

  init(_ content: PrismaContent, _ plan: PrismaPlan) {
    self.plan = plan
    let parts = plan.documents.map { document in
      ChainedReader.Part(only: Set(document.tables.keys)) { (findings: inout [Finding]) throws(ReadError) in
        try content.open(document.source, document.rawTables, &findings, filePlaces: document.filePlaces)
      }
    }
    documents = ChainedReader(parts, keepsRowsBeforeError: content.input.options.keepsRowsBeforeError)
  }

  var findings: [Finding] { documents.findings }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    table = nil
    if let raw = try documents.nextTable() {
      table = plan.documents[documents.position].tables[raw.name]
      if document != documents.position {
        document = documents.position
        rowCounts = [:]
      }
      rawName = raw.name
    }
    return table?.schema
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    guard try documents.read(into: &batch) else { return false }
    if let table {
      if !table.files.isEmpty { placeReferences(in: &batch, table) }
      if !table.isDirect { map(&batch, table) }
    }
    return true
  }

  /// Puts what stands for files into the cells in which they stood.
  private mutating func placeReferences(in batch: inout RecordBatch, _ table: PrismaPlan.Table) {
    let first = rowCounts[rawName, default: 0]
    rowCounts[rawName] = first + batch.rowCount
    for (column, files) in table.files {
      // The first file in a row of the batch or behind it.
      var low = 0, high = files.count
      while low < high {
        let middle = (low + high) / 2
        if files[middle].row < first { low = middle + 1 } else { high = middle }
      }
      while low < files.count, files[low].row < first + batch.rowCount {
        let place = (files[low].row - first) * batch.columnCount + column
        var kind = batch.cells[place].kind
        if kind == .external { kind = batch.externals[batch.cells[place].offset].kind }
        let text = files[low].text
        batch.cells[place] = batch.cell(kind, text.span)
        low += 1
      }
    }
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
