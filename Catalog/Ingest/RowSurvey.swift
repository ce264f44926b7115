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
    var profile: TableProfile
  }
  private var tables: [TableState] = []
  private var positions: [Name: Int] = [:]
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
          key: try catalog.add(table, to: backup), digester: RowDigester(schema), profile: TableProfile()))
    }
  }

  /// Reads all rows.
  mutating func run(
    _ reader: consuming any RecordReader & ~Copyable, into catalog: inout any CatalogWriter & ~Copyable
  ) throws(CatalogError) {
    let ahead = ReadAhead.start(reader)
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
      case .begin(let table):
        current = positions[table.name] ?? -1
        if current >= 0 { tables[current].profile.begin(table) }
      case .rows(let box):
        if current >= 0 {
          do throws(IOError) {
            try tables[current].digester.add(box.batch)
          } catch { throw CatalogError(.io(error)) }
          tables[current].profile.add(box.batch)
          try catalog.index(box.batch, of: tables[current].key)
        }
        ahead.recycle(box)
      }
    }
  }

  /// Stores what was learnt.
  func finish(in catalog: inout any CatalogWriter & ~Copyable) throws(CatalogError) {
    for table in tables {
      let digest = table.digester.digest
      var statistics = TableStatistics()
      statistics.recordCount = Int64(digest.count)
      statistics.digest = digest.description
      try catalog.setStatistics(
        statistics, columns: table.profile.columns.map(Self.statistics), of: table.key)
    }
  }

  private static func statistics(_ profile: ColumnProfile) -> ColumnStatistics {
    var statistics = ColumnStatistics()
    let kinds: [(Cell.Kind, Bool)] = [
      (.null, profile.nullCount > 0), (.missing, profile.missingCount > 0), (.boolean, profile.booleanCount > 0),
      (.number, profile.numbers.count > 0), (.text, profile.text.count > 0), (.bytes, profile.bytesCount > 0),
      (.json, profile.json.count > 0), (.external, profile.externalCount > 0),
    ]
    statistics.kinds = kinds.filter(\.1).map(\.0)
    statistics.nullCount = Int64(profile.nullCount)
    statistics.missingCount = Int64(profile.missingCount)
    if profile.minimumLength <= profile.maximumLength {
      statistics.shortest = Int64(profile.minimumLength)
      statistics.longest = Int64(profile.maximumLength)
    }
    statistics.distinctEstimate = profile.distinct.map { Int64($0.count) }
    return statistics
  }
}
