package import CatalogModel
package import Records

/// Finds values in everything that was indexed. Every hit has been verified on the stored value.
package protocol SearchIndexReader: ~Copyable {
  /// Hits come from the newest backup first, in the order in which a backup holds its tables and records.
  mutating func search(_ query: SearchQuery) throws(CatalogError) -> SearchResult
}

/// Fills the index while a backup is registered.
package protocol SearchIndexWriter: ~Copyable {
  /// Adds the records of a batch in the columns of the table, which was added in this transaction. Does nothing for a backup
  /// that is registered without index. Secret columns are left out, and so are values that are held outside the batch, which
  /// are counted.
  mutating func index(_ batch: borrowing RecordBatch, of table: Key<CatalogTable>) throws(CatalogError)
}
