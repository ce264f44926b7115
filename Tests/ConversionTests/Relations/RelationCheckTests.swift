import Bytes
import Conversion
import Diagnostics
import Records
import Testing

@Suite struct RelationCheckTests {
  /// Two tables that refer to each other, as a database declares them.
  private static let users: TableSchema = {
    var table = TableSchema(
      "users",
      [Column("id", .int64, isNullable: false), Column("email", .text, isNullable: false), Column("boss", .int64)],
      primaryKey: ["id"], uniqueKeys: [["email"]])
    table.foreignKeys = [ForeignKey(["boss"], references: "users", ["id"])]
    return table
  }()
  private static let orders: TableSchema = {
    var table = TableSchema(
      "app.orders", [Column("shop", .int32), Column("number", .int64), Column("buyer", .int64)],
      primaryKey: ["shop", "number"])
    table.foreignKeys = [
      ForeignKey(["buyer"], references: "users", ["id"]), ForeignKey(["shop"], references: "shops", ["id"]),
    ]
    return table
  }()

  private func sequence(_ owner: String, last: String, called: String? = nil) -> SchemaObject {
    var object = SchemaObject(kind: "sequence", name: "the_seq")
    object.attributes = [
      SchemaAttribute("owned-by", Array(owner.utf8)), SchemaAttribute("last-value", Array(last.utf8)),
    ]
    if let called { object.attributes.append(SchemaAttribute("is-called", Array(called.utf8))) }
    return object
  }

  private func check(
    users: [[Value]] = [], orders: [[Value]] = [], objects: [SchemaObject] = [], budget: Int = 32 << 20
  ) throws -> [Finding] {
    var check = RelationCheck([Self.users, Self.orders], objects: objects, budget: budget)
    // Rows that refer come first, as they may in a dump; one batch a row.
    check.begin(Self.orders)
    for (i, row) in orders.enumerated() { try check.add(batch([row], firstRecord: i)) }
    check.begin(Self.users)
    for (i, row) in users.enumerated() { try check.add(batch([row], firstRecord: i)) }
    return try check.findings().filter { $0.code != "foreign-key-missing-table" }
  }

  private func user(_ id: Int64, _ email: String, boss: Int64? = nil) -> [Value] {
    [.number("\(id)"), .text(email), boss.map { .number("\($0)") } ?? .null]
  }

  @Test func soundRowsHaveNoFindings() throws {
    let found = try check(
      users: [user(1, "a"), user(2, "b", boss: 1), user(3, "c", boss: 3)],
      orders: [
        [.integer(1), .number("1"), .text("2")], [.integer(1), .number("2"), .null],
        [.integer(2), .number("1"), .integer(3)],
      ],
      objects: [sequence("public.users.id", last: "3")])
    #expect(found == [])
  }

  @Test func keysThatRepeatAreCounted() throws {
    let found = try check(
      users: [user(1, "a"), user(1, "b"), user(2, "a"), user(1, "a")],
      orders: [[.integer(1), .number("1"), .null], [.integer(1), .number("1"), .null], [.null, .number("2"), .null]])
    #expect(
      found.map(\.code) == [
        "primary-key-repeated", "unique-key-repeated", "primary-key-repeated", "primary-key-absent",
      ])
    #expect(found.map(\.count) == [2, 2, 1, 1])
    #expect(found.map(\.table) == ["users", "users", "app.orders", "app.orders"])
    #expect(found.allSatisfy { $0.severity == .error })
  }

  @Test func requiredValuesAreMissed() throws {
    let found = try check(users: [[.number("1"), .null, .null], [.number("2"), .missing, .null]])
    #expect(found.map(\.code) == ["not-null-absent"])
    #expect(found.first?.column == "email" && found.first?.count == 2)
  }

  @Test(arguments: [32 << 20, 2000]) func referencesThatLeadNowhereAreCounted(_ budget: Int) throws {
    let orders = (0..<300).map { [Value.integer(1), .number("\($0)"), .number("\($0 + 1)")] }
    let found = try check(users: [user(1, "a", boss: 77), user(2, "b")], orders: orders, budget: budget)
    #expect(found.map(\.code) == ["foreign-key-dangling", "foreign-key-dangling"])
    #expect(found.map(\.count) == [1, 298])
    #expect(found.last?.message.contains("first in record 3") == true)
  }

  @Test func referencesThatWereLeftOutOfTheSchemasCount() throws {
    var plain = Self.orders
    plain.foreignKeys = []
    let kept = UnverifiedForeignKey(
      table: "app.orders", key: ForeignKey(["buyer"], references: "users", ["id"], isInferred: true), reason: .dangling,
      count: 1)
    var check = RelationCheck([Self.users, plain], unverified: [kept])
    check.begin(plain)
    try check.add(batch([[.integer(1), .number("1"), .number("9")]]))
    let found = try check.findings()
    #expect(found.map(\.code) == ["foreign-key-dangling"])
    #expect(found.first?.severity == .warning)
  }

  @Test func rulesWithoutNumberAreLimitedAndNamed() throws {
    // Whatever a dump declares, time stays linear in it.
    let columns = (0..<20_000).map { Column(Name("c\($0)"), .int64) }
    var table = TableSchema("wide", columns, uniqueKeys: columns.map { [$0.name] })
    table.foreignKeys = columns.map { ForeignKey([$0.name], references: "wide", ["c0"]) }
    let clock = ContinuousClock(), start = clock.now
    let found = try RelationCheck([table]).findings()
    #expect(found.map(\.code) == ["relations-unchecked"])
    #expect(found.first?.count == 38_000)
    #expect(clock.now - start < .seconds(20))
  }

  @Test func tableThatIsNotThereIsNamed() throws {
    let found = try RelationCheck([Self.users, Self.orders]).findings()
    #expect(found.map(\.code) == ["foreign-key-missing-table"])
  }

  @Test(
    arguments: [
      ("users.id", "3", nil, true), ("users.id", "2", nil, false), ("users.id", "3", "f", false),
      ("users.id", "4", "f", true),
      ("\"users\".\"id\"", "2", nil, false), ("public.users.id", "2", "t", false), ("users.email", "1", nil, true),
      ("users.id", "9223372036854775807", nil, true), ("users.id", "x", nil, true), ("nowhere", "1", nil, true),
    ] as [(String, String, String?, Bool)])
  func sequencesAreBehindOrNot(_ owner: String, _ last: String, _ called: String?, _ isSound: Bool) throws {
    // The next value is what counts: 4 after 3 when it was called, 3 itself when it was not.
    let found = try check(
      users: [user(3, "a"), user(1, "b")], objects: [sequence(owner, last: last, called: called)])
    #expect(found.map(\.code) == (isSound ? [] : ["sequence-behind"]))
  }

  @Test func sequencesOfOtherSchemasAreFound() throws {
    let found = try check(
      orders: [[.integer(1), .number("8"), .null]], objects: [sequence("app.orders.number", last: "7")])
    #expect(found.map(\.table) == ["app.orders"])
  }
}
