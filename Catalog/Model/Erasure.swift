package import Bytes

/// A row that was erased at somebody's wish: it is left out wherever it comes again.
package struct Erasure: Hashable, Sendable {
  package var table: Name
  /// What its key is known by, under the key of secret values; the key itself is not kept.
  package var mark: [UInt8]
  package var at: Moment
  package var reason: [UInt8]

  package init(table: Name, mark: [UInt8], at: Moment, reason: [UInt8]) {
    self.table = table
    self.mark = mark
    self.at = at
    self.reason = reason
  }
}
