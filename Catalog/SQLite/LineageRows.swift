internal import Bytes
internal import CatalogStore
internal import Diagnostics
internal import RowIndex

/// The row indexes of a catalog's lineages, in the file of pages beside it.
///
/// A lineage remembers the generation of its index; the index is changed first, the catalog after it. So a change that the
/// catalog never came to hear of is not seen, and its pages are removed by the next one.
final class LineageRows {
  private let path: [UInt8]
  let secretKey: SecretKey?
  private var store: SQLitePageStore?
  private var indexes: [Int64: RowIndex] = [:]

  /// `path`: that of the catalog.
  init(_ path: [UInt8], secretKey: SecretKey?) {
    self.path = Self.pagesPath(path)
    self.secretKey = secretKey
  }

  /// `catalog.pages.db` beside `catalog.db`.
  private static func pagesPath(_ path: [UInt8]) -> [UInt8] {
    let suffix = Array(".db".utf8)
    return (path.suffix(suffix.count).elementsEqual(suffix) ? Array(path.dropLast(suffix.count)) : path)
      + Array(".pages.db".utf8)
  }

  /// The index of a lineage as it was after a change.
  func index(_ lineage: Int64, generation: UInt32) throws(CatalogError) -> RowIndex {
    if let known = indexes[lineage], known.generation == generation { return known }
    guard let number = UInt16(exactly: lineage) else {
      throw CatalogError(.store("a catalog has more than 65,535 lineages"))
    }
    do throws(IndexError) {
      let index = try RowIndex(
        try pages(isNew: generation == 0), lineage: number, generation: generation, secretKey: secretKey)
      indexes[lineage] = index
      return index
    } catch { throw CatalogError(error) }
  }

  /// The index of a lineage that was changed in this transaction.
  func current(_ lineage: Int64) throws(CatalogError) -> RowIndex {
    guard let index = indexes[lineage] else { throw CatalogError(.invalid("the rows of a lineage were not asked for")) }
    return index
  }

  private func pages(isNew: Bool) throws(IndexError) -> SQLitePageStore {
    if let store { return store }
    let status: FileStatus?
    do throws(IOError) { status = try fileStatus(path) } catch { throw IndexError(.io(error)) }
    guard isNew || status != nil else { throw IndexError(.damaged("'\(displayed(path))' is missing", page: nil)) }
    let store = try SQLitePageStore(path)
    self.store = store
    return store
  }

  /// Says that the catalog remembers all changes.
  func settle() { for index in indexes.values { index.settle() } }

  /// Lets go of changes that were undone.
  func forgetChanges() { indexes = [:] }
}
