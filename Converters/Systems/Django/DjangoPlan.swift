internal import Bytes
internal import Records

/// How the rows of a backup become rows of tables; made by the survey, used by the reader.
struct DjangoPlan: Sendable {
  var tables: [TablePlan] = []
  /// Position in `tables` by the raw table's name.
  var byName: [Name: Int] = [:]
  /// Raw tables with all their columns, for the reader of the bytes.
  var rawTables: [TableSchema] = []
  /// Tables of many-to-many fields.
  var joins: [TableSchema] = []
  var indexes: [NaturalIndex] = []
  var synthetic: [SyntheticTable] = []
  /// What a fixture in XML says of its models.
  var outline: FixtureOutline?
  /// The lines of JSON that a fixture in XML or YAML was turned into.
  var lines: FixtureLines?
  /// Path of the artifact, for findings and errors.
  var artifact: [UInt8] = []
}

/// How the rows of one model are mapped.
struct TablePlan: Sendable {
  /// What happens to a raw column.
  enum Step: Sendable, Equatable {
    /// Its cells are the table's.
    case keep
    case drop
    /// The primary key; rows without one get the next number.
    case numberedKey
    /// A composite key, whose parts go to the columns of `members` where those have no value.
    case compositeKey
    /// A many-to-many list: its elements become rows of a join table; with the position of natural keys, if they are such.
    /// `asText`: the keys they stand for are text, also when they are digits.
    case join(Int, natural: Int?, asText: Bool)
    /// Natural keys in lists or objects become primary keys; what has none becomes text.
    case natural(Int, asText: Bool)
    /// Text that is JSON.
    case json
    /// JSON within text that stands for a value of PostgreSQL.
    case postgres(PostgresField)
  }

  var schema: TableSchema
  var steps: [Step]
  var keyColumn: Int?
  /// The key of the first row that has none.
  var firstNewKey: Int64 = 1
  /// Raw columns of the parts of composite keys.
  var members: [Int] = []
  /// Last row of each key that comes more than once, by the key's hash.
  var lastRows: [Hash128: Int] = [:]

  /// Whether batches are handed on as they are.
  var isDirect: Bool { lastRows.isEmpty && steps.allSatisfy { $0 == .keep } }
}
