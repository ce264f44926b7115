import Bytes
import Comparison
import Conversion
import Diagnostics
import PrismaSchema
import PrismaSeedFormat
import Records
import TestSupport
import Testing

private let fixtures = packageRoot + "/Tests/Fixtures/"

private let people = TableSchema(
  "people",
  [
    identity("id", .int64), Column("name", .text, maximumLength: 40), Column("mentor_id", .int64),
    Column("mood", .enumeration(["so so", "glad"])), Column("tags", .array(.text)),
  ],
  primaryKey: ["id"], uniqueKeys: [["name"]], foreignKeys: [ForeignKey(["mentor_id"], references: "people", ["id"])])

private let notes = TableSchema(
  "notes",
  [
    Column("person", .int64, isNullable: false), Column("no", .int32, isNullable: false),
    Column("price", .decimal(precision: 8, scale: 2)), Column("more", .json), Column("data", .bytes),
    Column("at", .timestamptz), Column("day", .date), Column("local", .timestamp), Column("clock", .time),
    Column("reviewer", .int64), Column("big", .array(.int64)),
  ],
  primaryKey: ["person", "no"],
  foreignKeys: [
    ForeignKey(["person"], references: "people", ["id"]), ForeignKey(["reviewer"], references: "people", ["id"]),
  ])

private func identity(_ name: Name, _ type: LogicalType) -> Column {
  Column(name, type, isNullable: false, isIdentity: true)
}

private let rows = [
  TestTable(
    people,
    [
      [.integer(1), "Ann", .number("2"), "so so", .json(#"["a","b"]"#)], [.integer(2), "Bob", nil, "glad", nil],
    ]),
  TestTable(
    notes,
    [
      [
        .integer(2), .number("1"), .number("1.50"), .json("{\"a\": [1,\n2]}"), .bytes([0, 255]),
        "2024-01-01 00:00:00.123456+02", "2024-02-29", "2024-01-01T10:20:30", "10:20:30.5", .integer(1),
        .json("[9007199254740991]"),
      ], [.integer(1), .integer(1), nil, nil, nil, nil, nil, nil, nil, nil, .missing],
    ]),
]

@Suite struct PrismaSeedTests {
  // MARK: Drafts

  /// The draft reads back to the tables that it was made of.
  @Test func draftsAreTheirTables() throws {
    let (text, tables) = try draft([people, notes])
    #expect(tables.map(\.schema.name) == ["people", "notes"])
    for (built, source) in zip(tables, [people, notes]) {
      #expect(built.schema.columns.map(\.name) == source.columns.map(\.name))
      #expect(built.schema.columns.map(\.type) == source.columns.map(\.type))
      #expect(built.schema.primaryKey == source.primaryKey && built.schema.uniqueKeys == source.uniqueKeys)
      #expect(
        built.schema.foreignKeys.map { [$0.table] + $0.columns + $0.referencedColumns }
          == source.foreignKeys.map { [$0.table] + $0.columns + $0.referencedColumns })
      for (a, b) in zip(built.schema.columns, source.columns) where !source.primaryKey.contains(b.name) {
        #expect(a.isNullable == b.isNullable, "\(text)")
      }
    }
    #expect(tables[0].schema.columns[0].isIdentity && tables[0].schema.columns[1].maximumLength == 40)
    let lines = text.split(separator: "\n").map { String($0) }
    for line in [
      "  id BigInt @id @default(autoincrement())", "  so_so @map(\"so so\")", "  tags String[]",
      "  mentor people? @relation(\"people_mentor_id\", fields: [mentor_id], references: [id], onDelete: NoAction, onUpdate: NoAction)",
      "  people_mentor people[] @relation(\"people_mentor_id\")",
      "  person_people people @relation(\"notes_person\", fields: [person], references: [id], onDelete: NoAction, onUpdate: NoAction)",
      "  notes_reviewer_people notes[] @relation(\"notes_reviewer\")", "  @@id([person, no])",
      "  price Decimal? @db.Decimal(8, 2)", "  at DateTime? @db.Timestamptz(6)",
    ] { #expect(lines.contains(line), "\(line)\n\(text)") }
  }

  @Test(arguments: SQLDialect.allCases) func datasourcesHaveTheirTypes(_ dialect: SQLDialect) throws {
    let (text, tables) = try draft([people, notes], dialect)
    #expect(text.contains("provider = \"\(dialect == .postgres ? "postgresql" : dialect.rawValue)\""))
    #expect(tables.map { $0.schema.columns.map(\.name) } == [people, notes].map { $0.columns.map(\.name) })
    #expect(text.contains("[]\n") == (dialect == .postgres) || text.contains("people[]"))
    #expect(text.contains("@db.") == (dialect != .sqlite))
  }

  /// What is no name for Prisma gets another one, which is mapped to the true one.
  @Test func namesAreMapped() throws {
    let names: [Name] = ["User", "user", "1st table", "größe", "class", "a-b", "a_b", "_x"]
    let tables = names.map { name in
      TableSchema(
        name, [Column("1", .int32, isNullable: false), Column("a b", .text), Column("a_b", .text)], primaryKey: ["1"])
    }
    let (text, built) = try draft(tables)
    #expect(built.map(\.schema.name) == names && Set(built.map(\.model)).count == names.count)
    #expect(built.allSatisfy { $0.schema.columns.map(\.name) == ["1", "a b", "a_b"] })
    for table in built { #expect(table.columns.map(\.field) == ["field_1", "a_b_2", "a_b"], "\(text)") }
    #expect(built[0].model == "User" && built[1].model == "user_2" && built[4].model == "Renamed_class")
  }

  @Test func namespacesAreSchemas() throws {
    var inner = TableSchema("app.items", [Column("id", .int32, isNullable: false)], primaryKey: ["id"])
    inner.namespace = "app"
    let (text, built) = try draft([inner, people])
    #expect(text.contains("schemas  = [\"app\", \"public\"]") && text.contains("@@schema(\"public\")"))
    #expect(built.map(\.schema.name) == ["app.items", "people"] && built[0].schema.namespace == "app")
  }

  @Test func actionsAndSingleEnds() throws {
    var profile = TableSchema(
      "profile", [Column("person_id", .int64, isNullable: false), Column("org", .int32)], primaryKey: ["person_id"],
      foreignKeys: [ForeignKey(["person_id"], references: "people", ["id"])])
    profile.foreignKeys[0].actions = Array("ON UPDATE CASCADE ON DELETE CASCADE".utf8)
    let (text, built) = try draft([people, profile])
    #expect(text.contains("  profile profile?\n"))
    #expect(
      text.contains(
        "person people @relation(fields: [person_id], references: [id], onDelete: Cascade, onUpdate: Cascade)"))
    #expect(built[1].schema.foreignKeys[0].actions == profile.foreignKeys[0].actions)
  }

  /// What a draft cannot say is named.
  @Test func whatCannotBeSaidIsNamed() throws {
    var odd = TableSchema(
      "odd", [Column("a", .int32), Column("since", .interval), Column("b", .text)],
      foreignKeys: [ForeignKey(["a"], references: "people", ["name"])])
    odd.columns[2].defaultValue = Array("upper('x')".utf8)
    odd.columns[0].generation = Array("1 + 1".utf8)
    let written = try write(
      [rows[0], TestTable(odd, [[.integer(1), "1 day", nil]])], as: PrismaSeed(), toDirectory: true)
    #expect(
      Set(written.losses.map(\.code)) == [
        "relation-left-out", "type-as-text", "default-left-out", "generation-left-out", "no-key",
      ])
    #expect(written["schema.prisma"].contains("@@ignore") && written["seed.cjs"].contains("\"odd\": null"))
  }

  // MARK: Rows

  @Test func rowsAreThoseOfACompleteBackup() throws {
    let written = try write(rows, as: PrismaSeed(), toDirectory: true)
    let expected = [
      #""people": ["#, #"{"id":"1","name":"Ann","mentor_id":"2","mood":"so_so","tags":["a","b"]},"#,
      #"{"id":"2","name":"Bob","mentor_id":null,"mood":"glad","tags":null}"#, "],", #""notes": ["#,
      #"{"person":"2","no":1,"price":"1.50","more":{"a":[1,2]},"data":"AP8=","at":"2023-12-31T22:00:00.123456Z","day":"2024-02-29T00:00:00Z","local":"2024-01-01T10:20:30Z","clock":"1970-01-01T10:20:30.500Z","reviewer":"1","big":[9007199254740991]},"#,
      #"{"person":"1","no":1,"price":null,"more":null,"data":null,"at":null,"day":null,"local":null,"clock":null,"reviewer":null}"#,
    ]
    let lines = written["backup.json"].split(separator: "\n").map(String.init)
    #expect(lines.contains(expected[0]))
    #expect(Array(lines.drop { $0 != expected[0] }.prefix(expected.count)) == expected)
    #expect(written.losses.map(\.code) == ["offset-as-utc"])
    for size in [1, 3] {
      let isSame =
        try write(rows, as: PrismaSeed(), toDirectory: true, batchSize: size, externalAbove: 1 << 20)
        .files["schema.prisma"] == written.files["schema.prisma"]
      #expect(isSame)
    }
  }

  /// Rows of all systems come back the same, in tables of the same keys.
  @Test(arguments: [
    "demo/shop/shop_dumpdata.json", "django/library.json", "demo/harbourlight/convex_backups",
    "prisma/atelier/backups/atelier-backup-2025-10-30T10-00-00.json", "supabase/tidewatch",
  ]) func rowsComeBack(_ path: String) throws {
    let seed = try SeedRun(fixtures + path)
    #expect(
      seed.second.claims.allSatisfy { $0.verdict == .proved } && seed.second.claims.count > seed.first.tables.count)
    for table in seed.comparison.tables {
      #expect(
        table.verdict == .same || table.verdict == .explained, "\(table.name): \(table.verdict) \(table.examples)")
    }
    #expect(!seed.losses.contains { $0.isReject })
    for table in seed.first.tables {
      let again = try #require(seed.second.tables.first { $0.name == table.name })
      if !again.columns.isEmpty, !table.primaryKey.isEmpty { #expect(again.primaryKey == table.primaryKey) }
    }
  }

  // MARK: The script

  /// The script asks the client for rows in the order of references, with the values that it takes.
  @Test func scriptsInsertInOrder() throws {
    let written = try write(rows, as: PrismaSeed(), toDirectory: true), place = try TemporaryDirectory()
    for (name, bytes) in written.files { try writeFile(place.path + "/" + name, bytes) }
    #expect(
      try calls(of: place.path) == [
        "begin {maxWait:60000,timeout:2147483647}",
        #"people.createMany {data:[{id:1n,name:"Ann",mentor_id:null,mood:"so_so",tags:["a","b"]},{id:2n,name:"Bob",mentor_id:null,mood:"glad",tags:undefined}]}"#,
        #"notes.createMany {data:[{person:2n,no:1,price:Decimal(1.50),more:{a:[1,2]},data:Buffer(00ff),at:"2023-12-31T22:00:00.123456Z",day:Date(2024-02-29T00:00:00.000Z),local:Date(2024-01-01T10:20:30.000Z),clock:Date(1970-01-01T10:20:30.500Z),reviewer:1n,big:[9007199254740991n]},{person:1n,no:1,price:null,more:DbNull,data:null,at:null,day:null,local:null,clock:null,reviewer:null}]}"#,
        "people.update {where:{id:1n},data:{mentor_id:2n}}",
        #"query ["SELECT setval(pg_get_serial_sequence($1, $2), GREATEST((SELECT MAX(\"id\") FROM \"people\"), 1))","\"people\"","id"]"#,
        "people: 2 rows", "notes: 2 rows", "commit",
      ])
  }

  /// Rows come in batches, and a table that is called like what follows the rows is no danger.
  @Test func batchesAreBounded() throws {
    let many = TestTable(
      TableSchema("tables", [Column("id", .int32, isNullable: false)], primaryKey: ["id"]),
      (0..<2500).map { [.integer($0)] })
    let written = try write([many], as: PrismaSeed(), toDirectory: true, batchSize: 1000)
    let place = try TemporaryDirectory()
    for (name, bytes) in written.files { try writeFile(place.path + "/" + name, bytes) }
    let batches = try calls(of: place.path).filter { $0.hasPrefix("tables.createMany") }
    #expect(batches.map { $0.split(separator: "{id:").count - 1 } == [1000, 1000, 500])
  }

  @Test func oneStreamIsRefused() {
    #expect(throws: WriteError.self) { _ = try write(rows, as: PrismaSeed()) }
  }
}
