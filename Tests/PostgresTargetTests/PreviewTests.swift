import Bytes
import Conversion
import PostgresTarget
import Records
import TestSupport
import Testing

/// Writes nothing to speak of: these tests look at how many rows are refused.
private struct NoRows: ExportFormat {
  struct Writer: RecordWriter, ~Copyable {
    mutating func begin(_ table: TableSchema) {}
    mutating func write(_ batch: borrowing RecordBatch) {}
    mutating func finish() {}
    var losses: [Loss] { [] }
  }
  var id: String { "none" }
  var summary: String { "" }
  var ending: String { "" }
  var holdsManyTables: Bool { true }
  func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  { Writer() }
}

/// What a preview says of rows that would be refused is what the load then does.
@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct PreviewTests {
  private func options(_ mode: LoadMode, preview: Bool) -> LoadOptions {
    var options = LoadOptions()
    options.mode = mode
    options.isPreview = preview
    if !preview { options.rejects = Rejects(in: Array("/nonexistent".utf8), as: NoRows(), limit: nil) }
    return options
  }
  private func refused(_ losses: [Loss]) -> Int { losses.reduce(0) { $0 + ($1.isReject ? $1.count : 0) } }

  @Test(arguments: [LoadMode.append, .upsert, .skipExisting]) func constraintsOfTablesThatAreThere(
    _ mode: LoadMode
  ) throws {
    let server = try ThrowAwayPostgres()
    _ = try lines(
      server,
      """
      CREATE TYPE mood AS ENUM ('ok');
      CREATE SEQUENCE counter;
      CREATE TABLE people (id bigserial PRIMARY KEY, boss bigint REFERENCES people, name varchar(4) NOT NULL,
        age int CONSTRAINT grown CHECK (age >= 0), mail text UNIQUE, feeling mood, kind text NOT NULL DEFAULT 'x',
        added int NOT NULL DEFAULT nextval('counter') CONSTRAINT counted CHECK (added > 0),
        CONSTRAINT aged CHECK (age < 150 AND kind = 'x'));
      CREATE UNIQUE INDEX lower_name ON people (lower(name)) WHERE age > 100;
      INSERT INTO people VALUES (1000, NULL, 'old', 1, 'old@x');
      """)
    let schema = TableSchema(
      "people",
      [
        Column("id", .int64), Column("boss", .int64), Column("name", .text), Column("age", .int64),
        Column("mail", .text), Column("feeling", .text),
      ], primaryKey: ["id"])
    var rows: [[TestValue]] = [
      [.integer(1), nil, "a", .integer(5), nil, "ok"], [.integer(2), .integer(1), "b", .integer(5), nil, nil],
      [.integer(3), nil, nil, .integer(5), nil, nil], [.integer(4), nil, "c", .integer(-1), nil, nil],
      [.integer(5), .integer(4), "d", nil, nil, nil], [.integer(6), .integer(5), "e", nil, nil, nil],
      [.integer(7), nil, "abcde", nil, nil, nil], [.integer(8), nil, "f", nil, "old@x", nil],
      [.integer(9), nil, "g", nil, "m", nil], [.integer(10), nil, "h", nil, "m", nil],
      [.integer(11), nil, "Z", .integer(120), nil, nil], [.integer(12), nil, "z", .integer(120), nil, nil],
      [.integer(13), .integer(77), "i", nil, nil, nil], [.integer(14), nil, "j", nil, nil, "sad"],
      [.integer(15), nil, "k", .integer(200), nil, nil], [.integer(16), .integer(1000), "l", nil, nil, nil],
    ]
    if mode == .append { rows.append([.integer(1000), nil, "new", nil, nil, nil]) }
    let table = TestTable(schema, rows)
    let state =
      "SELECT * FROM people; SELECT last_value, is_called FROM counter; SELECT last_value, is_called FROM people_id_seq"
    let before = try lines(server, state)
    let preview = try load([table], into: "postgres", of: server, options(mode, preview: true), batchSize: 4)
    #expect(try lines(server, state) == before)
    #expect(try lines(server, "SELECT to_regnamespace('coffer') IS NULL") == ["t"])
    func count(_ word: String) -> [Int] { preview.losses.filter { $0.message.contains(word) }.map(\.count) }
    #expect(count("'grown'") == [1] && count("'aged'") == [1] && count("must have one") == [1])
    #expect(count("'people_mail_key'") == [2] && count("'lower_name'") == [1] && count("'people_boss_fkey'") == [3])
    #expect(count("'people_pkey'") == (mode == .append ? [1] : []))
    #expect(count("the first is row 4 of those sent") == [1])
    // The load of the same rows leaves out as many.
    let done = try load([table], into: "postgres", of: server, options(mode, preview: false), batchSize: 4)
    #expect(refused(preview.losses) == refused(done.losses) && refused(done.losses) == (mode == .append ? 12 : 11))
    #expect(preview.outcomes == done.outcomes)
  }

  @Test func keysOfNewTables() throws {
    let server = try ThrowAwayPostgres()
    var people = TableSchema(
      "people", [Column("id", .int64, isIdentity: true), Column("mother", .int64), Column("name", .text)],
      primaryKey: ["id"], uniqueKeys: [["name"]])
    people.foreignKeys = [ForeignKey(["mother"], references: "people", ["id"])]
    var pets = TableSchema("pets", [Column("owner", .int64), Column("name", .text)])
    pets.foreignKeys = [ForeignKey(["owner"], references: "people", ["id"])]
    let tables = [
      TestTable(
        people,
        [
          [.integer(1), .integer(6), "Ann"], [.integer(2), nil, "Bob"], [.integer(2), nil, "Cleo"],
          [.integer(3), .integer(9), "Dan"], [.integer(4), .integer(3), "Eve"], [nil, nil, "Fay"],
          [.integer(5), .integer(1), "Bob"], [.integer(6), nil, nil], [.integer(7), .integer(1), "z\0"],
          [.integer(8), .integer(5), nil],
        ]),
      TestTable(
        pets,
        [
          [.integer(1), "a"], [.integer(4), "b"], [nil, "c"], [.integer(5), "d"], [.integer(6), "e"],
          [.integer(77), "f"],
        ]),
    ]
    let preview = try load(tables, into: "postgres", of: server, options(.create, preview: true))
    #expect(try lines(server, "SELECT to_regclass('people') IS NULL") == ["t"])
    let done = try load(tables, into: "postgres", of: server, options(.create, preview: false))
    #expect(preview.outcomes.map(\.created) == [3, 3] && done.outcomes.map(\.created) == [3, 3])
    #expect(refused(preview.losses) == 10 && refused(done.losses) == 10)
  }

  /// A role that may make no temporary tables is told that nothing was held against the constraints.
  @Test func rolesWithFewRightsAreTold() throws {
    let server = try ThrowAwayPostgres()
    _ = try lines(
      server,
      "CREATE TABLE t (x bigint CHECK (x < 2)); CREATE ROLE guest LOGIN; GRANT SELECT, INSERT ON t TO guest;"
        + "REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
    let session = try PostgresTarget().open(Array("host=\(server.place) user=guest dbname=postgres".utf8))
    let schema = TableSchema("t", [Column("x", .int64)])
    var writer = try session.makeWriter([schema], options(.append, preview: true))
    try writer.begin(schema)
    try writer.write(try RecordBatch([[.integer(5)]], columnCount: 1))
    try writer.finish()
    #expect(session.outcomes.map(\.created) == [1])
    #expect(session.remarks.contains { $0.contains("no temporary tables") })
  }
}
