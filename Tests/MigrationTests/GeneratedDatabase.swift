import Bytes
import Records
import TestSupport

/// Tables of every type and shape, the same in every run: extremes, absent values, hostile names and texts, keys of all kinds.
struct GeneratedDatabase {
  private var dice = Dice(20_251_129)
  private(set) var tables: [TestTable] = []

  init() {
    tables.append(everything())
    tables.append(texts())
    tables.append(places())
    tables.append(teams())
    tables.append(people())
    tables.append(memberships())
    tables.append(orders())
    tables.append(lines())
    tables.append(log())
    tables.append(TestTable(TableSchema("empty", [Self.key("id", .int64)], primaryKey: ["id"]), []))
  }

  private func integer(_ value: Int) -> TestValue { GeneratedColumn.integer(value) }
  private func text(_ value: String) -> TestValue { GeneratedColumn.text(value) }
  private static func key(_ name: Name, _ type: LogicalType) -> Column {
    Column(name, type, isNullable: false, maximumLength: type == .text ? 20 : nil)
  }
  private func reference(_ columns: [Name], _ table: Name, _ referenced: [Name]) -> ForeignKey {
    ForeignKey(columns, references: table, referenced)
  }

  /// Every value of every column occurs, then some at random with gaps.
  private mutating func everything() -> TestTable {
    let types = GeneratedColumn.all
    let schema = TableSchema(
      "everything", [Self.key("id", .int64)] + types.map { Column($0.name, $0.type) }, primaryKey: ["id"])
    var rows: [[TestValue]] = []
    for i in 0..<24 {
      var row = [integer(i + 1)]
      for type in types {
        if i < 9 {
          row.append(type.values[i % type.values.count])
        } else if Int.random(in: 0..<4, using: &dice) == 0 {
          row.append(TestValue.null)
        } else {
          row.append(type.values[Int.random(in: type.values.indices, using: &dice)])
        }
      }
      rows.append(row)
    }
    return TestTable(schema, rows)
  }

  private static let hostile = [
    "", " ", "'; DROP TABLE people; --", "\"", "$1", "a,b;c", "=1+1", "</field>", "&amp;", "- x: y", "\r\n", "\u{2028}",
    "\u{FEFF}x", "0", "true", "\\.", "%s", "e\u{301}", "👩‍👩‍👧",
  ]

  /// Keyless, with names and texts that some targets refuse or cannot tell apart.
  private mutating func texts() -> TestTable {
    let names: [Name] = ["Größe", "order", "a\"b", "CASE"]
    var rows: [[TestValue]] = []
    for word in Self.hostile { rows.append([text(word), text("x"), TestValue.null, text("y")]) }
    rows.append([TestValue.text([0x61, 0, 0x62]), text("nul"), TestValue.null, TestValue.null])
    for _ in 0..<10 {
      var row: [TestValue] = []
      for _ in 0..<4 { row.append(text(dice.one(of: Self.hostile))) }
      rows.append(row)
    }
    // The same row twice.
    rows.append(rows[1])
    return TestTable(TableSchema("select", names.map { Column($0, .text) }), rows)
  }

  private mutating func uuid() -> TestValue {
    var digits = ""
    for place in 0..<32 {
      if [8, 12, 16, 20].contains(place) { digits += "-" }
      digits += String(Int.random(in: 0..<16, using: &dice), radix: 16)
    }
    return text(digits)
  }

  /// A table that refers to itself by UUIDs.
  private mutating func places() -> TestTable {
    let schema = TableSchema(
      "places", [Self.key("id", .uuid), Column("name", .text), Column("within", .uuid)], primaryKey: ["id"],
      foreignKeys: [reference(["within"], "places", ["id"])])
    var ids: [TestValue] = [], rows: [[TestValue]] = []
    for _ in 0..<8 { ids.append(uuid()) }
    for i in 0..<8 { rows.append([ids[i], text("place \(i)"), i == 0 ? TestValue.null : ids[(i * 5 + 3) % 8]]) }
    return TestTable(schema, rows)
  }

  private static let codes = ["red", "blue", "größer", "a b"]

  /// A cycle with `people`, and a key of text.
  private func teams() -> TestTable {
    let schema = TableSchema(
      "teams", [Self.key("code", .text), Column("lead", .int32)], primaryKey: ["code"],
      foreignKeys: [reference(["lead"], "people", ["id"])])
    var rows: [[TestValue]] = []
    for (i, code) in Self.codes.enumerated() { rows.append([text(code), i == 3 ? TestValue.null : integer(i + 1)]) }
    return TestTable(schema, rows)
  }

  private mutating func people() -> TestTable {
    let schema = TableSchema(
      "people",
      [
        Self.key("id", .int32), Column("email", .text, maximumLength: 100), Column("boss", .int32),
        Column("team", .text, maximumLength: 20), Column("created_at", .timestamptz),
      ], primaryKey: ["id"], uniqueKeys: [["email"]],
      foreignKeys: [reference(["boss"], "people", ["id"]), reference(["team"], "teams", ["code"])])
    var rows: [[TestValue]] = []
    for i in 1...12 {
      let boss = i % 3 == 0 ? TestValue.null : integer(13 - i), team = text(dice.one(of: Self.codes))
      rows.append([integer(i), text("p\(i)@example.org"), boss, team, text("2024-03-\(10 + i)T01:02:03Z")])
    }
    return TestTable(schema, rows)
  }

  /// Many to many: the key is made of two references.
  private func memberships() -> TestTable {
    let schema = TableSchema(
      "people_teams", [Self.key("person", .int32), Self.key("team", .text)], primaryKey: ["person", "team"],
      foreignKeys: [reference(["person"], "people", ["id"]), reference(["team"], "teams", ["code"])])
    var rows: [[TestValue]] = []
    for i in 1...12 {
      for (j, code) in Self.codes.enumerated() where (i + j) % 3 == 0 { rows.append([integer(i), text(code)]) }
    }
    return TestTable(schema, rows)
  }

  private mutating func orders() -> TestTable {
    let total = Column("total", .decimal(precision: 10, scale: 2))
    let schema = TableSchema(
      "orders", [Self.key("shop", .int32), Self.key("number", .int64), total, Column("buyer", .int32)],
      primaryKey: ["shop", "number"], foreignKeys: [reference(["buyer"], "people", ["id"])])
    var rows: [[TestValue]] = []
    for i in 0..<10 {
      let buyer = i == 5 ? TestValue.null : integer(Int.random(in: 1...12, using: &dice))
      rows.append([integer(i / 4), integer(i % 4 + 1 << 40), TestValue.number("\(i * 13).\(i % 10)0"), buyer])
    }
    return TestTable(schema, rows)
  }

  /// Refers to a key of two columns, and has none itself.
  private mutating func lines() -> TestTable {
    let schema = TableSchema(
      "order lines",
      [Column("shop", .int32), Column("number", .int64), Column("unit price", .decimal), Column("Note", .text)],
      foreignKeys: [reference(["shop", "number"], "orders", ["shop", "number"])])
    var rows: [[TestValue]] = []
    for i in 0..<20 {
      var note = text(dice.one(of: ["", "gift", "n/a"]))
      if i % 4 == 0 { note = TestValue.missing } else if i % 4 == 1 { note = TestValue.null }
      rows.append([integer(i / 8), integer(i / 2 % 4 + 1 << 40), TestValue.number("\(i).0\(i % 10)"), note])
    }
    return TestTable(schema, rows)
  }

  /// Keyless, with a reference and values that lose something in most targets.
  private func log() -> TestTable {
    let schema = TableSchema(
      "log",
      [
        Column("person", .int32), Column("level", .float64), Column("at", .timestamp), Column("detail", .json),
        Column("what", .text),
      ], foreignKeys: [reference(["person"], "people", ["id"])])
    let levels: [Double] = [.nan, .infinity, -.infinity, -0.0, 1.5]
    var rows: [[TestValue]] = []
    for i in 0..<15 {
      var detail = TestValue.json("{\"n\": \(i)\(i % 5 == 0 ? ", \"exact\": 0.1000000000000000055\(i)" : "")}")
      if i % 5 == 2 { detail = TestValue.json("null") } else if i % 5 == 3 { detail = TestValue.null }
      let at = text("2024-05-06 07:08:09." + (i % 3 == 0 ? "123456789" : "5"))
      let person = i % 4 == 0 ? TestValue.null : integer(i % 12 + 1)
      rows.append([person, GeneratedColumn.real(levels[i % 5]), at, detail, text("event \(i)")])
    }
    return TestTable(schema, rows)
  }
}
