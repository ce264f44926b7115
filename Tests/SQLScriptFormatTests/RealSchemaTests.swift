import Bytes
import Conversion
import Records
import SQLScriptFormat
import TestSupport
import Testing

private func lines(_ result: ProcessResult) -> [String] {
  #expect(result.exitCode == 0, "\(result.errorText)")
  #expect(result.errorText == "")
  return result.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
}

/// A column as a database describes it.
private func column(_ name: Name, _ type: LogicalType, _ source: String?, default value: String? = nil) -> Column {
  var column = Column(name, type)
  column.sourceType = source.map { Array($0.utf8) }
  column.defaultValue = value.map { Array($0.utf8) }
  return column
}

/// Built-in types of PostgreSQL, with a value of each.
private let typedValues: [(type: String, LogicalType, TestValue)] = [
  ("smallint", .int32, .number("-32768")), ("real", .float64, .number("1.5")), ("character(4)", .text, "ab  "),
  ("character varying(3)", .text, "日本é"), ("numeric(6,2)", .decimal(precision: 6, scale: 2), .number("1234.50")),
  ("time with time zone", .time, "12:00:00+05:30"),
  ("timestamp(3) without time zone", .timestamp, "2024-01-02 03:04:05.678"),
  ("money", .text, "$1,234.56"), ("inet", .text, "192.168.1.5/24"), ("cidr", .text, "10.0.0.0/8"),
  ("inet", .text, "::1"),
  ("macaddr", .text, "08:00:2b:01:02:03"), ("macaddr8", .text, "08:00:2b:01:02:03:04:05"), ("bit(4)", .text, "0101"),
  ("bit varying(8)", .text, "01"), ("point", .text, "(1.5,-2)"), ("line", .text, "{1,-1,0}"),
  ("lseg", .text, "[(0,0),(1,1)]"), ("box", .text, "(2,2),(0,0)"), ("path", .text, "((0,0),(1,1))"),
  ("polygon", .text, "((0,0),(1,0),(1,1))"), ("circle", .text, "<(1,2),3.5>"), ("tsvector", .text, "'a':1A 'cat':5"),
  ("tsquery", .text, "'fat' & 'rat'"), ("xml", .text, "<a>x</a>"), ("int4range", .text, "[1,10)"),
  ("numrange", .text, "(,1.5]"), ("daterange", .text, "[2024-01-01,2024-02-01)"),
  ("tsrange", .text, "[\"2024-01-01 00:00:00\",\"2024-01-02 00:00:00\")"), ("pg_lsn", .text, "16/B374D848"),
  ("name", .text, "n"), ("\"char\"", .text, "c"), ("oid", .int64, .number("4294967295")),
  ("jsonb", .json, .json("{\"a\": 1}")),
  ("inet[]", .array(.text), .json("[\"10.0.0.1\"]")), ("smallint[]", .array(.int32), .json("[1,2]")),
  ("date", .date, "0044-03-15 BC"), ("date", .date, "12024-01-01"), ("date", .date, "infinity"),
  ("timestamp without time zone", .timestamp, "4713-01-01 00:00:00 BC"),
  ("time without time zone", .time, "24:00:00"), ("real", .float64, .number("1e-45")), ("bpchar", .text, "pad  "),
]

@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct RealSchemaTests {
  @Test func typesOfTheSourceAreDeclaredAndLoad() throws {
    let server = try ThrowAwayPostgres()
    let columns = typedValues.enumerated().map { column(Name("c\($0)"), $1.1, $1.type) }
    let table = TestTable(TableSchema("t", columns), [typedValues.map(\.2)])
    for inserts in [false, true] {
      let database = "d\(inserts)".lowercased()
      _ = lines(try server.psql("CREATE DATABASE \(database)"))
      let written = try write([table], as: .sqlScript, options: options(.postgres, inserts: inserts))
      #expect(written.losses.isEmpty)
      _ = lines(try server.psql(written.files[""]!, database: database))
      let types = lines(
        try server.psql(
          "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 ORDER BY attnum",
          database: database))
      #expect(types == typedValues.map(\.type))
      #expect(
        lines(try server.psql("SELECT c0, length(c2::text), c12, c35, c4 FROM t", database: database))
          == ["-32768|2|08:00:2b:01:02:03:04:05|{1,2}|1234.50"])
      #expect(
        lines(try server.psql("SELECT c36, c37, c38, c39, c40, c41 FROM t", database: database))
          == ["0044-03-15 BC|12024-01-01|infinity|4713-01-01 00:00:00 BC|24:00:00|1e-45"])
      #expect(lines(try server.psql("SELECT count(*) FROM t", database: database)) == ["1"])
    }
  }

  /// What a declared type would refuse is left out, and types that are not known are text.
  @Test func unfitValuesAndUnknownTypes() throws {
    let server = try ThrowAwayPostgres()
    let bad: [(String, LogicalType, TestValue)] = [
      ("smallint", .int32, .number("32768")), ("real", .float64, .number("1e39")), ("inet", .text, "x.y"),
      ("inet", .text, "1.2.3.256"), ("bit(4)", .text, "012"), ("point", .text, "abc"), ("oid", .int64, .number("-1")),
      ("character(2)", .text, "abc"), ("int4range", .text, "1,2"),
    ]
    for (i, value) in bad.enumerated() {
      let table = TestTable(TableSchema(Name("t\(i)"), [column("c", value.1, value.0)]), [[value.2], [nil]])
      let written = try write([table], as: .sqlScript, options: options(.postgres))
      #expect(written.losses.map(\.isReject) == [true], "\(value.0)")
      #expect(lines(try server.psql(written.files[""]!)).isEmpty)
      #expect(lines(try server.psql("SELECT count(*) FROM t\(i)")) == ["1"])
    }
    for source in ["app.mood", "integer); DROP TABLE t0; --", "bit(0)", "bit(x)", "hstore"] {
      let written = try write(
        [TestTable(TableSchema("u", [column("c", .text, source)]), [["x"]])], as: .sqlScript,
        options: options(.postgres))
      #expect(written.text.contains("\"c\" text\n") && !written.text.contains("DROP"))
      #expect(written.losses.map(\.code) == ["type-as-text"])
    }
  }

  /// Types that have no order are text in keys and indexes.
  @Test func typesWithoutOrderAreTextInKeys() throws {
    let server = try ThrowAwayPostgres()
    var table = TableSchema("t", [column("p", .text, "point"), column("x", .text, "xml"), column("j", .json, "jsonb")])
    table.indexes = [["p"], ["x"], ["j"]]
    let written = try write(
      [TestTable(table, [["(1,2)", "<a/>", .json("{}")]])], as: .sqlScript, options: options(.postgres))
    #expect(lines(try server.psql(written.files[""]!)).isEmpty)
    #expect(written.losses.map(\.code) == ["type-as-text", "type-as-text"])
    #expect(lines(try server.psql("SELECT pg_typeof(p), pg_typeof(x), pg_typeof(j) FROM t")) == ["text|text|jsonb"])
  }

  @Test func schemasDefaultsAndNamedKeys() throws {
    let server = try ThrowAwayPostgres()
    var person = TableSchema(
      "app.person",
      [
        column("id", .int64, "bigint"), column("state", .text, "text", default: "'it''s'::character varying"),
        column("made", .timestamptz, nil, default: "now()"), column("n", .int32, "smallint", default: "(7)"),
        column("ok", .boolean, nil, default: "true"), column("j", .json, "jsonb", default: "'{}'::jsonb"),
        column("bad", .int32, nil, default: "nextval('s'::regclass)"),
        column("worse", .text, nil, default: "pg_read_file('x')"),
      ], primaryKey: ["id"])
    person.namespace = "app"
    person.columns[0].isIdentity = true
    var computed = Column("computed", .int64)
    computed.generation = Array("id * 2".utf8)
    person.columns.append(computed)
    var order = TableSchema("person", [Column("id", .int64), Column("who", .int64)], primaryKey: ["id"])
    var key = ForeignKey(["who"], references: "app.person", ["id"])
    key.name = "order_who_fk"
    key.actions = Array("ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE".utf8)
    order.foreignKeys = [key]
    let tables = [
      TestTable(order, [[.number("1"), .number("5")]]),
      TestTable(person, [[.number("5")] + Array(repeating: nil, count: 7) + [.number("10")]]),
    ]
    let written = try write(tables, as: .sqlScript, options: options(.postgres))
    #expect(written.losses.map(\.code).sorted() == ["default-left-out", "default-left-out", "generated-as-plain"])
    #expect(written.text.contains("CREATE SCHEMA IF NOT EXISTS \"app\";"))
    _ = lines(try server.psql(written.files[""]!))
    #expect(
      lines(try server.psql("INSERT INTO app.person(j) VALUES ('1') RETURNING id, state, n, ok, made > '2020-01-01'"))
        == ["6|it's|7|t|t"])
    #expect(
      lines(try server.psql("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"))
        == ["order_who_fk|FOREIGN KEY (who) REFERENCES app.person(id) ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE"])
    // Other dialects know no schemas: the names stay apart.
    let place = try TemporaryDirectory()
    let sqlite = try write(tables, as: .sqlScript, options: options(.sqlite))
    #expect(lines(try run(["sqlite3", "-batch", "-bail", place.path + "/a.db"], input: sqlite.files[""]!)).isEmpty)
    #expect(
      lines(
        try run([
          "sqlite3", place.path + "/a.db", "SELECT p.computed FROM person o JOIN \"app.person\" p ON p.id = o.who",
        ]))
        == ["10"])
    #expect(
      lines(try run(["sqlite3", place.path + "/a.db", "PRAGMA foreign_key_list(person)"])) == [
        "0|0|app.person|who|id|CASCADE|SET NULL|NONE"
      ])
  }

  @Test func hostileActionsAndNamesAreNotPasted() throws {
    var table = TableSchema("t", [Column("id", .int64), Column("up", .int64)], primaryKey: ["id"])
    var key = ForeignKey(["up"], references: "t", ["id"])
    key.name = "a\"; DROP TABLE t; --"
    key.actions = Array("ON DELETE CASCADE; DROP TABLE t".utf8)
    table.foreignKeys = [key]
    let server = try ThrowAwayPostgres()
    let written = try write(
      [TestTable(table, [[.number("1"), .number("1")]])], as: .sqlScript, options: options(.postgres))
    #expect(written.losses.map(\.code) == ["foreign-key-actions"])
    #expect(lines(try server.psql(written.files[""]!)).isEmpty)
    #expect(lines(try server.psql("SELECT count(*) FROM t")) == ["1"])
  }
}

/// Departments have a head, who belongs to a department; members have a chief. Rows come in an order that no key allows.
private let circle: [TestTable] = [
  TestTable(
    TableSchema(
      "member",
      [
        Column("id", .int64), Column("chief", .int64), Column("part", .int64, isNullable: false), Column("note", .text),
      ],
      primaryKey: ["id"],
      foreignKeys: [
        ForeignKey(["chief"], references: "member", ["id"]), ForeignKey(["part"], references: "part", ["id"]),
      ]),
    [
      [.number("1"), .number("2"), .number("10"), "it's"], [.number("2"), nil, .number("10"), nil],
      [.number("3"), .number("1"), .number("11"), nil],
    ]),
  TestTable(
    TableSchema(
      "part", [Column("id", .int64), Column("head", .int64), Column("site", .int64)], primaryKey: ["id"],
      foreignKeys: [
        ForeignKey(["head"], references: "member", ["id"]), ForeignKey(["site"], references: "site", ["id"]),
      ]),
    [[.number("10"), .number("1"), .number("5")], [.number("11"), nil, .number("5")]]),
  // Outside the circle.
  TestTable(TableSchema("site", [Column("id", .int64)], primaryKey: ["id"]), [[.number("5")]]),
]
private let circleQuery =
  "SELECT m.id, coalesce(m.chief, 0), m.part, coalesce(p.head, 0) FROM member m JOIN part p ON p.id = m.part ORDER BY m.id"

private func circleScript(_ dialect: SQLDialect, _ cycles: CycleStrategy?, inserts: Bool = false) throws -> Written {
  var options = options(dialect, inserts: inserts)
  options.cycles = cycles
  return try write(circle, as: .sqlScript, options: options, batchSize: 2)
}

/// A value that an enumeration does not list is left out, and stays out.
private let choices = TestTable(
  TableSchema(
    "choices", [Column("id", .int64), Column("c", .enumeration(["a'b", "ü", ""])), Column("d", .enumeration([]))],
    primaryKey: ["id"]),
  [
    [.number("1"), "a'b", "x"], [.number("2"), "ü", nil], [.number("3"), "", nil], [.number("4"), nil, nil],
    [.number("5"), "other", nil],
  ])

@Suite struct EnumerationTests {
  @Test func sqliteHasThemChecked() throws {
    let place = try TemporaryDirectory()
    let written = try write([choices], as: .sqlScript, options: options(.sqlite))
    #expect(lines(try run(["sqlite3", "-batch", "-bail", place.path + "/a.db"], input: written.files[""]!)).isEmpty)
    #expect(lines(try run(["sqlite3", place.path + "/a.db", "SELECT c FROM choices"])) == ["a'b", "ü", "", ""])
    #expect(try run(["sqlite3", place.path + "/a.db", "INSERT INTO choices VALUES(9, 'z', '')"]).exitCode != 0)
    #expect(written.losses.map(\.code) == ["enum-as-text", "type-mismatch"])
  }

  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func postgresHasThemChecked() throws {
    let server = try ThrowAwayPostgres()
    let written = try write([choices], as: .sqlScript, options: options(.postgres))
    #expect(lines(try server.psql(written.files[""]!)).isEmpty)
    #expect(lines(try server.psql("SELECT c FROM choices ORDER BY id")) == ["a'b", "ü", "", ""])
    #expect(try server.psql("INSERT INTO choices VALUES(9, 'z', '')").exitCode != 0)
  }

  @Test(.enabled(if: ThrowAwayMariaDB.isAvailable)) func mysqlHasThemChecked() throws {
    let server = try ThrowAwayMariaDB()
    _ = lines(try server.mariadb("CREATE DATABASE d"))
    let written = try write([choices], as: .sqlScript, options: options(.mysql))
    #expect(lines(try server.mariadb(written.files[""]!, database: "d")).isEmpty)
    #expect(lines(try server.mariadb("SELECT c FROM choices ORDER BY id", database: "d")) == ["a'b", "ü", "", "NULL"])
    #expect(try server.mariadb("INSERT INTO choices VALUES(9, 'z', '')", database: "d").exitCode != 0)
  }
}

@Suite struct CycleTests {
  @Test(.enabled(if: ThrowAwayPostgres.isAvailable)) func postgresLoadsByEveryStrategy() throws {
    let server = try ThrowAwayPostgres()
    for (i, cycles) in ([nil] + CycleStrategy.allCases).enumerated() {
      for inserts in [false, true] {
        let database = "d\(i)\(inserts)".lowercased()
        _ = lines(try server.psql("CREATE DATABASE \(database)"))
        let written = try circleScript(.postgres, cycles, inserts: inserts)
        _ = lines(try server.psql(written.files[""]!, database: database))
        let rows = lines(try server.psql(circleQuery, database: database))
        #expect(rows == ["1|2|10|1", "2|0|10|1", "3|1|11|0"], "\(String(describing: cycles))")
        let count = lines(try server.psql("SELECT count(*) FROM pg_constraint WHERE contype = 'f'", database: database))
        #expect(count == [cycles == .noForeignKeys ? "1" : "4"])
        #expect(
          written.losses.map(\.code)
            == (cycles == .noForeignKeys ? Array(repeating: "foreign-key-left-out", count: 3) : []))
        let role = lines(try server.psql("SHOW session_replication_role", database: database))
        #expect(role == ["origin"])
      }
    }
    #expect(
      try circleScript(.postgres, .twoPhase).text.contains("UPDATE \"member\" SET \"chief\" = 2 WHERE \"id\" = 1;\n"))
    #expect(try circleScript(.postgres, .replica).text.contains("SET LOCAL session_replication_role = replica;\n"))
  }

  @Test func sqliteLoads() throws {
    for cycles in [nil, CycleStrategy.defer, .twoPhase, .noForeignKeys] {
      let place = try TemporaryDirectory(), written = try circleScript(.sqlite, cycles)
      #expect(lines(try run(["sqlite3", "-batch", "-bail", place.path + "/a.db"], input: written.files[""]!)).isEmpty)
      let rows = lines(try run(["sqlite3", place.path + "/a.db", circleQuery]))
      #expect(rows == ["1|2|10|1", "2|0|10|1", "3|1|11|0"])
      #expect(lines(try run(["sqlite3", place.path + "/a.db", "PRAGMA foreign_key_check"])).isEmpty)
    }
    #expect(throws: WriteError.self) { try circleScript(.sqlite, .replica) }
    #expect(throws: WriteError.self) { try circleScript(.mysql, .defer) }
  }

  @Test(.enabled(if: ThrowAwayMariaDB.isAvailable)) func mysqlLoads() throws {
    let server = try ThrowAwayMariaDB()
    for (i, cycles) in [nil, CycleStrategy.twoPhase, .noForeignKeys].enumerated() {
      _ = lines(try server.mariadb("CREATE DATABASE d\(i)"))
      #expect(lines(try server.mariadb(try circleScript(.mysql, cycles).files[""]!, database: "d\(i)")).isEmpty)
      #expect(
        lines(try server.mariadb(circleQuery, database: "d\(i)")) == ["1\t2\t10\t1", "2\t0\t10\t1", "3\t1\t11\t0"])
    }
  }
}
