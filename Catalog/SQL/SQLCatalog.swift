package import CatalogStore

/// A catalog that is kept in tables, so that it can be copied row by row.
package protocol SQLCatalog: CatalogStore {
  /// Runs `body` on one consistent state, or in one transaction that is durable when this returns and undone when `body` throws.
  func statements<R: Sendable>(
    writes: Bool, _ body: (any SQLSession) throws(CatalogError) -> R
  ) throws(CatalogError) -> R
}
