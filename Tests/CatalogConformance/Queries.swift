package import Bytes
package import CatalogStore

/// Where a query's rows are left.
package final class Rows {
  package var columns: [Name] = []
  package var rows: [[QueryValue]] = []
  package let limit: Int
  package init(limit: Int = .max) { self.limit = limit }
}

/// Collects rows until there are enough.
private struct Collector: QueryConsumer, ~Copyable {
  let target: Rows
  mutating func begin(columns: [Name]) { target.columns = columns }
  mutating func row(_ values: [QueryValue]) -> Bool {
    target.rows.append(values)
    return target.rows.count < target.limit
  }
}

extension CatalogStore {
  /// Why a query is refused; nil when its rows are in `rows`.
  package func queryCode(_ sql: String, _ rows: Rows) -> CatalogError.Code? {
    var consumer: any QueryConsumer & ~Copyable = Collector(target: rows)
    do throws(CatalogError) {
      try query(Array(sql.utf8), into: &consumer)
      return nil
    } catch { return error.code }
  }
}
