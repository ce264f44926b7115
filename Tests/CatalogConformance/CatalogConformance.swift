package import CatalogStore
internal import Testing

/// One thing that every store has to do, tested on a fresh and empty one.
package struct ConformanceCase: Sendable, CustomTestStringConvertible {
  package let name: String
  package let run: @Sendable (any CatalogStore) throws -> Void
  package init(_ name: String, _ run: @escaping @Sendable (any CatalogStore) throws -> Void) {
    self.name = name
    self.run = run
  }
  package var testDescription: String { name }
}

/// The suite: run each case with a store of its own.
package enum CatalogConformance {
  package static let cases =
    registering + addressing + changing + finding + searching + searchScopes + history
}

/// The code of the catalog's error that `body` throws; nil when it throws none.
package func errorCode(_ body: () throws(CatalogError) -> Void) -> CatalogError.Code? {
  do {
    try body()
    return nil
  } catch { return error.code }
}
