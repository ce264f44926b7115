internal import Bytes
internal import CatalogStore
package import RowIndex

/// The row indexes of a catalog's lineages.
///
/// A lineage remembers the generation of its index. Where the pages are in a file of their own, the index is changed first and the
/// catalog after it: a change that the catalog never came to hear of is not seen, and its pages are removed by the next one.
package final class LineageRows {
  package let secretKey: SecretKey?
  private var indexes: [Int64: RowIndex] = [:]

  package init(secretKey: SecretKey?) { self.secretKey = secretKey }

  /// The index of a lineage as it was after a change.
  func index(_ lineage: Int64, generation: UInt32, _ session: any SQLSession) throws(CatalogError) -> RowIndex {
    if let known = indexes[lineage], known.generation == generation { return known }
    guard let number = UInt16(exactly: lineage) else {
      throw CatalogError(.store("a catalog has more than 65,535 lineages"))
    }
    let pages = try session.pages()
    do throws(IndexError) {
      let index = try RowIndex(pages, lineage: number, generation: generation, secretKey: secretKey)
      indexes[lineage] = index
      return index
    } catch { throw CatalogError(error) }
  }

  /// The index of a lineage that was changed in this transaction.
  func current(_ lineage: Int64) throws(CatalogError) -> RowIndex {
    guard let index = indexes[lineage] else { throw CatalogError(.invalid("the rows of a lineage were not asked for")) }
    return index
  }

  /// Says that the catalog remembers all changes.
  package func settle() {
    for index in indexes.values { index.settle() }
    // What was read where there are no pages yet is not what is written later.
    indexes = indexes.filter { $0.value.generation > 0 }
  }

  /// Lets go of changes that were undone.
  package func forgetChanges() { indexes = [:] }
}
