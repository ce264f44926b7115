import Bytes
import Conversion
import PostgresTarget
import Records
import SQLScriptFormat
import TestSupport
import Testing

/// Loads tables into a database, a few rows of each at a time.
func load(
  _ tables: [TestTable], into database: String, of server: ThrowAwayPostgres, _ options: LoadOptions = LoadOptions(),
  batchSize: Int = 2, externalAbove: Int = .max
) throws -> (outcomes: [LoadOutcome], losses: [Loss]) {
  let session = try PostgresTarget().open(Array("host=\(server.place) user=tester dbname=\(database)".utf8))
  var writer = try session.makeWriter(tables.map(\.schema), options)
  try writeRows(of: tables, to: &writer, batchSize: batchSize, externalAbove: externalAbove)
  try writer.finish()
  return (session.outcomes, writer.losses)
}

/// The lines that psql prints.
func lines(_ server: ThrowAwayPostgres, _ sql: String, _ database: String = "postgres") throws -> [String] {
  let result = try server.psql(sql, database: database)
  #expect(result.exitCode == 0, "\(result.errorText)")
  return result.text.split(separator: "\n").map(String.init)
}

/// A database as pg_dump sees it, without our record of loads and what pg_dump draws by lot.
private func dump(_ server: ThrowAwayPostgres, _ database: String) throws -> [String] {
  let result = try server.dump(["-N", "coffer"], database: database)
  #expect(result.exitCode == 0, "\(result.errorText)")
  return result.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    .filter { !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict") }
}

private let hostileNames: [Name] = [
  "a\"\"; DROP TABLE x;--", "select", "order by", "Ünïcödé 🙂", "new\nline", "tab\t", "\\", "'", "%s", "$1", "ctid",
  "coffer rows 0", Name(String(repeating: "x", count: 64)), "",
]

/// Names and texts that mean something to some reader of SQL; rows that refer to each other and to themselves.
private let tables: [TestTable] = {
  let hostile = TestTable(
    TableSchema(
      hostileNames[0], [Column("nr", .int32, isIdentity: true)] + hostileNames.map { Column($0, .text) },
      primaryKey: ["nr"]),
    [
      [.number("4")] + hostileNames.map { .text($0.bytes) },
      [.number("7")] + hostileNames.map { _ in "\\.\n\\N\t';--" },
      [.number("-1")] + hostileNames.map { _ in nil },
    ])
  var spaced = TableSchema("my app.t", [Column("x", .bytes), Column("j", .json)])
  spaced.namespace = "my app"
  var people = TableSchema(
    "people",
    [
      Column("id", .int64, isIdentity: true), Column("mother", .int64), Column("name", .text),
      Column("at", .timestamptz),
      Column("n", .decimal),
    ], primaryKey: ["id"], uniqueKeys: [["name"]], indexes: [["at"]])
  people.foreignKeys = [ForeignKey(["mother"], references: "people", ["id"])]
  return [
    hostile,
    TestTable(spaced, [[.bytes([0, 92, 255]), .json("{\"a\": 1}")], [.bytes([]), .json("[]")], [nil, nil]]),
    TestTable(
      people,
      [
        [.integer(1), .integer(3), "Ann", "2024-02-29T23:59:59.999999Z", .number("1.10")],
        [.integer(2), .integer(1), "Bob", nil, .number("1e-7")],
        [.integer(3), nil, "Cleo", "1969-12-31T23:59:59Z", nil],
      ]),
    TestTable(TableSchema("bare", []), [[], []]),
  ]
}()

@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct PostgresTargetTests {
  /// A load leaves what the script of the same records leaves, as pg_dump sees it.
  @Test func equalsTheScript() throws {
    let server = try ThrowAwayPostgres()
    for (number, cycles) in ([nil] + CycleStrategy.allCases.map { Optional($0) }).enumerated() {
      var options = WriteOptions()
      options.cycles = cycles
      let script = "s\(number)", live = "l\(number)"
      _ = try lines(server, "CREATE DATABASE \(script)")
      _ = try lines(server, "CREATE DATABASE \(live)")
      // One run of each table: PostgreSQL keeps rows in the order in which they come.
      let written = try write(tables, as: .sqlScript, options: options, batchSize: 9)
      let result = try server.psql(written.files[""] ?? [], database: script)
      #expect(result.exitCode == 0, "\(result.errorText)")
      var loading = LoadOptions()
      loading.write = options
      let (outcomes, losses) = try load(tables, into: live, of: server, loading, externalAbove: number == 1 ? 30 : .max)
      #expect(losses == written.losses)
      #expect(outcomes.map(\.created) == tables.map(\.rows.count))
      #expect(outcomes.allSatisfy { $0.isNew && $0.existing == 0 })
      let found = try dump(server, live), expected = try dump(server, script)
      #expect(found == expected, "cycles: \(cycles?.rawValue ?? "none")")
      #expect(try lines(server, "SELECT mode, tables, rows FROM coffer.loads", live) == ["create|4|11"])
    }
  }

  @Test func previewPredictsEveryMode() throws {
    let server = try ThrowAwayPostgres()
    _ = try load(Array(tables[0...2]), into: "postgres", of: server)
    // Another row there, one that differs, one that is not there.
    _ = try lines(
      server,
      "INSERT INTO people(id, name) VALUES (9, 'Zoe'); UPDATE people SET n = 5 WHERE id = 2; UPDATE people SET mother = NULL;"
        + "DELETE FROM people WHERE id = 3")
    for mode in LoadMode.allCases.reversed() where mode != .create {
      var options = LoadOptions()
      options.mode = mode
      if mode == .append { _ = try lines(server, "DELETE FROM people WHERE id < 9") }
      let tables = [tables[2]]
      let before = try dump(server, "postgres")
      options.isPreview = true
      let predicted = try load(tables, into: "postgres", of: server, options).outcomes
      #expect(try dump(server, "postgres") == before)
      options.isPreview = false
      // Undone afterwards, so that every mode meets the same.
      _ = try lines(server, "CREATE TABLE kept AS SELECT * FROM people")
      let done = try load(tables, into: "postgres", of: server, options).outcomes
      #expect(predicted == done)
      let rows = try lines(server, "SELECT id, mother, name, n FROM people ORDER BY id")
      let next = try lines(server, "SELECT nextval(pg_get_serial_sequence('people', 'id'))")
      switch mode {
      case .create: break
      case .append:
        #expect(rows == ["1|3|Ann|1.10", "2|1|Bob|0.0000001", "3||Cleo|", "9||Zoe|"])
        #expect(done.map { [$0.created, $0.updated, $0.deleted, $0.skipped, $0.existing] } == [[3, 0, 0, 0, 1]])
      case .upsert:
        #expect(rows == ["1|3|Ann|1.10", "2|1|Bob|0.0000001", "3||Cleo|", "9||Zoe|"])
        #expect(done.map { [$0.created, $0.updated, $0.deleted, $0.skipped, $0.existing] } == [[1, 2, 0, 0, 3]])
      case .skipExisting:
        #expect(rows == ["1||Ann|1.10", "2||Bob|5", "3||Cleo|", "9||Zoe|"])
        #expect(done.map { [$0.created, $0.updated, $0.deleted, $0.skipped, $0.existing] } == [[1, 0, 0, 2, 3]])
      case .replace:
        #expect(rows == ["1|3|Ann|1.10", "2|1|Bob|0.0000001", "3||Cleo|"])
        #expect(done.map { [$0.created, $0.updated, $0.deleted, $0.skipped, $0.existing] } == [[3, 0, 3, 0, 3]])
      }
      #expect((Int(next.first ?? "") ?? 0) > 3)
      _ = try lines(server, "TRUNCATE people; INSERT INTO people SELECT * FROM kept; DROP TABLE kept")
    }
  }

  @Test func refusesWhatWouldGoWrong() throws {
    let server = try ThrowAwayPostgres()
    _ = try lines(
      server,
      """
      CREATE TABLE people (id bigint PRIMARY KEY, name text);
      CREATE TABLE pets (owner bigint REFERENCES people ON DELETE CASCADE);
      INSERT INTO people VALUES (1, 'there'); INSERT INTO pets VALUES (1);
      CREATE TABLE bare (must text NOT NULL);
      CREATE VIEW "my app.t" AS SELECT 1 AS x;
      """)
    func refusal(_ table: TestTable, _ mode: LoadMode, data: Bool = false) throws -> String {
      var options = LoadOptions()
      options.mode = mode
      options.write.writesSchema = !data
      do { _ = try load([table], into: "postgres", of: server, options) } catch let error as WriteError {
        return error.message
      }
      return "loaded"
    }
    let people = TestTable(
      TableSchema("people", [Column("id", .int64), Column("name", .text)], primaryKey: ["id"]),
      [[.integer(2), "a"], [.integer(2), "b"]])
    #expect(try refusal(people, .create) == "tables are in the target already: public.people (1 row)")
    #expect(
      try refusal(TestTable("new", ["a"], []), .create)
        == "the target is not empty: public.people (1 row), public.pets (1 row)")
    #expect(try refusal(people, .replace).hasSuffix("would be deleted: public.pets (1 row)"))
    #expect(try refusal(people, .upsert) == "1 key comes more than once in the backup")
    #expect(try refusal(TestTable("pets", ["x"], []), .append).hasPrefix("the target's table has no column 'x'"))
    #expect(try refusal(TestTable("bare", [], []), .append).contains("column 'must' needs a value"))
    #expect(try refusal(TestTable("pets", ["owner"], []), .upsert).contains("no primary key"))
    #expect(try refusal(TestTable("absent", ["x"], []), .append, data: true).contains("has no 'absent'"))
    // Values are in no message.
    let wrong = TestTable(TableSchema("pets", [Column("owner", .text)]), [["1"], ["hunter2"]])
    let message = try refusal(wrong, .append)
    #expect(message.contains("column 'owner'") && message.contains("22P02") && !message.contains("hunter2"))
    #expect(try lines(server, "SELECT count(*) FROM people; SELECT count(*) FROM pets") == ["1", "1"])
    #expect(try lines(server, "SELECT count(*) FROM pg_namespace WHERE nspname = 'coffer'") == ["0"])
  }

  /// Roles that may not make the ledger's table load all the same.
  @Test func rolesWithFewRightsLoad() throws {
    let server = try ThrowAwayPostgres()
    _ = try lines(
      server,
      "CREATE TABLE people (id bigint PRIMARY KEY); CREATE ROLE guest LOGIN; GRANT SELECT, INSERT ON people TO guest")
    let session = try PostgresTarget().open(Array("host=\(server.place) user=guest dbname=postgres".utf8))
    let schema = TableSchema("people", [Column("id", .int64)], primaryKey: ["id"])
    var options = LoadOptions()
    options.mode = .append
    var writer = try session.makeWriter([schema], options)
    try writer.begin(schema)
    try writer.write(try RecordBatch([[.integer(5)]], columnCount: 1))
    try writer.finish()
    #expect(try lines(server, "SELECT id FROM people") == ["5"])
  }
}
