internal import Bytes
internal import CatalogModel
internal import Records
internal import RowIndex
internal import TextSearch

extension CatalogReader where Self: ~Copyable {
  /// Every row in which an identity appears: as a value, inside JSON, mentioned in a text, and by up to `hops` keys from rows
  /// found so far to those that refer to them. Nearest rows first.
  package mutating func subject(
    _ identity: [UInt8], in scope: BackupQuery, hops: Int
  ) throws(CatalogError) -> [SubjectRow] {
    let members = try members(scope), lineages = try lineages()
    var rows: [SubjectRow] = []
    for lineage in lineages {
      let backups = members.filter { $0.lineage == lineage.key }.map(\.backup)
      guard let newest = backups.first else { continue }
      var search = SubjectSearch(lineage, try rowIndex(of: lineage.key), Set(backups.map { UInt64($0.number) }))
      try search.begin(identity)
      // The newest backup knows which keys lead where.
      let tables = try contents(of: newest, .columns).tables
      for distance in 1..<(hops + 1) where try !search.follow(tables, distance) { break }
      rows += search.rows
    }
    return rows.sorted { $0.distance < $1.distance }
  }
}

/// The search for a subject within one lineage.
private struct SubjectSearch {
  private let lineage: Lineage
  private let index: RowIndex
  /// Those of the scope.
  private let backups: Set<UInt64>
  private(set) var rows: [SubjectRow] = []
  private var seen: Set<UInt32> = []
  /// Rows whose references were not looked for yet.
  private var front: [SubjectRow] = []

  init(_ lineage: Lineage, _ index: RowIndex, _ backups: Set<UInt64>) {
    self.lineage = lineage
    self.index = index
    self.backups = backups
  }

  /// Finds the rows that hold the identity itself.
  mutating func begin(_ identity: [UInt8]) throws(CatalogError) {
    let folded = foldedText(identity)
    for hit in try hits([.words(identity)], columns: nil) {
      guard let reason = Self.reason(hit, folded) else { continue }
      add(hit, reason, 0)
    }
  }

  /// How a row holds a folded identity.
  private static func reason(_ hit: RowHit, _ identity: [UInt8]) -> SubjectRow.Reason? {
    var best: SubjectRow.Reason?
    for (position, column) in hit.shape.columns.enumerated() {
      guard let value = PackedRecord.value(of: position, in: hit.record) else { continue }
      let text = foldedText(value)
      if text == identity { return .value(column: column.name) }
      guard firstOffset(of: identity.span, in: text.span) != nil else { continue }
      let isJSON = PackedRecord.isJSON(position, in: hit.record)
      if isJSON { best = .inside(column: column.name) } else { best = best ?? .mention(column: column.name) }
    }
    return best
  }

  /// Finds the rows that refer to those found last; false when there are none.
  mutating func follow(_ tables: [CatalogTable], _ distance: Int) throws(CatalogError) -> Bool {
    let from = front
    front = []
    for row in from where row.isOwn {
      for table in tables {
        for foreign in table.foreignKeys where foreign.key.table == row.table {
          try follow(foreign.key.columns, of: table.name, to: foreign.key.referencedColumns, row, distance)
        }
      }
    }
    return !front.isEmpty
  }

  private mutating func follow(
    _ columns: [Name], of table: Name, to referenced: [Name], _ row: SubjectRow, _ distance: Int
  ) throws(CatalogError) {
    let values = referenced.compactMap { name in row.values.first { $0.column == name }?.value }
    guard values.count == columns.count, !values.isEmpty, values.allSatisfy({ !$0.isEmpty }) else { return }
    let found = try hits(values.map { .exact($0) }) { shape in
      shape.table == table ? .some(shape.columns.map { columns.contains($0.name) }) : .none
    }
    for hit in found {
      let isSame = zip(columns, values).allSatisfy { column, value in
        guard let position = hit.shape.columns.firstIndex(where: { $0.name == column }) else { return false }
        return PackedRecord.value(of: position, in: hit.record) == value
      }
      if isSame { add(hit, .reference(columns: columns, table: row.table, key: row.key ?? values), distance) }
    }
  }

  private func hits(
    _ terms: [SearchTerm], columns: (@Sendable (RowShape) -> RowColumns)?
  ) throws(CatalogError) -> [RowHit] {
    let plan: SearchPlan
    do throws(SearchTermError) { plan = try SearchPlan(terms) } catch { throw CatalogError(.invalid(error.message)) }
    var query = RowQuery(plan), hits: [RowHit] = []
    query.limit = 512
    query.columns = columns
    if index.backups.contains(where: { !backups.contains($0) }) {
      query.backups = index.backups.filter { backups.contains($0) }
    }
    do throws(IndexError) {
      while true {
        if Interruption.isRequested { throw IndexError(.interrupted) }
        let result = try index.search(query)
        hits += result.hits
        guard let next = result.next else { return hits }
        query.before = next
      }
    } catch { throw CatalogError(error) }
  }

  private mutating func add(_ hit: RowHit, _ reason: SubjectRow.Reason, _ distance: Int) {
    guard hit.shape.table != DocumentTable.name || distance == 0, seen.insert(hit.version).inserted else { return }
    let values = hit.shape.columns.enumerated().compactMap { position, column in
      PackedRecord.value(of: position, in: hit.record).map { (column: column.name, value: $0) }
    }
    let key = hit.shape.key.compactMap { PackedRecord.value(of: $0, in: hit.record) }
    let row = SubjectRow(
      lineage: lineage, table: hit.shape.table,
      key: key.isEmpty || key.count < hit.shape.key.count ? nil : key, version: hit.version, reason: reason,
      distance: distance, backups: hit.backups.filter { backups.contains($0) }.map { Key(Int64($0)) },
      values: values)
    rows.append(row)
    front.append(row)
  }
}
