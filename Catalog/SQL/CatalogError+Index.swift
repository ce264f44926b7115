package import CatalogStore
package import RowIndex

extension CatalogError {
  /// What the error of the row index means to the catalog.
  package init(_ error: IndexError) {
    switch error.code {
    case .locked: self.init(.locked)
    case .full: self.init(.full)
    case .interrupted: self.init(.interrupted)
    case .io(let error): self.init(.io(error))
    default: self.init(.store(error.message))
    }
  }
}
