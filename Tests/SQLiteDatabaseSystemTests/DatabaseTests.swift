import Bytes
import Conversion
import Diagnostics
import Records
import SQLiteDatabaseSystem
import SQLiteFormat
import TestSupport
import Testing

@Suite struct DatabaseTests {
  @Test func declaredTypesHoldWhereValuesBearThemOut() throws {
    let found = try DatabaseCase(
      """
      CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, ok BOOLEAN, maybe BOOLEAN, price DECIMAL(8,2), odd DECIMAL(4,1),
        x REAL, name VARCHAR(10) NOT NULL, short VARCHAR(2), at DATETIME, day DATE, zone TIMESTAMP, words DATETIME, j JSON,
        raw BLOB, any, "key" UUID, n SMALLINT, none DATETIME, mixed);
      INSERT INTO t VALUES(1, 1, 2, 12.5, 1.25, 3, 'é', 'long', '2024-02-29 01:02:03', '2024-02-29', '2024-02-29T01:02:03Z',
        'soon', '{"a":1}', x'00ff', 5000000000, '6f9619ff-8b86-d011-b42d-00cf4fc964ff', 70000, NULL, 1);
      INSERT INTO t VALUES(7, 0, 1, 3, 7, 0.1, '', 'x', '1999-12-31 00:00:00.5', NULL, NULL, '', '[]', NULL, 1, NULL, -1, NULL,
        'a');
      INSERT INTO t VALUES(8, NULL, NULL, NULL, NULL, 9e999, 'x', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, x'01');
      """)
    let knowledge = try found.survey(), table = try #require(knowledge.tables.first)
    #expect(
      columns(table) == [
        "id int64", "ok boolean", "maybe int64", "price decimal(8,2)", "odd decimal", "x float64", "name text",
        "short text", "at timestamp", "day date", "zone timestamptz", "words text", "j json", "raw bytes", "any int64",
        "key uuid", "n int64", "none timestamp", "mixed json",
      ])
    #expect(table.primaryKey == ["id"] && table.columns[0].isIdentity && !table.columns[0].isNullable)
    #expect(table.columns[6].maximumLength == 10 && table.columns[7].maximumLength == nil)
    #expect(!table.columns[6].isNullable && table.columns[5].isNullable)
    let rows = try found.rows(knowledge)["t"] ?? []
    #expect(
      rows.first == [
        .integer(1), true, .integer(2), .number("12.5"), .number("1.25"), .double(3.0), "é", "long",
        "2024-02-29 01:02:03", "2024-02-29", "2024-02-29T01:02:03Z", "soon", .json("{\"a\":1}"), .bytes([0, 255]),
        .integer(5_000_000_000), "6f9619ff-8b86-d011-b42d-00cf4fc964ff", .integer(70000), nil, .integer(1),
      ])
    #expect(rows.map { $0[18] } == [.integer(1), "a", .json("{\"$bytes\":\"AQ==\"}")])
    #expect(knowledge.findings.map(\.code) == ["mixed-kinds"])
    let sequence = try #require(knowledge.objects.first { $0.kind == "sequence" })
    #expect(sequence.attribute("last-value") == Array("8".utf8) && sequence.attribute("owned-by") == Array("t.id".utf8))
  }

  @Test func keysAndObjectsAreRead() throws {
    let found = try DatabaseCase(
      """
      CREATE TABLE "Author"(id INTEGER PRIMARY KEY, a, b, UNIQUE(a, b));
      CREATE TABLE book(x INT, y TEXT PRIMARY KEY, author INT DEFAULT 3 REFERENCES author ON DELETE CASCADE,
        self TEXT REFERENCES book(Y) ON UPDATE SET NULL, m INT, n INT,
        lost INT REFERENCES nowhere(id), bad INT REFERENCES author(id), FOREIGN KEY(M, n) REFERENCES "AUTHOR"(a, b))
        WITHOUT ROWID;
      CREATE INDEX by_x ON book(x); CREATE UNIQUE INDEX some ON book(x) WHERE x > 1; CREATE INDEX f ON book(abs(x));
      CREATE VIEW v AS SELECT * FROM book; CREATE TRIGGER tr AFTER INSERT ON book BEGIN SELECT 1; END;
      INSERT INTO author VALUES(1, 2, 3);
      INSERT INTO book VALUES(5, 'b', 1, 'a', 2, 3, 1, 1), (6, 'a', 1, NULL, 2, NULL, NULL, 9);
      """)
    let knowledge = try found.survey()
    try #require(knowledge.tables.map(\.name) == ["Author", "book"])
    let author = knowledge.tables[0], book = knowledge.tables[1]
    #expect(author.uniqueKeys == [["a", "b"]])
    #expect(book.primaryKey == ["y"] && book.uniqueKeys == [] && book.indexes == [["x"]])
    let keys = book.foreignKeys.map { key in
      "\(key.columns.map { displayed($0) }) \(displayed(key.table)) \(key.referencedColumns.map { displayed($0) }) "
        + displayed(key.actions)
    }
    #expect(
      keys == [
        "[\"author\"] Author [\"id\"] ON DELETE CASCADE", "[\"self\"] book [\"y\"] ON UPDATE SET NULL",
        "[\"m\", \"n\"] Author [\"a\", \"b\"] ",
      ])
    #expect(knowledge.unverifiedForeignKeys.map(\.reason) == [.missingTable, .dangling])
    #expect(book.columns[2].defaultValue == Array("3".utf8))
    #expect(Set(knowledge.objects.map(\.kind)) == ["view", "trigger", "index"])
    #expect(knowledge.objects.filter { $0.kind == "index" }.count == 3)
    #expect(try found.rows(knowledge)["book"]?.map { $0[1] } == ["a", "b"])
  }

  @Test func whatOurOwnFilesSayComesBackEqual() throws {
    let types: [Column] = [
      Column("id", .int64), Column("flag", .boolean), Column("small", .int32),
      Column("exact", .decimal(precision: 20, scale: 4)), Column("big", .decimal), Column("float", .float64),
      Column("words", .text), Column("uuid", .uuid), Column("day", .date), Column("clock", .time),
      Column("at", .timestamp), Column("zoned", .timestamptz), Column("length", .interval), Column("tree", .json),
      Column("raw", .bytes), Column("list", .array(.int32)), Column("a,\"(b", .boolean),
    ]
    let rows: [[TestValue]] = [
      [
        .number("-9223372036854775808"), true, .integer(5), .number("1.1000"),
        .number("123456789012345678901234567890.5"), .number("0.1"), "a\u{0}b", "6F9619FF-8B86-D011-B42D-00CF4FC964FF",
        "2024-02-29", "23:59:59.999999", "2024-02-29T01:02:03.123456789", "2024-02-29 01:02:03+05:30",
        "3 04:05:06.789", .json("{\"b\":1, \"a\":1.10}"), .bytes([0, 255]), .json("[1,2]"), false,
      ],
      [.integer(2)] + Array(repeating: nil, count: 16),
      [
        .integer(3), false, .integer(-1), .number("0"), .number("1"), .double(.infinity), "", nil, nil, nil, "odd",
        nil, nil, "text", .bytes([]), .json("[]"), true,
      ],
    ]
    let schema = TableSchema("t", types, primaryKey: ["id"])
    for batchSize in [1, 3] {
      let place = try TemporaryDirectory()
      var writer = try SQLiteExport().makeWriter(
        to: Output(.file(place.file("out.db"))), tables: [schema], options: WriteOptions())
      var expected = RowDigester(schema)
      try writer.begin(schema)
      for start in stride(from: 0, to: rows.count, by: batchSize) {
        let batch = try RecordBatch(rows[start..<min(start + batchSize, rows.count)], columnCount: types.count)
        try writer.write(batch)
        try expected.add(batch)
      }
      try writer.finish()
      let found = try DatabaseCase(place, open: "out.db")
      let knowledge = try found.survey(), table = try #require(knowledge.tables.first)
      #expect(columns(table) == columns(schema))
      var seen = RowDigester(table)
      var reader = try SQLiteDatabase().openRecords(found.input, knowledge), read = RecordBatch()
      _ = try reader.nextTable()
      while try reader.read(into: &read) { try seen.add(read) }
      #expect(seen.digest == expected.digest)
    }
  }

  @Test func longValuesStayOutsideTheHeap() throws {
    let found = try DatabaseCase(
      python: """
        c.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b BLOB, n)")
        c.execute("INSERT INTO t VALUES(-5, 'short', x'01', 1)")
        c.execute("INSERT INTO t VALUES(0, ?, ?, 2.5)", ('é' * 1500000, bytes(range(256)) * 8192))
        c.execute("INSERT INTO t VALUES(1, ?, NULL, NULL)", ('x' * 1048577,))
        c.execute("INSERT INTO t VALUES(9223372036854775807, CAST(? AS TEXT), 'b', 'n')", (b'\\xff' * 1100000,))
        """)
    let knowledge = try found.survey()
    #expect(columns(knowledge.tables[0]) == ["id int64", "a json", "b bytes", "n json"])
    let rows = try found.rows(knowledge)["t"] ?? []
    #expect(rows.map { $0[0] } == [.integer(-5), .integer(0), .integer(1), .integer(.max)])
    #expect(rows[1][1] == .text(Array(String(repeating: "é", count: 1_500_000).utf8)))
    guard case .bytes(let blob) = rows[1][2] else {
      Issue.record("no bytes")
      return
    }
    #expect(blob.count == 2_097_152 && blob[255] == 255 && blob[256] == 0)
    #expect(rows[2][1] == .text([UInt8](repeating: 0x78, count: 1_048_577)))
    #expect(rows[3][2] == .bytes([0x62]))
    #expect(knowledge.findings.contains { $0.code == "text-not-utf8" && $0.column == "a" })
  }

  @Test func generatedColumnsAreData() throws {
    let found = try DatabaseCase(
      """
      CREATE TABLE t(a INT, b INT AS (a * 2) STORED, c TEXT GENERATED ALWAYS AS (a || ',)') VIRTUAL, d INT);
      INSERT INTO t(a, d) VALUES(4, 1);
      """)
    let knowledge = try found.survey()
    #expect(knowledge.tables[0].columns.map(\.generation) == [nil, Array("a * 2".utf8), Array("a || ',)'".utf8), nil])
    #expect(try found.rows(knowledge)["t"] == [[.integer(4), .integer(8), "4,)", .integer(1)]])
  }

  @Test func utf16AndAwkwardNamesAreRead() throws {
    let found = try DatabaseCase(
      """
      PRAGMA encoding='UTF-16';
      CREATE TABLE "a""b; --"(rowid TEXT, _rowid_ INT, oid INT, "x y" TEXT);
      INSERT INTO "a""b; --" VALUES('é', 1, 2, '🙂'), ('z', 3, 4, '');
      """)
    let knowledge = try found.survey()
    #expect(
      try found.rows(knowledge)["a\"b; --"] == [
        ["é", .integer(1), .integer(2), "🙂"], ["z", .integer(3), .integer(4), ""],
      ])
  }

  @Test func compressedAndArchivedFilesAreRead() throws {
    let make = "c.execute('CREATE TABLE t(a)'); c.execute('INSERT INTO t VALUES(1)'); c.close()\n"
    let gzip = try DatabaseCase(
      python: make + "shutil.copyfileobj(open('data.db', 'rb'), gzip.open('data.db.gz', 'wb'))", open: "data.db.gz")
    #expect(try gzip.rows(try gzip.survey()) == ["t": [[.integer(1)]]])
    let zip = try DatabaseCase(
      python: make + "zipfile.ZipFile('x.zip', 'w', zipfile.ZIP_DEFLATED).write('data.db')", open: "x.zip")
    #expect(try zip.rows(try zip.survey()) == ["t": [[.integer(1)]]])
  }

  @Test func manyRowsKeepTheirOrder() throws {
    let found = try DatabaseCase(
      "CREATE TABLE t(a INT, b TEXT); WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c LIMIT 20000) "
        + "INSERT INTO t SELECT i, 'row ' || i FROM c; DELETE FROM t WHERE a % 3 = 0;")
    let rows = try found.rows(try found.survey())["t"] ?? []
    #expect(rows.map { $0[0] } == (1...20000).filter { $0 % 3 != 0 }.map { .integer($0) })
  }
}
