import Bytes
import Conversion
import Diagnostics
import Mapping
import Records
import TestSupport
import Testing

@Suite struct NestedTests {
  private let users = TestTable(
    TableSchema(
      "users", [Column("_id", .text), Column("homeAddress", .json), Column("tags", .json), Column("n", .int32)],
      primaryKey: ["_id"]),
    [
      [
        "u1", .json("{\"city\": \"Ulm\", \"geo\": {\"lat\": 1.5, \"xs\": [1, {\"a\": 2}]}}"),
        .json("[\"a\", \"b\\n\"]"), .integer(1),
      ],
      ["u2", .json("{\"geo\":{},\"city\":null}"), .json("[]"), .integer(2)],
      ["u3", nil, .json("[{\"k\": true, \"d\": {\"e\": 1}}, 7]"), .integer(3)],
      ["u4", .json("[1]"), .missing, .integer(4)],
      ["u5", .json("{\"ci\\u0074y\": \"\\u00e9\"}"), .json("{\"k\": false}"), .integer(5)],
    ])

  @Test(arguments: [1, 2, 1000]) func membersAreColumns(_ capacity: Int) throws {
    let mapping = try Mapping(
      toml: """
        names = "snake_case"
        [tables.users.columns]
        homeAddress = { nested = "flatten" }
        "homeAddress.city" = { name = "town", using = "upper" }
        """)
    let mapped = try Mapped(mapping, [users], capacity: capacity)
    #expect(
      mapped.tables.map(\.schema) == [
        TableSchema(
          "users",
          [
            Column("_id", .text), Column("tags", .json), Column("n", .int32), Column("home_address", .json),
            Column("town", .text), Column("home_address_geo", .json), Column("home_address_geo_lat", .float64),
            Column("home_address_geo_xs", .json),
          ], primaryKey: ["_id"])
      ])
    func row(_ user: Int, _ values: TestValue...) -> [TestValue] {
      [users.rows[user][0], users.rows[user][2], users.rows[user][3]] + values
    }
    #expect(
      mapped.tables[0].rows == [
        row(0, .missing, "ULM", .missing, .number("1.5"), .json("[1, {\"a\": 2}]")),
        row(1, .missing, nil, .json("{}"), .missing, .missing),
        row(2, .missing, .missing, .missing, .missing, .missing),
        row(3, .json("[1]"), .missing, .missing, .missing, .missing),
        row(4, .missing, "é", .missing, .missing, .missing),
      ])
    #expect(mapped.rules.contains("users.homeAddress: members are columns (5)"))
    #expect(mapped.rules.contains("users.homeAddress.city: is 'town', upper (1)"))
  }

  @Test(arguments: [1, 2, 1000]) func elementsAreRows(_ capacity: Int) throws {
    let mapping = try Mapping(
      toml: """
        ids = "uuid"
        [tables]
        users = { name = "people", columns = { tags = { nested = "table" } } }
        "users.tags" = { columns = { k = "flag" } }
        """)
    let mapped = try Mapped(mapping, [users], capacity: capacity)
    var tags = TableSchema(
      "people_tags",
      [
        Column("users_id", .uuid, isNullable: false), Column("position", .int32, isNullable: false),
        Column("value", .json),
        Column("flag", .boolean), Column("d", .json),
      ], primaryKey: ["users_id", "position"])
    tags.foreignKeys = [ForeignKey(["users_id"], references: "people", ["_id"])]
    #expect(mapped.knowledge.tables.map(\.name) == ["people", "people_tags"])
    #expect(mapped.knowledge.tables[1] == tags)
    let people = mapped.tables.filter { $0.schema.name == "people" }.flatMap(\.rows)
    let rows = mapped.tables.filter { $0.schema.name == "people_tags" }.flatMap(\.rows)
    #expect(people.map(\.count) == [3, 3, 3, 3, 3])
    #expect(
      rows == [
        [people[0][0], .integer(0), "a", .missing, .missing], [people[0][0], .integer(1), "b\n", .missing, .missing],
        [people[2][0], .integer(0), .missing, true, .json("{\"e\": 1}")],
        [people[2][0], .integer(1), .number("7"), .missing, .missing],
        [people[4][0], .integer(0), .missing, false, .missing],
      ])
    #expect(mapped.rules.contains("users.tags: elements are rows of a table (5)"))
  }

  @Test func secretsStaySecret() throws {
    let table = TestTable(
      TableSchema("t", [Column("c", .json)]), [[.json("{\"login\": {\"password\": \"correct horse\"}, \"n\": 1}")]])
    let mapped = try Mapped(try Mapping(toml: "nested = 'flatten'"), [table])
    #expect(mapped.tables[0].schema.columns.map(\.name) == ["c_login_password", "c_n"])
    #expect(mapped.tables[0].schema.columns.map(\.isSecret) == [true, false])
  }

  @Test func whatCannotBeTakenApartIsNamed() throws {
    var keyless = users
    keyless.schema.primaryKey = []
    let mapping = try Mapping(toml: "[tables.users.columns]\ntags = { nested = 'table' }")
    do {
      _ = try Mapped(mapping, [keyless])
      Issue.record("no error")
    } catch let error as MappingError {
      #expect(error.message.contains("has no primary key"))
    }
    let members = (0..<2000).map { "\"k\($0)\": 1" }.joined(separator: ", ")
    let wide = TestTable(TableSchema("t", [Column("c", .json)]), [[.json("{\(members)}")]])
    #expect(throws: ReadError.self) { try Mapped(try Mapping(toml: "nested = 'flatten'"), [wide]) }
  }

  @Test func depthAndOddJSONEndWell() throws {
    let deep = String(repeating: "{\"a\":", count: 400) + "1" + String(repeating: "}", count: 400)
    let odd = [
      "{\"a\":", "{", "[", "{\"a\" 1}", "[1,,2]", "{\"a\":1,}", "[\"\\ud800\"]", "", "{\"\":{\"\":0}}", "{\"a\":NaN}",
      deep,
    ]
    for text in odd {
      let table = TestTable(
        TableSchema("t", [Column("i", .int32), Column("c", .json)], primaryKey: ["i"]), [[.integer(1), .json(text)]])
      for nesting in ["flatten", "table"] {
        _ = try Mapped(try Mapping(toml: "nested = '\(nesting)'"), [table])
      }
    }
    let table = TestTable(TableSchema("t", [Column("c", .json)]), [[.json(deep)]])
    let mapped = try Mapped(try Mapping(toml: "nested = 'flatten'"), [table])
    #expect(mapped.tables[0].schema.columns.map(\.name) == ["c_a_a_a_a_a_a_a_a"])
  }

  /// Every value of the flattened rows, put together again, is the JSON that they were made of.
  @Test func chanceLosesNothing() throws {
    var random = Dice(7)
    func value(_ depth: Int) -> String {
      switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &random) {
      case 0: return "\(Int.random(in: 0..<100, using: &random))"
      case 1: return "\"x\\u00e9\(Int.random(in: 0..<9, using: &random))\""
      case 2: return "true"
      case 3: return "null"
      case 4:
        return "[" + (0..<Int.random(in: 0..<3, using: &random)).map { _ in value(depth + 1) }.joined(separator: ",")
          + "]"
      default:
        var keys: Set<String> = []
        let members = (0..<Int.random(in: 0..<4, using: &random)).compactMap { _ -> String? in
          let key = random.one(of: ["a", "b", "c d", "é"])
          return keys.insert(key).inserted ? "\"\(key)\":\(value(depth + 1))" : nil
        }
        return "{" + members.joined(separator: ",") + "}"
      }
    }
    let rows: [[TestValue]] = (0..<300).map { _ in [.json(value(0))] }
    let table = TestTable(TableSchema("t", [Column("c", .json)]), rows)
    let whole = try Mapped(try Mapping(toml: "nested = 'flatten'"), [table])
    let pieces = try Mapped(try Mapping(toml: "nested = 'flatten'"), [table], capacity: 7)
    #expect(whole.tables[0] == pieces.tables[0])
    let count = whole.tables[0].rows.flatMap(\.self).count { $0 != .missing }
    func scalars(_ text: String) throws -> Int {
      let script = """
        import json,sys
        def n(v):
            return sum(map(n, v.values())) if isinstance(v, dict) and v else 1
        print(sum(n(json.loads(l)) for l in sys.stdin))
        """
      return Int(try run(["python3", "-c", script], input: Array(text.utf8)).text.dropLast()) ?? -1
    }
    let text = rows.map { row in
      if case .json(let bytes) = row[0] { String(decoding: bytes, as: UTF8.self) } else { "" }
    }
    #expect(try scalars(text.joined(separator: "\n")) == count)
  }
}
