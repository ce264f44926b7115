internal import Bytes
internal import Records

/// How many tables and columns a text may still bring up: each takes memory whatever its rows are.
struct SchemaBudget {
  static let tableLimit = 10_000
  static let nameLimit = 1 << 16
  /// Bytes of all names.
  static let nameTotal = 32 << 20

  private var tables = 0
  private var columns = 0
  private var nameBytes = 0

  /// Takes note of a table of that name.
  mutating func take(table name: Name) -> ReadError.Code? {
    guard name.bytes.count <= Self.nameLimit else {
      return .tooMany(what: "bytes in the name of a table", limit: Self.nameLimit)
    }
    tables += 1
    nameBytes += name.bytes.count
    return tables > Self.tableLimit ? .tooMany(what: "tables", limit: Self.tableLimit) : nil
  }

  /// Takes note of columns.
  mutating func take<Columns: Collection<Column>>(columns new: Columns) -> ReadError.Code? {
    columns += new.count
    for column in new { nameBytes += column.name.bytes.count }
    if columns > TableSchema.columnLimit { return .tooMany(what: "columns", limit: TableSchema.columnLimit) }
    return nameBytes > Self.nameTotal ? .tooMany(what: "bytes of column names", limit: Self.nameTotal) : nil
  }
}
