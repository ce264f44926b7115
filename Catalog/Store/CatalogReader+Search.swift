internal import Bytes
internal import CatalogModel
internal import RowIndex
internal import TextSearch

extension CatalogReader where Self: ~Copyable {
  /// Finds values in everything that was indexed. Each hit has been verified on the stored value; rows that a newer backup
  /// holds come first.
  package mutating func search(_ query: SearchQuery) throws(CatalogError) -> SearchResult {
    let plan: SearchPlan
    do throws(SearchTermError) {
      plan = try SearchPlan(query.terms, isCaseSensitive: query.isCaseSensitive, context: query.context)
    } catch { throw CatalogError(.invalid(error.message)) }
    var result = SearchResult()
    result.scanned = RowIndex.scans(plan)
    var parts = try parts(of: query, plan, &result)
    let limit = query.limit ?? .max
    var found: [LineageHit] = [], total = 0
    while total < limit || query.countsAll {
      guard let next = try LineageSearch.newest(&parts) else { break }
      let hit = parts[next].take()
      total += 1
      if total <= limit { found.append(hit) }
    }
    if query.countsAll { result.total = total }
    // One hit beyond the limit tells that there are more.
    let more = try LineageSearch.newest(&parts)
    result.isComplete = total <= limit && more == nil
    let cutShort = parts.filter(\.isCutShort)
    result.isCutShort = !cutShort.isEmpty
    if result.isCutShort {
      result.isComplete = false
      let reached = cutShort.map(\.reached)
      if !reached.contains(nil) { result.searchedBackTo = reached.compactMap { $0 }.max() }
    }
    if !result.isComplete { result.next = SearchCursor(parts.compactMap { $0.position(after: found) }) }
    result.examined = parts.reduce(0) { $0 + $1.examined }
    result.hits = try hits(found, plan, query)
    return result
  }

  /// The lineages that a search looks into, with what is not kept of their backups.
  private mutating func parts(
    of query: SearchQuery, _ plan: SearchPlan, _ result: inout SearchResult
  ) throws(CatalogError) -> [LineageSearch] {
    let members = try members(query.scope)
    result.partlyIndexedBackups = members.count { $0.indexing != .full || $0.lineage == nil }
    result.unsearchableValues = members.reduce(0) { $0 + $1.unsearchableCount }
    var times: [Key<Lineage>: [UInt64: Moment]] = [:], order: [Key<Lineage>] = []
    for member in members {
      guard let lineage = member.lineage else { continue }
      if times[lineage] == nil { order.append(lineage) }
      times[lineage, default: [:]][UInt64(member.backup.number)] = member.takenAt
    }
    var parts: [LineageSearch] = []
    for lineage in order {
      parts.append(LineageSearch(lineage, try rowIndex(of: lineage), query, plan, times: times[lineage] ?? [:]))
    }
    return parts
  }

  /// Hits as they are shown.
  private mutating func hits(
    _ found: [LineageHit], _ plan: SearchPlan, _ query: SearchQuery
  ) throws(CatalogError) -> [SearchHit] {
    var backups: [Key<Backup>: Backup] = [:], shown: [SearchHit] = []
    var scope = BackupQuery()
    scope.keys = Array(Set(found.flatMap { [$0.newest, $0.oldest] }))
    for backup in try self.backups(scope) { backups[backup.key] = backup }
    let lineages = found.isEmpty ? [] : try lineages()
    var verifier = RecordVerifier(plan)
    for hit in found {
      guard let newest = backups[hit.newest], let oldest = backups[hit.oldest] else { continue }
      shown.append(
        SearchHit(
          backup: newest, first: oldest, backupCount: hit.backups.count,
          systemCount: try systemCount(hit, lineages), place: hit.place,
          matches: hit.matches(&verifier, query)))
    }
    return shown
  }

  /// In how many systems of its project there is a record of a hit's table and key.
  private mutating func systemCount(_ hit: LineageHit, _ lineages: [Lineage]) throws(CatalogError) -> Int {
    guard let own = lineages.first(where: { $0.key == hit.lineage }) else { return 1 }
    var systems: Set<String> = [own.system]
    for other in lineages where other.project == own.project && !systems.contains(other.system) {
      guard let key = hit.keyValues else { break }
      let index = try rowIndex(of: other.key)
      do throws(IndexError) {
        if try !index.history(of: hit.row.shape.table, key: key).isEmpty { systems.insert(other.system) }
      } catch { throw CatalogError(error) }
    }
    return systems.count
  }
}
