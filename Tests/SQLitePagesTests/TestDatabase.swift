import Bytes
import Records
import SQLiteClient
import SQLitePages
import TestSupport
import Testing

/// A column: its name, SQLite's word for its type, and its number there.
struct TestColumn {
  var name: String
  var store: UInt8

  static func integer(_ name: String) -> TestColumn { TestColumn(name: name, store: 1) }
  static func real(_ name: String) -> TestColumn { TestColumn(name: name, store: 2) }
  static func text(_ name: String) -> TestColumn { TestColumn(name: name, store: 3) }
  static func blob(_ name: String) -> TestColumn { TestColumn(name: name, store: 4) }

  var definition: String { "\"\(name)\" \(["INTEGER", "REAL", "TEXT", "BLOB"][Int(store) - 1])" }
}

/// An index on columns by position.
struct TestIndex {
  var columns: [Int]
  var isUnique = false
}

/// The same rows, filled by pages and inserted by SQLite itself.
struct TestDatabase {
  let place: TemporaryDirectory
  var path: String { place.path + "/pages.db" }
  private(set) var refused = 0
  private(set) var duplicates = 0
  private(set) var built: [Bool] = []

  /// `key`: the column that is the number of the row.
  init(
    _ columns: [TestColumn], key: Int? = nil, indexes: [TestIndex] = [], batches: [[[TestValue]]],
    sortBytes: Int = 1 << 20, externalAbove: Int = .max
  ) throws {
    place = try TemporaryDirectory()
    let path = Array((place.path + "/pages.db").utf8)
    var roots: [Int64] = []
    do {
      let connection = try Connection(path, ConnectionOptions(.create))
      let list = columns.indices.map { columns[$0].definition + ($0 == key ? " PRIMARY KEY" : "") }
      try connection.execute("PRAGMA page_size=8192")
      try connection.execute("CREATE TABLE t (\(list.joined(separator: ", "))) STRICT")
      for (i, index) in indexes.enumerated() {
        let names = index.columns.map { "\"\(columns[$0].name)\"" }.joined(separator: ", ")
        try connection.execute("CREATE \(index.isUnique ? "UNIQUE " : "")INDEX i\(i) ON t (\(names))")
      }
      var query = try connection.prepare("SELECT rootpage FROM sqlite_schema ORDER BY rowid")
      while try query.step() { roots.append(query.integer(0)) }
    }
    var file = try PageFile(path)
    let budget = SortBudget(bytes: sortBytes)
    let fills = zip(indexes, roots.dropFirst()).map { index, root in
      IndexFill(
        root: UInt32(root), columns: index.columns, stores: index.columns.map { columns[$0].store },
        isUnique: index.isUnique, budget: budget)
    }
    let table = TableFill(
      root: UInt32(roots[0]), stores: columns.map(\.store), key: key, indexes: fills, budget: budget)
    for rows in batches {
      let batch = try RecordBatch(rows[...], columnCount: columns.count, externalAbove: externalAbove)
      refused += try table.append(rows: 0..<batch.rowCount, of: batch, to: &file) { (value, _, body) throws(IOError) in
        try value.file.forEachPiece(at: value.offset, count: value.byteCount, body, failed: { $0 })
      }
    }
    try table.finish(in: &file)
    duplicates = table.duplicateCount
    for fill in fills { built.append(try fill.build(in: &file)) }
    try file.finish()
  }

  /// Output of the sqlite3 program.
  func sqlite3(_ sql: String) throws -> String {
    let result = try run(["sqlite3", "-batch", path, sql])
    #expect(result.errorText == "")
    return result.text
  }

  /// SQLite finds nothing wrong with the file, and the rows with their numbers are those that it stores itself.
  func check(
    _ columns: [TestColumn], key: Int? = nil, rows: [[TestValue]], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(try sqlite3("PRAGMA integrity_check") == "ok\n", sourceLocation: sourceLocation)
    try Self.insert(columns, key, rows, path: Array((place.path + "/inserted.db").utf8))
    let list = "rowid, " + columns.map { "typeof(\"\($0.name)\"), \"\($0.name)\"" }.joined(separator: ", ")
    let same = try sqlite3(
      """
      ATTACH '\(place.path)/inserted.db' AS other;
      SELECT count(*) FROM (SELECT \(list) FROM main.t NOT INDEXED EXCEPT SELECT \(list) FROM other.t);
      SELECT count(*) FROM (SELECT \(list) FROM other.t EXCEPT SELECT \(list) FROM main.t NOT INDEXED);
      SELECT (SELECT count(*) FROM main.t) - (SELECT count(*) FROM other.t);
      """)
    #expect(same == "0\n0\n0\n", sourceLocation: sourceLocation)
  }

  /// Inserts rows one by one; of those with the same number the first stays.
  private static func insert(_ columns: [TestColumn], _ key: Int?, _ rows: [[TestValue]], path: [UInt8]) throws {
    let connection = try Connection(path, ConnectionOptions(.create))
    let list = columns.indices.map { columns[$0].definition + ($0 == key ? " PRIMARY KEY" : "") }
    try connection.execute("PRAGMA synchronous=OFF; CREATE TABLE t (\(list.joined(separator: ", "))) STRICT; BEGIN")
    let places = columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
    var insert = try connection.prepare("INSERT OR IGNORE INTO t VALUES (\(places))")
    for row in rows {
      for (i, value) in row.enumerated() {
        switch value {
        case .null, .missing: try insert.bindNull(at: i + 1)
        case .boolean(let value): try insert.bind(Int64(value ? 1 : 0), at: i + 1)
        case .integer(let value): try insert.bind(value, at: i + 1)
        case .double(let bits): try insert.bind(Double(bitPattern: bits), at: i + 1)
        case .number(let digits) where columns[i].store == 2:
          try insert.bind(Double(String(decoding: digits, as: UTF8.self))!, at: i + 1)
        case .number(let bytes), .text(let bytes), .json(let bytes), .surrogates(let bytes):
          try insert.bind(text: bytes.span, at: i + 1)
        case .bytes(let bytes): try insert.bind(blob: bytes.span, at: i + 1)
        }
      }
      try insert.run()
    }
    try connection.execute("COMMIT")
  }
}
