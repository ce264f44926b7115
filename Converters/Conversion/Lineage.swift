package import Bytes
package import Records

/// What a format makes of the names and references of its source, so that its output can be set beside that.
package struct Lineage: Sendable {
  /// What becomes of one table.
  package struct Table: Sendable {
    /// What it may be called where the output is read; the first that is there counts.
    package var names: [Name]
    /// The same for its columns.
    package var columns: [Name: [Name]] = [:]
    /// Columns whose values become the ids of the rows that they lead to.
    package var references: [Name: ReferenceID] = [:]

    package init(_ names: [Name]) { self.names = names }
  }
  /// By the names of the source; tables that are not here keep theirs.
  package var tables: [Name: Table] = [:]

  package init() {}
}

/// How a reference becomes the id of the row that it leads to.
package struct ReferenceID: Sendable {
  /// The column as which the reference's value is hashed.
  package var key: Column
  /// Makes the id of that hash.
  package var ids: any RowIDs

  package init(_ key: Column, _ ids: any RowIDs) {
    self.key = key
    self.ids = ids
  }
}

/// Makes ids of the rows of one table.
package protocol RowIDs: Sendable {
  /// The id of the row whose key has a hash.
  func id(of hash: Hash128) -> [UInt8]
}
