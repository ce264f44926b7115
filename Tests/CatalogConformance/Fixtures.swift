package import Bytes
package import CatalogModel
package import CatalogStore
internal import Diagnostics
package import Records
package import TextSearch

/// Invented backups for the cases.
package enum Fixture {
  /// A moment of a day in 2026, by its day of the year from 0.
  package static func day(_ day: Int64) -> Moment { Moment(microseconds: 1_767_225_600_000_000 + day * 86_400_000_000) }

  /// A registration of one artifact whose content is told apart by `seed`.
  package static func registration(
    _ project: Name = "shop", seed: UInt8 = 1, takenAt: Moment = day(0), indexing: Indexing = .full
  ) -> Registration {
    let checksum = [UInt8](repeating: seed, count: 32)
    let location = Location(
      path: Array("/backups/\(seed)/data.json".utf8),
      stamp: FileStamp(byteCount: 1000, modified: 5, changed: 6, device: 7, inode: .max))
    let artifact = Artifact(
      role: "data", format: "json", path: Array("data.json".utf8), checksum: checksum, byteCount: 1000, modified: 5,
      mode: 0o600, locations: [location])
    return Registration(
      project: project, content: contentIdentity(ofChecksums: [checksum]), system: "django", kind: "dumpdata fixture",
      takenAt: BackupTime(takenAt, origin: .name, hasZone: true), registeredAt: day(300), indexing: indexing,
      artifacts: [artifact])
  }

  /// A table of text columns whose first column is the primary key.
  package static func table(_ name: Name = "people", _ columns: [Name] = ["id", "name", "note"], secret: Name? = nil)
    -> CatalogTable
  {
    CatalogTable(
      name: name, columns: columns.map { CatalogColumn(name: $0, type: "text", isSecret: $0 == secret) },
      primaryKey: columns.isEmpty ? [] : [columns[0]])
  }

  /// A batch of text cells; nil is null.
  package static func batch(_ rows: [[String?]]) -> RecordBatch {
    var batch = RecordBatch(capacity: 1 << 12)
    batch.removeAll(columnCount: rows.first?.count ?? 0)
    for row in rows {
      var cells: [Cell] = []
      for value in row { cells.append(value.map { batch.text($0) } ?? .null) }
      batch.append(row: cells)
    }
    return batch
  }
}

extension CatalogStore {
  /// Registers a backup with tables and their rows.
  @discardableResult
  package func add(
    _ registration: Registration, _ tables: [(table: CatalogTable, rows: [[String?]])] = []
  ) throws(CatalogError) -> Key<Backup> {
    try write { (tx) throws(CatalogError) in
      switch try tx.register(registration) {
      case .known(let key, _): return key
      case .added(let key):
        for (table, rows) in tables {
          var table = table
          table.statistics.recordCount = Int64(rows.count)
          let number = try tx.add(table, to: key)
          let batch = Fixture.batch(rows)
          try tx.index(batch, of: number)
        }
        try tx.finish(key)
        return key
      }
    }
  }

  /// The result of a search for terms as people type them.
  package func search(
    _ words: String..., change: @Sendable (inout SearchQuery) -> Void = { _ in }
  ) throws(CatalogError) -> SearchResult {
    var query = SearchQuery(words.map { .words(Array($0.utf8)) })
    change(&query)
    return try search(query)
  }
  package func search(_ query: SearchQuery) throws(CatalogError) -> SearchResult {
    try read { (tx) throws(CatalogError) in try tx.search(query) }
  }
}

extension SearchResult {
  /// The keys of the records found, `-` where a table has none, sorted.
  package var keys: [String] {
    hits.map {
      switch $0.place {
      case .record(_, let key): key.map { String(decoding: $0, as: UTF8.self) } ?? "-"
      case .document(let path): String(decoding: path, as: UTF8.self)
      }
    }.sorted()
  }
}

extension FieldMatch {
  /// The snippet with brackets around what matches.
  package var marked: String {
    var text: [UInt8] = []
    var at = 0
    for mark in marks {
      text += snippet[at..<mark.lowerBound] + Array("[".utf8) + snippet[mark] + Array("]".utf8)
      at = mark.upperBound
    }
    return String(decoding: text + snippet[at...], as: UTF8.self)
  }
}
