package import Bytes
package import CatalogModel
internal import RowIndex

/// What erasing came to.
package struct ErasureReport: Sendable {
  /// Versions of rows that were erased, over all lineages.
  package var versionCount = 0
  /// Rows that were erased, by table.
  package var rowCounts: [Name: Int] = [:]
  /// Rows that cannot be erased because their tables have no key, by table.
  package var keylessCounts: [Name: Int] = [:]
  package init() {}
}

extension CatalogStore {
  /// Erases rows from all backups of a project, in this catalog: their values, their words, and their hashes. They are left
  /// out wherever they come again. The backups' files are left alone.
  package func erase(
    _ rows: [SubjectRow], of project: Name, at moment: Moment, reason: [UInt8]
  ) throws(CatalogError) -> ErasureReport {
    var report = ErasureReport(), keys: [Name: Set<[[UInt8]]>] = [:]
    for row in rows where row.table != DocumentTable.name {
      if let key = row.key {
        keys[row.table, default: []].insert(key)
      } else {
        report.keylessCounts[row.table, default: 0] += 1
      }
    }
    report.rowCounts = keys.mapValues(\.count)
    let wanted = keys
    let lineages = try read { (catalog) throws(CatalogError) in
      var scope = BackupQuery()
      scope.project = project
      return Set(try catalog.members(scope).compactMap(\.lineage))
    }
    try write { (catalog) throws(CatalogError) in
      guard let secretKey = catalog.secretKey else { throw CatalogError(.otherKey) }
      try catalog.add(
        wanted.flatMap { table, keys in
          keys.map { Erasure(table: table, mark: secretKey.mark(of: $0, in: table), at: moment, reason: reason) }
        }, to: project)
    }
    for lineage in lineages {
      report.versionCount += try write { (catalog) throws(CatalogError) in
        try catalog.changeRowIndex(of: lineage) { (index) throws(IndexError) in
          try index.erase(wanted.flatMap { table, keys in keys.map { (table: table, key: $0) } })
        }
      }
      try tidy(lineage)
    }
    return report
  }
}
