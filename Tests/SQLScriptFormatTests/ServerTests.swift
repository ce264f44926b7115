import Bytes
import Conversion
import Records
import SQLScriptFormat
import TestSupport
import Testing

/// The naughty strings, when the shared samples are there.
let naughtyTexts: [TestValue] = {
  guard let samples = sharedSamples,
    let bytes = try? readFile(samples + "/adversarial/dev/text-blns/blns.txt")
  else { return [] }
  return bytes.split(separator: UInt8(ascii: "\n")).map { .text(Array($0)) }
}()

/// Every control character and quote beside others, and what looks like the end of data or of a statement.
let hostileTexts: [TestValue] =
  (1..<0x20).map { .text([0x61, UInt8($0), 0x62]) } + [
    "\\.", "\n\\.\n", "');DROP TABLE t;--", "a\\", "\\'", "''", "\\\\.", "\r\n", "\u{1A}", ":x", "$$", "%",
    "\\connect x", "\\! false", "x\r\n.quit\r\n",
  ]

/// Texts thrown together from what means something to some reader of SQL, the same in every run.
let randomTexts: [TestValue] = {
  let parts = [
    "'", "''", "\"", "\\", "\\.", "\n", "\r", "\t", "\0", "\u{1}", "\u{8}", "\u{B}", "\u{1A}", "\u{1B}", "\u{7F}", ";",
    "--", "/*",
    "*/", "#", "`", "$a$", ":v", "?1", "@x", "%", "(", ")", ",", "NULL", "\\N", "E'", "X'", "x", " ", "é", "日", "🙂",
    "e\u{301}",
  ]
  var state: UInt64 = 88_172_645_463_325_252
  func random(_ limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % limit
  }
  return (0..<400).map { _ in .text(Array((0..<random(40)).map { _ in parts[random(parts.count)] }.joined().utf8)) }
}()

let texts = awkwardTexts + hostileTexts + naughtyTexts + randomTexts
let carriedByPostgres = texts.filter { if case .text(let bytes) = $0 { !bytes.contains(0) } else { true } }

/// Names that have to be quoted, shortened or told apart.
let hostileNames: [Name] = [
  "a\"\"; DROP TABLE x;--", "`b`; --", "select", "Select", "order by", "ctid", "xmin", "Ünïcödé 🙂", "uni", "Uni", "é",
  "e", "É", " ", "trailing ",
  "new\nline", "tab\t", "\\", "'", "%s", "$1", "sqlite_x", "rowid", "id",
  Name(String(repeating: "x", count: 63)), Name(String(repeating: "x", count: 64)),
  Name(String(repeating: "x", count: 65) + "a"),
  Name(String(repeating: "x", count: 65) + "b"), Name(String(repeating: "é", count: 40)), Name([0xFF, 0xFE]), "",
]

private func hexOf(_ value: TestValue) -> String {
  guard case .text(let bytes) = value else { return "" }
  return hexadecimal(bytes).uppercased()
}
private func lines(_ result: ProcessResult) -> [String] {
  #expect(result.exitCode == 0, "\(result.errorText)")
  #expect(result.errorText == "")
  return result.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
}

/// All texts; a table and its columns under hostile names; and a table for each of the other names.
private func hostileTables() -> [TestTable] {
  let columns = [Column("nr", .int32)] + hostileNames.map { Column($0, .text) }
  let row: [TestValue] = [.integer(1)] + hostileNames.indices.map { TestValue.text(Array("value \($0)".utf8)) }
  let numbered = texts.enumerated().map { [.integer(Int64($0)), $1] }
  return [
    TestTable(TableSchema("texts", [Column("nr", .int32), Column("t", .text)], primaryKey: ["nr"]), numbered),
    TestTable(TableSchema(hostileNames[0], columns, primaryKey: ["nr"]), [row]),
  ] + hostileNames.dropFirst().map { TestTable($0, ["a"], [["x"]]) }
}
/// Number of tables of a script that also holds `typed` and `shop`.
private let tableCount = hostileNames.count + 4

/// A table with a value of every type that the dialects know, and special ones.
private let typed = TestTable(
  TableSchema(
    "typed",
    [
      Column("id", .int64), Column("b", .boolean), Column("i", .int32), Column("d", .decimal(precision: 12, scale: 3)),
      Column("n", .decimal), Column("f", .float64), Column("v", .text, maximumLength: 3), Column("u", .uuid),
      Column("day", .date),
      Column("clock", .time), Column("at", .timestamp), Column("zoned", .timestamptz), Column("length", .interval),
      Column("j", .json), Column("x", .bytes), Column("list", .array(.text)), Column("matrix", .array(.int32)),
    ], primaryKey: ["id"]),
  [
    [
      .number("-9223372036854775808"), true, .number("-2147483648"), .number("-123456789.125"),
      .number("123456789012345678901234567890.123456789"), .number("5e-324"), "日本é", "6F9619FF8B86D011B42D00CF4FC964FF",
      "0001-01-01", "00:00:00.000001", "2024-02-29T23:59:59.999999", "2024-02-29T23:59:59.999999+05:30",
      "3 04:05:06.789000",
      .json("{\"b\": 1, \"a\": [1.10, \"x\\u0000\\n\"], \"a\": null}"), .bytes([0, 39, 92, 255]),
      .json("[\"a\\\"b\\\\c\", null, \"NULL\", \"{x,y}\", \"\"]"), .json("[[1,2],[3,null]]"),
    ],
    [
      .number("9223372036854775807"), false, .number("2147483647"), .number("0.001"), .number("1e-7"),
      .number("1.7976931348623157e308"), "", "6f9619ff-8b86-d011-b42d-00cf4fc964ff", "9999-12-31", "23:59:59.999999",
      "1970-01-01 00:00:00", "1969-12-31T23:59:59Z", "-1 00:00:01", "a string", "AAH/", .json("[]"), .json("[]"),
    ],
    [
      .number("0"), "T", .double(1.0), .number("1.10"), .number("1.10"), .double(0.1), "abc", nil, nil, nil, nil, nil,
      "P3DT4H5M6.789S",
      .number("1.10"), .text([]), nil, nil,
    ],
    [
      .number("1"), nil, nil, nil, nil, .number("-0.0"), nil, nil, nil, nil, "2024-06-01T12:00:00+02:00", "2024-06-01",
      "-P1DT2H", true, nil,
      nil, nil,
    ],
  ])

@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct PostgresTests {
  @Test func everythingComesBack() throws {
    let server = try ThrowAwayPostgres()
    for inserts in [false, true] {
      for externalAbove in [Int.max, 2] {
        let database = "d\(inserts)\(externalAbove == 2)".lowercased()
        _ = lines(try server.psql("CREATE DATABASE \(database)"))
        let options = options(.postgres, inserts: inserts)
        let written = try write(
          hostileTables(), as: .sqlScript, options: options, batchSize: 7, externalAbove: externalAbove)
        _ = lines(try server.psql(written.files[""]!, database: database))
        let others = try write([typed] + shop, as: .sqlScript, options: options)
        _ = lines(try server.psql(others.files[""]!, database: database))
        func query(_ sql: String) throws -> [String] { lines(try server.psql(sql + ";\n", database: database)) }
        #expect(
          try query("SELECT upper(encode(convert_to(t, 'UTF8'), 'hex')) FROM texts ORDER BY nr")
            == carriedByPostgres.map(hexOf))
        #expect(
          try query("SELECT value FROM \(hostile) t, json_each_text(to_json(t))")
            == ["1"] + hostileNames.indices.map { "value \($0)" })
        #expect(try query("SELECT \"select\", \"%s\" FROM \(hostile)") == ["value 2|value 19"])
        #expect(try query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == ["\(tableCount)"])
        #expect(
          try query(
            "SET timezone = 'UTC'; SELECT row_to_json(t) FROM (SELECT id, b, i, d, n, f, v, u, day, clock, at, zoned, "
              + "length, j::text, encode(x, 'hex') x, list, matrix FROM typed ORDER BY id) t") == Self.typedRows)
        #expect(try query("SELECT nextval(pg_get_serial_sequence('author', 'id'))") == ["3"])
        #expect(
          try query("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND condeferred") == ["2"])
        #expect(Set(written.losses.map(\.code)) == ["nul-character", "changed-name", "shortened-name"])
        #expect(
          written.losses.first { $0.code == "nul-character" }?.count == texts.count - carriedByPostgres.count)
        #expect(others.losses.map(\.code) == ["offset-as-utc"])
      }
    }
  }
  private let hostile = "\"a\"\"\"\"; DROP TABLE x;--\""

  static let typedRows = [
    #"{"id":-9223372036854775808,"b":true,"i":-2147483648,"d":-123456789.125,"n":123456789012345678901234567890.123456789,"f":5e-324,"v":"日本é","u":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","day":"0001-01-01","clock":"00:00:00.000001","at":"2024-02-29T23:59:59.999999","zoned":"2024-02-29T18:29:59.999999+00:00","length":"3 days 04:05:06.789","j":"{\"b\": 1, \"a\": [1.10, \"x\\u0000\\n\"], \"a\": null}","x":"00275cff","list":["a\"b\\c",null,"NULL","{x,y}",""],"matrix":[[1,2],[3,null]]}"#,
    #"{"id":0,"b":true,"i":1,"d":1.100,"n":1.10,"f":0.1,"v":"abc","u":null,"day":null,"clock":null,"at":null,"zoned":null,"length":"3 days 04:05:06.789","j":"1.10","x":"","list":null,"matrix":null}"#,
    #"{"id":1,"b":null,"i":null,"d":null,"n":null,"f":-0,"v":null,"u":null,"day":null,"clock":null,"at":"2024-06-01T10:00:00","zoned":"2024-06-01T00:00:00+00:00","length":"-26:00:00","j":"true","x":null,"list":null,"matrix":null}"#,
    #"{"id":9223372036854775807,"b":false,"i":2147483647,"d":0.001,"n":0.0000001,"f":1.7976931348623157e+308,"v":"","u":"6f9619ff-8b86-d011-b42d-00cf4fc964ff","day":"9999-12-31","clock":"23:59:59.999999","at":"1970-01-01T00:00:00","zoned":"1969-12-31T23:59:59+00:00","length":"-1 days +00:00:01","j":"\"a string\"","x":"0001ff","list":[],"matrix":[]}"#,
  ]

  /// Whatever is written loads: values that PostgreSQL would refuse are rejects.
  @Test func whatCannotBeHeldIsLeftOut() throws {
    let server = try ThrowAwayPostgres()
    let rows: [[TestValue]] = refusedRows(of: typed)
    let written = try write([TestTable(typed.schema, rows)], as: .sqlScript, options: options(.postgres))
    _ = lines(try server.psql(written.files[""]!))
    #expect(lines(try server.psql("SELECT count(*), count(j), count(f) FROM typed")) == ["2|1|1"])
    #expect(written.losses.filter(\.isReject).map(\.count).reduce(0, +) == rows.count - 2)
    #expect(lines(try server.psql("SELECT j, f FROM typed ORDER BY id")) == ["[null, \"NaN\", null]|", "|NaN"])
  }

  @Test func schemaAndDataComeApart() throws {
    let server = try ThrowAwayPostgres()
    var schemaOnly = options(.postgres), dataOnly = options(.postgres)
    schemaOnly.writesData = false
    dataOnly.writesSchema = false
    _ = lines(try server.psql(try write(shop, as: .sqlScript, options: schemaOnly).files[""]!))
    #expect(lines(try server.psql("SELECT count(*) FROM author")) == ["0"])
    _ = lines(try server.psql(try write(shop, as: .sqlScript, options: dataOnly).files[""]!))
    #expect(lines(try server.psql("SELECT count(*) FROM author JOIN book ON author.id = author_id")) == ["1"])
  }

  /// Intervals mean what our own reading of them says.
  @Test func intervalsMeanTheSame() throws {
    let server = try ThrowAwayPostgres()
    let spellings = [
      "3 04:05:06.789000", "-1 00:00:01", "00:00:00.000001", "-1 23:59:59.999999", "P3DT4H5M6.789S", "-P3DT4H5M6.789S",
      "+P1D",
      "3 days, 4:05:06", "1 day, 0:00:00", "-1 day, 23:00:00", "1 year 2 mons -3 days +04:05:06.789", "PT0.000001S",
      "P1Y2M", "P2W",
      "04:05", "P-1D", "PT-1.5S", "1 mon",
    ].filter { DurationText(Array($0.utf8).span) != nil }
    #expect(spellings.count > 12)
    let table = TestTable(
      TableSchema("t", [Column("nr", .int32), Column("l", .interval)]),
      spellings.enumerated().map { [.integer(Int64($0)), .text(Array($1.utf8))] })
    _ = lines(try server.psql(try write([table], as: .sqlScript, options: options(.postgres)).files[""]!))
    let read = lines(
      try server.psql(
        "SELECT (extract(year FROM l) * 12 + extract(month FROM l))::bigint, (extract(epoch FROM l - make_interval(months => (extract(year FROM l) * 12 + extract(month FROM l))::int)) * 1000000)::bigint FROM t ORDER BY nr"
      ))
    let ours = spellings.map { text in
      let length = DurationText(Array(text.utf8).span)!
      return "\(length.months)|\(length.microseconds)"
    }
    #expect(read == ours)
  }
}

/// A row for every value that a typed column cannot hold, then two that only lose something.
private func refusedRows(of table: TestTable) -> [[TestValue]] {
  let values: [(column: String, TestValue)] = [
    ("b", "maybe"), ("b", .number("2")), ("i", .number("2147483648")), ("i", .number("1.5")), ("i", "x"), ("id", nil),
    ("id", .number("9223372036854775808")), ("d", .number("1.1234")), ("d", .number("1234567890.1")), ("d", "abc"),
    ("f", .number("1e400")), ("f", .number("1e-400")), ("v", "long"), ("v", "日本éé"),
    ("v", .surrogates([0xED, 0xA0, 0x80])),
    ("u", "6F9619FF"), ("day", "2023-02-29"), ("day", "2023-02-28T00:00:00"), ("clock", "25:00:00"), ("at", "soon"),
    ("zoned", "12:00:00"), ("x", "*"), ("j", .text([])),
  ]
  var rows: [[TestValue]] = []
  for (i, (column, value)) in values.enumerated() where column != "j" {
    var row: [TestValue] = table.schema.columns.map { _ in nil }
    row[0] = .integer(Int64(100 + i))
    row[table.schema.index(of: Name(column))!] = value
    rows.append(row)
  }
  for (i, (column, value)) in [("j", TestValue.json("[NaN, \"NaN\", -Infinity]")), ("f", .number("NaN"))].enumerated() {
    var row: [TestValue] = table.schema.columns.map { _ in nil }
    row[0] = .integer(Int64(200 + i))
    row[table.schema.index(of: Name(column))!] = value
    rows.append(row)
  }
  return rows
}

@Suite struct SQLiteScriptTests {
  @Test(arguments: [Int.max, 2]) func everythingComesBack(_ externalAbove: Int) throws {
    let place = try TemporaryDirectory()
    let written = try write(
      hostileTables(), as: .sqlScript, options: options(.sqlite), batchSize: 7, externalAbove: externalAbove)
    let others = try write([typed] + shop, as: .sqlScript, options: options(.sqlite))
    let script = written.files[""]! + others.files[""]!
    #expect(lines(try run(["sqlite3", "-batch", "-bail", place.path + "/a.db"], input: script)).isEmpty)
    func query(_ sql: String) throws -> [String] {
      lines(try run(["sqlite3", "-batch", "-bail", place.path + "/a.db", sql]))
    }
    #expect(try query("SELECT hex(t) FROM texts ORDER BY nr") == texts.map(hexOf))
    #expect(try query("SELECT count(*) FROM texts WHERE typeof(t) <> 'text'") == ["0"])
    #expect(
      try query("SELECT * FROM \"a\"\"\"\"; DROP TABLE x;--\"")
        == ["1|" + hostileNames.indices.map { "value \($0)" }.joined(separator: "|")])
    #expect(try query("SELECT count(*) FROM sqlite_schema WHERE type = 'table'") == ["\(tableCount)"])
    #expect(try query("PRAGMA integrity_check; PRAGMA foreign_key_check") == ["ok"])
    #expect(
      try query(
        "SELECT id, b, i, d, n, quote(f) = quote(CAST(f AS REAL)), v, u, at, zoned, length, j, hex(x), list FROM typed ORDER BY id LIMIT 2"
      )
        == [
          "-9223372036854775808|1|-2147483648|-123456789.125|123456789012345678901234567890.123456789|1|日本é|6F9619FF8B86D011B42D00CF4FC964FF|2024-02-29T23:59:59.999999|2024-02-29T23:59:59.999999+05:30|3 04:05:06.789000|{\"b\": 1, \"a\": [1.10, \"x\\u0000\\n\"], \"a\": null}|00275CFF|[\"a\\\"b\\\\c\", null, \"NULL\", \"{x,y}\", \"\"]",
          "0|1|1|1.10|1.10|1|abc||||P3DT4H5M6.789S|1.10||",
        ])
    // Python reads the file as text and hands all of it to SQLite.
    try writeFile(place.path + "/a.sql", script)
    let python = try run([
      "python3", "-c",
      "import sqlite3,sys; c=sqlite3.connect(':memory:'); c.executescript(open(sys.argv[1], encoding='utf-8', newline='').read()); print(c.execute('select count(*) from typed').fetchone()[0])",
      place.path + "/a.sql",
    ])
    #expect(lines(python) == ["4"])
  }

  @Test func statementsKeepWithinTheLimit() throws {
    let long = String(repeating: "it's é\\\n", count: 200_000)
    let table = TestTable(
      TableSchema(
        "long",
        [Column("rowid", .int64), Column("k", .text), Column("a", .text), Column("x", .bytes), Column("s", .json)],
        primaryKey: ["k"]),
      [
        [.number("1"), "k", .text(Array(long.utf8)), .bytes(Array(long.utf8)), .text(Array(long.utf8))],
        [.number("2"), "l", .text(Array((long + "\r").utf8)), .bytes(Array(repeating: 7, count: 600_000)), nil],
      ] + (3..<2000).map { [.number("\($0)"), .text(Array("k\($0)".utf8)), "short", nil, nil] })
    for externalAbove in [Int.max, 100_000] {
      let written = try write(
        [table], as: .sqlScript, options: options(.sqlite), batchSize: 100, externalAbove: externalAbove)
      let check = """
        import sqlite3, sys, json
        c = sqlite3.connect(':memory:')
        c.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1000000) if hasattr(c, 'setlimit') else None
        statement, longest, text = '', 0, open(sys.argv[1], encoding='utf-8', newline='').read()
        for line in text.splitlines(keepends=True):
            statement += line
            if line.endswith(';\\n') and sqlite3.complete_statement(statement):
                longest = max(longest, len(statement.encode())); c.execute(statement); statement = ''
        assert longest <= 1000000, longest
        long = "it's é\\\\\\n" * 200000
        r = c.execute('select a, x, s, typeof(a), typeof(x) from long order by "rowid"').fetchall()
        assert len(r) == 1999
        assert r[0][0] == long and r[0][1] == long.encode() and json.loads(r[0][2]) == long and r[0][3:] == ('text', 'blob')
        assert r[1][0] == long + '\\r' and r[1][1] == bytes([7]) * 600000
        print('same')
        """
      let place = try TemporaryDirectory()
      try writeFile(place.path + "/a.sql", written.files[""]!)
      #expect(lines(try run(["python3", "-c", check, place.path + "/a.sql"])) == ["same"])
    }
  }
}

@Suite(.enabled(if: ThrowAwayMariaDB.isAvailable)) struct MySQLTests {
  @Test func everythingComesBack() throws {
    let server = try ThrowAwayMariaDB()
    for (i, externalAbove) in [Int.max, 2].enumerated() {
      // Whatever the server's mode is, the script means the same.
      for (j, mode) in ["", "NO_BACKSLASH_ESCAPES,ANSI_QUOTES"].enumerated() {
        let database = "d\(i)\(j)"
        _ = lines(try server.mariadb("CREATE DATABASE \(database); SET GLOBAL sql_mode = '\(mode)'"))
        let written = try write(
          hostileTables(), as: .sqlScript, options: options(.mysql), batchSize: 7, externalAbove: externalAbove)
        #expect(lines(try server.mariadb(written.files[""]!, database: database)).isEmpty)
        let others = try write([typed] + shop, as: .sqlScript, options: options(.mysql))
        #expect(lines(try server.mariadb(others.files[""]!, database: database)).isEmpty)
        func query(_ sql: String) throws -> [String] {
          lines(try server.mariadb("SET sql_mode=''; SET time_zone='+00:00'; " + sql, database: database))
        }
        #expect(try query("SELECT HEX(t) FROM texts ORDER BY nr") == texts.map(hexOf))
        #expect(
          try query("SELECT * FROM `a\"\"; DROP TABLE x;--`")
            == ["1\t" + hostileNames.indices.map { "value \($0)" }.joined(separator: "\t")])
        #expect(
          try query("SELECT count(*) FROM information_schema.tables WHERE table_schema = '\(database)'")
            == ["\(tableCount)"])
        #expect(
          try query(
            "SELECT id, b, i, d, n, f, v, u, day, clock, at, zoned, length, j, HEX(x), list FROM typed ORDER BY id LIMIT 2"
          )
            == [
              "-9223372036854775808\t1\t-2147483648\t-123456789.125\t123456789012345678901234567890.123456789\t5e-324\t日本é\t6F9619FF8B86D011B42D00CF4FC964FF\t0001-01-01\t00:00:00.000001\t2024-02-29 23:59:59.999999\t2024-02-29 18:29:59.999999\t3 04:05:06.789000\t{\"b\": 1, \"a\": [1.10, \"x\\u0000\\n\"], \"a\": null}\t00275CFF\t[\"a\\\"b\\\\c\", null, \"NULL\", \"{x,y}\", \"\"]",
              "0\t1\t1\t1.100\t1.10\t0.1\tabc\tNULL\tNULL\tNULL\tNULL\tNULL\tP3DT4H5M6.789S\t1.10\t\tNULL",
            ])
        #expect(
          try query(
            "SELECT count(*) FROM information_schema.referential_constraints WHERE constraint_schema = '\(database)'")
            == ["2"])
        _ = lines(try server.mariadb("INSERT INTO author(name) VALUES ('new')", database: database))
        #expect(try query("SELECT max(id) FROM author") == ["3"])
      }
    }
    let rows = refusedRows(of: typed)
    let written = try write([TestTable(typed.schema, rows)], as: .sqlScript, options: options(.mysql))
    _ = lines(try server.mariadb("CREATE DATABASE refused"))
    _ = lines(try server.mariadb(written.files[""]!, database: "refused"))
    #expect(
      lines(try server.mariadb("SELECT j, f FROM typed WHERE id >= 200 ORDER BY id", database: "refused")) == [
        "[NaN, \"NaN\", -Infinity]\tNULL", "NULL\tNULL",
      ])
  }
}
