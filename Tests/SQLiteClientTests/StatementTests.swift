import Bytes
import Records
import SQLiteClient
import TestSupport
import Testing

@Suite struct StatementTests {
  @Test func valuesComeBack() throws {
    let connection = try Connection()
    var statement = try connection.prepare("SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7")
    let text = Array("a\0\u{1F600}".utf8), blob: [UInt8] = [0, 255, 1]
    try statement.bind(Int64.min, at: 1)
    try statement.bind(-0.5, at: 2)
    try statement.bind(text: text, at: 3)
    try statement.bind(blob: blob, at: 4)
    try statement.bind(text: [], at: 5)
    try statement.bind(blob: [], at: 6)
    for _ in 1...2 {  // the second time ready again, with its bindings
      let hasRow = try statement.step()
      #expect(hasRow)
      let integer = statement.integer(0), double = statement.double(1)
      #expect(integer == .min)
      #expect(double == -0.5)
      let bytes = (2...5).map { statement.bytes($0) }
      #expect(bytes == [text, blob, [], []])
      let classes = (2...6).map { statement.storageClass($0) }
      #expect(classes == [.text, .blob, .text, .blob, .null])
      let count = statement.span(2).count
      #expect(count == text.count)
      let hasSecond = try statement.step()
      #expect(!hasSecond)
    }
  }

  @Test func boundValuesAreInNoMessage() throws {
    let connection = try Connection()
    try connection.execute("CREATE VIRTUAL TABLE f USING fts5(t); CREATE TABLE u(a UNIQUE, b CHECK(b<>'no'))")
    var search = try connection.prepare("SELECT 1 FROM f WHERE f MATCH ?1")
    try search.bind(text: "\"geheim OR (", at: 1)
    do {
      _ = try search.step()
      Issue.record("accepted")
    } catch { #expect(!error.message.contains("geheim")) }
    var insert = try connection.prepare("INSERT INTO u VALUES(?1,'x')")
    try insert.bind(text: "geheim", at: 1)
    try insert.run()
    do {
      try insert.run()
      Issue.record("accepted")
    } catch {
      #expect(error.isConstraint)
      #expect(error.extendedCode == 2067)
      #expect(error.message == "UNIQUE constraint failed: u.a")
    }
  }

  @Test func messagesAreFitForATerminal() throws {
    let connection = try Connection()
    try connection.execute("CREATE TABLE t(\"a\u{1B}[2J\" UNIQUE); INSERT INTO t VALUES(1)")
    do {
      try connection.execute("INSERT INTO t VALUES(1)")
      Issue.record("accepted")
    } catch { #expect(error.message == "UNIQUE constraint failed: t.a\\u{1b}[2J") }
  }

  struct Stop: Error {}
  @Test func textIsProducedInPieces() throws {
    let connection = try Connection()
    var statement = try connection.prepare("SELECT ?1")
    let pieces = ["ab", "", "c\0d"].map { Array($0.utf8) }
    try statement.bindText(count: 5, at: 1, failed: { $0 }) { (append) throws(SQLiteError) in
      for piece in pieces { append(piece.span) }
    }
    let hasRow = try statement.step()
    #expect(hasRow)
    let bytes = statement.bytes(0)
    #expect(bytes == Array("abc\0d".utf8))
    for wrong in [4, 6] {
      #expect(throws: SQLiteError.self) {
        try statement.bindText(count: wrong, at: 1, failed: { $0 }) { (append) throws(SQLiteError) in
          for piece in pieces { append(piece.span) }
        }
      }
    }
    #expect(throws: Stop.self) {
      try statement.bindText(count: 5, at: 1, failed: { _ in Stop() }) { (_) throws(Stop) in throw Stop() }
    }
  }

  @Test func blobIsFilledInPieces() throws {
    let connection = try Connection()
    try connection.execute("CREATE TABLE t(a BLOB)")
    var insert = try connection.prepare("INSERT INTO t VALUES(?1)")
    try insert.bindZeros(count: 5, at: 1)
    try insert.run()
    var blob = try connection.openBlob(
      table: Array("t".utf8), column: Array("a".utf8), row: connection.lastInsertRowID, isWritten: true)
    let piece: [UInt8] = [7, 8, 9]
    try blob.write(piece.span, at: 2)
    #expect(throws: SQLiteError.self) { try blob.write(piece.span, at: 3) }
    #expect(throws: SQLiteError.self) { try blob.write(piece.span, at: -1) }
    let read = try blob.read(at: 1, count: 4)
    #expect(read == [0, 7, 8, 9])
    #expect(try connection.integer("SELECT a=x'0000070809' FROM t") == 1)
  }
}

@Suite struct ReadingOnlyTests {
  private func connection() throws -> Connection {
    let place = try TemporaryDirectory()
    do {
      try Connection(place.file("a.db"), .init(.create)).execute(
        "CREATE TABLE t(a); INSERT INTO t VALUES(1); CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES('word')"
      )
    }
    // Even a connection that could write only reads, and virtual tables can be opened for the first time.
    let connection = try Connection(place.file("a.db"), .init(.write))
    try connection.restrictToReading()
    return connection
  }
  @Test(arguments: [
    "SELECT a FROM t", "SELECT count(*) FROM f WHERE f MATCH 'word'", "SELECT count(*) FROM pragma_table_info('t')",
    "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i<3) SELECT count(*)/3 FROM n",
    "SELECT json_extract('{\"a\":1}', '$.a')",
  ]) func readingWorks(_ sql: String) throws {
    #expect(try connection().integer(sql) == 1)
  }
  @Test(arguments: [
    "INSERT INTO t VALUES(2)", "UPDATE t SET a=2", "DELETE FROM t", "DROP TABLE t", "CREATE TABLE u(a)",
    "CREATE TEMP TABLE u(a)", "ATTACH 'x.db' AS x", "PRAGMA query_only=OFF", "PRAGMA journal_mode=WAL",
    "PRAGMA user_version=5", "BEGIN", "VACUUM", "VACUUM INTO 'x.db'", "SELECT load_extension('x')",
    "SELECT fts3_tokenizer('simple')", "REINDEX", "ANALYZE", "INSERT INTO f(f) VALUES('rebuild')",
  ]) func writingIsRefused(_ sql: String) throws {
    do {
      try connection().execute(sql)
      Issue.record("ran")
    } catch { #expect((error as? SQLiteError)?.isRefused == true, "\(error)") }
  }
}

@Suite struct InsertTests {
  private func insert(
    _ cell: (inout RecordBatch) -> Cell, as storage: StorageClass
  ) throws -> (InsertOutcome, String?) {
    let connection = try Connection()
    try connection.execute("CREATE TABLE t(a)")
    var batch = RecordBatch(capacity: 16)
    batch.removeAll(columnCount: 1)
    let made = cell(&batch)
    batch.append(row: [made])
    var statement = try connection.prepare("INSERT INTO t VALUES(?1)")
    let classes = [storage]
    let outcome = try statement.insert(row: 0, of: batch, as: classes.span)
    var query = try connection.prepare("SELECT typeof(a)||':'||quote(a) FROM t")
    return (outcome, try query.step() ? query.string(0) : nil)
  }
  private func number(_ text: String) -> (inout RecordBatch) -> Cell {
    { batch in
      let bytes = Array(text.utf8)
      return batch.cell(.number, bytes.span)
    }
  }

  @Test func cellsAreBoundAsTheyAre() throws {
    #expect(try insert({ _ in .null }, as: .text).1 == "null:NULL")
    #expect(try insert({ _ in .missing }, as: .integer).1 == "null:NULL")
    #expect(try insert({ _ in .integer(.min) }, as: .integer).1 == "integer:-9223372036854775808")
    #expect(try insert({ _ in .boolean(true) }, as: .integer).1 == "integer:1")
    #expect(try insert({ _ in .double(1.5) }, as: .real).1 == "real:1.5")
    #expect(try insert({ $0.text("it's") }, as: .text).1 == "text:'it''s'")
    #expect(try insert({ $0.text("") }, as: .text).1 == "text:''")
    #expect(try insert({ $0.cell(.bytes, [UInt8]().span) }, as: .blob).1 == "blob:X''")
    #expect(try insert(number("1.10"), as: .text).1 == "text:'1.10'")
  }
  @Test(arguments: ["0", "7", "-7", "9223372036854775807", "-9223372036854775808"])
  func canonicalIntegersFit(_ digits: String) throws {
    #expect(try insert(number(digits), as: .integer).1 == "integer:\(digits)")
  }
  @Test(arguments: ["", "-", "-0", "01", "+1", "1.0", "1e3", "9223372036854775808", "-9223372036854775809", "NaN"])
  func otherNumbersAreNoIntegers(_ digits: String) throws {
    let (outcome, stored) = try insert(number(digits), as: .integer)
    #expect(outcome == .unfit(column: 0))
    #expect(stored == nil)
  }
  @Test func doublesAreTheNearest() throws {
    #expect(try insert(number("0.1"), as: .real).1 == "real:0.1")
    #expect(try insert(number("-25e-3"), as: .real).1 == "real:-0.025")
    #expect(try insert(number("+5.E2"), as: .real).1 == "real:500.0")
    for text in ["1e400", "NaN", "Infinity", "0x10", "1 ", ""] {
      #expect(try insert(number(text), as: .real).0 == .unfit(column: 0))
    }
  }
  /// Against Swift's own reading, around the limits of the fast way and far beyond.
  @Test func doublesOfRandomDigits() throws {
    let connection = try Connection()
    try connection.execute("CREATE TABLE t(a REAL)")
    var statement = try connection.prepare("INSERT INTO t VALUES(?1)")
    var query = try connection.prepare("SELECT a FROM t WHERE rowid = last_insert_rowid()")
    var state: UInt64 = 88_172_645_463_325_252
    let classes = [StorageClass.real]
    for i in 0..<2000 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      let digits = String(state).prefix(1 + i % 19), exponent = Int(state >> 20 % 60) % 60 - 30
      let text = "\(i % 2 == 0 ? "-" : "")\(digits.prefix(1)).\(digits.dropFirst())\(i % 3 == 0 ? "" : "e\(exponent)")"
      guard let value = Double(text.hasSuffix(".") ? text + "0" : text.replacing(".e", with: ".0e")) else { continue }
      var batch = RecordBatch(capacity: 64)
      batch.removeAll(columnCount: 1)
      let cell = number(text)(&batch)
      batch.append(row: [cell])
      let outcome = try statement.insert(row: 0, of: batch, as: classes.span)
      #expect(outcome == .inserted)
      _ = try query.step()
      let stored = query.double(0)
      query.reset()
      #expect(stored == value, "\(text)")
    }
  }

  @Test func whatNeedsAChangeIsUnfit() throws {
    #expect(try insert({ _ in .double(.nan) }, as: .real).0 == .unfit(column: 0))
    #expect(try insert({ $0.text("five") }, as: .integer).0 == .unfit(column: 0))
    #expect(try insert({ $0.text("1e999") }, as: .real).0 == .unfit(column: 0))
    #expect(try insert({ $0.text("aGk=") }, as: .blob).0 == .unfit(column: 0))
    #expect(
      try insert({ $0.cell(.text, [0xED, 0xA0, 0x80].span, flags: .surrogates) }, as: .text).0 == .unfit(column: 0))
  }
}
