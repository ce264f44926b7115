internal import Bytes
internal import CatalogModel
internal import RowIndex
internal import TextSearch

/// A row of a lineage that matches.
struct LineageHit {
  var lineage: Key<Lineage>
  var row: RowHit
  /// Those of the scope that hold it, in the order of their times.
  var backups: [Key<Backup>]
  /// Time of the newest of them.
  var time: Moment
  /// The secret column whose value was asked for as a whole.
  var secret: Int?

  var newest: Key<Backup> { backups[backups.count - 1] }
  var oldest: Key<Backup> { backups[0] }

  var place: SearchHit.Place {
    guard row.shape.table == DocumentTable.name else { return .record(table: row.shape.table, key: row.key) }
    return .document(path: PackedRecord.value(of: 0, in: row.record) ?? [])
  }

  /// The values of the key; nil when there is none that may be shown.
  var keyValues: [[UInt8]]? {
    guard !row.shape.key.isEmpty else { return nil }
    let values = row.shape.key.compactMap { PackedRecord.value(of: $0, in: row.record) }
    return values.count == row.shape.key.count ? values : nil
  }

  /// Where the terms are found.
  func matches(_ verifier: inout RecordVerifier, _ query: SearchQuery) -> [FieldMatch] {
    if let secret {
      // That it is there was known to whoever asked; it is not written anywhere.
      return [
        FieldMatch(
          column: row.shape.columns[secret].name, snippet: [], marks: [], isCutAtStart: false, isCutAtEnd: false)
      ]
    }
    let isDocument = row.shape.table == DocumentTable.name
    var columns: [Bool]?
    if case .some(let some) = query.columns(of: row.shape) { columns = some }
    var matches = verifier.fieldMatches(row.record.span, columns: columns, names: row.shape.columns.map(\.name))
    if isDocument { for i in matches.indices { matches[i].column = nil } }
    return matches
  }
}

extension SearchQuery {
  /// Which columns of the rows of a shape count.
  func columns(of shape: RowShape) -> RowColumns {
    if shape.table == DocumentTable.name { return table == nil && column == nil ? .some([false, true]) : .none }
    guard table?.matches(shape.table) ?? true else { return .none }
    guard let column else { return .all }
    let some = shape.columns.map { column.matches($0.name) }
    return some.contains(true) ? .some(some) : .none
  }
}

/// A search within one lineage, a few hits at a time.
struct LineageSearch {
  private let lineage: Key<Lineage>
  private let index: RowIndex
  private var query: RowQuery
  private let times: [UInt64: Moment]
  /// The terms when they are one whole value, which may be a secret.
  private let secret: [UInt8]?
  private let asked: SearchQuery
  /// Hits that were not taken yet, the next one last.
  private var waiting: [LineageHit] = []
  private var isOver = false
  private let start: UInt32?
  private var isBegun = false
  private(set) var isCutShort = false
  private(set) var examined = 0

  /// Hits that are looked for at a time.
  private static let step = 64

  /// `times`: those of the scope's backups.
  init(
    _ lineage: Key<Lineage>, _ index: RowIndex, _ asked: SearchQuery, _ plan: SearchPlan, times: [UInt64: Moment]
  ) {
    self.lineage = lineage
    self.index = index
    self.times = times
    self.asked = asked
    query = RowQuery(plan)
    query.limit = Self.step
    query.deadline = asked.deadline
    query.columns = { asked.columns(of: $0) }
    if index.backups.contains(where: { times[$0] == nil }) { query.backups = index.backups.filter { times[$0] != nil } }
    start = asked.cursor?.positions.first { $0.lineage == lineage }?.before
    query.before = start
    if case .exact(let value) = asked.terms.first, asked.terms.count == 1, start == nil {
      secret = value
    } else {
      secret = nil
    }
  }

  /// The position among `parts` of the one whose next hit comes first; nil when there are no more hits.
  static func newest(_ parts: inout [LineageSearch]) throws(CatalogError) -> Int? {
    var best: Int?
    for i in parts.indices {
      do throws(IndexError) { try parts[i].look() } catch { throw CatalogError(error) }
      guard let time = parts[i].waiting.last?.time else { continue }
      if let known = best, let other = parts[known].waiting.last?.time, other >= time { continue }
      best = i
    }
    return best
  }

  /// Takes the next hit.
  mutating func take() -> LineageHit { waiting.removeLast() }

  /// Makes sure that the next hit is known if there is one.
  private mutating func look() throws(IndexError) {
    if !isBegun, let secret { try addSecrets(secret) }
    isBegun = true
    while waiting.isEmpty, !isOver {
      if Interruption.isRequested { throw IndexError(.interrupted) }
      let result = try index.search(query)
      examined += result.examined
      waiting = result.hits.reversed().compactMap { hit($0) }
      query.before = result.next
      isCutShort = result.isCutShort
      isOver = result.next == nil || result.isCutShort
    }
  }

  private func hit(_ row: RowHit, secret: Int? = nil) -> LineageHit? {
    let backups = row.backups.filter { times[$0] != nil }
    guard let last = backups.last, let time = times[last] else { return nil }
    return LineageHit(
      lineage: lineage, row: row, backups: backups.map { Key(Int64($0)) }, time: time, secret: secret)
  }

  private mutating func addSecrets(_ value: [UInt8]) throws(IndexError) {
    for found in try index.versions(secret: value) {
      guard asked.table?.matches(found.shape.table) ?? true,
        asked.column?.matches(found.shape.columns[found.column].name) ?? true
      else { continue }
      if let hit = hit(try index.hit(found.row), secret: found.column) { waiting.insert(hit, at: 0) }
    }
  }

  /// The time back to which everything was looked at; nil when that is not even the newest backup.
  var reached: Moment? {
    guard let next = query.before else { return nil }
    var at = next
    // The version reached was first seen then, if its backup is still known.
    while at < UInt32(clamping: index.versionCount) {
      if let birth = index.birth(of: at), let time = times[birth] { return time }
      at += 1
    }
    return nil
  }

  /// Where the search goes on in this lineage; nil when that is its beginning. `found`: what is shown, in order.
  func position(after found: [LineageHit]) -> SearchCursor.Position? {
    let shown = found.last { $0.lineage == lineage && $0.secret == nil }?.row.version
    var before = shown ?? start
    if waiting.isEmpty, !asked.countsAll {
      if isOver && !isCutShort { before = 0 } else if isBegun, let next = query.before { before = next }
    }
    return before.map { SearchCursor.Position(lineage: lineage, before: $0) }
  }
}
