package import Bytes
package import Records

/// A way in which two tables that hold the same rows spell them differently.
package struct Coercion: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    /// Values are equal as values of another type.
    case type = "type"
    /// What is absent in one is null in the other.
    case absence = "missing-as-null"
    /// References are ids of the rows that they lead to.
    case reference = "reference-as-id"
  }
  package var kind: Kind
  package var column: Name
  package var from: String
  package var to: String
  /// Values of the column, or absent ones.
  package var count: Int
}

/// A row that is not the same in both tables.
package struct RowDifference: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable { case changed, removed, added }
  package var kind: Kind
  /// Values of the key, or of nothing when the table has none; secrets are masked.
  package var key: [[UInt8]]
  /// Number of the row among those of its table, from 1; of an added row in the second one.
  package var number: Int
  /// Columns whose values differ.
  package var columns: [Name]
}

/// What comparing one table came to.
package struct ComparedTable: Sendable {
  package enum Verdict: String, Sendable, CaseIterable {
    case same
    /// Equal but for the spelling of values, which is named.
    case explained
    case different
    /// Only one of the two has it.
    case missing
    case added
  }
  package var name: Name
  /// As the second calls it.
  package var secondName: Name?
  package var verdict: Verdict
  /// Rows as the first has them.
  package var first = TableDigest()
  package var second = TableDigest()
  package var coercions: [Coercion] = []
  /// Columns with values that the second lacks, and columns that it has in addition.
  package var missingColumns: [(name: Name, values: Int)] = []
  package var addedColumns: [Name] = []
  package var changed = 0
  /// Columns that differ, and in how many of the rows that changed.
  package var changedColumns: [(name: Name, rows: Int)] = []
  /// Whether there are more of these rows than were counted by column.
  package var isColumnCountAtLeast = false
  package var removed = 0
  package var addedRows = 0
  /// Whether there are more rows that differ than were counted.
  package var isAtLeast = false
  package var examples: [RowDifference] = []

  /// Whether rows, or values of rows, are lost.
  package var isDifferent: Bool { verdict == .different || verdict == .missing && first.count > 0 }
}
