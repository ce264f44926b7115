package import CatalogModel
package import RowIndex

extension CatalogStore {
  /// Merges the parts of a lineage's index when there are too many.
  package func mergeRows(of lineage: Key<Lineage>) throws(CatalogError) {
    let canMerge = try read { (catalog) throws(CatalogError) in try catalog.rowIndex(of: lineage).canMerge }
    guard canMerge else { return }
    try change(lineage) { (index) throws(IndexError) in try index.mergeSegments() }
  }

  /// Gives back the room of rows that no backup holds any more; afterwards nothing of them is left in the catalog's files.
  package func tidy(_ lineage: Key<Lineage>) throws(CatalogError) {
    try change(lineage) { (index) throws(IndexError) in
      try index.mergeSegments()
      try index.reclaimRows(all: true)
    }
    // What the catalog remembered before that was still needed until now.
    try change(lineage) { (index) throws(IndexError) in try index.removeRetired() }
  }

  private func change<R>(
    _ lineage: Key<Lineage>, _ body: (RowIndex) throws(IndexError) -> R
  ) throws(CatalogError) {
    try write { (catalog) throws(CatalogError) in
      _ = try catalog.changeRowIndex(of: lineage) { (index) throws(IndexError) in _ = try body(index) }
    }
  }
}

extension CatalogError {
  /// What the row index's refusal means to the catalog.
  package init(_ error: IndexError) {
    switch error.code {
    case .damaged: self.init(.damaged(error.message))
    case .newer(let found, let known): self.init(.newer(found: found, known: known))
    case .store(let message) where error.hint != nil: self.init(.server(message, advice: error.hint))
    case .tooLarge, .store: self.init(.store(error.message))
    case .full: self.init(.full)
    case .locked: self.init(.locked)
    case .io(let error): self.init(.io(error))
    case .invalid(let what): self.init(.invalid(what))
    case .interrupted: self.init(.interrupted)
    }
  }
}
