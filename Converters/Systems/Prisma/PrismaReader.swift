internal import Bytes
internal import Conversion
internal import Diagnostics
internal import Records

/// Reads the rows of a backup as rows of its tables: columns in their order and under their names in the database, values as the
/// database holds them.
struct PrismaReader: RecordReader, ~Copyable {
  private let content: PrismaContent
  private let plan: PrismaPlan
  private var next = 0
  private var reader: (any RecordReader & ~Copyable)?
  private var table: PrismaPlan.Table?
  private var failure: ReadError?
  /// Why a document ended early whose fellows are still read.
  private var deferred: ReadError?
  private(set) var findings: [Finding] = []
  /// The cells of the batch before, to be filled again.
  private var spare: [Cell] = []

  init(_ content: PrismaContent, _ plan: PrismaPlan) {
    self.content = content
    self.plan = plan
  }

  mutating func nextTable() throws(ReadError) -> TableSchema? {
    if let failure { throw failure }
    while true {
      do throws(ReadError) {
        if reader == nil {
          guard next < plan.documents.count else { break }
          let document = plan.documents[next]
          next += 1
          reader = try content.open(document.source, document.rawTables, &findings)
        }
        if let raw = try reader?.nextTable() {
          table = plan.documents[next - 1].tables[raw.name]
          if let table { return table.schema }
          try passOver()
        } else {
          close()
        }
      } catch { try note(error) }
    }
    failure = deferred
    if let failure { throw failure }
    return nil
  }

  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    if let failure { throw failure }
    do throws(ReadError) {
      if let more = try reader?.read(into: &batch) {
        if more, let table, !table.isDirect { map(&batch, table) }
        return more
      }
    } catch { try note(error) }
    batch.removeAll(columnCount: 0)
    return false
  }

  private mutating func passOver() throws(ReadError) {
    var batch = RecordBatch(capacity: 1 << 16)
    while try reader?.read(into: &batch) == true {}
  }

  private mutating func close() {
    findings += reader?.findings ?? []
    reader = nil
  }

  private mutating func note(_ error: ReadError) throws(ReadError) {
    close()
    guard content.input.options.keepsRowsBeforeError, !error.isInterruption else {
      failure = error
      throw error
    }
    deferred = deferred ?? error
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
