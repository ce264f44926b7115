import Bytes
import Conversion
import PostgresTarget
import Records
import TestSupport
import Testing

/// Keeps nothing: these tests look at which rows are refused.
private struct NoFormat: ExportFormat {
  var id: String { "none" }
  var summary: String { "" }
  var ending: String { "" }
  var holdsManyTables: Bool { true }
  func makeWriter(to output: Output, tables: [TableSchema], options: WriteOptions) throws(WriteError)
    -> any RecordWriter & ~Copyable
  { throw WriteError(.unsupported("no format")) }
}

/// Numbers of the refused rows and their codes.
private func refused(_ rejects: Rejects, _ table: TestTable) -> [String] {
  table.rows.indices.compactMap { row in rejects.refusal(of: row, table.schema.name).map { "\(row) \($0.code)" } }
}

@Suite(.enabled(if: ThrowAwayPostgres.isAvailable)) struct RejectsTests {
  private func options(_ mode: LoadMode, limit: Int? = nil) -> LoadOptions {
    var options = LoadOptions()
    options.mode = mode
    options.rejects = Rejects(in: Array("/nonexistent".utf8), as: NoFormat(), limit: limit)
    return options
  }

  /// Keys that are made behind the rows: repeated ones, and references to nothing, also to rows that were refused.
  @Test(arguments: [2, 1000]) func newTablesLeaveOutWhatBreaksTheirKeys(_ batchSize: Int) throws {
    let server = try ThrowAwayPostgres()
    var people = TableSchema(
      "people", [Column("id", .int64), Column("mother", .int64), Column("name", .text)], primaryKey: ["id"],
      uniqueKeys: [["name"]])
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
    let options = options(.create)
    let done = try load(tables, into: "postgres", of: server, options, batchSize: batchSize)
    let rejects = try #require(options.rejects)
    #expect(
      refused(rejects, tables[0]) == [
        "2 23505", "3 23503", "4 23503", "5 constraint", "6 23505", "8 nul-character", "9 23503",
      ])
    #expect(refused(rejects, tables[1]) == ["1 23503", "3 23503", "5 23503"])
    #expect(done.outcomes.map(\.created) == [3, 3])
    #expect(done.losses.reduce(0) { $0 + ($1.isReject ? $1.count : 0) } == 10)
    #expect(try lines(server, "SELECT id, mother, name FROM people ORDER BY 1") == ["1|6|Ann", "2||Bob", "6||"])
    #expect(try lines(server, "SELECT owner, name FROM pets ORDER BY 2") == ["1|a", "|c", "6|e"])
    #expect(
      try lines(server, "SELECT count(*) FROM pg_constraint WHERE conrelid IN ('people'::regclass, 'pets'::regclass)")
        == ["4"])
  }

  /// Tables that are there, with every kind of constraint; rows come before those that they refer to.
  @Test(arguments: [LoadMode.append, .upsert, .skipExisting]) func tablesThatAreThereLeaveOut(_ mode: LoadMode) throws {
    let server = try ThrowAwayPostgres()
    _ = try lines(
      server,
      """
      CREATE TABLE people (id bigint PRIMARY KEY, boss bigint REFERENCES people, name varchar(4) NOT NULL,
        age int CHECK (age >= 0), mail text UNIQUE);
      INSERT INTO people VALUES (1000, NULL, 'old', 1, 'old@x');
      """)
    let schema = TableSchema(
      "people",
      [
        Column("id", .int64), Column("boss", .int64), Column("name", .text), Column("age", .text),
        Column("mail", .text),
      ], primaryKey: ["id"])
    var rows: [[TestValue]] = []
    for i in 0..<120 { rows.append([.integer(Int64(i)), i < 119 ? .integer(Int64(i + 1)) : nil, "n", "5", nil]) }
    rows[17][2] = nil
    rows[40][2] = "abcde"
    rows[41][3] = "-1"
    rows[42][3] = "x"
    rows[60][4] = "old@x"
    rows[80][0] = .integer(100)
    rows.append([.integer(1000), nil, "new", "2", nil])
    let table = TestTable(schema, rows)
    let options = options(mode)
    let done = try load([table], into: "postgres", of: server, options, batchSize: 64)
    let rejects = try #require(options.rejects)
    let found = refused(rejects, table)
    // Whoever has a boss that is refused is refused, too; the row of key 100 comes first as number 80, and makes
    // the rows before 100 a ring, none of which comes in alone.
    #expect(found.first == "0 23503" && found.contains("17 23502") && found.contains("40 22001"))
    #expect(found.contains("41 23514") && found.contains("42 22P02") && found.contains("60 23505"))
    #expect(found.contains(mode == .append ? "120 23505" : "100 23505"))
    let kept = try lines(server, "SELECT count(*), min(id) FROM people WHERE id < 1000")
    #expect(
      kept == ["\(120 - found.count(where: { !$0.hasPrefix("120 ") }))|\(mode == .append ? 81 : 101)"], "\(found)")
    #expect(done.losses.reduce(0) { $0 + $1.count } == found.count)
    #expect(
      try lines(server, "SELECT name FROM people WHERE id = 1000") == [mode == .upsert ? "new" : "old"])
  }

  @Test func tooManyEndTheLoad() throws {
    let server = try ThrowAwayPostgres()
    let table = TestTable(
      TableSchema("t", [Column("x", .int64)], primaryKey: ["x"]), [[.integer(1)], [.integer(1)], [.integer(1)]])
    #expect(throws: WriteError.self) { try load([table], into: "postgres", of: server, options(.create, limit: 1)) }
    #expect(try lines(server, "SELECT to_regclass('t') IS NULL") == ["t"])
    // Without a place for them the first one ends the load, and it is named.
    _ = try lines(server, "CREATE TABLE t (x bigint CHECK (x < 2))")
    let bad = TestTable(TableSchema("t", [Column("x", .int64)]), [[.integer(1)], [.integer(2)]])
    var plain = LoadOptions()
    plain.mode = .append
    do {
      _ = try load([bad], into: "postgres", of: server, plain)
      Issue.record("loaded")
    } catch let error as WriteError {
      #expect(error.table == "t" && error.record == 2 && error.message.contains("23514"))
    }
  }
}
