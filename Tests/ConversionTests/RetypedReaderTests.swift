import Bytes
import Conversion
import Diagnostics
import Records
import Testing

/// One table of texts and nulls.
private struct Texts: RecordReader, ~Copyable {
  let table: TableSchema
  let rows: [[String?]]
  var step = 0
  var findings: [Finding] { [] }
  mutating func nextTable() throws(ReadError) -> TableSchema? {
    step += 1
    return step == 1 ? table : nil
  }
  mutating func read(into batch: inout RecordBatch) throws(ReadError) -> Bool {
    batch.removeAll(columnCount: table.columns.count)
    step += 1
    guard step == 2 else { return false }
    for row in rows {
      var cells: [Cell] = []
      for value in row { cells.append(value.map { batch.text($0) } ?? .null) }
      batch.append(row: cells)
    }
    return true
  }
}

@Suite struct RetypedReaderTests {
  @Test func textsTakeTheKindsOfTheirColumns() throws {
    let table = TableSchema(
      "t", [Column("n", .float64), Column("b", .boolean), Column("t", .text), Column("d", .decimal)])
    let rows: [[String?]] = [
      ["1.50", "true", "1", "007"], ["-0", "false", "true", "1e5"], [nil, nil, nil, nil], ["x", "yes", "", " 1"],
      ["", "TRUE", "x", "99999999999999999999"],
    ]
    var reader = RetypedReader(Texts(table: table, rows: rows))
    var batch = RecordBatch()
    #expect(try reader.nextTable() == table)
    #expect(try reader.read(into: &batch))
    let kinds = (0..<5).map { row in (0..<4).map { batch[row, $0].kind } }
    #expect(
      kinds == [
        [.number, .boolean, .text, .text], [.number, .boolean, .text, .number], [.null, .null, .null, .null],
        [.text, .text, .text, .text], [.text, .text, .text, .number],
      ])
    #expect([UInt8](batch.bytes(of: batch[0, 0])) == Array("1.50".utf8))
    #expect(batch[0, 1].boolean && !batch[1, 1].boolean)
    #expect(try !reader.read(into: &batch))
    #expect(try reader.nextTable() == nil)
    #expect(reader.findings.isEmpty)
  }

  @Test func whatIsKnownFromElsewhereDecides() throws {
    let names: [Name] = ["n", "b", "j", "t"]
    let table = TableSchema("t", names.map { Column($0, .text) })
    let rows: [[String?]] = [
      ["1e+21", "true", "[1,\"x\"]", "1"], [nil, nil, nil, nil], ["x", "yes", "[1", ""], ["", "1", "", "true"],
    ]
    let meanings = [
      FieldMeaning(.number, empty: .missing), FieldMeaning(.boolean, empty: .null),
      FieldMeaning(.json, empty: .missing),
      FieldMeaning(.text, empty: .text),
    ]
    var reader = RetypedReader(Texts(table: table, rows: rows), meanings: meanings)
    var batch = RecordBatch()
    _ = try reader.nextTable()
    #expect(try reader.read(into: &batch))
    #expect(
      (0..<4).map { row in (0..<4).map { batch[row, $0].kind } } == [
        [.number, .boolean, .json, .text], [.missing, .null, .missing, .text], [.text, .text, .text, .text],
        [.text, .text, .text, .text],
      ])
    #expect(batch[1, 3].count == 0)
    #expect(try !reader.read(into: &batch))
    _ = try reader.nextTable()
    #expect(reader.findings.map(\.code) == Array(repeating: "field-of-other-kind", count: 3))
    #expect(reader.findings.map(\.column) == ["n", "b", "j"] && reader.findings.map(\.count) == [2, 2, 2])
  }
}
