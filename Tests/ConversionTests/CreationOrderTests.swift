import Bytes
import Conversion
import Records
import Testing

@Suite struct CreationOrderTests {
  private func table(_ name: Name, _ references: [Name]) -> TableSchema {
    TableSchema(
      name, [Column("id", .int64)], primaryKey: ["id"],
      foreignKeys: references.map { ForeignKey(["id"], references: $0, ["id"]) })
  }

  @Test func referencedTablesComeFirst() {
    let tables = [table("a", ["b"]), table("b", ["c"]), table("c", []), table("d", ["a", "d", "gone"])]
    #expect(creationOrder(tables).map(\.name) == ["c", "b", "a", "d"])
  }
  @Test func unrelatedTablesKeepTheirOrder() {
    #expect(creationOrder([table("z", []), table("a", []), table("m", [])]).map(\.name) == ["z", "a", "m"])
  }
  @Test func cyclesLoseNoTable() {
    let tables = [
      table("messages", ["users"]), table("users", ["approvals"]), table("approvals", ["messages"]), table("x", []),
    ]
    #expect(Set(creationOrder(tables).map(\.name)) == ["messages", "users", "approvals", "x"])
    #expect(referenceCycles(tables) == [["messages", "users", "approvals"]])
  }
  @Test func selfReferencesAreNoCycle() {
    #expect(referenceCycles([table("tree", ["tree"]), table("a", ["tree"])]).isEmpty)
  }
  @Test func twoCyclesAreTwoGroups() {
    let tables = [table("a", ["b"]), table("b", ["a"]), table("c", ["d"]), table("d", ["c", "a"])]
    #expect(referenceCycles(tables) == [["a", "b"], ["c", "d"]])
  }
  @Test func deepChainsDoNotRecurse() {
    let count = 50_000
    let tables = (0..<count).map { table(Name("t\($0)"), $0 + 1 < count ? [Name("t\($0 + 1)")] : []) }
    #expect(creationOrder(tables).first?.name == Name("t\(count - 1)"))
    #expect(referenceCycles(tables).isEmpty)
  }
}
