internal import Bytes
internal import CatalogModel
internal import CatalogStore
internal import Conversion
internal import Diagnostics
internal import Records

/// One pass over a backup's final rows: digests and statistics of every table, and the search index.
struct RowSurvey {
  /// What is kept of one table while its runs come.
  private struct TableState {
    var key: Key<CatalogTable>
    var digester: RowDigester
  }
  private var tables: [TableState] = []
  private var positions: [Name: Int] = [:]
  /// Takes secrets out of what is indexed.
  private var redaction: RedactSecrets?
  /// Why the rows ended early.
  private(set) var failure: ReadError?
  private(set) var findings: [Finding] = []

  /// Adds the tables to the catalog, in the order of their schemas.
  mutating func begin(
    _ schemas: [TableSchema], unverified: [UnverifiedForeignKey], of backup: Key<Backup>,
    in catalog: inout any CatalogWriter & ~Copyable
  ) throws(CatalogError) {
    for schema in schemas {
      var table = CatalogTable(schema)
      for kept in unverified where kept.table == schema.name {
        table.foreignKeys.append(
          CatalogForeignKey(kept.key, isVerified: false, danglingCount: Int64(kept.count)))
      }
      positions[schema.name] = tables.count
      tables.append(
        TableState(
          key: try catalog.add(table, to: backup), digester: RowDigester(schema)))
    }
  }

  /// Sets what is taken out of the rows before they are indexed; their digests are of the rows as they are.
  mutating func protect(_ schemas: [TableSchema], _ finder: SecretFinder) {
    redaction = RedactSecrets(finder, tables: schemas, log: RedactionLog(), keepsColumns: true)
  }

  /// Reads all rows. `isIndexed`: the catalog has to see all of them.
  mutating func run(
    _ reader: consuming any RecordReader & ~Copyable, isIndexed: Bool, into catalog: inout any CatalogWriter & ~Copyable
  ) throws(CatalogError) {
    let assistant = isIndexed ? nil : RowAssistant(tables.map(\.digester), positions)
    let ahead = ReadAhead.start(reader, assistant: assistant)
    defer {
      for (i, digester) in (assistant?.digesters ?? []).enumerated() { tables[i].digester.merge(digester) }
    }
    var failed: CatalogError?
    do throws(CatalogError) { try take(ahead, into: &catalog) } catch { failed = error }
    let end = ahead.finish()
    findings = end.findings
    if case .read(let error) = end.failure { failure = error }
    if let failed { throw failed }
  }

  private mutating func take(
    _ ahead: ReadAhead, into catalog: inout any CatalogWriter & ~Copyable
  ) throws(CatalogError) {
    var current = -1
    while let item = ahead.next() {
      switch item {
      case .begin(var table):
        current = positions[table.name] ?? -1
        _ = redaction?.begin(&table)
      case .rows(let box):
        if current >= 0 {
          do throws(IOError) {
            try tables[current].digester.add(box.batch)
          } catch { throw CatalogError(.io(error)) }
          redaction?.apply(to: &box.batch)
          try catalog.index(box.batch, of: tables[current].key, hashes: tables[current].digester.rowHashes)
        }
        ahead.recycle(box)
      }
    }
  }

  /// How many rows each table had.
  var counts: [(name: Name, count: Int)] {
    positions.map { (name: $0.key, count: tables[$0.value].digester.digest.count) }.sorted { $0.name < $1.name }
  }

  /// Stores what was learnt.
  func finish(in catalog: inout any CatalogWriter & ~Copyable) throws(CatalogError) {
    for table in tables {
      let digest = table.digester.digest
      var statistics = TableStatistics()
      statistics.recordCount = Int64(digest.count)
      statistics.digest = digest.description
      try catalog.setStatistics(
        statistics, columns: table.digester.tallies.map { ColumnStatistics($0) }, of: table.key)
    }
  }
}

/// Digests rows on the reading thread when the taker of batches is behind.
private final class RowAssistant: BatchAssistant, @unchecked Sendable {  // the reading thread's until that is joined
  private let positions: [Name: Int]
  /// One for each table.
  private(set) var digesters: [RowDigester]

  init(_ digesters: [RowDigester], _ positions: [Name: Int]) {
    self.digesters = digesters
    self.positions = positions
  }

  func take(_ batch: borrowing RecordBatch, of table: TableSchema) throws(IOError) {
    if let place = positions[table.name] { try digesters[place].add(batch) }
  }
}
