package import CatalogModel
package import CatalogStore
package import Records

/// The index of the rows of a store, used within its transaction.
package protocol SearchIndexing: AnyObject {
  /// Adds a document of a backup that is being registered; `number` is its key.
  func add(_ document: Document, number: Int64, to backup: Int64) throws(CatalogError)
  /// Called for each table of a backup that is being registered, before its records.
  func begin(_ table: CatalogTable, number: Int64, of backup: Int64, _ indexing: Indexing)
  func index(_ batch: borrowing RecordBatch, of table: Int64) throws(CatalogError)
  /// Called when all has been added to a backup.
  func finish(_ backup: Int64) throws(CatalogError)
  func remove(_ backup: Int64) throws(CatalogError)
  func search(
    _ query: SearchQuery, _ transaction: inout CatalogTransaction
  ) throws(CatalogError) -> SearchResult
}
