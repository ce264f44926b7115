package import Bytes

/// A rule of a mapping that applied to the tables and rows of a conversion.
package struct AppliedRule: Hashable, Sendable {
  /// As the source calls them.
  package var table: Name
  package var column: Name?
  /// What it does, in one phrase.
  package var words: String
  /// Values that it changed or left out.
  package var count: Int
  package init(table: Name, column: Name? = nil, words: String, count: Int) {
    self.table = table
    self.column = column
    self.words = words
    self.count = count
  }
}
