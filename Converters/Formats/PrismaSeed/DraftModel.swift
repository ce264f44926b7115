internal import Bytes
internal import Records

/// A column as a field of a model.
struct DraftField: Sendable {
  /// How values of a field stand in JSON, and what the script makes of them.
  enum Kind: Sendable, Equatable {
    case text
    case boolean
    case int
    /// Digits in a text: 64 bits are more than JavaScript's numbers hold.
    case bigInt
    case float
    case decimal
    case timestamp, instant, date, time
    case bytes
    case json
    /// A list of values; `isLong`: of 64 bits.
    case list(isLong: Bool)
    /// Positions among the values of an enum.
    case enumeration(Int)
  }

  var name: Name
  let column: Column
  var kind: Kind
  /// Such as `String`, without the marks of lists and options.
  var type: Name
  /// Such as `@db.Uuid`.
  var native: String?
  var isList = false
  var isOptional: Bool
  var isID = false
  var isUnique = false
  /// What stands in `@default(…)`.
  var defaultValue: [UInt8]?
}

/// A field that stands for rows of another model.
struct DraftRelation: Sendable {
  var field: Name
  /// The model that it leads to.
  let model: Int
  /// `?`, `[]` or nothing.
  let mark: String
  /// Of both ends; nil when the models say enough.
  let name: Name?
  /// The end that has the columns: own fields, those of the other model, and what follows changes there.
  var owner: (fields: [Name], references: [Name], actions: String)?
}

/// A table as a model.
struct DraftModel: Sendable {
  let schema: TableSchema
  var name: Name
  var fields: [DraftField] = []
  var relations: [DraftRelation] = []
  /// Fields of keys and indexes that are more than one field.
  var id: [Name] = []
  var uniqueKeys: [[Name]] = []
  var indexes: [[Name]] = []
  /// Fields that tell a row from all others; empty when there are none, and Prisma's client does not know the table.
  var key: [Int] = []
  /// Fields of references to rows that are inserted later, filled in when these are there.
  var late: Set<Int> = []
  /// What the client calls it.
  var accessor: Name {
    guard let first = name.bytes.first else { return name }
    return Name([asciiLower(first)] + name.bytes.dropFirst())
  }
  var isIgnored: Bool { key.isEmpty }
}

/// A type of a few texts.
struct DraftEnum: Sendable {
  let name: Name
  /// Names of values, and what the database holds.
  let values: [(name: Name, stored: Name)]
}
