package import Bytes
package import Records
internal import Synchronization

/// A system that casts the rows of another one, and can hand them out as they were before.
package protocol CastingSystem: SourceSystem {
  /// The table that a table is made of, before its rows are cast: with the keys that its columns are cast by.
  func original(of table: Name) -> TableSchema?
  /// Reads all rows as they are before they are cast, in the same order. A column more than `original` has tells of each row:
  /// nothing when it is cast, else the position of the reason among `castRefusals`.
  func openOriginals(_ input: BackupInput) throws(ReadError) -> any RecordReader & ~Copyable
  /// Why rows are not cast.
  var castRefusals: [Refusal] { get }
  /// Tables with rows that were left out when the rows were read last.
  var tablesWithRefusals: Set<Name> { get }
}

/// Counts the rows that are left out of a load, on whatever thread that is found out.
package final class RejectBudget: Sendable {
  /// How many are borne.
  package let limit: Int
  private let taken = Mutex(0)

  package init(limit: Int) { self.limit = limit }

  package var count: Int { taken.withLock { $0 } }
  /// Counts rows; false when they are too many.
  package func take(_ rows: Int) -> Bool {
    taken.withLock { taken in
      taken += rows
      return taken <= limit
    }
  }
  func removeAll() { taken.withLock { $0 = 0 } }

  /// What is said when they are too many.
  package func message(_ last: String) -> String {
    limit == 0 ? last : "more than \(limit) \(limit == 1 ? "row is" : "rows are") refused; the last: \(last)"
  }
}
