import Bytes
import Conversion
import Diagnostics
import Mapping
import Records
import TestSupport
import Testing

@Suite struct MappingFileTests {
  private let tables = [
    TestTable(TableSchema("Users", [Column("_id", .text), Column("fullName", .text)]), []),
    TestTable(TableSchema("Teams", [Column("_id", .text)]), []),
  ]

  /// What is wrong with a mapping of these tables, with its place and the word that may be meant.
  private func error(_ mapping: () throws(MappingError) -> Mapping) -> String {
    do {
      _ = try Mapped(try mapping(), tables)
      return "none"
    } catch let error as MappingError {
      let place =
        switch error.place {
        case .file(let place): "\(place.line):\(place.column): "
        case .flag: "flag: "
        case nil: ""
        }
      return place + error.message + (error.unknown.map { " <\($0.word)>" } ?? "")
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    ("{ \"names\": \"as-is\",\n \"tables\": { \"Userz\": {} } }", "2:14: the backup has no table 'Userz' <Userz>"),
    ("{ \"names\" = \"as-is\" }", "1:11: a name in double quotes and ':' are expected"),
    ("{ names: \"as-is\" }", "1:3: a name in double quotes and ':' are expected"),
    ("{ \"names\": null }", "1:12: this is no value; text stands in quotes"),
    ("{ \"ids\": \"uuid\", }", "1:18: a name in double quotes and ':' are expected"),
    ("{ \"ids\": \"uuid\" } x", "1:19: nothing but a comment can stand behind the value"),
    (
      "[tables.Users]\nreferences = [{ columns = ['_id'], table = 'Team', to = ['_id'] }]",
      "2:15: the backup has no table 'Team' <Team>"
    ),
    (
      "[tables.Users]\nreferences = [{ columns = ['_id', 'x'], table = 'Teams', to = ['_id'] }]",
      "2:15: 'columns' and 'to' are expected here, with as many names in each, and 'table'"
    ),
    ("[tables.Userz]", "1:9: the backup has no table 'Userz' <Userz>"),
    ("[tables.Users.columns]\nfullname = 'x'", "2:1: table 'Users' has no column 'fullname' <fullname>"),
    ("[tables.Users]\nkey = ['_id', 'id']", "2:7: table 'Users' has no column 'id' <id>"),
    ("[tables.Users]\ndrop = [\n'a']", "3:1: table 'Users' has no column 'a' <a>"),
    ("[tables.Users.columns]\n_id = { using = 'lowr' }", "2:17: there is no function 'lowr' <lowr>"),
    ("[tables.Users.columns]\n_id = { type = 'uid' }", "2:16: there is no type 'uid' <uid>"),
    ("[tables.Users.columns]\n_id = { tipe = 'uuid' }", "2:9: a mapping has no 'tipe' here <tipe>"),
    ("name = 'snake'", "1:1: a mapping has no 'name' here <name>"),
    ("names = 'snake'", "1:9: 'snake' is not known here <snake>"), ("ids = 1", "1:7: text in quotes is expected here"),
    ("[tables.Users]\nskip = 'yes'", "2:8: true or false is expected here"),
    ("[tables]\nUsers = 1", "2:9: a section, or { … }, is expected here"),
    ("[tables]\nUsers = ''", "2:9: a name is not empty"),
    ("[tables.Users.columns]\n_id = { references = 'x' }", "2:22: 'table.column' is expected here"),
    ("[tables.Users.columns]\n_id = { references = 'Team._id' }", "2:22: the backup has no table 'Team' <Team>"),
    ("[tables.Users.columns]\n_id = { references = 'Teams.id' }", "2:22: table 'Teams' has no column 'id' <id>"),
    (
      "[tables.Users.columns]\n_id = { type = 'uuid', references = 'Teams._id' }",
      "2:37: the reference leads to a column of another type, or to one that is left out"
    ),
    ("[tables.Users.columns]\n_id = { default = [] }", "2:19: a text, a whole number, true or false is expected here"),
    ("[tables.Users.columns]\n_id = { type = 'integer', default = 'x' }", "2:1: the default is no int32"),
    (
      "[tables.Users.columns]\n_id = { values = { a = 1 } }",
      "2:1: the values of a column that are no texts need its type"
    ),
    (
      "[tables.Users.columns]\n_id = 'fullName'",
      "2:1: columns '_id' and 'fullName' of 'Users' would both be 'fullName'"
    ),
    ("[tables]\nUsers = 'Teams'", "2:1: tables 'Users' and 'Teams' would both be 'Teams'"),
    ("[tables.Teams]\ndrop = '_id'", "1:9: no column of 'Teams' is left"),
    ("[tables.Users]\nkey = '_id'\ndrop = '_id'", "2:7: a column of the key is left out"),
    ("[tables.Users", "1:14: a line begins with a name"),
  ])
  func mistakesHaveAPlace(_ text: String, _ expected: String) {
    #expect(error { () throws(MappingError) in try Mapping(toml: text) } == expected)
  }

  @Test(arguments: [
    ("Users._id", "flag: the rule names no column and type"), ("=text", "flag: the rule names no column and type"),
    ("Users=text", "flag: the rule names no column and type"), (".c=text", "flag: the rule names no column and type"),
    ("Users._id=", "flag: the rule names no type"), ("Users._id=txt", "flag: there is no type 'txt' <txt>"),
    ("Users._id=using", "flag: there is no function '' <>"),
    ("Users._id=using lower,", "flag: there is no function '' <>"),
    ("Users._id=text using low er", "none"), ("Users._id=uuid using x", "flag: there is no function 'x' <x>"),
    ("Users.id=text", "flag: table 'Users' has no column 'id' <id>"),
    ("User._id=text", "flag: the backup has no table 'User' <User>"),
    ("Users._id=double precision using trim", "none"),
  ])
  func flagsHaveOne(_ argument: String, _ expected: String) {
    #expect(error { () throws(MappingError) in try Mapping(casts: argument) } == expected)
  }

  @Test func aFlagGoesBeforeTheFile() throws {
    var mapping = try Mapping(toml: "[tables.Users.columns]\n_id = { name = 'id', using = 'upper', default = 'x' }")
    try mapping.add(cast: Array("Users._id=using lower".utf8))
    let table = TestTable(tables[0].schema, [["AbC", "x"], [nil, "y"]])
    #expect(try Mapped(mapping, [table, tables[1]]).tables[0].rows == [["abc", "x"], ["x", "y"]])
  }

  @Test func everyCutAndChangeEndsWell() {
    let text = Array(
      """
      names = "snake_case"
      [tables.Users]
      name = 'crm.users'
      columns = { _id = { type = "uuid", using = ["trim"], values = { a = "b" }, default = "c", references = "Teams._id" } }
      """.utf8)
    func read(_ text: [UInt8]) {
      guard let mapping = try? Mapping(text, path: []) else { return }
      _ = try? Mapped(mapping, tables)
    }
    for count in 0...text.count { read(Array(text.prefix(count))) }
    for i in text.indices {
      for byte in [0x00, 0x22, 0x27, 0x2E, 0x3D, 0x61, 0xFF] as [UInt8] {
        var copy = text
        copy[i] = byte
        read(copy)
      }
    }
  }
}
