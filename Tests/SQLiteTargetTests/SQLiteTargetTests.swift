import Bytes
import Conversion
import Records
import SQLiteClient
import SQLiteTarget
import TestSupport
import Testing

private func load(
  _ tables: [TestTable], into path: [UInt8], _ mode: LoadMode, preview: Bool = false
) throws -> [LoadOutcome] {
  let session = try SQLiteTarget().open(Array("sqlite:".utf8) + path)
  var options = LoadOptions()
  options.mode = mode
  options.isPreview = preview
  var writer = try session.makeWriter(tables.map(\.schema), options)
  for table in tables {
    try writer.begin(table.schema)
    try writer.write(
      try RecordBatch(
        table.rows[...], columnCount: table.schema.columns.count, externalAbove: mode == .upsert ? 2 : .max))
  }
  try writer.finish()
  return session.outcomes
}

private func rows(_ path: [UInt8], _ sql: String) throws -> [String] {
  let result = try run(["sqlite3", String(decoding: path, as: UTF8.self), sql])
  #expect(result.exitCode == 0, "\(result.errorText)")
  return result.text.split(separator: "\n").map(String.init)
}

private let people: TestTable = {
  var schema = TableSchema(
    "people", [Column("id", .int64), Column("mother", .int64), Column("na\"me", .text)], primaryKey: ["id"],
    uniqueKeys: [["na\"me"]])
  schema.foreignKeys = [ForeignKey(["mother"], references: "people", ["id"])]
  return TestTable(
    schema, [[.integer(1), .integer(3), "Ann"], [.integer(2), .integer(1), "Bob"], [.integer(3), nil, "Cleo"]])
}()

@Suite struct SQLiteTargetTests {
  @Test(arguments: [true, false]) func createMakesOneFileOrNone(_ isThere: Bool) throws {
    let place = try TemporaryDirectory()
    let path = place.file("new.db")
    if isThere { _ = try rows(path, "CREATE TABLE other (x)") }
    let predicted = try load([people], into: path, .create, preview: true)
    #expect((try fileStatus(path) != nil) == isThere)
    let done = try load([people], into: path, .create)
    #expect(predicted == done && done.map(\.created) == [3] && done.map(\.isNew) == [true])
    #expect(
      try rows(path, "SELECT * FROM people ORDER BY id; PRAGMA foreign_key_check") == ["1|3|Ann", "2|1|Bob", "3||Cleo"])
    do {
      _ = try load([people], into: path, .create)
      Issue.record("tables that are there were made again")
    } catch let error as WriteError {
      #expect(error.message == "tables are in the target already: people (3 rows)")
    }
  }

  @Test(arguments: LoadMode.allCases.filter { $0 != .create }) func modesDoWhatThePreviewSays(_ mode: LoadMode) throws {
    let place = try TemporaryDirectory()
    let path = place.file("shop.sqlite")
    _ = try load([people], into: path, .create)
    _ = try rows(
      path,
      "UPDATE people SET mother = NULL; DELETE FROM people WHERE id \(mode == .append ? "< 9" : "= 3");"
        + "UPDATE people SET \"na\"\"me\" = 'Bo' WHERE id = 2; INSERT INTO people VALUES (9, NULL, 'Zoe')")
    let before = try rows(path, ".dump")
    let predicted = try load([people], into: path, mode, preview: true)
    #expect(try rows(path, ".dump") == before)
    let done = try load([people], into: path, mode)
    #expect(predicted == done)
    let counts = done.map { [$0.created, $0.updated, $0.deleted, $0.skipped, $0.existing] }
    let found = try rows(path, "SELECT * FROM people ORDER BY id")
    switch mode {
    case .create: break
    case .append: #expect(counts == [[3, 0, 0, 0, 1]] && found == ["1|3|Ann", "2|1|Bob", "3||Cleo", "9||Zoe"])
    case .upsert: #expect(counts == [[1, 2, 0, 0, 3]] && found == ["1|3|Ann", "2|1|Bob", "3||Cleo", "9||Zoe"])
    case .skipExisting: #expect(counts == [[1, 0, 0, 2, 3]] && found == ["1||Ann", "2||Bo", "3||Cleo", "9||Zoe"])
    case .replace: #expect(counts == [[3, 0, 3, 0, 3]] && found == ["1|3|Ann", "2|1|Bob", "3||Cleo"])
    }
  }

  /// A row that is refused, or a reference that would lead nowhere, takes everything back.
  @Test func failedLoadsLeaveNothing() throws {
    let place = try TemporaryDirectory()
    let path = place.file("shop.db")
    _ = try load([people], into: path, .create)
    _ = try rows(path, "CREATE TABLE pets (owner REFERENCES people); INSERT INTO pets VALUES (3)")
    let before = try rows(path, ".dump")
    func message(_ table: TestTable, _ mode: LoadMode) throws -> String {
      do { _ = try load([table], into: path, mode) } catch let error as WriteError { return error.message }
      return "loaded"
    }
    #expect(try message(people, .append).contains("UNIQUE constraint failed"))
    var two = people
    two.rows.removeLast()
    #expect(try message(two, .replace).contains("rows that are not there: people (1 row), pets (1 row)"))
    #expect(try message(TestTable("pets", ["x"], []), .append).contains("no column 'x'"))
    #expect(try rows(path, ".dump") == before)
  }
}
