public import Bytes

/// A column of a table.
public struct Column: Hashable, Sendable {
  public var name: Name
  public var type: LogicalType
  public var isNullable: Bool
  /// Greatest number of characters the source's own schema allows.
  public var maximumLength: Int?
  /// Whether values are secrets (hashes, tokens, keys): never indexed, masked when shown.
  public var isSecret: Bool
  /// Whether the source computes the value itself (identity, serial, AUTOINCREMENT).
  public var isIdentity: Bool
  /// The source's own spelling of the type, where the logical type says less (`inet`, `character(4)`, `app.mood`).
  public var sourceType: [UInt8]?
  /// The source's own expression for a value that is not given.
  public var defaultValue: [UInt8]?
  /// The source's own expression from which the value is computed, when rows cannot set it.
  public var generation: [UInt8]?
  /// Whether `generation` is PostgreSQL's, and rows hold no values for it.
  public var isLeftToServer = false

  public init(
    _ name: Name, _ type: LogicalType, isNullable: Bool = true, maximumLength: Int? = nil, isSecret: Bool = false,
    isIdentity: Bool = false
  ) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.maximumLength = maximumLength
    self.isSecret = isSecret
    self.isIdentity = isIdentity
  }
}

/// A reference from columns of one table to columns of another.
public struct ForeignKey: Hashable, Sendable {
  public var columns: [Name]
  public var table: Name
  public var referencedColumns: [Name]
  /// Whether it was concluded from names and values instead of being declared by the source.
  public var isInferred: Bool
  /// Name of the constraint in the source.
  public var name: Name?
  /// What follows the reference in the source, such as `ON DELETE CASCADE DEFERRABLE`; keywords in capitals.
  public var actions: [UInt8] = []
  public init(_ columns: [Name], references table: Name, _ referencedColumns: [Name], isInferred: Bool = false) {
    self.columns = columns
    self.table = table
    self.referencedColumns = referencedColumns
    self.isInferred = isInferred
  }
}

/// A table of the common schema.
public struct TableSchema: Hashable, Sendable {
  /// Unique among the tables of a backup: `namespace.localName` when there is a namespace.
  public var name: Name
  /// The schema that the source keeps the table in, unless it is the usual one (`public`, `main`, a single database).
  public var namespace: Name?
  public var columns: [Column]
  /// Names of the primary key's columns; empty when there is none.
  public var primaryKey: [Name]
  public var uniqueKeys: [[Name]]
  public var foreignKeys: [ForeignKey]
  /// Columns of each index that is not a key.
  public var indexes: [[Name]]

  /// Columns that the tables of one artifact may have together; each takes about a kilobyte while it is surveyed.
  public static var columnLimit: Int { 100_000 }

  public init(
    _ name: Name, _ columns: [Column], primaryKey: [Name] = [], uniqueKeys: [[Name]] = [],
    foreignKeys: [ForeignKey] = [], indexes: [[Name]] = []
  ) {
    self.name = name
    self.columns = columns
    self.primaryKey = primaryKey
    self.uniqueKeys = uniqueKeys
    self.foreignKeys = foreignKeys
    self.indexes = indexes
  }

  /// The name within the namespace.
  public var localName: Name {
    guard let namespace, name.bytes.count > namespace.bytes.count + 1 else { return name }
    return Name(Array(name.bytes.dropFirst(namespace.bytes.count + 1)))
  }

  /// Position of a column; nil when there is none of that name.
  public func index(of column: Name) -> Int? { columns.firstIndex { $0.name == column } }
}

/// Something of a backup that is not rows: a policy, function, trigger, view, migration, role…
public struct SchemaObject: Hashable, Sendable {
  /// Such as `view`, `function`, `policy`.
  public var kind: String
  public var name: Name
  /// The table it belongs to.
  public var table: Name?
  /// The source's own text.
  public var definition: [UInt8]
  /// What the definition says, by names such as `command`, `roles`, `using`, `security`; in the order of the source.
  public var attributes: [SchemaAttribute] = []
  public init(kind: String, name: Name, table: Name? = nil, definition: [UInt8] = []) {
    self.kind = kind
    self.name = name
    self.table = table
    self.definition = definition
  }
  /// The value of an attribute.
  public func attribute(_ name: String) -> [UInt8]? { attributes.first { $0.name == name }?.value }
}

/// One thing that the definition of an object says.
public struct SchemaAttribute: Hashable, Sendable {
  public var name: String
  public var value: [UInt8]
  public init(_ name: String, _ value: [UInt8]) {
    self.name = name
    self.value = value
  }
}
