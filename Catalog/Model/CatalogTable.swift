package import Bytes
package import Records

/// A table of a backup: its schema and what its rows show.
package struct CatalogTable: Hashable, Sendable {
  /// Row number in its catalog; nil before it is stored.
  package var key: Key<CatalogTable>?
  package var name: Name
  package var columns: [CatalogColumn]
  package var primaryKey: [Name]
  package var uniqueKeys: [[Name]]
  package var foreignKeys: [CatalogForeignKey]
  package var indexes: [[Name]]
  package var statistics: TableStatistics

  package init(
    key: Key<CatalogTable>? = nil, name: Name, columns: [CatalogColumn], primaryKey: [Name] = [],
    uniqueKeys: [[Name]] = [], foreignKeys: [CatalogForeignKey] = [], indexes: [[Name]] = [],
    statistics: TableStatistics = TableStatistics()
  ) {
    self.key = key
    self.name = name
    self.columns = columns
    self.primaryKey = primaryKey
    self.uniqueKeys = uniqueKeys
    self.foreignKeys = foreignKeys
    self.indexes = indexes
    self.statistics = statistics
  }

  /// A table that nothing is known of but its schema.
  package init(_ schema: TableSchema) {
    self.init(
      name: schema.name, columns: schema.columns.map { CatalogColumn($0) }, primaryKey: schema.primaryKey,
      uniqueKeys: schema.uniqueKeys,
      foreignKeys: schema.foreignKeys.map { CatalogForeignKey($0, isVerified: true) }, indexes: schema.indexes)
  }
}

/// What the rows of a table show.
package struct TableStatistics: Hashable, Sendable {
  package var recordCount: Int64 = 0
  /// The canonical digest of all rows, as text; nil when it was not computed.
  package var digest: String?
  /// Values that no index holds because of their size or kind.
  package var unsearchableCount: Int64 = 0
  package init() {}
}

/// A column of a table: its schema and what its values show.
package struct CatalogColumn: Hashable, Sendable {
  package var name: Name
  /// `LogicalType.word`, such as `timestamptz`.
  package var type: String
  package var isNullable: Bool
  /// Greatest number of characters the source's own schema allows.
  package var maximumLength: Int?
  package var isSecret: Bool
  package var isIdentity: Bool
  package var statistics: ColumnStatistics

  package init(
    name: Name, type: String, isNullable: Bool = true, maximumLength: Int? = nil, isSecret: Bool = false,
    isIdentity: Bool = false, statistics: ColumnStatistics = ColumnStatistics()
  ) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.maximumLength = maximumLength
    self.isSecret = isSecret
    self.isIdentity = isIdentity
    self.statistics = statistics
  }
  package init(_ column: Column) {
    self.init(
      name: column.name, type: column.type.word, isNullable: column.isNullable, maximumLength: column.maximumLength,
      isSecret: column.isSecret, isIdentity: column.isIdentity)
  }
}

/// What the values of a column show; nil where it was not measured.
package struct ColumnStatistics: Hashable, Sendable {
  /// Kinds of cells that occur, in the order of `Cell.Kind`.
  package var kinds: [Cell.Kind] = []
  package var nullCount: Int64 = 0
  package var missingCount: Int64 = 0
  /// Bytes of the shortest and the longest value.
  package var shortest: Int64?
  package var longest: Int64?
  /// About how many different values there are.
  package var distinctEstimate: Int64?
  package init() {}
}

/// A foreign key and whether the rows bear it out.
package struct CatalogForeignKey: Hashable, Sendable {
  package var key: ForeignKey
  /// Whether every value leads to a row of the backup; nil when it was not checked.
  package var isVerified: Bool?
  /// Values that lead nowhere, when they were counted.
  package var danglingCount: Int64?
  package init(_ key: ForeignKey, isVerified: Bool? = nil, danglingCount: Int64? = nil) {
    self.key = key
    self.isVerified = isVerified
    self.danglingCount = danglingCount
  }
}

extension Cell.Kind {
  /// The word the catalog uses for the kind.
  package var word: String {
    switch self {
    case .null: "null"
    case .missing: "missing"
    case .boolean: "boolean"
    case .integer: "integer"
    case .double: "double"
    case .number: "number"
    case .text: "text"
    case .bytes: "bytes"
    case .json: "json"
    case .external: "external"
    }
  }
  package init?(word: String) {
    guard let kind = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = kind
  }
}
