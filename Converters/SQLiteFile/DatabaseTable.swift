internal import Bytes
internal import Records
internal import SQLiteClient
internal import SQLitePages

/// A table of the database and how its rows are read.
struct DatabaseTable: Sendable {
  var schema: TableSchema
  /// Of each column.
  var declared: [DeclaredType]
  /// What the file's own writer says of each column.
  var meanings: [LogicalType?]
  /// What is known of each column's values because of the program that wrote them.
  var rules: [ColumnMeaning?] = []
  var readings: [ColumnReading]
  /// SQL for the key in whose order rows are read; nil when the table has none.
  var key: [UInt8]?
  /// The first page of its tree; 0 when that is not known.
  var root: UInt32 = 0
  /// What the columns do to what is stored of them.
  var stored: [StoredColumn] = []
  /// Whether values are computed while they are read.
  var isComputing = false
  /// Whether long values can be read in pieces.
  var hasPieces = false

  /// Greatest number of bytes of a value that is held in memory.
  static let heldLimit: Int32 = 1 << 20
  /// The same where a value may be the work of a function.
  private static let computedLimit: Int32 = 16 << 20

  /// Greatest number of bytes of a value that SQLite may build.
  var valueLimit: Int32 { isComputing ? Self.computedLimit : hasPieces ? Self.heldLimit : 1_000_000_000 }

  var quotedName: [UInt8] { quoted(schema.name) }
  /// Quoted names of all columns with commas between.
  var list: [UInt8] {
    Array(schema.columns.map { quoted($0.name) }.joined(separator: Array(", ".utf8)))
  }

  /// The statement that reads all rows; from the key on that is its parameter, when there is a key.
  var selection: [UInt8] {
    guard let key else { return sql("SELECT ") + list + sql(" FROM ") + quotedName + sql(" NOT INDEXED") }
    return sql("SELECT ") + key + sql(", ") + list + sql(" FROM ") + quotedName + sql(" NOT INDEXED WHERE ") + key
      + sql(" >= ?1 ORDER BY ") + key
  }
}

/// What a survey leaves for the reading of rows.
struct DatabasePlan: Sendable {
  let copy: DatabaseCopy
  var tables: [DatabaseTable]
}

/// A name as an identifier of SQLite.
func quoted(_ name: Name) -> [UInt8] {
  let quote = UInt8(ascii: "\"")
  return [quote] + name.bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
}

/// Bytes of our own words.
func sql(_ text: String) -> [UInt8] { Array(text.utf8) }

extension Connection {
  /// Calls `body` with each row of a query.
  func forEachRow(of text: [UInt8], _ body: (borrowing Statement) -> Void) throws(SQLiteError) {
    var rows = try prepare(text)
    while try rows.step() { body(rows) }
  }

  /// Whether a query names only what is there.
  func takes(_ text: [UInt8]) throws(SQLiteError) -> Bool {
    do throws(SQLiteError) { try forEachRow(of: text) { _ in } } catch {
      guard error.code == 1 else { throw error }
      return false
    }
    return true
  }
}
