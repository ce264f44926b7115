import Bytes
import Conversion
import Diagnostics
import Mapping
import Records
import TestSupport
import Testing

@Suite struct MappedReaderTests {
  private let users = TestTable(
    {
      var table = TableSchema(
        "Users",
        [
          Column("_id", .text), Column("fullName", .text, maximumLength: 20), Column("role", .text),
          Column("teamId", .text),
          Column("age", .int32), Column("joinedAt", .float64),
        ], primaryKey: ["_id"], uniqueKeys: [["fullName"], ["role", "age"]],
        foreignKeys: [ForeignKey(["teamId"], references: "Teams", ["_id"])], indexes: [["teamId"], ["role"]])
      table.columns[2].defaultValue = Array("'Agent'".utf8)
      return table
    }(),
    [
      ["u1", "Ann", "Admin", "t1", .number("31"), .number("1000")],
      ["u2", "Bob", " agent ", nil, .missing, .number("2000.5")],
      ["u3", "Cid", "Boss", "t1", .number("44"), "never"],
      ["u4", nil, nil, "t2", .integer(5), nil],
    ])
  private let teams = TestTable(
    TableSchema("Teams", [Column("_id", .text), Column("APIKey2Name", .text)], primaryKey: ["_id"]),
    [["t1", "x"], ["t2", .missing]])

  private static let mapping = """
    names = "snake_case"
    [tables.Users]
    name = "crm.people"
    drop = ["teamId"]
    [tables.Users.columns]
    fullName = "name"
    role = { using = ["trim", "lower"], values = { agent = "member", Agent = "x" }, default = "guest" }
    age = { default = 0 }
    joinedAt = { using = "s-to-timestamp" }
    """

  @Test(arguments: [1, 2, 3, 1000]) func namesCastsAndDefaults(_ capacity: Int) throws {
    let mapped = try Mapped(Mapping(toml: Self.mapping), [users, teams], capacity: capacity)
    var people = TableSchema(
      "crm.people",
      [
        Column("_id", .text), Column("name", .text, maximumLength: 20), Column("role", .text), Column("age", .int32),
        Column("joined_at", .timestamptz),
      ], primaryKey: ["_id"], uniqueKeys: [["name"], ["role", "age"]], indexes: [["role"]])
    people.namespace = "crm"
    #expect(
      mapped.tables.map(\.schema) == [
        people,
        TableSchema(
          "teams", [Column("_id", .text), Column("api_key2_name", .text)], primaryKey: ["_id"]),
      ])
    #expect(mapped.knowledge.tables == mapped.tables.map(\.schema))
    #expect(
      mapped.tables.map(\.rows) == [
        [
          ["u1", "Ann", "admin", .number("31"), "1970-01-01T00:16:40Z"],
          ["u2", "Bob", "member", .integer(0), "1970-01-01T00:33:20.500Z"],
          ["u4", nil, "guest", .integer(5), nil],
        ], teams.rows,
      ])
    #expect(
      mapped.rules == [
        "Users: is 'crm.people' (0)", "Users.fullName: is 'name' (0)",
        "Users.role: trim, lower, values (2), has a default (4)", "Users.teamId: left out (3)",
        "Users.age: has a default (1)", "Users.joinedAt: s-to-timestamp (2)", "Users: names in snake_case (1)",
        "Teams: is 'teams' (0)", "Teams: names in snake_case (1)",
      ])
    #expect(mapped.losses.map(\.code) == ["cast-refused"])
    #expect(mapped.losses[0].table == "crm.people" && mapped.losses[0].column == "joined_at")
    #expect(mapped.losses[0].message.hasSuffix("the first is record 3"))
    #expect(mapped.knowledge.findings.map(\.code) == ["foreign-key-not-mapped"])
  }

  @Test func tablesAreSkippedAndCounted() throws {
    let mapped = try Mapped(Mapping(toml: "[tables.Teams]\nskip = true"), [teams, users])
    #expect(mapped.tables.map(\.schema.name) == ["Users"])
    #expect(mapped.tables[0].schema.foreignKeys.isEmpty)
    #expect(mapped.tables[0].rows == users.rows)
    #expect(mapped.rules == ["Teams: left out (2)"])
  }

  @Test func whatNoRuleMentionsStaysAsItIs() throws {
    let mapped = try Mapped(Mapping(), [users, teams])
    #expect(mapped.tables == [users, teams])
    #expect(mapped.rules.isEmpty && mapped.losses.isEmpty)
  }

  @Test func idsAreUUIDsWithTheirReferences() throws {
    var foreign = ForeignKey(["fullName"], references: "Users", ["_id"])
    foreign.isInferred = true
    let mapped = try Mapped(Mapping(toml: "ids = 'uuid'"), [users, teams]) { knowledge in
      knowledge.unverifiedForeignKeys = [
        UnverifiedForeignKey(table: "Users", key: foreign, reason: .dangling, count: 1)
      ]
    }
    #expect(mapped.tables[0].schema.columns.map(\.type.word) == ["uuid", "uuid", "text", "uuid", "int32", "float64"])
    #expect(mapped.tables[0].schema.foreignKeys == users.schema.foreignKeys)
    #expect(mapped.knowledge.unverifiedForeignKeys.map(\.key) == [foreign])
    #expect(mapped.tables[0].rows[0][3] == mapped.tables[1].rows[0][0])
    #expect(mapped.tables[0].rows[1][3] == nil)
    #expect(mapped.rules.contains("Users.teamId: id-to-uuid (3)") && mapped.rules.contains("Teams._id: id-to-uuid (2)"))
  }

  /// Ids within lists become what the ids themselves do; a list that holds something else is refused.
  @Test(arguments: [1, 1000]) func listsOfReferencesFollowTheirKeys(_ capacity: Int) throws {
    let groups = TestTable(
      TableSchema(
        "Groups", [Column("_id", .text), Column("teams", .json), Column("tags", .array(.text))], primaryKey: ["_id"]),
      [
        ["g1", .json(#"["t1", "t\u0032", null]"#), .json(#"["t1"]"#)], ["g2", .json("[]"), nil],
        ["g3", .json(#"[{"id": "t1"}]"#), nil], ["g4", .json(#"{"t1": 1}"#), nil],
      ])
    let rule = #"columns = { teams = { references = "Teams._id" }, tags = { references = "Teams._id" } }"#
    let mapped = try Mapped(
      Mapping(toml: "ids = 'uuid'\n[tables.Groups]\n\(rule)"), [groups, teams], capacity: capacity)
    // uuid.uuid5(uuid.NAMESPACE_URL, 't1') and so on, by Python.
    let oracle = try run(
      ["python3", "-c", "import uuid\nfor n in ['t1', 't2', 'g1', 'g2']: print(uuid.uuid5(uuid.NAMESPACE_URL, n))"])
    let ids = oracle.text.split(separator: "\n").map(String.init)
    let rows = mapped.tables[0].rows
    #expect(
      rows == [
        [.text(Array(ids[2].utf8)), .json("[\"\(ids[0])\",\"\(ids[1])\",null]"), .json("[\"\(ids[0])\"]")],
        [.text(Array(ids[3].utf8)), .json("[]"), nil],
      ])
    #expect(mapped.tables[0].schema.columns.map(\.type) == [.uuid, .json, .array(.uuid)])
    #expect(mapped.tables[0].schema.foreignKeys.isEmpty)
    #expect(mapped.losses.map(\.count) == [2] && mapped.losses[0].column == "teams")
  }

  /// A mapping says the same as JSON.
  @Test func mappingsAreJSONToo() throws {
    let text = #"""
      { "names": "snake_case", "tables": { "Teams": "te\u0061ms \ud83d\ude00",
        "Users": { "drop": [ "teamId", "age" ],
          "columns": { "role": { "using": ["trim", "lower"], "default": "\/" }, "joinedAt": { "using": "s-to-timestamp" } } } } }
      """#
    let toml = """
      names = "snake_case"
      tables.Teams = "teams 😀"
      [tables.Users]
      drop = ["teamId", "age"]
      columns = { role = { using = ["trim", "lower"], default = "/" }, joinedAt = { using = "s-to-timestamp" } }
      """
    let json = try Mapped(Mapping(toml: text), [users, teams]), other = try Mapped(Mapping(toml: toml), [users, teams])
    #expect(json.tables == other.tables && json.rules.sorted() == other.rules.sorted() && json.rules.count > 4)
  }

  /// Several columns refer together to a key of several.
  @Test func referencesOverSeveralColumns() throws {
    let orders = TestTable(
      TableSchema("Orders", [Column("shop", .text), Column("nr", .int64)], primaryKey: ["shop", "nr"]), [])
    let items = TestTable(TableSchema("Items", [Column("Shop", .text), Column("OrderNr", .int64)]), [])
    let rule = #"references = [{ columns = ["Shop", "OrderNr"], table = "Orders", to = ["shop", "nr"] }]"#
    let mapped = try Mapped(Mapping(toml: "names = 'snake_case'\n[tables.Items]\n\(rule)"), [orders, items])
    #expect(
      mapped.tables[1].schema.foreignKeys == [ForeignKey(["shop", "order_nr"], references: "orders", ["shop", "nr"])])
  }

  @Test func keysAndReferencesAreStated() throws {
    let mapped = try Mapped(
      Mapping(
        toml: """
          [tables.Users]
          key = ["fullName", "age"]
          columns = { role = { name = "team", references = "Teams.APIKey2Name" }, teamId = { type = "uuid" } }
          """), [users, teams])
    let schema = mapped.tables[0].schema
    #expect(schema.primaryKey == ["fullName", "age"])
    #expect(schema.foreignKeys == [ForeignKey(["team"], references: "Teams", ["APIKey2Name"])])
    // No team's id is a UUID.
    #expect(mapped.losses.map(\.count) == [3])
    #expect(mapped.knowledge.findings.map(\.code) == ["foreign-key-not-mapped"])
  }

  @Test func rejectedRowsEmptyNoRun() throws {
    let rows: [[TestValue]] = (0..<5000).map { [$0 % 7 == 0 ? "5" : "x"] }
    for capacity in [1, 7, 64, 4096] {
      let mapped = try Mapped(Mapping(casts: "t.c=integer"), [TestTable("t", ["c"], rows)], capacity: capacity)
      #expect(mapped.tables[0].rows.count == 715 && mapped.losses.map(\.count) == [4285])
      #expect(mapped.losses[0].message.hasSuffix("the first is record 2"))
    }
  }

  @Test func valuesThatAreNumbersAndWords() throws {
    let table = TestTable(
      TableSchema("t", [Column("c", .text)]), [["on"], ["off"], [.boolean(true)], [.integer(3)], [.number("3")], ["?"]])
    let mapped = try Mapped(
      Mapping(toml: "[tables.t.columns]\nc = { values = { on = 1, off = 0, true = 2, 3 = 4 }, type = 'int' }"), [table])
    #expect(mapped.tables[0].rows == [[.integer(1)], [.integer(0)], [.integer(2)], [.integer(4)], [.integer(4)]])
    #expect(mapped.losses.map(\.count) == [1])
  }
}
