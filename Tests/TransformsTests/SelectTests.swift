import Bytes
import Records
import Testing
import Transforms

@Suite struct SelectTests {
  private let schema = TableSchema(
    "users", [Column("id", .int64), Column("password", .text, isSecret: true), Column("team", .int64)],
    primaryKey: ["id"],
    uniqueKeys: [["password"]], foreignKeys: [ForeignKey(["team"], references: "teams", ["id"])], indexes: [["team"]])

  @Test func tablesByName() {
    func keeps(_ select: SelectTables, _ name: Name) -> Bool {
      var select = select, table = schema
      table.name = name
      return select.begin(&table)
    }
    #expect(keeps(SelectTables(included: ["users"], excluded: []), "users"))
    #expect(!keeps(SelectTables(included: ["users"], excluded: []), "teams"))
    #expect(!keeps(SelectTables(included: [], excluded: ["teams"]), "teams"))
    #expect(keeps(SelectTables(included: [], excluded: ["teams"]), "users"))
  }
  @Test func droppedColumnsLeaveNoTrace() {
    var drop = DropColumns(names: ["team", "password"])
    var table = schema
    let isKept = drop.begin(&table)
    #expect(isKept)
    #expect(table == TableSchema("users", [Column("id", .int64)], primaryKey: ["id"]))
    var batch = RecordBatch(capacity: 16)
    batch.removeAll(columnCount: 3)
    for n in 0..<5 { batch.append(row: [.integer(Int64(n)), .null, .boolean(true)]) }
    drop.apply(to: &batch)
    #expect(batch.columnCount == 1 && batch.cells.map(\.integer) == [0, 1, 2, 3, 4])
  }
  @Test func nothingToDropChangesNothing() {
    var drop = DropColumns(names: ["none"])
    var table = schema
    let isKept = drop.begin(&table)
    #expect(isKept)
    #expect(table == schema)
  }
}
